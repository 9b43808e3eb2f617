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

void lw_unknown(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
{
	struct lw_result *result = &h->results[invariant];
	struct lw_finding_text nothing = {};
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
	if (result->unknowns++ < unknowns_named)
		add(h, invariant, LW_SEVERITY_INCOMPLETE, "hand-over", nothing, message);
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

void lw_sum_up_unnamed(struct lw_handover *h)
{
	struct lw_finding_text nothing = {};
	enum lw_invariant i;

	for (i = 0; i < LW_INVARIANTS; i++) {
		const struct lw_result *result = &h->results[i];

		if (result->fails > fails_named)
			add(h, i, LW_SEVERITY_VIOLATION, "hand-over", nothing,
			    lw_text(h, "%zu more like these; the lists of the report have them.",
				    result->fails - fails_named));
		if (result->unknowns > unknowns_named)
			add(h, i, LW_SEVERITY_INCOMPLETE, "hand-over", nothing,
			    lw_text(h, "%zu more things are missing.",
				    result->unknowns - unknowns_named));
	}
}
