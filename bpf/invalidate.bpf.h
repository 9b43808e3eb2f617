/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Invalidations between the two walks: the descriptors as the driver submits them, with the result of
 * the submission; at a global one the tables are looked at.
 */
#ifndef LUWATCH_INVALIDATE_BPF_H
#define LUWATCH_INVALIDATE_BPF_H

#include "digest.bpf.h"

#define LW_GLOBAL 1	/* granularity of context, IOTLB and register-based invalidations */
#define LW_SELECTIVE 3	/* of one device, or of pages */
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

/* Of one function: more than one may be meant by a mask. */
static __always_inline bool lw_inv_is_of_device(u64 qw0)
{
	return VTD_INV_TYPE(qw0) == VTD_INV_CONTEXT && VTD_INV_GRANULARITY(qw0) == LW_SELECTIVE &&
	       !(qw0 >> 48 & 3);
}

static __always_inline bool lw_inv_is_global(u64 qw0)
{
	return VTD_INV_GRANULARITY(qw0) ==
	       (VTD_INV_TYPE(qw0) == VTD_INV_PASID_CACHE ? LW_PASID_GLOBAL : LW_GLOBAL);
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
	r.invalidation.flags = flags | u->queue_flags[slot];
	lw_emit(&r);
	return 0;
}

/*
 * Whether the context entry of a source-id is present still, as its device's own invalidation is
 * submitted: then the cache can be filled from it again. 0 when that cannot be told. Asked for only where
 * words can be loaded where they lie: 6.1 refuses the programs that call it.
 */
static __noinline u32 lw_entry_flag(u32 unit, u32 source_id)
{
	struct lw_unit_scratch *u = lw_get_unit(unit);
	u32 bus = source_id >> 8 & 0xff, devfn = source_id & 0xff, half, at;
	u64 root, word;
	bool scalable;

	if (!u || !u->readable)
		return 0;
	scalable = VTD_RTADDR_MODE(u->rtaddr) == VTD_MODE_SCALABLE;
	half = bus << 1 | (scalable ? devfn >> 7 : 0);
	at = scalable ? (devfn & 0x7f) * 32 : devfn * 16;
	if (!(u->root_groups >> (half / LW_GROUP_WORDS) & 1))
		return 0;
	root = u->root[half & 511];
	if (!(root & VTD_PRESENT) ||
	    bpf_probe_read_kernel(&word, sizeof(word),
				  (void *)(lw_page_offset() + (root & VTD_ADDRESS) + at)))
		return 0;
	return word & VTD_PRESENT ? LW_INV_ENTRY_THERE : LW_INV_ENTRY_GONE;
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
	u32 unit = lw_unit_of(iommu), slot, found = 0;
	struct lw_unit_scratch *u;
	int kind = lw_inv_kind(qw0);

	if (kind < 0)
		return;
	u = bpf_map_lookup_elem(&units, &unit);
	if (!u)
		return;
	if (lw_inv_is_global(qw0)) {
		lw_look_at_tables(unit, kind);
	} else if (c->invalidations_written++ >= c->invalidation_quota) {
		c->invalidations_dropped++;
		return;
	}
	if (lw_words_type && lw_inv_is_of_device(qw0))
		found = lw_entry_flag(unit, VTD_INV_SOURCE_ID(qw0));
	if (u->pending >= 4)
		lw_flush_pending(unit, 0, 0);
	/* After the calls: the verifier of 6.1 forgets the limits of a number that it has to put by. */
	slot = u->pending & 3;
	u->queue_flags[slot] = found;
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
	u32 unit = lw_unit_of(iommu), found = 0;
	struct lw_unit_scratch *u;

	u = bpf_map_lookup_elem(&units, &unit);
	if (!u)
		return;
	if (granularity == LW_GLOBAL) {
		lw_look_at_tables(unit, flags & LW_INV_IOTLB ? 1 : 0);
	} else if (c->invalidations_written++ >= c->invalidation_quota) {
		c->invalidations_dropped++;
		return;
	}
	if (lw_words_type && granularity == LW_SELECTIVE && !(flags & LW_INV_IOTLB))
		found = lw_entry_flag(unit, target);
	u->queue_flags[0] = found;
	u->queue[0][0] = granularity;
	u->queue[0][1] = domain;
	u->queue[0][2] = target;
	u->queue[0][3] = 0;
	lw_emit_invalidation(unit, 0, flags | LW_INV_REGISTER, 0);
}

/* Invalidations: only between the two walks. */
static __always_inline int on_qi_submit(struct intel_iommu *iommu, u64 qw0, u64 qw1, u64 qw2, u64 qw3)
{
	struct lw_control *c = lw_get_control();

	if (!c || !c->attempt_open || !c->shutdown_seen)
		return 0;
	lw_fired(LW_PROBE_QI_SUBMIT);
	lw_note_descriptor(c, iommu, qw0, qw1, qw2, qw3);
	return 0;
}

SEC("tp_btf/qi_submit")
int BPF_PROG(tp_qi_submit, struct intel_iommu *iommu, u64 qw0, u64 qw1, u64 qw2, u64 qw3)
{
	return on_qi_submit(iommu, qw0, qw1, qw2, qw3);
}

SEC("raw_tp/qi_submit")
int rt_qi_submit(struct bpf_raw_tracepoint_args *ctx)
{
	return on_qi_submit((void *)ctx->args[0], ctx->args[1], ctx->args[2], ctx->args[3],
			    ctx->args[4]);
}

/* qi_submit_sync(iommu, descriptors, count, options) has waited for what it submitted. */
static __always_inline int on_qi_submit_sync(struct intel_iommu *iommu, int result)
{
	struct lw_control *c = lw_get_control();

	if (!c || !c->attempt_open || !c->shutdown_seen)
		return 0;
	lw_fired(LW_PROBE_QI_SUBMIT_END);
	lw_flush_pending(lw_unit_of(iommu), LW_INV_RESULT_KNOWN, result);
	return 0;
}

SEC("fexit/qi_submit_sync")
int BPF_PROG(fx_qi_submit_sync, struct intel_iommu *iommu, void *descriptors, unsigned int count,
	     unsigned long options, int result)
{
	return on_qi_submit_sync(iommu, result);
}

/* Register-based invalidation, for units without a queue. TYPE has the granularity in place. */
static __always_inline int on_flush_context(struct intel_iommu *iommu, u16 domain, u16 source_id,
					    u64 type)
{
	struct lw_control *c = lw_fired(LW_PROBE_FLUSH_CONTEXT);

	if (c && c->attempt_open && c->shutdown_seen)
		lw_note_flush(c, iommu, domain, source_id, type >> 61 & 3, 0);
	return 0;
}

LW_ON_ENTRY(__iommu_flush_context, on_flush_context(iommu, domain, source_id, type),
	    struct intel_iommu *iommu, u16 domain, u16 source_id, u8 mask, u64 type)

static __always_inline int on_flush_iotlb(struct intel_iommu *iommu, u16 domain, u64 address, u64 type)
{
	struct lw_control *c = lw_fired(LW_PROBE_FLUSH_IOTLB);

	if (c && c->attempt_open && c->shutdown_seen)
		lw_note_flush(c, iommu, domain, address, type >> 60 & 3, LW_INV_IOTLB);
	return 0;
}

LW_ON_ENTRY(__iommu_flush_iotlb, on_flush_iotlb(iommu, domain, address, type),
	    struct intel_iommu *iommu, u16 domain, u64 address, unsigned int order, u64 type)

#endif
