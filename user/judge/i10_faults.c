// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I10: no fault shows a broken hand-over. Passing needs more than the absence of such a fault: the
 * programs must have watched, their records must be whole, and the next kernel's log must reach
 * back to its first line, because only that log has what was latched in between.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/judges.h"
#include "luwatch/vtd.h"

static char *fault_evidence(struct lw_handover *h, const struct lw_fault *fault)
{
	const char *text = lw_reason_text(fault->reason);
	char address[32] = "";

	if (fault->address_known)
		snprintf(address, sizeof(address), " at 0x%" PRIx64, fault->address);
	return lw_text(h, "%" PRIu64 " x reason 0x%02x (%s), %s%s, window %s, seen by %s",
		       fault->count, fault->reason, text ? text : "unknown reason",
		       fault->flags & LW_FAULT_READ ? "read" : "write", address,
		       lw_window_name(fault->window), lw_fault_source_name(fault->source));
}

static void fail_fault(struct lw_handover *h, const struct lw_fault *fault)
{
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT], *evidence = fault_evidence(h, fault);
	struct lw_finding_text text = { .evidence = evidence };

	lw_rid_and_name(h, fault->rid, who, sizeof(who));
	lw_rid_format(fault->rid, rid);
	if (fault->class == LW_CLASS_LEAK_HIT) {
		text.action = "The device is using an entry that should be gone: reset it now, and "
			      "treat memory of this host as suspect.";
		lw_fail(h, LW_I10, rid, text,
			"%s was not preserved, its entry was left behind, and it is doing DMA.",
			who);
	} else {
		text.action = "Check the guest that owns the device; it has lost I/O. Reset the "
			      "device and restart the guest.";
		lw_fail(h, LW_I10, rid, text,
			"%s is preserved, and its DMA was blocked: the hand-over broke it.", who);
	}
	free(evidence);
}

static const char *overflowed_unit(const struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];

		if (lw_unit_after_known(unit) && unit->after->fsts & VTD_FSTS_PFO)
			return unit->name;
	}
	return NULL;
}

/* A line without segment that fits a device for which it would be harmless, and one for which not. */
static void unknown_device(struct lw_handover *h, const struct lw_fault *fault)
{
	lw_unknown(h, LW_I10,
		   "The log names no segment for a fault of %02x:%02x.%u (reason 0x%02x), and several "
		   "devices have that address: of one of them it would show a broken hand-over.",
		   LW_RID_BUS(fault->rid), LW_RID_DEVFN(fault->rid) >> 3,
		   LW_RID_DEVFN(fault->rid) & 7, fault->reason);
}

/* Whose fault it was, or what kind of a preserved device's, is beyond what was kept. */
static bool is_nameless(const struct lw_handover *h, const struct lw_fault *fault)
{
	return lw_fault_is_anybodys(fault) ||
	       (fault->flags & LW_FAULT_OTHER && !fault->reason && lw_preserved_find(h, fault->rid));
}

static void missing_evidence(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	const char *overflowed = overflowed_unit(h);
	uint64_t nameless = 0;
	size_t i;

	for (i = 0; i < h->fault_count; i++)
		if (h->faults[i].window != LW_WINDOW_BEFORE && is_nameless(h, &h->faults[i]))
			nameless += h->faults[i].count;
	if (!h->last)
		lw_unknown(h, LW_I10,
			   "What faulted at the end of the old kernel is not known: the "
			   "last record is missing.");
	else if (h->stream.gap_count)
		lw_unknown(h, LW_I10,
			   "%" PRIu64
			   " records are missing; there may have been faults among them.",
			   h->stream.missing);
	if (nameless)
		lw_unknown(h, LW_I10,
			   "Of %" PRIu64 " faults only the number is known: there were more kinds of "
			   "them than records are kept of.",
			   nameless);
	if (overflowed)
		lw_unknown(h, LW_I10,
			   "The fault registers of %s had overflowed: faults were lost, and nobody "
			   "knows of which device.",
			   overflowed);
	if (!evidence->log_vtd)
		lw_unknown(h, LW_I10,
			   "This kernel runs without VT-d, so that faults of the "
			   "hand-over cannot be seen.");
	else if (evidence->log_problem)
		lw_unknown(h, LW_I10,
			   "Not all of this kernel's log can be used, and with it the faults of early boot: %s.",
			   evidence->log_problem);
	else if (!evidence->log_complete)
		lw_unknown(h, LW_I10,
			   "The beginning of this kernel's log is gone, and with it the "
			   "faults of early boot.");
	else if (evidence->log_suppressed)
		lw_unknown(h, LW_I10,
			   "This kernel suppressed %" PRIu64 " log lines about faults before a "
			   "program watched; others may be hidden behind them.",
			   evidence->log_suppressed);
}

void lw_judge_faults(struct lw_handover *h)
{
	size_t failed = 0, i;
	uint64_t seen = 0;

	for (i = 0; i < h->fault_count; i++) {
		const struct lw_fault *fault = &h->faults[i];

		if (fault->window == LW_WINDOW_BEFORE)
			continue;
		seen += fault->count;
		if (fault->ambiguous)
			unknown_device(h, fault);
		if (!lw_shows_damage(fault->class))
			continue;
		failed++;
		fail_fault(h, fault);
	}
	missing_evidence(h);
	if (failed)
		lw_reason_either(h, LW_I10, "%zu kinds of faults show a broken hand-over", failed);
	else
		lw_reason(h, LW_I10, "%" PRIu64 " faults, none of them of that kind", seen);
}
