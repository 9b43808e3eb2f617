// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All faults around the hand-over, each once, with the window it belongs to. They come from five
 * places: totals and single records that the old kernel's programs left, records still latched at
 * the last look, the next kernel's log, and what the next kernel's programs counted. A fault that
 * was latched at the last look is found a second time by the next kernel, which drains the
 * registers when it comes up and prints what it finds; and what programs count there is printed
 * too. Which device is meant and whether it matters is decided elsewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "correlate/steps.h"
#include "fault/registers.h"
#include "luwatch/vtd.h"

static void add_fault(struct lw_handover *h, const struct lw_fault *fault)
{
	struct lw_fault *place = lw_add(h, h->faults, h->fault_count, h->fault_size);

	if (place)
		*place = *fault;
}

/* The segment when all units have the same. */
static bool only_segment(const struct lw_handover *h, uint32_t *segment)
{
	size_t i;

	for (i = 0; i < h->unit_count; i++) {
		if (h->units[i]->segment != h->units[0]->segment)
			return false;
	}
	*segment = h->unit_count ? h->units[0]->segment : 0;
	return h->unit_count;
}

/* No segment is known of a source id, or several devices of different ones send with it. */
#define NO_SEGMENT	 UINT64_MAX
#define SEVERAL_SEGMENTS (UINT64_MAX - 1)

/* Of each source id the segment in which alone known devices send with it; the caller frees it. */
static uint64_t *find_segments(const struct lw_handover *h)
{
	uint64_t *segments = malloc(65536 * sizeof(*segments));
	size_t i;

	for (i = 0; segments && i < 65536; i++)
		segments[i] = NO_SEGMENT;
	for (i = 0; segments && i < h->owner_count; i++) {
		uint64_t *known = &segments[LW_RID_SOURCE_ID(h->owners[i].rid)];
		uint32_t segment = LW_RID_SEGMENT(h->owners[i].rid);

		*known = *known == NO_SEGMENT || *known == segment ? segment : SEVERAL_SEGMENTS;
	}
	return segments;
}

/* Kernels before 7.2 do not print the segment. */
static void place_fault(const struct lw_handover *h, const uint64_t *segments,
			struct lw_fault *fault)
{
	uint16_t source_id = LW_RID_SOURCE_ID(fault->rid);
	uint32_t segment = 0;

	if (fault->segment_known)
		return;
	fault->segment_known = only_segment(h, &segment);
	if (!fault->segment_known && segments[source_id] < SEVERAL_SEGMENTS) {
		segment = (uint32_t)segments[source_id];
		fault->segment_known = true;
	}
	if (!fault->segment_known)
		segment = 0;
	fault->rid = LW_RID(segment, source_id >> 8, source_id & 0xff);
}

static void take_register(struct lw_handover *h, const struct lw_record *record)
{
	struct lw_fault fault;

	lw_fault_of_record(record, &fault);
	fault.window = LW_WINDOW_BLACKOUT;
	add_fault(h, &fault);
}

static void take_total(struct lw_handover *h, const struct lw_record *record)
{
	struct lw_fault fault;

	lw_fault_of_total(record, &fault);
	fault.window = fault.flags & LW_FAULT_SINCE_KEXEC ? LW_WINDOW_BLACKOUT : LW_WINDOW_BEFORE;
	h->totals_before += fault.window == LW_WINDOW_BEFORE;
	fault.flags &= ~LW_FAULT_SINCE_KEXEC;
	add_fault(h, &fault);
}

/* Whether two sources may speak about the same fault. The log names no privilege or execute bit. */
static bool same_fault(const struct lw_fault *a, const struct lw_fault *b)
{
	uint32_t compared = LW_FAULT_READ | LW_FAULT_INTERRUPT;

	if (a->segment_known && b->segment_known
		    ? a->rid != b->rid
		    : LW_RID_SOURCE_ID(a->rid) != LW_RID_SOURCE_ID(b->rid))
		return false;
	if (a->reason != b->reason || a->pasid != b->pasid)
		return false;
	return a->flags & LW_FAULT_INTERRUPT || !((a->flags ^ b->flags) & compared);
}

