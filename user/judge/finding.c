// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings and answers. Every judge reports through here, so that a fail is never overwritten by a
 * later pass, every fail and every missing piece of evidence is a finding with a text, and no
 * invariant is left without a reason.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judges.h"

/*
 * A unit that was never cleaned leaks thousands of entries, and a log with a hole may lack as many
 * things. The first ones tell what happened; the lists of the report have all of them.
 */
static const size_t fails_named = 64, unknowns_named = 16, remarks_named = 256;

static char *format_text(struct lw_handover *h, const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		h->error = -ENOMEM;
		return NULL;
	}
	return text;
}

char *lw_text(struct lw_handover *h, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = format_text(h, format, arguments);
	va_end(arguments);
	return text;
}

static char *copy(struct lw_handover *h, const char *text)
{
	return text ? lw_text(h, "%s", text) : NULL;
}

/* MESSAGE is taken over. */
static void add(struct lw_handover *h, enum lw_invariant invariant, enum lw_severity severity,
		const char *subject, struct lw_finding_text text, char *message)
{
	struct lw_finding *finding;

	finding = lw_add(h, h->findings, h->finding_count, h->finding_size);
	if (!finding) {
		free(message);
		return;
	}
	finding->invariant = invariant;
	finding->severity = severity;
	finding->subject = copy(h, subject);
	finding->message = message;
	finding->evidence = copy(h, text.evidence);
	finding->action = copy(h, text.action);
}

void lw_find(struct lw_handover *h, enum lw_invariant invariant, enum lw_severity severity,
	     const char *subject, struct lw_finding_text text, const char *format, ...)
{
	va_list arguments;

	if (h->remarks++ >= remarks_named)
		return;
	va_start(arguments, format);
	add(h, invariant, severity, subject, text, format_text(h, format, arguments));
	va_end(arguments);
}

void lw_fail(struct lw_handover *h, enum lw_invariant invariant, const char *subject,
	     struct lw_finding_text text, const char *format, ...)
{
	struct lw_result *result = &h->results[invariant];
	va_list arguments;

	if (result->fails++ < fails_named) {
		va_start(arguments, format);
		add(h, invariant, LW_SEVERITY_VIOLATION, subject, text,
		    format_text(h, format, arguments));
		va_end(arguments);
	}
	if (result->answer == LW_FAIL)
		return;
	result->answer = LW_FAIL;
	free(result->reason);
	result->reason = NULL;
}

#define SEE_I12 "Where records are missing, see I12."

/* What can be done when the evidence does not say whether an invariant holds. */
static const char *const when_unknown[LW_INVARIANTS] = {
	[LW_I1] = "Take the devices in question for able to reach memory: 'luwatch snapshot' lists the "
		  "entries that are present now, and a cold reboot ends the doubt. " SEE_I12,
	[LW_I2] = "Look whether the device works (its guest, 'luwatch faults'); 'luwatch snapshot' shows "
		  "its entry as it is now. " SEE_I12,
	[LW_I3] = "'luwatch snapshot' shows the tables as they are now; a cold reboot ends the doubt. " SEE_I12,
	[LW_I4] = "'luwatch check' says which invalidations can be seen on this kernel. " SEE_I12,
	[LW_I5] = "'luwatch snapshot' shows which units translate now. " SEE_I12,
	[LW_I6] = "Look at the firmware's setting for DMA protection before the next hand-over. " SEE_I12,
	[LW_I7] = "Let the daemon arm at boot, before anything is preserved. " SEE_I12,
	[LW_I8] = "Let the daemon arm at boot, before anything is preserved, and do not suspend such a "
		  "host. " SEE_I12,
	[LW_I9] = "Compare 'luwatch declare list' with what the orchestrator preserved; arm before it "
		  "does. " SEE_I12,
	[LW_I10] = "Look at the devices that were preserved: their guests, and 'luwatch faults' for what "
		   "came since. " SEE_I12,
	[LW_I11] = "The old kernel's log, if it is kept ('journalctl -k -b -1'), may show how far it got. "
		   SEE_I12,
	[LW_I12] = "Load the next image with 'luwatch kexec-load' and start it when 'luwatch status --ready' "
		   "agrees; 'luwatch check' says what can carry records here.",
	[LW_I13] = "Let luwatch-collect.service run early in each boot: it looks at the tables as the "
		   "kernel took them over.",
};

