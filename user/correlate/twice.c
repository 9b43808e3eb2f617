// SPDX-License-Identifier: GPL-2.0-or-later
/* See twice.h. */
#include "correlate/twice.h"

#include <stdlib.h>

#include "base/search.h"
#include "luwatch/record.h"
#include "luwatch/vtd.h"

/* Stands behind all segments. */
#define NO_SEGMENT UINT64_MAX

/* What a search asks for, or what a fault is; the log names no privilege or execute bit. */
struct key {
	uint64_t kind;	  /* source id, reason, read or write */
	uint64_t pasid;
	uint64_t segment; /* NO_SEGMENT: not known */
	uint64_t address;
	bool any_segment, any_address;
};

static struct key key_of(const struct lw_fault *fault, bool addresses)
{
	bool interrupt = vtd_reason_is_interrupt(fault->reason) || fault->flags & LW_FAULT_INTERRUPT;
	bool read = !interrupt && fault->flags & LW_FAULT_READ;
	uint64_t mask = interrupt ? ~0ULL : VTD_ADDRESS;

	return (struct key){
		.kind = (uint64_t)LW_RID_SOURCE_ID(fault->rid) << 33 | (uint64_t)fault->reason << 1 | read,
		.pasid = fault->pasid,
		.segment = fault->segment_known ? LW_RID_SEGMENT(fault->rid) : NO_SEGMENT,
		.address = addresses ? fault->address & mask : 0,
		.any_segment = !fault->segment_known,
		.any_address = !addresses || !fault->address_known,
	};
}

#define COMPARE(a, b)                              \
	do {                                       \
		if ((a) != (b))                    \
			return (a) < (b) ? -1 : 1; \
	} while (0)

/* 0: FAULT is what WANTED asks for, as far as the order can tell. */
static int compare(const struct key *fault, const struct key *wanted, bool by_segment)
{
	COMPARE(fault->kind, wanted->kind);
	COMPARE(fault->pasid, wanted->pasid);
	if (by_segment && !wanted->any_segment)
		COMPARE(fault->segment, wanted->segment);
	if (!wanted->any_address)
		COMPARE(fault->address, wanted->address);
	if (!by_segment && !wanted->any_segment)
		COMPARE(fault->segment, wanted->segment);
	return 0;
}

struct sorting {
	const struct lw_fault *faults;
	bool by_segment, addresses;
};

static int compare_places(const void *pa, const void *pb, void *context)
{
	const struct sorting *s = context;
	const size_t *a = pa, *b = pb;
	struct key x = key_of(&s->faults[*a], s->addresses), y = key_of(&s->faults[*b], s->addresses);
	int r;

	y.any_segment = y.any_address = false;
	r = compare(&x, &y, s->by_segment);
	return r ? r : *a < *b ? -1 : *a > *b;
}

static bool sort(struct lw_twice_list *list, struct lw_twice_order *order, bool by_segment, bool addresses)
{
	struct sorting s = { list->faults, by_segment, addresses };
	size_t i;

	order->by_segment = by_segment;
	order->places = calloc(list->count + 1, sizeof(*order->places));
	order->next = calloc(list->count + 1, sizeof(*order->next));
	if (!order->places || !order->next)
		return false;
	for (i = 0; i <= list->count; i++)
		order->places[i] = order->next[i] = i;
	qsort_r(order->places, list->count, sizeof(*order->places), compare_places, &s);
	return true;
}

static bool fill(struct lw_twice_list *list, const struct lw_fault *faults, size_t count, bool latched)
{
	size_t i;

	list->faults = calloc(count + 1, sizeof(*list->faults));
	for (i = 0; list->faults && i < count; i++)
		if (!latched || faults[i].source == LW_SOURCE_LATCHED)
			list->faults[list->count++] = faults[i];
	return list->faults && sort(list, &list->orders[0], true, latched) &&
	       sort(list, &list->orders[1], false, latched);
}

bool lw_twice_begin(struct lw_twice *twice, const struct lw_fault *old, size_t old_count,
		    const struct lw_fault *live, size_t live_count)
{
	*twice = (struct lw_twice){};
	return fill(&twice->latched, old, old_count, true) && fill(&twice->live, live, live_count, false);
}

static void forget(struct lw_twice_list *list)
{
	int i;

	free(list->faults);
	for (i = 0; i < 2; i++) {
		free(list->orders[i].places);
		free(list->orders[i].next);
	}
}

void lw_twice_end(struct lw_twice *twice)
{
	forget(&twice->latched);
	forget(&twice->live);
}

/* Where the first one stands in ORDER that WANTED asks for, or what is behind those. */
static size_t first(const struct lw_twice_list *list, const struct lw_twice_order *order,
		    const struct key *wanted, bool addresses)
{
	struct key key;

	return lw_first_place(list->count, i,
			      (key = key_of(&list->faults[order->places[i]], addresses),
			       compare(&key, wanted, order->by_segment) < 0));
}

/* From AT on the first place whose fault has not been used up; each step is made shorter for the next. */
static size_t unused(const struct lw_twice_list *list, struct lw_twice_order *order, size_t at)
{
	for (;;) {
		if (order->next[at] != at) {
			order->next[at] = order->next[order->next[at]];
			at = order->next[at];
		} else if (at < list->count && !list->faults[order->places[at]].count) {
			order->next[at] = at + 1;
		} else {
			return at;
		}
	}
}

static uint64_t take(struct lw_twice_list *list, struct lw_fault *fault, const struct key *wanted, bool addresses)
{
	struct lw_twice_order *order = &list->orders[wanted->any_segment];
	size_t at = first(list, order, wanted, addresses);
	uint64_t twice = 0;

	while (fault->count && (at = unused(list, order, at)) < list->count) {
		struct lw_fault *known = &list->faults[order->places[at]];
		struct key key = key_of(known, addresses);
		uint64_t both = known->count < fault->count ? known->count : fault->count;

		if (compare(&key, wanted, order->by_segment))
			break;
		known->count -= both;
		fault->count -= both;
		twice += both;
	}
	return twice;
}

static uint64_t take_all(struct lw_twice_list *list, struct lw_fault *fault, bool addresses)
{
	struct key wanted = key_of(fault, addresses);
	uint64_t twice = take(list, fault, &wanted, addresses);

	if (wanted.any_segment)
		return twice;
	/* And those of which no segment is known. */
	wanted.segment = NO_SEGMENT;
	return twice + take(list, fault, &wanted, addresses);
}

uint64_t lw_twice_latched(struct lw_twice *twice, struct lw_fault *fault)
{
	return take_all(&twice->latched, fault, true);
}

uint64_t lw_twice_counted(struct lw_twice *twice, struct lw_fault *fault)
{
	return take_all(&twice->live, fault, false);
}
