// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The invariants: those that failed or are unknown with their reason, the others by name only.
 */
#include "text/view.h"

#include <stdlib.h>
#include <string.h>

#include "words/words.h"

struct check {
	const char *name;	     /* raw: for comparisons and for looking up */
	const char *result, *reason; /* escaped */
};

static int by_number(const void *a, const void *b)
{
	const struct lw_view_check *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return strcmp(left->name, right->name);
}

static unsigned long number_of(const char *name)
{
	char *end;
	unsigned long number;

	if (name[0] != 'I' || name[1] < '0' || name[1] > '9')
		return ~0UL;
	number = strtoul(name + 1, &end, 10);
	return *end ? ~0UL : number;
}

size_t lw_view_sorted_checks(const json_t *report, struct lw_view_check checks[LW_VIEW_CHECKS])
{
	const json_t *invariants = lw_field(report, "invariants"), *value;
	const char *name;
	size_t count = 0;

	json_object_foreach((json_t *)invariants, name, value) {
		if (count == LW_VIEW_CHECKS)
			break;
		checks[count++] = (struct lw_view_check){ name, value, number_of(name) };
	}
	qsort(checks, count, sizeof(*checks), by_number);
	return count;
}

#define RESULT_COLUMNS 15
#define INDENT	       (2 + RESULT_COLUMNS + 4)

static enum lw_tone result_tone(const char *result)
{
	return lw_tone_of(&lw_answers, result, LW_TONE_WARN);
}

static bool is_quiet(const char *result)
{
	return result_tone(result) == LW_TONE_GOOD || result_tone(result) == LW_TONE_PLAIN;
}

static void write_result(struct lw_view *view, const char *result)
{
	enum lw_tone tone = is_quiet(result) ? LW_TONE_PLAIN : result_tone(result);

	fputs("  ", view->style.out);
	lw_style_cell(&view->style, tone,
		      tone == LW_TONE_BAD ? lw_field_upper(&view->fields, result) : result,
		      RESULT_COLUMNS);
}

/* The names of all checks that have the result and the reason of CHECKS[FROM]. */
static const char *names_like(struct lw_view *view, const struct check *checks, size_t count,
			      size_t from, size_t *found)
{
	const char *names = "";
	size_t i;

	*found = 0;
	for (i = from; i < count; i++) {
		if (strcmp(checks[i].result, checks[from].result) ||
		    strcmp(checks[i].reason, checks[from].reason))
			continue;
		names = lw_field_format(&view->fields, "%s%s%s", names, *found ? " " : "",
					lw_field_keep(&view->fields, checks[i].name));
		(*found)++;
	}
	return names;
}

/* A check of its own line: what it promises, and why it is as it is. */
static void write_check(struct lw_view *view, const struct check *check)
{
	const struct lw_word *word = lw_word_of(&lw_invariants, check->name);
	const char *title = word ? word->title : "a check this version does not know";

	write_result(view, check->result);
	lw_style_cell(&view->style, LW_TONE_STRONG, lw_field_keep(&view->fields, check->name), 4);
	lw_style_wrap(&view->style, LW_TONE_PLAIN, INDENT, INDENT, title);
	if (*check->reason) {
		fprintf(view->style.out, "%*s", INDENT, "");
		lw_style_wrap(&view->style, LW_TONE_PLAIN, INDENT, INDENT, check->reason);
	}
}

/* Whether an earlier check has the same result and reason, and so has named this one already. */
static bool is_named(const struct check *checks, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (!strcmp(checks[i].result, checks[index].result) &&
		    !strcmp(checks[i].reason, checks[index].reason))
			return true;
	return false;
}

/* What failed or is unknown; checks that share a reason share a line. */
static void write_loud(struct lw_view *view, const struct check *checks, size_t count)
{
	size_t i, found;

	for (i = 0; i < count; i++) {
		const char *names;

		if (is_quiet(checks[i].result) || is_named(checks, i))
			continue;
		names = names_like(view, checks, count, i, &found);
		if (found == 1) {
			write_check(view, &checks[i]);
			continue;
		}
		write_result(view, checks[i].result);
		lw_style_wrap(&view->style, LW_TONE_STRONG, INDENT - 4, INDENT - 4, names);
		fprintf(view->style.out, "%*s", INDENT, "");
		lw_style_wrap(&view->style, LW_TONE_PLAIN, INDENT, INDENT,
			      *checks[i].reason ? checks[i].reason : "no reason given");
	}
}

/* "  pass           I1 I2 I3" */
static void write_quiet(struct lw_view *view, const struct check *checks, size_t count,
			const char *result)
{
	const char *names = "";
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(checks[i].result, result))
			names = lw_field_format(&view->fields, "%s %s", names,
						lw_field_keep(&view->fields, checks[i].name));
	if (!*names)
		return;
	write_result(view, result);
	lw_style_wrap(&view->style, LW_TONE_PLAIN, INDENT - 4, INDENT - 4, names);
}

void lw_view_checks(struct lw_view *view)
{
	size_t all = json_object_size(lw_field(view->report, "invariants")), count, i;
	struct lw_view_check sorted[LW_VIEW_CHECKS];
	struct check checks[LW_VIEW_CHECKS];

	lw_style_heading(&view->style, "CHECKS");
	count = lw_view_sorted_checks(view->report, sorted);
	if (!count) {
		fputs("  none in this report\n", view->style.out);
		return;
	}
	for (i = 0; i < count; i++)
		checks[i] = (struct check){
			.name = sorted[i].name,
			.result = lw_field_word(&view->fields, sorted[i].value, "result", "?"),
			.reason = lw_field_text(&view->fields, sorted[i].value, "reason", ""),
		};

	if (view->verbose) {
		for (i = 0; i < count; i++)
			write_check(view, &checks[i]);
	} else {
		write_loud(view, checks, count);
		for (i = 0; i < LW_ANSWERS; i++)
			if (is_quiet(lw_answer_name(i)))
				write_quiet(view, checks, count, lw_answer_name(i));
	}
	if (all > count)
		fprintf(view->style.out, "  ... and %zu more; --json has every one\n", all - count);
	fputs("  Any word above is explained by: luwatch explain WORD\n", view->style.out);
}
