/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching. Every judgement starts from the saved evidence, so that it differs from the first one
 * only by the faults that came since; those are saved beside each revision that they led to.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/io.h"
#include "base/message.h"
#include "daemon/watch.h"
#include "judge/judge.h"
#include "report/json.h"
#include "report/store.h"

/* A year of lines would not be more: the kernel's rate limit lets nine through in five seconds. */
#define LOG_FAULTS (2 * LW_KERNEL_LOG_FAULTS)

void lw_watch_log_fault(struct lw_watch *w, const struct lw_fault *fault, uint64_t sequence)
{
	if (!w->loaded || w->final || w->log_kept || w->log_fault_count >= LOG_FAULTS ||
	    (w->c.log.sequence_known && sequence <= w->c.log.sequence))
		return;
	lw_watch_add_log_fault(w, fault);
}

static int load_case(struct lw_watch *w)
{
	LW_FREE char *folder = lw_handover_folder(w->state, w->gathered.id);
	size_t i;
	int r = lw_case_load(folder, &w->c);

	for (i = 0; !r && i < w->c.log.fault_count; i++)
		r = lw_watch_add_log_fault(w, &w->c.log.faults[i]);
	if (r) {
		lw_error("the evidence in %s cannot be used: %s", folder, strerror(-r));
		lw_case_close(&w->c);
		return r;
	}
	w->loaded = true;
	/* Collected again by a newer luwatch: earlier revisions stand under another name. */
	w->revision = w->c.evidence.revision - 1;
	if (w->c.evidence.collected_ns > w->c.evidence.boot_realtime_ns)
		w->from_ns = w->c.evidence.collected_ns - w->c.evidence.boot_realtime_ns;
	return 0;
}

static void take_stored(struct lw_watch *w, json_t *report)
{
	uint64_t revision = 0;

	json_decref(w->report);
	w->report = report;
	lw_field_count(report, "revision", &revision);
	w->revision = revision;
	w->final = json_is_true(lw_field(report, "final"));
	free(w->verdict);
	w->verdict = strdup(lw_field_raw(report, "verdict"));
}

/* The hand-over with the evidence at hand; the caller frees it. */
static int correlate(struct lw_watch *w, const struct lw_watch_input *input, uint32_t revision,
		     struct lw_handover **handover)
{
	struct lw_evidence *e = &w->c.evidence;
	uint64_t watched = input->now_ns > w->from_ns ? input->now_ns - w->from_ns : 0;
	int r;

	e->log_faults = w->log_faults;
	e->log_fault_count = w->log_fault_count;
	e->watch_from_ns = input->armed_ns;
	e->watch_losses = input->losses;
	e->live_faults = input->live;
	e->live_fault_count = input->live_count;
	e->revision = revision;
	e->final = input->end;
	e->watch_period_s = input->period_s;
	e->watched_s = watched / 1000000000 < input->period_s ? watched / 1000000000
							      : input->period_s;
	r = lw_correlate(e, handover);
	/* The list is the caller's; nothing reads it after this. */
	e->live_faults = NULL;
	e->live_fault_count = 0;
	return r;
}

/* Stores REPORT (a reference is taken over) as REVISION. 1 or a negative errno. */
static int store(struct lw_watch *w, json_t *report, uint32_t revision)
{
	int r = lw_store_save(w->state, w->id, revision, report);

	if (r) {
		json_decref(report);
		return r;
	}
	if (w->stored)
		w->stored(w->context, report);
	take_stored(w, report);
	return 1;
}

/*
 * A violation that was found stays found: without the counters that showed it (disarmed since, or
 * armed anew) nothing new was learned. The stored report becomes that of this revision, too.
 */
static json_t *keep_violation(const struct lw_watch *w, json_t *report)
{
	json_t *kept = json_deep_copy(w->report);

	json_object_set(kept, "revision", json_object_get(report, "revision"));
	json_object_set(kept, "final", json_object_get(report, "final"));
	json_object_set(kept, "time", json_object_get(report, "time"));
	json_decref(report);
	return kept;
}

