// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The verdict in words, for the text report and for the page: the headline, and what it asks of the
 * reader.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "text/view.h"

/* What a headline begins with. */
static const char *headline_word(struct lw_view *view, enum lw_verdict verdict)
{
	if (verdict == LW_VERDICT_DAMAGED)
		return "DAMAGED REPORT";
	if (verdict == LW_VERDICT_NONE)
		return "NO HAND-OVER";
	return lw_field_upper(&view->fields, lw_verdict_name(verdict));
}

/* Whether TEXT says what WORD says, and perhaps more. */
static bool begins_with(const char *text, const char *word)
{
	return text && !strncasecmp(text, word, strlen(word)) &&
	       !isalpha((unsigned char)text[strlen(word)]);
}

const char *lw_view_headline(struct lw_view *view, enum lw_verdict verdict)
{
	const char *text = lw_field_text(&view->fields, view->report, "headline", NULL);
	const char *word = headline_word(view, verdict);

	if (verdict != LW_VERDICT_DAMAGED && begins_with(text, word))
		return text;
	if (verdict == LW_VERDICT_CLEAN && !json_is_true(lw_field(view->report, "final")))
		return "CLEAN SO FAR";
	return word;
}

const char *lw_view_advice(const struct lw_view *view, enum lw_verdict verdict)
{
	switch (verdict) {
	case LW_VERDICT_CLEAN:
		if (lw_view_has_advice(view))
			return "No action needed now; what is noted below is worth a look by day.";
		return "No action needed.";
	case LW_VERDICT_INCOMPLETE:
		return "Not proven clean: nothing wrong was seen, but evidence is missing. The "
		       "findings below say which.";
	case LW_VERDICT_VIOLATION:
		switch (lw_view_count_wrong(view)) {
		case 0:
			return "Action needed: the checks below say what failed.";
		case 1:
			return "Action needed: the finding below says what to do.";
		}
		return "Action needed: the findings below say what to do, the gravest first.";
	case LW_VERDICT_NONE:
		return "This boot is no hand-over, so there is nothing to judge.";
	default:
		break;
	}
	return "Do not take this hand-over for clean: look at the raw evidence stored beside it.";
}
