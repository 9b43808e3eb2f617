// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of remapping units: one line each, with what became of its context entries. Columns
 * that should be empty (leaked, lost, altered) show a dash when they are, so that a number stands
 * out. On hosts with many units the uneventful ones share a line.
 */
#include "text/view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

#define MANY_UNITS 16

/*
 * A column for each state of an entry; what this version does not know is counted as unknown. Those
 * behind "altered" only show when one of their entries exists.
 */
#define COLUMNS LW_CONTEXT_STATES

static const char *column_name(enum lw_context_state state)
{
	if (state == LW_CONTEXT_UNREACHABLE)
		return "cut off";
	return state == LW_CONTEXT_UNKNOWN ? "other" : lw_context_state_name(state);
}

struct tally {
	size_t counts[COLUMNS];
	bool has_before;
	uint64_t before;
};

/* All units, one row more for entries that name none of them. */
struct table {
	struct tally *rows;
	size_t units;
	bool has_entries;
	struct tally total;
	int name_columns;
};

static enum lw_context_state column_of(const char *state)
{
	unsigned int column = lw_word_index(&lw_entry_states, state);

	return column < LW_CONTEXT_STATES ? column : LW_CONTEXT_UNKNOWN;
}

static enum lw_tone column_tone(enum lw_context_state state)
{
	return lw_entry_states.words[state].tone;
}

enum lw_tone lw_view_entry_tone(const char *state)
{
	return column_tone(column_of(state));
}

static void add(struct tally *sum, const struct tally *row)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		sum->counts[i] += row->counts[i];
	sum->has_before = sum->has_before && row->has_before;
	sum->before += row->before;
}

/* Counts the entries of each unit; TABLE->rows has units + 1 zeroed rows. */
static void count_entries(const struct lw_view *view, struct table *table)
{
	const json_t *units = lw_field(view->report, "iommus"), *unit, *entry;
	const json_t *entries = lw_field(view->report, "entries");
	json_t *rows = json_object();
	size_t i;

	json_array_foreach(units, i, unit) {
		json_object_set_new(rows, lw_field_raw(unit, "name"), json_integer((json_int_t)i));
		table->rows[i].has_before =
			lw_field_count(unit, "entries.before", &table->rows[i].before);
	}
	json_array_foreach(entries, i, entry) {
		const json_t *row = json_object_get(rows, lw_field_raw(entry, "iommu"));
		size_t index = row ? (size_t)json_integer_value(row) : table->units;

		table->rows[index].counts[column_of(lw_field_raw(entry, "state"))]++;
	}
	table->has_entries = json_is_array(entries);
	table->rows[table->units].has_before = true;
	json_decref(rows);
}

static bool is_empty(const struct tally *row)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		if (row->counts[i])
			return false;
	return true;
}

static bool is_plain_state(const char *state)
{
	return lw_tone_of(&lw_unit_states, state, LW_TONE_BAD) == LW_TONE_PLAIN;
}

/* Whether a unit needs a line of its own even on a host with many. */
static bool is_eventful(const json_t *unit, const struct tally *row)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		if (row->counts[i] && column_tone(i) != LW_TONE_PLAIN)
			return true;
	return !is_plain_state(lw_field_raw(unit, "state")) || !row->has_before;
}

/* "on", "off" or "?", from a boolean, a word or nothing. */
static const char *on_off(struct lw_view *view, const json_t *unit, const char *path)
{
	const json_t *value = lw_field(unit, path);

	if (json_is_boolean(value))
		return json_is_true(value) ? "on" : "off";
	return lw_field_word(&view->fields, unit, path, "?");
}

static const char *number(struct lw_view *view, uint64_t value)
{
	if (!value)
		return "-";
	return lw_field_format(&view->fields, "%llu", (unsigned long long)value);
}

static int column_width(enum lw_context_state column)
{
	int width = (int)strlen(column_name(column)) + 1;

	return width < 6 ? -6 : -width;
}

static bool shows(const struct table *table, enum lw_context_state column)
{
	return column <= LW_CONTEXT_ALTERED || table->total.counts[column];
}

/* Says what is wrong with a unit, behind its row where the line is long enough, else below it. */
static void write_wrong_state(struct lw_view *view, const struct table *table, const char *state)
{
	size_t used = (size_t)table->name_columns + 9 + 12 + 8, i;

	for (i = 0; i < COLUMNS; i++)
		if (shows(table, i))
			used += (size_t)-column_width(i);
	if (used + 5 + lw_escape_columns(state) > view->style.width)
		fprintf(view->style.out, "\n%*s", table->name_columns - 2, "");
	fputs("  <- ", view->style.out);
	lw_style_put(&view->style, LW_TONE_BAD, state);
}

