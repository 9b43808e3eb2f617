// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a fault means for the hand-over. The same line in a log can be the blocking that live update
 * promises, a guest's own mistake, or the sign that a preserved device lost its tables; which one
 * it is follows from what became of the requester ID's entry, from the reason, and from when it
 * happened.
 */
#include "correlate/steps.h"

/* Did this requester ID have mapping faults while the old kernel still ran? */
static bool has_precedent(const struct lw_handover *h, uint64_t rid)
{
	return lw_rids_have(&h->precedents, rid);
}

/* A hole in the log before the shutdown may hide the totals that would be the precedent. */
static bool may_lack_precedents(const struct lw_handover *h)
{
	uint64_t end = h->shutdown ? h->shutdown->seq : UINT64_MAX;
	size_t i;

	/* Among those of which only the number is known. */
	for (i = 0; i < h->fault_count; i++)
		if (h->faults[i].window == LW_WINDOW_BEFORE && lw_fault_is_anybodys(&h->faults[i]))
			return true;
	return !h->kexec || h->totals_before < h->kexec->kexec.fault_totals ||
	       (h->stream.gap_count && h->stream.gaps[0].first < end);
}

static void find_precedents(struct lw_handover *h)
{
	size_t i;

	h->precedents.count = 0;
	h->precedents_missing = may_lack_precedents(h);
	for (i = 0; i < h->fault_count; i++) {
		const struct lw_fault *fault = &h->faults[i];

		if (fault->window == LW_WINDOW_BEFORE &&
		    lw_fault_caused_by(fault) == LW_CAUSED_BY_MAPPING)
			lw_rids_add(h, &h->precedents, fault->rid);
	}
	lw_rids_sort(&h->precedents);
}

/* A version of the series drops PRE in preserved entries: page requests are then its doing. */
static bool lost_page_requests(const struct lw_handover *h, const struct lw_fault *fault)
{
	const struct lw_entry *entry;

	for (entry = lw_entry_first(h, fault->rid); entry; entry = lw_entry_next(h, entry))
		if (fault->reason == 0x47 && entry->notes & LW_NOTE_PRE)
			return true;
	return false;
}

static enum lw_fault_class class_of_preserved(const struct lw_handover *h,
					      const struct lw_fault *fault)
{
	bool damaged = lw_any_entry(h, fault->rid, 1 << LW_CONTEXT_ALTERED | 1 << LW_CONTEXT_LOST) ||
		       lost_page_requests(h, fault);
	enum lw_cause cause = lw_fault_caused_by(fault);

	if (cause == LW_CAUSED_BY_HOST)
		return LW_CLASS_BROKEN;
	if (fault->window == LW_WINDOW_BEFORE)
		return LW_CLASS_GUEST;
	if (damaged)
		return LW_CLASS_BROKEN;
	if (cause == LW_CAUSED_BY_MAPPING && fault->window != LW_WINDOW_AFTER &&
	    !has_precedent(h, fault->rid) && !h->precedents_missing)
		return LW_CLASS_BROKEN;
	return LW_CLASS_GUEST;
}

static bool is_known(const struct lw_handover *h, const struct lw_fault *fault)
{
	if (!h->evidence->device_count)
		return true;
	return lw_owner_first(h, fault->rid) || lw_entry_first(h, fault->rid);
}

static enum lw_fault_class class_of(const struct lw_handover *h, const struct lw_fault *fault)
{
	const struct lw_device *device;

	if (lw_fault_is_interrupt(fault))
		return LW_CLASS_INTERRUPT;
	if (lw_fault_is_anybodys(fault))
		return LW_CLASS_ORDINARY;
	if (lw_preserved_find(h, fault->rid))
		return class_of_preserved(h, fault);
	if (!is_known(h, fault))
		return LW_CLASS_UNKNOWN_DEVICE;
	if (lw_carried_tables_count(h, fault)) {
		if (lw_any_entry(h, fault->rid, 1 << LW_CONTEXT_LEAKED | 1 << LW_CONTEXT_APPEARED))
			return LW_CLASS_LEAK_HIT;
		if (lw_reason_is_cleared_entry(fault->reason) &&
		    lw_any_entry(h, fault->rid, 1 << LW_CONTEXT_CLEARED))
			return LW_CLASS_PARKED;
	}
	device = lw_device_of(h, fault->rid);
	return device && device->assigned && lw_fault_caused_by(fault) != LW_CAUSED_BY_HOST
		       ? LW_CLASS_GUEST
		       : LW_CLASS_ORDINARY;
}

/* Whether the next kernel goes on with the tables of some unit that was kept on. */
static bool next_kernel_adopted(const struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];

		if (lw_unit_cleans(unit) &&
		    lw_unit_receiver(h, unit, lw_unit_now_of(h, unit)) == LW_RECEIVER_ADOPTED)
			return true;
	}
	return false;
}

/* It may be of any of several devices: what is it if it means the same for all of them? */
static void class_of_any(const struct lw_handover *h, struct lw_fault *fault)
{
	struct lw_fault candidate = *fault;
	size_t at = 0, count = 0, harmful = 0;
	uint64_t first = fault->rid;
	bool fitting = lw_segment_candidate(h, fault, true, &at, &first);

	fault->class = class_of(h, fault);
	for (at = 0; lw_segment_candidate(h, fault, fitting, &at, &candidate.rid); count++) {
		enum lw_fault_class class = class_of(h, &candidate);

		harmful += lw_shows_damage(class);
		if (!count) {
			fault->class = class;
			first = candidate.rid;
		} else if (class != fault->class &&
			   !(lw_shows_damage(class) && lw_shows_damage(fault->class))) {
			fault->class = LW_CLASS_ORDINARY;
		}
	}
	fault->ambiguous = harmful && harmful < count;
	if (lw_shows_damage(fault->class))
		fault->rid = first;
}

void lw_classify_faults(struct lw_handover *h)
{
	size_t i;

	h->adopted = next_kernel_adopted(h);
	find_precedents(h);
	for (i = 0; i < h->fault_count; i++) {
		struct lw_fault *fault = &h->faults[i];

		if (!fault->segment_known)
			lw_settle_segment(h, fault);
		if (fault->segment_known)
			fault->class = class_of(h, fault);
		else
			class_of_any(h, fault);
	}
}
