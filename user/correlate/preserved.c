// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was preserved. The kernel's own marks at the shutdown decide; where a kernel has none, the
 * declared set does; with neither, nothing is preserved and the kexec is an ordinary one. From the
 * set of devices comes the set of requester IDs, DMA aliases included, and with it the contested
 * ones: an ID that a device which is not preserved sends with too.
 */
#include <stdlib.h>
#include <string.h>

#include "correlate/steps.h"

static void add_owner(struct lw_handover *h, uint64_t rid, uint64_t device,
		      const struct lw_device *seen)
{
	struct lw_owner *owner = lw_add(h, h->owners, h->owner_count, h->owner_size);

	if (owner)
		*owner = (struct lw_owner){ .rid = rid, .device = device, .seen = seen };
}

/* Those the next kernel knows more about come first, so that they survive the removal of doubles.
 */
static int compare_owners(const void *pa, const void *pb)
{
	const struct lw_owner *a = pa, *b = pb;

	if (a->rid != b->rid)
		return a->rid < b->rid ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->seen == NULL) - (b->seen == NULL);
}

static void sort_owners(struct lw_handover *h)
{
	size_t i, kept = 0;

	if (!h->owner_count)
		return;
	qsort(h->owners, h->owner_count, sizeof(*h->owners), compare_owners);
	for (i = 1; i < h->owner_count; i++) {
		const struct lw_owner *owner = &h->owners[i];

		if (owner->rid != h->owners[kept].rid || owner->device != h->owners[kept].device)
			h->owners[++kept] = *owner;
	}
	h->owner_count = kept + 1;
}

static void add_alias_record(struct lw_handover *h, const struct lw_rec_alias *alias)
{
	uint64_t count = alias->count < LW_ALIAS_RIDS ? alias->count : LW_ALIAS_RIDS, i;

	add_owner(h, alias->rid, alias->rid, NULL);
	for (i = 0; i < count; i++)
		add_owner(h, alias->aliases[i], alias->rid, NULL);
}

/*
 * Aliases as the old kernel's agent wrote them down. Those that the next kernel sees are used only
 * when it wrote none: a topology that changed must not turn a leak into something preserved.
 */
static void find_owners(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	bool recorded = h->baseline && h->baseline->aliases_known;
	size_t i, j;

	for (i = 0; i < h->stream.baseline_count; i++) {
		if (h->stream.baseline[i].type != LW_REC_ALIAS)
			continue;
		add_alias_record(h, &h->stream.baseline[i].alias);
		lw_rids_add(h, &h->aliased, h->stream.baseline[i].alias.rid);
		recorded = true;
	}
	lw_rids_sort(&h->aliased);
	for (i = 0; i < evidence->device_count; i++) {
		const struct lw_device *device = &evidence->devices[i];

		add_owner(h, device->rid, device->rid, device);
		for (j = 0; !recorded && j < device->alias_count; j++)
			add_owner(h, device->aliases[j], device->rid, device);
	}
	sort_owners(h);
}

static void find_marked(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		if (h->stream.log[i].type == LW_REC_MARKED)
			lw_rids_add(h, &h->marked, h->stream.log[i].marked.rid);
	}
	lw_rids_sort(&h->marked);
}

static void find_not_retrieved(struct lw_handover *h)
{
	uint64_t announced = 0;
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *r = &h->stream.log[i];

		if (r->type == LW_REC_CLOCKS)
			announced = r->clocks.not_retrieved;
		else if (r->type == LW_REC_NOT_RETRIEVED)
			lw_rids_add(h, &h->not_retrieved, r->not_retrieved.rid);
	}
	lw_rids_sort(&h->not_retrieved);
	h->not_retrieved_known = announced && h->not_retrieved.count + 1 >= announced;
}

/* Marks are carried between kernel_kexec() and the shutdown: a hole there may have been one. */
static bool marks_may_be_missing(const struct lw_handover *h)
{
	if (!h->kexec || !h->shutdown || h->marked.count < h->kexec->kexec.marked ||
	    h->kexec->kexec.marks_lost)
		return true;
	return h->stream.gap_count && h->stream.gaps[0].first < h->shutdown->seq;
}

/* A kernel that marks devices, but the function that does was not watched. */
static bool marks_unwatched(const struct lw_handover *h)
{
	return h->baseline && h->baseline->marks_supported &&
	       !lw_probe_attached(h, LW_PROBE_PRESERVE_DEVICE);
}

static void decide_source(struct lw_handover *h)
{
	if (h->aborted) {
		h->preserved_missing = "the last attempt that was recorded was aborted";
	} else if (!h->marked.count && marks_unwatched(h)) {
		h->preserved_missing =
			"this kernel marks devices, and iommu_preserve_device() was not "
			"watched";
	} else if (h->marked.count || (h->baseline && h->baseline->marks_supported)) {
		if (!marks_may_be_missing(h))
			h->preserved_by = LW_PRESERVED_MARKED;
		else
			h->preserved_missing =
				"records of the devices that the kernel had marked are missing";
	} else if (!h->baseline) {
		h->preserved_missing = "no complete baseline says what was declared and whether "
				       "the kernel has marks";
	} else if (!h->kexec) {
		h->preserved_missing =
			"the log of the hand-over does not begin with kernel_kexec()";
	} else {
		h->preserved_by = h->declared.count ? LW_PRESERVED_DECLARED : LW_PRESERVED_NONE;
	}
}

