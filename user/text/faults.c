// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The faults, the gravest class first, one line each, and what the classes that occur mean.
 */
#include "text/view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "words/topic.h"

#define SHOWN_GRAVE 24
#define SHOWN_QUIET 8

/* Falling importance. */
static const char *const classes[] = {
	"broken", "leak-hit", "parked", "unknown-device", "interrupt-remapping", "ordinary", "guest"
};

#define CLASSES	      (sizeof(classes) / sizeof(classes[0]))
#define GRAVE_CLASSES 2

unsigned int lw_view_fault_rank(const char *class)
{
	unsigned int i;

	for (i = 0; i < CLASSES; i++)
		if (!strcmp(class, classes[i]))
			return i;
	/* A class this version does not know may be a grave one. */
	return GRAVE_CLASSES;
}

enum lw_tone lw_view_fault_tone(const char *class)
{
	if (lw_view_fault_rank(class) < GRAVE_CLASSES)
		return LW_TONE_BAD;
	return strcmp(class, "parked") ? LW_TONE_PLAIN : LW_TONE_WARN;
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
		const struct lw_topic_group *group = NULL;
		const struct lw_topic *topic = lw_topic_find(class, &group);

		if (!topic || group != &lw_topics_fault_classes ||
		    (i && !strcmp(class, lw_field_raw(lines[i - 1].fault, "class"))))
			continue;
		fprintf(view->style.out, "  %s = ", topic->name);
		lw_style_wrap(&view->style, LW_TONE_PLAIN, (unsigned int)strlen(topic->name) + 5, 4,
			      topic->title);
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
		bool show = lines[i].rank < GRAVE_CLASSES ? grave++ < SHOWN_GRAVE
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
	uint64_t sums[CLASSES + 1] = {};
	const char *text = "";
	size_t i;

	json_array_foreach(faults, i, fault) {
		const char *class = lw_field_raw(fault, "class");
		unsigned int rank = lw_view_fault_rank(class);
		uint64_t count = 0, *sum;

		/* The rank alone does not tell a class that nobody knows from a real one. */
		sum = strcmp(class, classes[rank]) ? &sums[CLASSES] : &sums[rank];
		lw_field_count(fault, "count", &count);
		if (__builtin_add_overflow(*sum, count, sum))
			*sum = UINT64_MAX;
	}
	for (i = 0; i <= CLASSES; i++)
		if (sums[i])
			text = lw_view_comma(
				view, text,
				lw_field_format(&view->fields, "%llu %s",
						(unsigned long long)sums[i],
						i < CLASSES ? classes[i] : "of unknown class"));
	if (!*text)
		text = json_is_array(faults) && !json_array_size(faults) ? "none" : "?";
	lw_view_line(view, "Faults", LW_TONE_PLAIN, text);
}