/* What is missing for several invariants is said once; the answer of each has it as its reason. */
static bool is_said(const struct lw_handover *h, const char *message)
{
	size_t i;

	for (i = 0; message && i < h->finding_count; i++)
		if (h->findings[i].severity == LW_SEVERITY_INCOMPLETE && h->findings[i].message &&
		    !strcmp(h->findings[i].message, message))
			return true;
	return false;
}

void lw_unknown(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
{
	struct lw_result *result = &h->results[invariant];
	struct lw_finding_text text = { .action = when_unknown[invariant] };
	va_list arguments;
	char *message;

	va_start(arguments, format);
	message = format_text(h, format, arguments);
	va_end(arguments);
	if (result->answer != LW_FAIL && result->answer != LW_UNKNOWN) {
		result->answer = LW_UNKNOWN;
		free(result->reason);
		result->reason = copy(h, message);
	}
	if (result->unknowns++ < unknowns_named && !is_said(h, message))
		add(h, invariant, LW_SEVERITY_INCOMPLETE, "hand-over", text, message);
	else
		free(message);
}

static void set_reason(struct lw_handover *h, enum lw_invariant invariant, char *reason)
{
	struct lw_result *result = &h->results[invariant];

	if (result->reason) {
		free(reason);
		return;
	}
	result->reason = reason;
}

void lw_not_applicable(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
{
	struct lw_result *result = &h->results[invariant];
	va_list arguments;

	if (result->answer == LW_FAIL || result->answer == LW_UNKNOWN)
		return;
	result->answer = LW_NOT_APPLICABLE;
	va_start(arguments, format);
	set_reason(h, invariant, format_text(h, format, arguments));
	va_end(arguments);
}

void lw_reason(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
{
	va_list arguments;

	/* What speaks for a pass must not stand beside a fail. */
	if (h->results[invariant].answer == LW_FAIL)
		return;
	va_start(arguments, format);
	set_reason(h, invariant, format_text(h, format, arguments));
	va_end(arguments);
}

void lw_reason_either(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_reason(h, invariant, format_text(h, format, arguments));
	va_end(arguments);
}

/* What is missing beyond the findings of all invariants, in one finding of the first of them. */
static void sum_up_missing(struct lw_handover *h)
{
	const struct lw_finding_text text = {
		.action = "Deal with those above: what is missing beside them has the same causes.",
	};
	enum lw_invariant i, first = LW_INVARIANTS;
	char names[LW_INVARIANTS * 5] = "";
	size_t more = 0;

	for (i = 0; i < LW_INVARIANTS; i++) {
		if (h->results[i].unknowns <= unknowns_named)
			continue;
		more += h->results[i].unknowns - unknowns_named;
		first = first == LW_INVARIANTS ? i : first;
		strcat(names, *names ? ", " : "");
		strcat(names, lw_invariant_name(i));
	}
	if (more)
		add(h, first, LW_SEVERITY_INCOMPLETE, "hand-over", text,
		    lw_text(h, "%zu more things are missing (%s).", more, names));
}

void lw_sum_up_unnamed(struct lw_handover *h)
{
	const struct lw_finding_text nothing = {};
	enum lw_invariant i;

	for (i = 0; i < LW_INVARIANTS; i++)
		if (h->results[i].fails > fails_named)
			add(h, i, LW_SEVERITY_VIOLATION, "hand-over", nothing,
			    lw_text(h, "%zu more like these; the lists of the report have them.",
				    h->results[i].fails - fails_named));
	sum_up_missing(h);
}
