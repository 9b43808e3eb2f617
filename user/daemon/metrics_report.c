/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the gauges of the last hand-over take out of its report. Pure; the report is not trusted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/fields.h"
#include "base/time.h"
#include "daemon/metrics.h"
#include "report/stored.h"

static void copy_escaped(char place[LW_METRICS_TEXT], const char *text)
{
	char *escaped = lw_escape(text, strlen(text), LW_METRICS_TEXT - 1);

	snprintf(place, LW_METRICS_TEXT, "%s", escaped ? escaped : "");
	free(escaped);
}

/* 0 when the report has no such time. */
static double seconds_of(const json_t *report, const char *path)
{
	uint64_t when;

	return lw_time_read(lw_field_raw(report, path), &when) ? 0 : when / 1e9;
}

static void take_faults(const json_t *report, struct lw_metrics_handover *h)
{
	const json_t *fault;
	uint64_t count;
	unsigned int class;
	size_t i;

	json_array_foreach(lw_field(report, "faults"), i, fault) {
		class = lw_word_index(&lw_fault_classes, lw_field_raw(fault, "class"));
		if (class < LW_CLASSES && lw_field_count(fault, "count", &count) &&
		    strcmp(lw_field_raw(fault, "window"), lw_window_name(LW_WINDOW_BEFORE)))
			h->faults[class] += count;
	}
}

/* An invariant that the version which wrote the report did not have is absent, not unknown. */
static enum lw_answer answer_of(const json_t *invariant)
{
	enum lw_answer answer;

	if (!invariant)
		return LW_ANSWERS;
	answer = lw_word_index(&lw_answers, lw_field_raw(invariant, "result"));
	return answer < LW_ANSWERS ? answer : LW_UNKNOWN;
}

bool lw_metrics_of_report(const json_t *report, struct lw_metrics_handover *h)
{
	const json_t *invariants = lw_field(report, "invariants");
	const json_t *states = lw_field(report, "entry_states");
	const char *id = lw_field_raw(report, "id");
	uint64_t milliseconds;
	unsigned int i;

	memset(h, 0, sizeof(*h));
	h->verdict = lw_stored_verdict(report, NULL);
	if (h->verdict == LW_VERDICT_NONE)
		return false;
	if (h->verdict == LW_VERDICT_DAMAGED) /* never clean by default */
		h->verdict = LW_VERDICT_INCOMPLETE;
	snprintf(h->id, sizeof(h->id), "%s", strspn(id, "0123456789abcdef") == 32 ? id : "");
	copy_escaped(h->kernel_old, lw_field_raw(report, "kernel.old"));
	copy_escaped(h->kernel_new, lw_field_raw(report, "kernel.new"));
	h->timestamp_s = seconds_of(report, "time.shutdown");
	if (!h->timestamp_s)
		h->timestamp_s = seconds_of(report, "time.collected");
	h->blackout_s = lw_field_count(report, "time.blackout_ms", &milliseconds)
				? milliseconds / 1000.0
				: -1;
	h->final = json_is_true(lw_field(report, "final"));
	take_faults(report, h);
	for (i = 0; i < LW_CONTEXT_STATES; i++)
		lw_field_count(states, lw_context_state_name(i), &h->entries[i]);
	for (i = 0; i < LW_INVARIANTS; i++)
		h->answers[i] = answer_of(lw_field(invariants, lw_invariant_name(i)));
	return true;
}
