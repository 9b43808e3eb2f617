// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The text report, top to bottom: the verdict, what to do, one sentence of what happened, then the
 * sections. It is read by a tired person at night, who should know after two lines whether to
 * worry; everything below those lines is in falling order of importance.
 */
#include "text/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/stored.h"
#include "text/view.h"

/* "blackout 1.84 s"; NULL when it is not known. */
static const char *blackout(struct lw_view *view)
{
	const json_t *value = lw_field(view->report, "time.blackout_ms");
	double ms;

	if (!json_is_number(value))
		return NULL;
	ms = json_number_value(value);
	if (!(ms >= 0 && ms < 1e12))
		return NULL;
	return lw_field_format(&view->fields, ms < 1000 ? "%.0f ms" : "%.2f s",
			       ms < 1000 ? ms : ms / 1000);
}

/* What happened, in one sentence. */
static void sentence(struct lw_view *view)
{
	struct lw_fields *fields = &view->fields;
	const json_t *report = view->report;
	const char *shutdown = lw_view_time(view, "time.shutdown");
	const char *collected = lw_view_time(view, "time.collected");
	const char *kind = lw_field_text(fields, report, "boot.kind", "?");
	const char *host = lw_field_text(fields, report, "host.name", "host ?");
	const char *old = lw_field_text(fields, report, "kernel.old", "?");
	const char *new = lw_field_text(fields, report, "kernel.new", "?");
	const char *dark = blackout(view);
	const char *text;

	if (!strcmp(kind, lw_boot_name(LW_BOOT_KEXEC)))
		text = lw_field_format(fields, "%s: kexec %s -> %s", host, old, new);
	else
		text = lw_field_format(fields, "%s: kernel %s, boot of kind \"%s\"", host, new,
				       kind);
	if (shutdown)
		text = lw_field_format(fields, "%s at %s", text, shutdown);
	else if (collected)
		text = lw_field_format(fields, "%s, collected at %s", text, collected);
	if (dark)
		text = lw_field_format(fields, "%s, blackout %s", text, dark);
	lw_style_wrap(&view->style, LW_TONE_PLAIN, 0, 0, text);
}

static void top(struct lw_view *view, enum lw_verdict verdict, const char *problem)
{
	const struct lw_style *style = &view->style;

	lw_style_wrap(style, lw_verdicts.words[verdict].tone, 0, 0,
		      lw_view_headline(view, verdict));
	if (problem)
		lw_style_wrap(
			style, LW_TONE_PLAIN, 0, 0,
			lw_field_format(&view->fields, "The report is damaged: %s.", problem));
	lw_style_wrap(style, LW_TONE_PLAIN, 0, 0, lw_view_advice(view, verdict));
	sentence(view);
	if (verdict != LW_VERDICT_NONE && json_is_false(lw_field(view->report, "final")))
		lw_style_wrap(style, LW_TONE_PLAIN, 0, 0,
			      "Not final: faults are still being watched for.");
}

int lw_text_report(const struct lw_style *style, const json_t *report, bool verbose)
{
	struct lw_view view = { .style = *style, .verbose = verbose, .report = report };
	enum lw_verdict verdict;
	char *problem;

	verdict = lw_stored_verdict(report, &problem);
	view.entries = lw_view_index(lw_field(report, "entries"), false);
	view.faults = lw_view_index(lw_field(report, "faults"), true);

	top(&view, verdict, problem);
	lw_view_units(&view);
	lw_view_findings(&view);
	lw_view_faults(&view);
	lw_view_checks(&view);
	if (verbose)
		lw_view_entries(&view);
	lw_view_totals(&view);
	lw_view_identity(&view);

	json_decref(view.entries);
	json_decref(view.faults);
	lw_fields_release(&view.fields);
	free(problem);
	if (fflush(style->out) || ferror(style->out))
		return -EIO;
	return verdict == LW_VERDICT_DAMAGED ? -EBADMSG : 0;
}
