// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The faults, the gravest class first, one line each, and what the classes that occur mean.
 */
#include "text/view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "words/words.h"

#define SHOWN_GRAVE 24
#define SHOWN_QUIET 8

/* The first class that shows no damage; one this version does not know may be a grave one. */
static unsigned int quiet_rank(void)
{
	unsigned int rank = 0;

	while (lw_shows_damage(rank))
		rank++;
	return rank;
}

unsigned int lw_view_fault_rank(const char *class)
{
	unsigned int rank = lw_word_index(&lw_fault_classes, class);

	return rank < LW_CLASSES ? rank : quiet_rank();
}

enum lw_tone lw_view_fault_tone(const char *class)
{
	return lw_tone_of(&lw_fault_classes, class, LW_TONE_PLAIN);
}

json_t *lw_view_index(const json_t *array, bool faults)
{
	json_t *index = json_object();
	const json_t *element;
	size_t i;

	json_array_foreach(array, i, element) {
		const char *rid = lw_field_raw(element, "rid");
		const json_t *earlier = json_object_get(index, rid);

		if (!*rid ||
		    (earlier &&
		     (!faults || lw_view_fault_rank(lw_field_raw(earlier, "class")) <=
					 lw_view_fault_rank(lw_field_raw(element, "class")))))
			continue;
		json_object_set(index, rid, (json_t *)element);
	}
	return index;
}

static int by_rank(const void *a, const void *b)
{
	const struct lw_view_fault *left = a, *right = b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return left->place < right->place ? -1 : left->place > right->place;
}

struct lw_view_fault *lw_view_sorted_faults(const json_t *report, size_t *count)
{
	const json_t *faults = lw_field(report, "faults"), *fault;
	struct lw_view_fault *list;
	size_t i;

	*count = json_array_size(faults);
	list = calloc(*count + 1, sizeof(*list));
	if (!list) {
		*count = 0;
		return NULL;
	}
	json_array_foreach(faults, i, fault)
		list[i] = (struct lw_view_fault){
			fault, lw_view_fault_rank(lw_field_raw(fault, "class")), i
		};
	qsort(list, *count, sizeof(*list), by_rank);
	return list;
}

/* "0x02 context entry not present, write at 0xdead000, PASID 0x12", without leading zeros. */
static const char *reason(struct lw_view *view, const json_t *fault)
{
	struct lw_fields *fields = &view->fields;
	const char *words = lw_field_text(fields, fault, "reason_text", "reason not known");
	const char *type = lw_field_text(fields, fault, "type", NULL);
	const char *address = lw_field_text(fields, fault, "address", NULL);
	const char *pasid = lw_field_any(fields, fault, "pasid", NULL);
	const char *text;
	uint64_t number;

	if (lw_field_count(fault, "reason", &number))
		text = lw_field_format(fields, "0x%02llx %s", (unsigned long long)number, words);
	else
		text = lw_field_format(fields, "%s %s", lw_field_any(fields, fault, "reason", "?"),
				       words);
	if (address && !strncmp(address, "0x", 2)) {
		const char *digits = address + 2 + strspn(address + 2, "0");

		address = lw_field_format(fields, "0x%s", *digits ? digits : "0");
	}
	if (type)
		text = lw_field_format(fields, "%s, %s", text, type);
	if (address)
		text = lw_field_format(fields, "%s%s %s", text, type ? " at" : ", address",
				       address);
	if (pasid)
		text = lw_field_format(fields, "%s, PASID %s", text, pasid);
	return text;
}

static void write_fault(struct lw_view *view, const json_t *fault)
{
	const struct lw_style *style = &view->style;
	struct lw_fields *fields = &view->fields;
	const char *class = lw_field_word(fields, fault, "class", "?");
	const char *count = lw_field_count_text(fields, fault, "count");
	const char *device = lw_field_text(fields, fault, "device", NULL);
	const unsigned int column = 2 + 9 + 11 + 13 + 8 + 2, indent = 11;

	fputs("  ", style->out);
	lw_style_cell(style, lw_view_fault_tone(class), class, 9);
	lw_style_cell(style, LW_TONE_PLAIN, lw_field_word(fields, fault, "window", "?"), 11);
	lw_style_cell(style, LW_TONE_STRONG, lw_field_word(fields, fault, "rid", "?"), 13);
	lw_style_cell(style, LW_TONE_PLAIN, lw_field_format(fields, "%sx", count), -8);
	fputs("  ", style->out);
	lw_style_wrap(style, LW_TONE_PLAIN, column, indent,
		      lw_field_format(fields, "%s%s%s", device ? device : "", device ? ": " : "",
				      reason(view, fault)));
}

/* One line for each class that occurs, from the table behind `luwatch explain`. */
static void write_meanings(struct lw_view *view, const struct lw_view_fault *lines, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const char *class = lw_field_raw(lines[i].fault, "class");
		const struct lw_word *word = lw_word_of(&lw_fault_classes, class);

		if (!word || (i && !strcmp(class, lw_field_raw(lines[i - 1].fault, "class"))))
			continue;
		fprintf(view->style.out, "  %s = ", word->name);
		lw_style_wrap(&view->style, LW_TONE_PLAIN, (unsigned int)strlen(word->name) + 5, 4,
			      word->title);
	}
}

void lw_view_faults(struct lw_view *view)
{
	size_t count, i, grave = 0, quiet = 0, hidden = 0;
	struct lw_view_fault *lines = lw_view_sorted_faults(view->report, &count);

	if (!count) {
		free(lines);
		return;
	}

	lw_style_heading(&view->style, "FAULTS");
	for (i = 0; i < count; i++) {
		bool show = lines[i].rank < quiet_rank() ? grave++ < SHOWN_GRAVE
							 : quiet++ < SHOWN_QUIET;

		if (view->verbose || show)
			write_fault(view, lines[i].fault);
		else
			hidden++;
	}
	if (hidden)
		fprintf(view->style.out, "  ... and %zu more; -v shows every one\n", hidden);
	write_meanings(view, lines, count);
	free(lines);
}

/* "12 broken, 2 ordinary": sums over the classes, the gravest first. */
void lw_view_fault_totals(struct lw_view *view)
{
	const json_t *faults = lw_field(view->report, "faults"), *fault;
	uint64_t sums[LW_CLASSES + 1] = {};
	const char *text = "";
	size_t i;

	json_array_foreach(faults, i, fault) {
		uint64_t count = 0, *sum;

		sum = &sums[lw_word_index(&lw_fault_classes, lw_field_raw(fault, "class"))];
		lw_field_count(fault, "count", &count);
		if (__builtin_add_overflow(*sum, count, sum))
			*sum = UINT64_MAX;
	}
	for (i = 0; i <= LW_CLASSES; i++)
		if (sums[i])
			text = lw_view_comma(view, text,
					     lw_field_format(&view->fields, "%llu %s",
							     (unsigned long long)sums[i],
							     i < LW_CLASSES ? lw_fault_class_name(i)
									    : "of unknown class"));
	if (!*text)
		text = json_is_array(faults) && !json_array_size(faults) ? "none" : "?";
	lw_view_line(view, "Faults", LW_TONE_PLAIN, text);
}
