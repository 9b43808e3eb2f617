// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I4: the caches of a unit after its context entries were cleared. The descriptors that were
 * submitted between the clearing function's entry and the last look are held against what the VT-d
 * specification asks for (6.5.3.3): context cache, then in scalable mode the PASID cache, then the
 * IOTLB, all of them global from v3 of the series on.
 */
#include "correlate/parts.h"
#include "luwatch/vtd.h"

/* Sequence number of the last global invalidation of each kind; 0 = none. */
struct flushes {
	uint64_t context, pasid, iotlb;
	uint64_t narrow; /* invalidations of less than global scope */
};

/* Granularity 1 is global for the context cache and the IOTLB; 3 for the PASID cache. */
static void note_flush(struct flushes *flushes, const struct lw_record *record)
{
	uint64_t qw0 = record->invalidation.qw[0];
	unsigned int granularity = VTD_INV_GRANULARITY(qw0);

	if (record->invalidation.flags & LW_INV_REGISTER)
		return;
	if (record->invalidation.flags & LW_INV_RESULT_KNOWN && record->invalidation.result)
		return;
	switch (VTD_INV_TYPE(qw0)) {
	case VTD_INV_CONTEXT:
		*(granularity == 1 ? &flushes->context : &flushes->narrow) = record->seq;
		break;
	case VTD_INV_IOTLB:
		*(granularity == 1 ? &flushes->iotlb : &flushes->narrow) = record->seq;
		break;
	case VTD_INV_PASID_CACHE:
		*(granularity == 3 ? &flushes->pasid : &flushes->narrow) = record->seq;
		break;
	}
}

static struct flushes find_flushes(const struct lw_handover *h, const struct lw_unit *unit)
{
	struct flushes flushes = {};
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type == LW_REC_INVALIDATION && record->unit == unit->index &&
		    record->seq > unit->clear_begin)
			note_flush(&flushes, record);
	}
	return flushes;
}

static const char *flush_problem(const struct lw_unit *unit, struct flushes flushes)
{
	if (!flushes.context)
		return flushes.narrow ? "no global context-cache invalidation, only narrower ones"
				      : "no context-cache invalidation";
	if (unit->scalable && !flushes.pasid)
		return "no global PASID-cache invalidation";
	if (!flushes.iotlb)
		return "no global IOTLB invalidation";
	if (flushes.iotlb < flushes.context || (unit->scalable && flushes.iotlb < flushes.pasid))
		return "the IOTLB invalidation came before the others";
	if (unit->scalable && flushes.pasid < flushes.context)
		return "the PASID-cache invalidation came before that of the context cache";
	return NULL;
}

static bool something_was_cleared(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i;

	for (i = 0; i < h->entry_count; i++) {
		if (h->entries[i].unit == unit && h->entries[i].state == LW_CONTEXT_CLEARED)
			return true;
	}
	return false;
}

void lw_judge_invalidations(struct lw_handover *h)
{
	size_t judged = 0, i;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];
		const char *problem;

		if (!unit->clear_begin || !something_was_cleared(h, unit))
			continue;
		judged++;
		problem = flush_problem(unit, find_flushes(h, unit));
		if (problem && h->stream.gap_count)
			lw_unknown(h, LW_I4, "%s: %s, but records are missing.", unit->name,
				   problem);
		else if (problem)
			lw_fail(h, LW_I4, unit->name,
				(struct lw_finding_text){
					.action = "A device may have kept its mapping for a while: "
						  "look for faults; a cold reboot ends the doubt.",
				},
				"After the entries of %s were cleared there was %s: the unit may "
				"still use what it has cached.",
				unit->name, problem);
	}
	if (!judged)
		lw_not_applicable(h, LW_I4, "nothing was cleared");
	lw_reason(h, LW_I4, "complete and in order on %zu units", judged);
}