int lw_watch_judge(struct lw_watch *w, const struct lw_watch_input *input)
{
	struct lw_handover *handover = NULL;
	uint32_t revision = w->final ? w->revision : w->revision + 1;
	json_t *report = NULL;
	bool changed;
	int r;

	if (!w->loaded)
		return 0;
	r = correlate(w, input, revision, &handover);
	if (r)
		return r;
	lw_handover_free(w->handover);
	w->handover = handover;
	if (w->final)
		return 0;
	report = lw_report_json(handover);
	if (report && w->verdict && !strcmp(w->verdict, lw_verdict_name(LW_VERDICT_VIOLATION)) &&
	    strcmp(lw_field_raw(report, "verdict"), w->verdict))
		report = keep_violation(w, report);
	if (!report)
		return -ENOMEM;
	changed = !w->verdict || strcmp(w->verdict, lw_field_raw(report, "verdict"));
	if (changed || input->end) {
		r = revision > 1 ? lw_watch_save_input(w, input, revision) : 0;
		if (!r)
			return store(w, report, revision);
		json_decref(report);
		return r;
	}
	/* The same verdict: only the numbers are newer. It keeps the number of the stored one. */
	json_object_set_new(report, "revision", json_integer(w->revision));
	json_decref(w->report);
	w->report = report;
	return 0;
}

/* Revision 1, before anything is armed: what the saved evidence alone says. */
static void judge_first(struct lw_watch *w)
{
	struct lw_watch_input input = { .armed_ns = UINT64_MAX, .end = !w->handed_over };
	json_t *report = NULL;
	int r = lw_store_load(w->state, w->id, &report);

	if (!r) {
		take_stored(w, report);
		return;
	}
	if (r == -EBADMSG) {
		lw_error("the stored report of %s is damaged and stays as it is; its evidence is "
			 "judged again, but not stored",
			 w->id);
		w->final = true;
		return;
	}
	r = lw_watch_judge(w, &input);
	if (r < 0)
		lw_error("the report of %s cannot be made: %s", w->id, strerror(-r));
}

/*
 * The newest report of this host, whichever boot it is of. Listing them also brings the index up to
 * date for those who may read the reports and not write there.
 */
static json_t *last_report(const char *state)
{
	json_t *list = NULL, *report = NULL;

	if (!lw_store_list(state, &list))
		lw_store_load(state, lw_field_raw(json_array_get(list, 0), "id"), &report);
	json_decref(list);
	return report;
}

void lw_watch_start(struct lw_watch *w, const char *state, const struct lw_gathered *gathered,
		    void (*stored)(void *context, const json_t *report), void *context)
{
	memset(w, 0, sizeof(*w));
	w->stored = stored;
	w->context = context;
	w->state = state;
	w->gathered = *gathered;
	lw_kernel_log_init(&w->c.log);
	w->handed_over = gathered->boot == LW_BOOT_KEXEC && !gathered->next_lost;
	w->report = last_report(state);
	if (gathered->boot != LW_BOOT_KEXEC)
		return;
	json_decref(w->report);
	w->report = NULL;
	lw_id_format(gathered->id, w->id);
	load_case(w);
	judge_first(w);
	w->loaded &= w->handed_over;
}

int lw_watch_open(struct lw_watch *w, const char *state,
		  void (*stored)(void *context, const json_t *report), void *context)
{
	struct lw_gathered gathered;
	int r = lw_gather(state, &gathered);

	memset(w, 0, sizeof(*w));
	if (!r)
		lw_watch_start(w, state, &gathered, stored, context);
	return r;
}

uint64_t lw_watch_end(const struct lw_watch *w, uint64_t period_s)
{
	return w->from_ns + period_s * 1000000000;
}

void lw_watch_close(struct lw_watch *w)
{
	lw_handover_free(w->handover);
	lw_case_close(&w->c);
	json_decref(w->report);
	free(w->log_faults);
	free(w->verdict);
	memset(w, 0, sizeof(*w));
}
