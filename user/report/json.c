// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report of a hand-over as one JSON object. This is what is stored, digested and audited; text
 * and HTML are views of it. Nothing here decides anything: every word was decided before.
 */
#include <string.h>

#include "report/json_values.h"

static json_t *id_json(const struct lw_handover *h)
{
	char text[LW_ID_TEXT];

	/* The name under which the evidence is kept, even where no record of it came across. */
	if (!lw_id_is_zero(h->evidence->id))
		return json_string(lw_id_format(h->evidence->id, text));
	if (!h->evidence->id_known && !h->stream.id_guessed)
		return json_null();
	return json_string(lw_id_format(h->stream.id, text));
}

/* The host's own answer, else what the baseline carried. */
static json_t *host_json(const struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	const struct lw_origin *origin = &h->origin;

	return json_pack(
		"{so so}", "machine_id",
		lw_json_text(evidence->machine_id ? evidence->machine_id : origin->machine_id),
		"name", lw_json_text(evidence->hostname ? evidence->hostname : origin->hostname));
}

static json_t *labels_json(const struct lw_handover *h)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < h->origin.label_count; i++) {
		const char *label = h->origin.labels[i], *equals = strchr(label, '=');
		json_t *key = equals ? lw_json_bytes(label, equals - label) : lw_json_text(label);

		if (key && json_string_length(key))
			json_object_set_new(object, json_string_value(key),
					    lw_json_text(equals ? equals + 1 : ""));
		json_decref(key);
	}
	return object;
}

/* From the entry of kernel_kexec() to the start of the next kernel's clock, in units of UNIT ns. */
static json_t *blackout_json(const struct lw_handover *h, uint64_t unit)
{
	uint64_t from = h->kexec ? h->kexec->kexec.realtime_ns : 0;
	uint64_t to = h->evidence->boot_realtime_ns;

	return from && to > from ? lw_json_count((to - from) / unit) : json_null();
}

static json_t *time_json(const struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	uint64_t start = h->shutdown ? h->shutdown->time_ns : 0;
	uint64_t end = h->last ? h->last->time_ns : 0;
	bool both = h->shutdown && h->last;

	return json_pack("{so so so so so so so so so}", "armed",
			 lw_json_time(h->baseline ? h->baseline->realtime_ns : 0), "shutdown",
			 lw_json_time(h->shutdown ? lw_old_realtime(h, start) : 0), "collected",
			 lw_json_time(evidence->collected_ns), "shutdown_path_ns",
			 both && end > start ? lw_json_count(end - start) : json_null(),
			 "blackout_ms", blackout_json(h, 1000000), "blackout_us", blackout_json(h, 1000), "clock_frozen",
			 both ? json_boolean(end <= start) : json_null(), "watched_s",
			 lw_json_count(evidence->watched_s), "watch_period_s",
			 lw_json_count(evidence->watch_period_s));
}

static const char *preserved_by(const struct lw_handover *h)
{
	switch (h->preserved_by) {
	case LW_PRESERVED_MARKED:
		return "marked";
	case LW_PRESERVED_DECLARED:
		return "declared";
	case LW_PRESERVED_NONE:
		return "none";
	default:
		return "unknown";
	}
}

/* Who marked each device, when, and in which live-update session. */
static json_t *marks_json(const struct lw_handover *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->marked.count; i++) {
		const struct lw_rec_marked *mark = lw_mark_of(h, h->marked.rid[i]);
		bool session = mark->session[0];

		json_array_append_new(
			list,
			json_pack("{so so so so so so}", "rid", lw_json_rid(mark->rid), "session",
				  session ? lw_json_bytes(mark->session, sizeof(mark->session))
					  : json_null(),
				  "token", session ? lw_json_hex(mark->token) : json_null(), "task",
				  lw_json_bytes(mark->comm, sizeof(mark->comm)), "pid",
				  lw_json_count(mark->pid), "time",
				  lw_json_time(lw_old_realtime(h, mark->preserved_ns))));
	}
	return list;
}

/* A set that is not known is null, an empty one is empty. */
static json_t *sets_json(const struct lw_handover *h)
{
	bool marks = h->marked.count || h->preserved_by == LW_PRESERVED_MARKED;
	bool known = h->baseline && h->declared_known;

	return json_pack("{so so so so so ss}", "declared",
			 known ? lw_json_rids(&h->declared) : json_null(), "marked",
			 marks ? lw_json_rids(&h->marked) : json_null(), "marks",
			 marks ? marks_json(h) : json_null(), "kept",
			 h->walk_after ? lw_json_rids(&h->kept) : json_null(), "not_retrieved",
			 h->not_retrieved_known ? lw_json_rids(&h->not_retrieved) : json_null(), "preserved_by",
			 preserved_by(h));
}

static json_t *live_update_json(const struct lw_handover *h)
{
	if (h->preserved_by == LW_PRESERVED_UNKNOWN)
		return json_null();
	return json_boolean(h->preserved_count);
}

static json_t *counts_json(const struct lw_handover *h)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < LW_CONTEXT_STATES; i++)
		json_object_set_new(object, lw_context_state_name(i), lw_json_count(h->states[i]));
	return object;
}

json_t *lw_report_json(const struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	const struct lw_origin *origin = &h->origin;
	json_t *verdict = h->verdict == LW_VERDICT_NONE ? json_null()
							: json_string(lw_verdict_name(h->verdict));

	return json_pack(
		"{ss so so so sb so so so so so so s{ss so so} s{so so} s{so so} s{so so} so so so so so so so so so "
		"so "
		"so so so}",
		"schema", "luwatch.report/1", "id", id_json(h), "number",
		evidence->number ? lw_json_count(evidence->number) : json_null(), "revision",
		lw_json_count(evidence->revision), "final", evidence->final, "verdict", verdict,
		"headline", lw_json_text(h->headline), "live_update", live_update_json(h),
		"invariants", lw_json_invariants(h), "findings", lw_json_findings(h), "host",
		host_json(h), "boot", "kind", lw_boot_name(evidence->boot), "old",
		lw_json_text(origin->boot_id ? origin->boot_id : evidence->baseline_boot_id), "new",
		lw_json_text(evidence->boot_id_new), "kernel", "old", lw_json_text(origin->kernel),
		"new", lw_json_text(evidence->kernel_new), "build_id", "old",
		lw_json_text(origin->build_id), "new", lw_json_text(evidence->build_id_new), "agent",
		"old",
		lw_json_text(origin->agent), "new", lw_json_text(evidence->agent_new), "labels",
		labels_json(h), "ring", lw_json_text(origin->ring), "correlation",
		lw_json_text(origin->correlation), "time", time_json(h), "carriers", lw_json_carriers(h), "attempts",
		lw_json_attempts(h), "sets", sets_json(h), "iommus", lw_json_units(h), "entries",
		lw_json_entries(h), "entry_states", counts_json(h), "faults", lw_json_faults(h),
		"faults_seen_twice", lw_json_count(h->faults_twice), "losses", lw_json_losses(h));
}

bool lw_report_verdict_changed(const json_t *previous, const json_t *report)
{
	const json_t *before = json_object_get(previous, "verdict");

	return !before || !json_equal(before, json_object_get(report, "verdict"));
}
