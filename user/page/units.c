// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of IOMMUs with what became of their entries, and those entries that somebody has to
 * look at: without JavaScript these two tables stand for the maps and the whole list.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "page/page.h"

#define MOST_UNITS   1024
#define MOST_ENTRIES 500

/* One row for each unit, and one more for entries that name none of them. */
struct tally {
	size_t counts[LW_HTML_STATES];
};

static struct tally *count_entries(struct lw_page *page, size_t units)
{
	struct tally *rows = calloc(units + 1, sizeof(*rows));
	json_t *index = json_object();
	const json_t *element;
	size_t i;

	if (!rows)
		goto out;
	json_array_foreach(lw_field(page->report, "iommus"), i, element)
		json_object_set_new(index, lw_field_raw(element, "name"),
				    json_integer((json_int_t)i));
	json_array_foreach(lw_field(page->report, "entries"), i, element) {
		const json_t *row = json_object_get(index, lw_field_raw(element, "iommu"));
		size_t at = row ? (size_t)json_integer_value(row) : units;

		rows[at].counts[lw_word_index(&lw_entry_states, lw_field_raw(element, "state"))]++;
	}
out:
	json_decref(index);
	return rows;
}

static const char *on_off(struct lw_page *page, const json_t *unit, const char *path)
{
	const json_t *value = lw_field(unit, path);

	if (json_is_boolean(value))
		return json_is_true(value) ? "on" : "off";
	return lw_field_word(&page->view.fields, unit, path, "?");
}

static bool is_plain(const char *state)
{
	return lw_tone_of(&lw_unit_states, state, LW_TONE_BAD) == LW_TONE_PLAIN;
}

/* Numbers; a state without entries is a faint dash, so that a number stands out. */
static void write_counts(struct lw_page *page, const struct tally *row, const bool *shown)
{
	size_t i;

	for (i = 0; i < LW_HTML_STATES; i++) {
		if (!shown[i])
			continue;
		if (row->counts[i])
			lw_html_put(page, "<td class=\"n %s\" data-state=\"%s\">%s</td>",
				    lw_html_state_name(i), lw_html_state_name(i),
				    lw_html_count(page, row->counts[i]));
		else
			lw_html_put(page, "<td class=\"n nil\">\xe2\x80\x93</td>");
	}
}

static void write_unit(struct lw_page *page, const json_t *unit, const struct tally *row,
		       const bool *shown, size_t index)
{
	struct lw_fields *fields = &page->view.fields;
	const char *state = lw_field_word(fields, unit, "state", "?");

	lw_html_put(page, "<tr data-unit=\"%s\"><th scope=\"row\">%s</th><td class=\"hex\">%s</td>",
		    lw_html_count(page, index), lw_field_word(fields, unit, "name", "?"),
		    lw_field_word(fields, unit, "reg_phys", "?"));
	lw_html_put(page, "<td>%s</td><td>%s</td><td>%s \xe2\x86\x92 %s</td>",
		    lw_field_any(fields, unit, "segment", "?"),
		    lw_field_word(fields, unit, "mode", "?"),
		    on_off(page, unit, "translation.before"),
		    on_off(page, unit, "translation.after"));
	lw_html_put(page, "<td class=\"%s\">%s</td><td class=\"n\">%s \xe2\x86\x92 %s</td>",
		    is_plain(state) ? "" : "wrong", state,
		    lw_field_any(fields, unit, "entries.before", "?"),
		    lw_field_any(fields, unit, "entries.after", "?"));
	write_counts(page, row, shown);
	lw_html_put(page, "</tr>\n");
}

static void write_head(struct lw_page *page, const bool *shown)
{
	size_t i;

	lw_html_put(page, "<table id=\"units-table\" aria-labelledby=\"h-units\"><thead><tr><th scope=\"col\">IOMMU</th>"
			  "<th scope=\"col\">Registers</th><th scope=\"col\">Segment</th>"
			  "<th scope=\"col\">Mode</th><th scope=\"col\">Translation</th>"
			  "<th scope=\"col\">State</th><th scope=\"col\" class=\"n\">Present</th>");
	for (i = 0; i < LW_HTML_STATES; i++)
		if (shown[i])
			lw_html_put(page, "<th scope=\"col\" class=\"n\">%s</th>",
				    lw_html_state_name(i));
	lw_html_put(page, "</tr></thead>\n");
}

