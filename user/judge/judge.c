// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The verdict. Any fail is a violation; else any unknown makes the hand-over incomplete; clean is
 * what remains, never a default.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/judges.h"
#include "judge/losses.h"
#include "probe/hooks.h"

struct invariant {
	uint64_t needs, of;
	void (*judge)(struct lw_handover *h);
};

#define INVARIANT(number, name, needs, of) [LW_##number] = { needs, of, lw_judge_##name },
static const struct invariant invariants[LW_INVARIANTS] = { LW_JUDGES(INVARIANT) };

#define ONE(number, name, needs, of) +1
_Static_assert(LW_JUDGES(ONE) == LW_INVARIANTS, "every invariant has a judge in judges.h");

const uint32_t lw_invariants_judged = (1U << LW_INVARIANTS) - 1;

static const char *probe_function(enum lw_probe_bit probe)
{
	static const char *const names[LW_PROBE_BITS] = {
		[LW_PROBE_PRESERVE_DEVICE] = "iommu_preserve_device()",
		[LW_PROBE_CLEAR] = "clear_unpreserved_context_entries()",
		[LW_PROBE_DMAR_FAULT] = "dmar_fault()",
		[LW_PROBE_LIVEUPDATE_REBOOT] = "liveupdate_reboot()",
		[LW_PROBE_QI_SUBMIT] = "the tracepoint qi_submit",
		[LW_PROBE_DRIFT_DETACH] = "the functions that change a context entry",
		[LW_PROBE_SUSPEND] = "iommu_suspend()",
	};

	return names[probe] ? names[probe] : lw_hook_of(probe)->name;
}

/*
 * A function that is missing is not a missing feature: the compiler may have put it into its only
 * caller (the second version of the series as a distributor has it), or a version may call it
 * otherwise. A kernel without the feature has none of its functions, and no place for its marks.
 */
static bool has_feature(const struct lw_handover *h, enum lw_probe_bit probe)
{
	size_t i;

	if (probe == LW_PROBE_LIVEUPDATE_REBOOT)
		return h->symbols & (LW_NEEDS(LIVEUPDATE_REBOOT) | LW_NEEDS(PRESERVE_FILE));
	for (i = 0; i < h->unit_count; i++)
		if (h->units[i]->before && h->units[i]->before->preserved != 2)
			return true;
	return h->baseline->marks_supported ||
	       h->symbols & (LW_NEEDS(PRESERVE_DEVICE) | LW_NEEDS(UNPRESERVE_DEVICE) | LW_NEEDS(PRESERVE_UNIT) |
			     LW_NEEDS(CLEAR) | LW_NEEDS(CLEAR_DEVICE) | LW_NEEDS(CLEAR_ALIAS));
}

static bool is_of_live_update(enum lw_probe_bit probe)
{
	return probe == LW_PROBE_PRESERVE_DEVICE || probe == LW_PROBE_CLEAR ||
	       probe == LW_PROBE_LIVEUPDATE_REBOOT;
}

/* Whether the probes an invariant rests on were there; otherwise answers it. */
static bool has_probes(struct lw_handover *h, enum lw_invariant i)
{
	uint64_t all = invariants[i].needs | invariants[i].of;
	unsigned int probe;

	for (probe = 0; probe < LW_PROBE_BITS; probe++) {
		if (!(all >> probe & 1))
			continue;
		if (!h->baseline) {
			lw_unknown(h, i,
				   "no complete baseline says whether %s was watched in the old "
				   "kernel",
				   probe_function(probe));
			return false;
		}
		if (is_of_live_update(probe) && !has_feature(h, probe)) {
			lw_not_applicable(h, i,
					  "the old kernel has no live update (%s does not exist)",
					  probe_function(probe));
			return false;
		}
		if (invariants[i].needs >> probe & 1 && !lw_probe_attached(h, probe)) {
			lw_unknown(h, i, "%s was not watched in the old kernel",
				   probe_function(probe));
			return false;
		}
	}
	return true;
}

static void judge_one(struct lw_handover *h, enum lw_invariant i)
{
	if (!(h->judged >> i & 1)) {
		lw_not_applicable(h, i, "not judged by this version of luwatch");
		return;
	}
	if (has_probes(h, i))
		invariants[i].judge(h);
	/* A judge that names nothing that speaks for a pass has seen nothing. */
	if (h->results[i].answer == LW_PASS && !h->results[i].reason)
		lw_unknown(h, i, "nothing was recorded by which it could be judged");
	if (!h->results[i].reason)
		lw_reason_either(h, i, "see the findings");
}

static enum lw_verdict verdict_of(const struct lw_handover *h)
{
	enum lw_verdict verdict = LW_VERDICT_CLEAN;
	size_t i, passed = 0;

	for (i = 0; i < LW_INVARIANTS; i++) {
		if (h->results[i].answer == LW_FAIL)
			return LW_VERDICT_VIOLATION;
		if (h->results[i].answer == LW_UNKNOWN)
			verdict = LW_VERDICT_INCOMPLETE;
		passed += h->results[i].answer == LW_PASS;
	}
	/* Without a single promise that was seen to hold nothing is clean. */
	return passed ? verdict : LW_VERDICT_INCOMPLETE;
}

/* Most severe first, then by invariant; the order in which they were found stays. */
static void sort_findings(struct lw_handover *h)
{
	size_t i, j;

	for (i = 1; i < h->finding_count; i++) {
		struct lw_finding finding = h->findings[i];

		for (j = i; j && h->findings[j - 1].severity > finding.severity; j--)
			h->findings[j] = h->findings[j - 1];
		h->findings[j] = finding;
	}
}

/* Records that may be of another hand-over accuse nobody: what they show stays, as not certain. */
static void take_back_fails(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < LW_INVARIANTS; i++)
		if (h->results[i].answer == LW_FAIL)
			h->results[i].answer = LW_UNKNOWN;
	for (i = 0; i < h->finding_count; i++)
		if (h->findings[i].severity == LW_SEVERITY_VIOLATION)
			h->findings[i].severity = LW_SEVERITY_INCOMPLETE;
}

static void judge(struct lw_handover *h)
{
	enum lw_invariant i;

	if (h->evidence->boot != LW_BOOT_KEXEC) {
		for (i = 0; i < LW_INVARIANTS; i++)
			lw_not_applicable(h, i, "this boot is no hand-over");
		h->verdict = LW_VERDICT_NONE;
		return;
	}
	for (i = 0; i < LW_INVARIANTS; i++)
		judge_one(h, i);
	lw_judge_losses(h);
	lw_sum_up_unnamed(h);
	lw_note_oddities(h);
	if (h->evidence->which_doubt)
		take_back_fails(h);
	sort_findings(h);
	h->verdict = verdict_of(h);
}

int lw_correlate_some(const struct lw_evidence *evidence, uint32_t judged,
		      struct lw_handover **handover)
{
	int r = lw_rebuild(evidence, handover);

	if (r)
		return r;
	(*handover)->judged = judged;
	judge(*handover);
	lw_write_headline(*handover);
	r = (*handover)->error;
	if (r) {
		lw_handover_free(*handover);
		*handover = NULL;
	}
	return r;
}

int lw_correlate(const struct lw_evidence *evidence, struct lw_handover **handover)
{
	return lw_correlate_some(evidence, lw_invariants_judged, handover);
}
