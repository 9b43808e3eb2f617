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
#include "correlate/twice.h"
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
	for (i = 0; segments && i < h->source_count; i++) {
		uint64_t *known = &segments[LW_RID_SOURCE_ID(h->sources[i])];
		uint32_t segment = LW_RID_SEGMENT(h->sources[i]);

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

#define COMPARE(a, b)                              \
	do {                                       \
		if ((a) != (b))                    \
			return (a) < (b) ? -1 : 1; \
	} while (0)

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void take_log_fault(struct lw_handover *h, const struct lw_fault *logged,
			   const uint64_t *segments, struct lw_twice *twice)
{
	struct lw_fault fault = *logged;
	bool early = fault.first_ns == UINT64_MAX || fault.first_ns < h->evidence->watch_from_ns;

	fault.window = early ? LW_WINDOW_EARLY_BOOT : LW_WINDOW_AFTER;
	place_fault(h, segments, &fault);
	/* What programs counted in that time is in the log, too. */
	h->faults_twice += early ? lw_twice_latched(twice, &fault) : lw_twice_counted(twice, &fault);
	if (fault.count)
		add_fault(h, &fault);
}

static void take_next_kernel(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	uint64_t *segments = find_segments(h);
	struct lw_twice twice;
	size_t i;

	if (!lw_twice_begin(&twice, h->faults, h->fault_count, evidence->live_faults,
			    evidence->live_fault_count) || !segments) {
		h->error = -ENOMEM;
		goto out;
	}
	for (i = 0; i < evidence->log_fault_count; i++)
		take_log_fault(h, &evidence->log_faults[i], segments, &twice);
	for (i = 0; i < evidence->live_fault_count; i++) {
		struct lw_fault fault = evidence->live_faults[i];

		fault.window = LW_WINDOW_AFTER;
		place_fault(h, segments, &fault);
		add_fault(h, &fault);
	}
out:
	lw_twice_end(&twice);
	free(segments);
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