static void write_row(struct lw_view *view, const struct table *table, const struct tally *row,
		      const char *name, const char *mode, const char *translation,
		      const char *state)
{
	const struct lw_style *style = &view->style;
	bool known = table->has_entries && row->has_before;
	size_t i;

	lw_style_cell(style, LW_TONE_PLAIN, name, table->name_columns);
	lw_style_cell(style, LW_TONE_PLAIN, mode, 9);
	lw_style_cell(style, LW_TONE_PLAIN, translation, 12);
	lw_style_cell(style, LW_TONE_PLAIN, row->has_before ? number(view, row->before) : "?", -8);
	for (i = 0; i < COLUMNS; i++) {
		enum lw_tone tone = row->counts[i] ? column_tone(i) : LW_TONE_PLAIN;

		if (!shows(table, i))
			continue;
		lw_style_cell(style, tone,
			      known || row->counts[i] ? number(view, row->counts[i]) : "?",
			      column_width(i));
	}
	if (*state && !is_plain_state(state))
		write_wrong_state(view, table, state);
	fputc('\n', style->out);
}

static void write_head(struct lw_view *view, const struct table *table)
{
	const struct lw_style *style = &view->style;
	size_t i;

	fputc('\n', style->out);
	lw_style_cell(style, LW_TONE_STRONG, "IOMMU", table->name_columns);
	lw_style_cell(style, LW_TONE_STRONG, "mode", 9);
	lw_style_cell(style, LW_TONE_STRONG, "translation", 12);
	lw_style_cell(style, LW_TONE_STRONG, "entries", -8);
	for (i = 0; i < COLUMNS; i++)
		if (shows(table, i))
			lw_style_cell(style, LW_TONE_STRONG, column_name(i), column_width(i));
	fputc('\n', style->out);
}

static void write_unit(struct lw_view *view, const struct table *table, const json_t *unit,
		       const struct tally *row)
{
	const char *translation = lw_field_format(&view->fields, "%s -> %s",
						  on_off(view, unit, "translation.before"),
						  on_off(view, unit, "translation.after"));

	write_row(view, table, row, lw_field_word(&view->fields, unit, "name", "?"),
		  lw_field_word(&view->fields, unit, "mode", "?"), translation,
		  lw_field_word(&view->fields, unit, "state", "?"));
}

/* -v: what else the report has about a unit. */
static void write_more(struct lw_view *view, const json_t *unit)
{
	struct lw_fields *fields = &view->fields;
	const json_t *invalidations = lw_field(unit, "invalidations"), *one;
	const char *text;
	size_t i;

	text = lw_field_format(fields, "registers %s, segment %s, %s tables, entries after: %s",
			       lw_field_text(fields, unit, "reg_phys", "?"),
			       lw_field_any(fields, unit, "segment", "?"),
			       lw_field_count_text(fields, unit, "tables"),
			       lw_field_count_text(fields, unit, "entries.after"));
	fprintf(view->style.out, "%4s", "");
	lw_style_wrap(&view->style, LW_TONE_PLAIN, 4, 4, text);
	json_array_foreach(invalidations, i, one) {
		fprintf(view->style.out, "%4s", "");
		lw_style_wrap(&view->style, LW_TONE_PLAIN, 4, 6,
			      lw_field_format(fields, "invalidation: %s",
					      lw_field_show(fields, one, "?")));
	}
}

static void write_table(struct lw_view *view, struct table *table)
{
	const json_t *units = lw_field(view->report, "iommus"), *unit;
	bool fold = table->units > MANY_UNITS && !view->verbose;
	struct tally quiet = { .has_before = true };
	size_t i, quiet_units = 0;

	write_head(view, table);
	json_array_foreach(units, i, unit) {
		if (fold && !is_eventful(unit, &table->rows[i])) {
			add(&quiet, &table->rows[i]);
			quiet_units++;
			continue;
		}
		write_unit(view, table, unit, &table->rows[i]);
		if (view->verbose)
			write_more(view, unit);
	}
	if (quiet_units) {
		const char *name = lw_field_format(&view->fields, "%zu more", quiet_units);

		write_row(view, table, &quiet, name, "", "", "");
	}
	if (!is_empty(&table->rows[table->units]))
		write_row(view, table, &table->rows[table->units], "(unlisted)", "", "", "");
	if (table->units > 1)
		write_row(view, table, &table->total, "total", "", "", "");
}

void lw_view_units(struct lw_view *view)
{
	const json_t *units = lw_field(view->report, "iommus"), *unit;
	struct table table = { .units = json_array_size(units), .total.has_before = true };
	size_t i;

	if (!table.units && !json_array_size(lw_field(view->report, "entries"))) {
		fputs("\nIOMMUs: none in this report.\n", view->style.out);
		return;
	}
	table.rows = calloc(table.units + 1, sizeof(*table.rows));
	if (!table.rows)
		return;
	count_entries(view, &table);
	for (i = 0; i <= table.units; i++)
		add(&table.total, &table.rows[i]);
	table.name_columns = 8;
	json_array_foreach(units, i, unit) {
		size_t columns = json_string_length(json_object_get(unit, "name"));

		if (columns + 2 > (size_t)table.name_columns && columns <= 14)
			table.name_columns = (int)columns + 2;
	}
	write_table(view, &table);
	free(table.rows);
}