static bool same_address(const struct lw_fault *a, const struct lw_fault *b)
{
	uint64_t mask = a->flags & LW_FAULT_INTERRUPT ? ~0ULL : VTD_ADDRESS;

	return !a->address_known || !b->address_known || !((a->address ^ b->address) & mask);
}

/* Faults in an order in which those of one kind can be found. */
struct kinds {
	const struct lw_fault *faults;
	size_t *order, count;
};

#define COMPARE(a, b)                              \
	do {                                       \
		if ((a) != (b))                    \
			return (a) < (b) ? -1 : 1; \
	} while (0)

/* 0 where same_fault() may hold. */
static int compare_for_same(const struct lw_fault *a, const struct lw_fault *b)
{
	COMPARE(LW_RID_SOURCE_ID(a->rid), LW_RID_SOURCE_ID(b->rid));
	COMPARE(a->reason, b->reason);
	COMPARE(a->pasid, b->pasid);
	return 0;
}

static int compare_order(const void *pa, const void *pb, void *faults)
{
	const size_t *a = pa, *b = pb;
	const struct lw_fault *list = faults;
	int r = compare_for_same(&list[*a], &list[*b]);

	return r ? r : *a < *b ? -1 : *a > *b;
}

/* SOURCE: only faults of this one; LW_SOURCES for all. */
static bool sort_kinds(struct kinds *kinds, const struct lw_fault *faults, size_t count,
		       enum lw_fault_source source)
{
	size_t i;

	*kinds = (struct kinds){ .faults = faults, .order = calloc(count + 1, sizeof(size_t)) };
	for (i = 0; kinds->order && i < count; i++)
		if (source == LW_SOURCES || faults[i].source == source)
			kinds->order[kinds->count++] = i;
	if (kinds->count)
		qsort_r(kinds->order, kinds->count, sizeof(*kinds->order), compare_order,
			(void *)faults);
	return kinds->order;
}

