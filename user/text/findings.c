// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The findings: what is wrong, about whom, and what to do; then what is only worth noting. One line
 * names the invariant, the state or class and the requester ID, so that it can be found with grep.
 * A thousand findings of one kind are shown as a few and a count.
 */
#include "text/view.h"

#include <stdlib.h>
#include <string.h>

#include "words/words.h"

#define SHOWN_OF_A_KIND 12

enum side { WRONG, MISSING, NOTED };

static const char *const headings[] = {
	[WRONG] = "WHAT IS WRONG",
	[MISSING] = "WHAT IS MISSING",
	[NOTED] = "ALSO NOTED",
};

/* A severity this version does not know may be a grave one. */
static enum side side_of(const json_t *finding)
{
	switch (lw_word_index(&lw_severities, lw_field_raw(finding, "severity"))) {
	case LW_SEVERITY_INCOMPLETE:
		return MISSING;
	case LW_SEVERITY_WARNING:
	case LW_SEVERITY_NOTICE:
		return NOTED;
	}
	return WRONG;
}

size_t lw_view_count_wrong(const struct lw_view *view)
{
	const json_t *finding;
	size_t i, count = 0;

	json_array_foreach(lw_field(view->report, "findings"), i, finding)
		count += side_of(finding) == WRONG;
	return count;
}

bool lw_view_has_advice(const struct lw_view *view)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(lw_field(view->report, "findings"), i, finding)
		if (side_of(finding) == NOTED && *lw_field_raw(finding, "action"))
			return true;
	return false;
}

const char *lw_view_device(struct lw_view *view, const char *rid)
{
	const json_t *entry = json_object_get(view->entries, rid);
	const json_t *fault = json_object_get(view->faults, rid);
	const char *name = lw_field_text(&view->fields, entry, "device", NULL);

	return name ? name : lw_field_text(&view->fields, fault, "device", NULL);
}

/*
 * The one word that says most about the finding's subject: "LEAKED", "BROKEN", or the invariant's
 * name when there is none.
 */
static const char *keyword(struct lw_view *view, const json_t *finding, enum side side)
{
	unsigned int number = lw_word_index(&lw_invariants, lw_field_raw(finding, "invariant"));
	const char *rid = lw_field_raw(finding, "subject");
	const json_t *entry = json_object_get(view->entries, rid);
	const json_t *fault = json_object_get(view->faults, rid);
	const char *word = NULL;

	if (number == LW_I10 || (side == NOTED && fault))
		word = lw_field_word(&view->fields, fault, "class", NULL);
	else if (number == LW_I1 || number == LW_I2)
		word = lw_field_word(&view->fields, entry, "state", NULL);
	if (!word)
		return lw_field_word(&view->fields, finding, "invariant",
				     side == NOTED ? "note" : "-");
	if (side != WRONG ||
	    (!lw_word_of(&lw_fault_classes, word) && !lw_word_of(&lw_entry_states, word)))
		return word;
	return lw_field_upper(&view->fields, word);
}

static void detail(struct lw_view *view, const char *label, const char *text)
{
	const unsigned int indent = 10;

	if (!text)
		return;
	fprintf(view->style.out, "%6s", "");
	lw_style_cell(&view->style, LW_TONE_STRONG, label, 4);
	lw_style_wrap(&view->style, LW_TONE_PLAIN, indent, indent, text);
}

static void write_finding(struct lw_view *view, const json_t *finding, enum side side)
{
	const struct lw_style *style = &view->style;
	struct lw_fields *fields = &view->fields;
	const char *device = lw_view_device(view, lw_field_raw(finding, "subject"));
	const char *invariant = lw_field_word(fields, finding, "invariant", NULL);
	const char *word = keyword(view, finding, side);

	fputs("  ", style->out);
	lw_style_cell(style, side == WRONG ? LW_TONE_BAD : LW_TONE_PLAIN, word, 8);
	lw_style_put(style, LW_TONE_STRONG, lw_field_text(fields, finding, "subject", "?"));
	fprintf(style->out, "%s%s", device ? "  " : "", device ? device : "");
	if (invariant && strcmp(invariant, word))
		fprintf(style->out, "  (%s)", invariant);
	fputc('\n', style->out);
}

static bool same_member(const json_t *a, const json_t *b, const char *key)
{
	const json_t *left = json_object_get(a, key), *right = json_object_get(b, key);

	return left == right || json_equal(left, right);
}

/* Whether two findings ask for the same action, or with ALL say the same altogether. */
static bool same_details(const json_t *a, const json_t *b, bool all)
{
	if (!same_member(a, b, "invariant") || !same_member(a, b, "action"))
		return false;
	return !all || (same_member(a, b, "message") && same_member(a, b, "evidence"));
}

/* What a finding says; NEXT (or NULL) is shown below it and says again what both have in common. */
static void write_details(struct lw_view *view, const json_t *finding, const json_t *next)
{
	struct lw_fields *fields = &view->fields;

	if (next && same_details(finding, next, true))
		return;
	detail(view, "", lw_field_text(fields, finding, "message", NULL));
	if (view->verbose)
		detail(view, "By:", lw_field_any(fields, finding, "evidence", NULL));
	if (!next || !same_details(finding, next, false))
		detail(view, "Do:", lw_field_text(fields, finding, "action", NULL));
}

/* How many findings of each invariant were not shown. */
static void write_hidden(struct lw_view *view, const json_t *seen)
{
	const json_t *count;
	const char *name;

	json_object_foreach((json_t *)seen, name, count) {
		json_int_t rest = json_integer_value(count) - SHOWN_OF_A_KIND;

		if (rest > 0)
			fprintf(view->style.out, "  ...     %lld more of %s; -v shows every one\n",
				(long long)rest,
				*name ? lw_field_keep(&view->fields, name) : "no invariant");
	}
}

/*
 * Findings of one side. Those of an invariant beyond the first few are only counted; neighbours
 * that say the same share the text below them.
 */
static void write_side(struct lw_view *view, enum side side)
{
	const json_t *finding, *previous = NULL;
	json_t *seen = json_object();
	size_t i;

	json_array_foreach(lw_field(view->report, "findings"), i, finding) {
		const char *name = lw_field_raw(finding, "invariant");
		json_int_t shown = json_integer_value(json_object_get(seen, name));

		if (side_of(finding) != side)
			continue;
		if (!json_object_size(seen))
			lw_style_heading(&view->style, headings[side]);
		json_object_set_new(seen, name, json_integer(shown + 1));
		if (!view->verbose && shown >= SHOWN_OF_A_KIND)
			continue;
		if (previous)
			write_details(view, previous, finding);
		write_finding(view, finding, side);
		previous = finding;
	}
	if (previous)
		write_details(view, previous, NULL);
	if (!view->verbose)
		write_hidden(view, seen);
	json_decref(seen);
}

void lw_view_findings(struct lw_view *view)
{
	enum side side;

	for (side = WRONG; side <= NOTED; side++)
		write_side(view, side);
}