/* The states that have a column: what a hand-over is about, and what else occurs. */
static void choose_columns(const struct tally *rows, size_t units, bool *shown, struct tally *total)
{
	size_t i, state;

	for (state = 0; state < LW_HTML_STATES; state++) {
		for (i = 0; i <= units; i++)
			total->counts[state] += rows[i].counts[state];
		shown[state] = state < LW_HTML_ALWAYS || total->counts[state];
	}
}

void lw_html_units(struct lw_page *page)
{
	const json_t *units = lw_field(page->report, "iommus"), *unit;
	size_t count = json_array_size(units), i, outside = 0;
	struct tally *rows = count_entries(page, count), total = {};
	bool shown[LW_HTML_STATES];

	if (!rows)
		return;
	choose_columns(rows, count, shown, &total);
	write_head(page, shown);
	lw_html_put(page, "<tbody>\n");
	json_array_foreach(units, i, unit) {
		if (i == MOST_UNITS)
			break;
		write_unit(page, unit, &rows[i], shown, i);
	}
	for (i = 0; i < LW_HTML_STATES; i++)
		outside += rows[count].counts[i];
	if (outside) {
		lw_html_put(page, "<tr><th scope=\"row\" colspan=\"7\">of no IOMMU listed</th>");
		write_counts(page, &rows[count], shown);
		lw_html_put(page, "</tr>\n");
	}
	lw_html_put(page,
		    "</tbody>\n<tfoot><tr id=\"units-total\"><th scope=\"row\" "
		    "colspan=\"7\">%s</th>",
		    lw_html_plural(page, count, "IOMMU", "IOMMUs"));
	write_counts(page, &total, shown);
	lw_html_put(page, "</tr></tfoot></table>\n");
	free(rows);
}

static bool is_ordinary(const char *state)
{
	return lw_tone_of(&lw_entry_states, state, LW_TONE_WARN) == LW_TONE_PLAIN;
}

static void write_words(struct lw_page *page, const json_t *entry, const char *when)
{
	static const char *const names[] = { "lo", "hi", "word2", "word3" };
	const json_t *words = json_object_get(entry, when);
	size_t i;

	lw_html_put(page, "<td class=\"hex\">");
	for (i = 0; json_is_object(words) && i < 4; i++)
		if (json_object_get(words, names[i]))
			lw_html_put(page, "%s ",
				    lw_field_word(&page->view.fields, words, names[i], "?"));
	lw_html_put(page, "</td>");
}

/* page/table.js takes these rows away and puts the whole list in their place. */
void lw_html_entries(struct lw_page *page)
{
	const json_t *entries = lw_field(page->report, "entries"), *entry;
	struct lw_fields *fields = &page->view.fields;
	size_t i, written = 0;

	json_array_foreach(entries, i, entry) {
		if (is_ordinary(lw_field_raw(entry, "state")))
			continue;
		if (written++ == MOST_ENTRIES)
			break;
		lw_html_put(page,
			    "<tr><td class=\"rid\">%s</td><td class=\"state %s\">%s</td>"
			    "<td>%s</td><td>%s</td>",
			    lw_field_word(fields, entry, "rid", "?"),
			    lw_html_state_name(
				    lw_word_index(&lw_entry_states, lw_field_raw(entry, "state"))),
			    lw_field_word(fields, entry, "state", "?"),
			    json_is_true(lw_field(entry, "preserved")) ? "yes" : "",
			    lw_field_word(fields, entry, "iommu", "?"));
		write_words(page, entry, "before");
		write_words(page, entry, "after");
		lw_html_put(page, "<td>%s</td><td>%s</td></tr>\n",
			    lw_field_text(fields, entry, "device", ""),
			    lw_field_text(fields, entry, "note", ""));
	}
}