/* Where in the order the first one stands that may be the same as FAULT, or a later one. */
static size_t first_kind(const struct kinds *kinds, const struct lw_fault *fault)
{
	size_t low = 0, high = kinds->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_for_same(&kinds->faults[kinds->order[middle]], fault) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The index of the fault at this place of the order, SIZE_MAX when it cannot be the same. */
static size_t kind_at(const struct kinds *kinds, size_t at, const struct lw_fault *fault)
{
	return at < kinds->count &&
			       !compare_for_same(&kinds->faults[kinds->order[at]], fault)
		       ? kinds->order[at]
		       : SIZE_MAX;
}

/* What has been found a second time already. */
struct found {
	struct lw_fault *old; /* of the old kernel, a copy: the list grows */
	struct kinds latched, live;
	uint64_t *segments;
	bool *drained;	/* per fault of the old kernel */
	uint64_t *left; /* per live fault: how many have not been seen in the log */
};

/* FAULT is from the next kernel's log: takes away what of it was latched at the last look. */
static void drop_latched(struct lw_handover *h, struct lw_fault *fault, struct found *found)
{
	size_t at = first_kind(&found->latched, fault), i;

	for (; fault->count && (i = kind_at(&found->latched, at, fault)) != SIZE_MAX; at++) {
		const struct lw_fault *latched = &found->old[i];

		if (found->drained[i] || !same_fault(latched, fault) ||
		    !same_address(latched, fault))
			continue;
		found->drained[i] = true;
		fault->count--;
		h->faults_twice++;
	}
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* FAULT is from the log of the time in which programs counted too: what they counted is in it. */
static void drop_counted(struct lw_handover *h, struct lw_fault *fault, struct found *found)
{
	size_t at = first_kind(&found->live, fault), i;

	for (; fault->count && (i = kind_at(&found->live, at, fault)) != SIZE_MAX; at++) {
		uint64_t twice;

		if (!same_fault(&found->live.faults[i], fault))
			continue;
		twice = smaller(found->left[i], fault->count);
		found->left[i] -= twice;
		fault->count -= twice;
		h->faults_twice += twice;
	}
}

static void take_log_fault(struct lw_handover *h, const struct lw_fault *logged,
			   struct found *found)
{
	struct lw_fault fault = *logged;
	bool early = fault.first_ns == UINT64_MAX || fault.first_ns < h->evidence->watch_from_ns;

	fault.window = early ? LW_WINDOW_EARLY_BOOT : LW_WINDOW_AFTER;
	place_fault(h, found->segments, &fault);
	if (early)
		drop_latched(h, &fault, found);
	else
		drop_counted(h, &fault, found);
	if (fault.count)
		add_fault(h, &fault);
}

static bool prepare(const struct lw_handover *h, struct found *found)
{
	const struct lw_evidence *evidence = h->evidence;
	size_t i;

	found->old = calloc(h->fault_count + 1, sizeof(*found->old));
	found->drained = calloc(h->fault_count + 1, sizeof(*found->drained));
	found->left = calloc(evidence->live_fault_count + 1, sizeof(*found->left));
	found->segments = find_segments(h);
	if (!found->old || !found->drained || !found->left || !found->segments)
		return false;
	if (h->fault_count)
		memcpy(found->old, h->faults, h->fault_count * sizeof(*found->old));
	for (i = 0; i < evidence->live_fault_count; i++)
		found->left[i] = evidence->live_faults[i].count;
	return sort_kinds(&found->latched, found->old, h->fault_count, LW_SOURCE_LATCHED) &&
	       sort_kinds(&found->live, evidence->live_faults, evidence->live_fault_count,
			  LW_SOURCES);
}

static void take_next_kernel(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	struct found found = {};
	size_t i;

	if (!prepare(h, &found)) {
		h->error = -ENOMEM;
		goto out;
	}
	for (i = 0; i < evidence->log_fault_count; i++)
		take_log_fault(h, &evidence->log_faults[i], &found);
	for (i = 0; i < evidence->live_fault_count; i++) {
		struct lw_fault fault = evidence->live_faults[i];

		fault.window = LW_WINDOW_AFTER;
		place_fault(h, found.segments, &fault);
		add_fault(h, &fault);
	}
out:
	free(found.old);
	free(found.drained);
	free(found.left);
	free(found.segments);
	free(found.latched.order);
	free(found.live.order);
}

static int compare_kinds(const struct lw_fault *a, const struct lw_fault *b)
{
	COMPARE(a->window, b->window);
	COMPARE(a->rid, b->rid);
	COMPARE(a->segment_known, b->segment_known);
	COMPARE(a->reason, b->reason);
	COMPARE(a->flags, b->flags);
	COMPARE(a->pasid, b->pasid);
	COMPARE(a->source, b->source);
	return 0;
}

static int compare_faults(const void *pa, const void *pb)
{
	const struct lw_fault *a = pa, *b = pb;
	int r = compare_kinds(a, b);

	if (r)
		return r;
	COMPARE(a->first_ns, b->first_ns);
	COMPARE(a->address, b->address);
	return 0;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	if (a == UINT64_MAX || b == UINT64_MAX)
		return smaller(a, b);
	return a > b ? a : b;
}

/* Equal ones become one with a count; its address is that of the first. */
static void merge_equal(struct lw_handover *h)
{
	size_t i, kept = 0;

	if (!h->fault_count)
		return;
	qsort(h->faults, h->fault_count, sizeof(*h->faults), compare_faults);
	for (i = 1; i < h->fault_count; i++) {
		struct lw_fault *merged = &h->faults[kept], *fault = &h->faults[i];

		if (compare_kinds(merged, fault)) {
			h->faults[++kept] = *fault;
			continue;
		}
		if (__builtin_add_overflow(merged->count, fault->count, &merged->count))
			merged->count = UINT64_MAX;
		merged->first_ns = smaller(merged->first_ns, fault->first_ns);
		merged->last_ns = later(merged->last_ns, fault->last_ns);
	}
	h->fault_count = kept + 1;
}

void lw_gather_faults(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type == LW_REC_FAULT)
			take_register(h, record);
		else if (record->type == LW_REC_FAULT_TOTAL)
			take_total(h, record);
	}
	take_next_kernel(h);
	merge_equal(h);
}
