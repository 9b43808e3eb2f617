/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Invalidations between the two walks: the descriptors as the driver submits them, with the result
 * of the submission. At a global one the tables are digested: if one of them has another digest in
 * the end, something was written after it. That needs no hook on the writes themselves.
 */
#ifndef LUWATCH_INVALIDATE_BPF_H
#define LUWATCH_INVALIDATE_BPF_H

#include "walk.bpf.h"

#define LW_GLOBAL 1	/* granularity of context, IOTLB and register-based invalidations */
#define LW_PASID_GLOBAL 3

static __always_inline int lw_inv_kind(u64 qw0)
{
	switch (VTD_INV_TYPE(qw0)) {
	case VTD_INV_CONTEXT:
		return 0;
	case VTD_INV_IOTLB:
		return 1;
	case VTD_INV_PASID_CACHE:
		return 2;
	}
	return -1;
}

static __always_inline bool lw_inv_is_global(u64 qw0)
{
	return VTD_INV_GRANULARITY(qw0) ==
	       (VTD_INV_TYPE(qw0) == VTD_INV_PASID_CACHE ? LW_PASID_GLOBAL : LW_GLOBAL);
}

struct digesting {
	u32 unit;
	u32 kind;
	u64 page_offset;
};

static long lw_digest_half(u32 half, struct digesting *d)
{
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &d->unit);
	struct walk *w = lw_get_walk();
	u32 kind = d->kind;
	u64 root;

	if (!u || !w || kind > 2)
		return 1;
	half &= 511;
	root = u->root[half];
	if (!(root & VTD_PRESENT))
		return 0;
	if (!bpf_probe_read_kernel(w->page, LW_PAGE_SIZE,
				   (void *)(d->page_offset + (root & VTD_ADDRESS))))
		u->digests[kind][half] = lw_digest(w->page);
	return 0;
}

/* Digests of the unit's root table and of every context table it had at the walk before. */
static __noinline int lw_digest_tables(u32 unit, u32 kind)
{
	struct digesting d = { .unit = unit, .kind = kind, .page_offset = lw_page_offset() };
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &unit);
	struct walk *w = lw_get_walk();

	if (!u || !w || kind > 2 || !u->readable)
		return 0;
	if (!bpf_probe_read_kernel(w->page, LW_PAGE_SIZE,
				   (void *)(d.page_offset + (u->rtaddr & VTD_ADDRESS))))
		u->root_digests[kind] = lw_digest(w->page);
	bpf_loop(512, lw_digest_half, &d, 0);
	u->invalidated |= 1U << kind;
	return 0;
}

static __noinline int lw_emit_invalidation(u32 unit, u32 slot, u32 flags, int result)
{
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &unit);
	struct lw_record r = {};

	if (!u)
		return 0;
	slot &= 3;
	r.type = LW_REC_INVALIDATION;
	r.unit = unit;
	r.invalidation.qw[0] = u->queue[slot][0];
	r.invalidation.qw[1] = u->queue[slot][1];
	r.invalidation.qw[2] = u->queue[slot][2];
	r.invalidation.qw[3] = u->queue[slot][3];
	r.invalidation.result = result;
	r.invalidation.flags = flags;
	lw_emit(&r);
	return 0;
}

/* The descriptors noted since the last submission ended, with its result if that is known. */
static __always_inline void lw_flush_pending(u32 unit, u32 flags, int result)
{
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &unit);
	u32 i;

	if (!u)
		return;
	for (i = 0; i < 4; i++)
		if (i < u->pending)
			lw_emit_invalidation(unit, i, flags, result);
	u->pending = 0;
}

/*
 * A descriptor is about to be submitted. It waits for the result of its submission (or for the next
 * one) before it becomes a record.
 */
static __always_inline void lw_note_descriptor(struct lw_control *c, struct intel_iommu *iommu, u64 qw0,
					       u64 qw1, u64 qw2, u64 qw3)
{
	u32 unit = lw_unit_of(iommu), slot;
	struct lw_unit_scratch *u;
	int kind = lw_inv_kind(qw0);

	if (kind < 0)
		return;
	u = bpf_map_lookup_elem(&units, &unit);
	if (!u)
		return;
	if (lw_inv_is_global(qw0)) {
		lw_digest_tables(unit, kind);
	} else if (c->invalidations_written++ >= c->invalidation_quota) {
		c->invalidations_dropped++;
		return;
	}
	if (u->pending >= 4)
		lw_flush_pending(unit, 0, 0);
	slot = u->pending & 3;
	u->queue[slot][0] = qw0;
	u->queue[slot][1] = qw1;
	u->queue[slot][2] = qw2;
	u->queue[slot][3] = qw3;
	u->pending = slot + 1;
}

/* Register-based: no queue, no result to wait for. */
static __always_inline void lw_note_flush(struct lw_control *c, struct intel_iommu *iommu, u64 domain,
					  u64 target, u64 granularity, u32 flags)
{
	u32 unit = lw_unit_of(iommu);
	struct lw_unit_scratch *u;

	u = bpf_map_lookup_elem(&units, &unit);
	if (!u)
		return;
	if (granularity == LW_GLOBAL) {
		lw_digest_tables(unit, flags & LW_INV_IOTLB ? 1 : 0);
	} else if (c->invalidations_written++ >= c->invalidation_quota) {
		c->invalidations_dropped++;
		return;
	}
	u->queue[0][0] = granularity;
	u->queue[0][1] = domain;
	u->queue[0][2] = target;
	u->queue[0][3] = 0;
	lw_emit_invalidation(unit, 0, flags | LW_INV_REGISTER, 0);
}

#endif