static bool device_is_preserved(const struct lw_handover *h, uint64_t device)
{
	return lw_rids_have(h->preserved_by == LW_PRESERVED_DECLARED ? &h->declared : &h->marked,
			    device);
}

static void add_preserved(struct lw_handover *h, uint64_t rid, uint64_t device)
{
	struct lw_preserved_rid *place =
		lw_add(h, h->preserved, h->preserved_count, h->preserved_size);

	if (place)
		*place = (struct lw_preserved_rid){ .rid = rid, .device = device };
}

/* A device's own ID before those that are only aliases, so that it stays. */
static int compare_preserved(const void *pa, const void *pb)
{
	const struct lw_preserved_rid *a = pa, *b = pb;
	bool alias_a = a->rid != a->device, alias_b = b->rid != b->device;

	if (a->rid != b->rid)
		return a->rid < b->rid ? -1 : 1;
	if (alias_a != alias_b)
		return alias_a - alias_b;
	return a->device < b->device ? -1 : a->device > b->device;
}

static void sort_preserved(struct lw_handover *h)
{
	size_t i, kept = 0;

	if (!h->preserved_count)
		return;
	qsort(h->preserved, h->preserved_count, sizeof(*h->preserved), compare_preserved);
	for (i = 1; i < h->preserved_count; i++) {
		if (h->preserved[i].rid != h->preserved[kept].rid)
			h->preserved[++kept] = h->preserved[i];
	}
	h->preserved_count = kept + 1;
}

/* A device that is not preserved and sends with RID. */
static void find_rival(const struct lw_handover *h, struct lw_preserved_rid *preserved)
{
	const struct lw_owner *owner = lw_owner_first(h, preserved->rid);

	for (; owner; owner = lw_owner_next(h, owner)) {
		if (device_is_preserved(h, owner->device))
			continue;
		preserved->contested = true;
		preserved->rival = owner->device;
		return;
	}
}

/* Whether a preserved requester ID could have its entry in UNIT: same segment, bus with a table. */
static bool unit_may_hold_preserved(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i;

	if (lw_unit_tables_missing(unit, LW_BEFORE) || h->walk_problem[LW_BEFORE])
		return true;
	for (i = 0; i < h->preserved_count; i++) {
		if (lw_unit_has_bus(unit, h->preserved[i].rid))
			return true;
	}
	return false;
}

/*
 * The kernel calls the clearing function only for a unit with something preserved (the series from
 * v2 on). If nothing that is known to be preserved is on such a unit, a mark was missed: the set is
 * not what it seems, and every answer that rests on it would be a guess.
 */
static void doubt_unseen(struct lw_handover *h)
{
	size_t i;

	if (h->preserved_by == LW_PRESERVED_UNKNOWN)
		return;
	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];
		bool mark = unit->before && unit->before->preserved == 1;

		if ((!unit->clear_begin && !mark) || unit_may_hold_preserved(h, unit))
			continue;
		h->preserved_by = LW_PRESERVED_UNKNOWN;
		h->preserved_missing = "the kernel treated a unit as one with something preserved, "
				       "but no mark of a device of that unit was recorded (was it "
				       "preserved before luwatch was armed?)";
	}
}

/*
 * The kernel counts the preserved devices of each unit. A set of another size is not its set: one that
 * is smaller makes something preserved look leaked, one that is larger hides a leak.
 */
static void doubt_count(struct lw_handover *h)
{
	size_t counted = 0, units = 0, i;

	if (h->preserved_by != LW_PRESERVED_MARKED)
		return;
	for (i = 0; i < h->unit_count; i++) {
		const struct lw_rec_unit_state *before = h->units[i]->before;

		if (!before || before->preserved == 2 || (before->preserved == 1 && !before->marks) ||
		    before->marks == 0xffff)
			return;
		counted += before->marks;
		units++;
	}
	if (!units || counted == h->marked.count)
		return;
	h->preserved_by = LW_PRESERVED_UNKNOWN;
	h->preserved_missing = counted > h->marked.count
				       ? "the kernel had preserved more devices than marks of devices were "
					 "recorded"
				       : "the kernel had preserved fewer devices than marks of devices were "
					 "recorded";
}

void lw_find_preserved(struct lw_handover *h)
{
	const struct lw_rids *devices;
	size_t i;

	find_owners(h);
	find_marked(h);
	find_not_retrieved(h);
	decide_source(h);
	/* With an unknown set, what is known of it still keeps an entry from being called leaked.
	 */
	devices = h->preserved_by == LW_PRESERVED_DECLARED ? &h->declared : &h->marked;
	for (i = 0; i < devices->count; i++)
		add_preserved(h, devices->rid[i], devices->rid[i]);
	for (i = 0; i < h->owner_count; i++) {
		if (lw_rids_have(devices, h->owners[i].device))
			add_preserved(h, h->owners[i].rid, h->owners[i].device);
	}
	sort_preserved(h);
	for (i = 0; i < h->preserved_count; i++)
		find_rival(h, &h->preserved[i]);
	doubt_unseen(h);
	doubt_count(h);
}
