/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the two walks: clear_unpreserved_context_entries(iommu), what it calls, and the units that
 * are switched off. All of these are markers; what became of the tables, the walks tell.
 */
#ifndef LUWATCH_CLEAR_BPF_H
#define LUWATCH_CLEAR_BPF_H

#include "preserve.bpf.h"

static __always_inline int on_clear(struct intel_iommu *iommu)
{
	struct lw_control *c = lw_fired(LW_PROBE_CLEAR);

	if (!c || !c->attempt_open)
		return 0;
	c->current_unit = lw_unit_of(iommu);
	lw_emit_marker(LW_REC_CLEAR_BEGIN, c->current_unit);
	return 0;
}

LW_ON_ENTRY(clear_unpreserved_context_entries, on_clear(iommu), struct intel_iommu *iommu)

static __always_inline int on_clear_end(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_CLEAR_END);

	if (!c || !c->attempt_open)
		return 0;
	lw_emit_marker(LW_REC_CLEAR_END, c->current_unit);
	c->current_unit = LW_NO_UNIT;
	return 0;
}

LW_ON_RETURN(clear_unpreserved_context_entries, on_clear_end())

/* The callbacks are noted as bits; the record of an entry says whether it was among them. */
static __always_inline int visited(struct lw_control *c, u32 kind, u8 bus, u8 devfn)
{
	struct lw_unit_scratch *u;
	u32 unit;

	if (!c || !c->attempt_open)
		return 0;
	unit = c->current_unit;
	u = bpf_map_lookup_elem(&units, &unit);
	if (!u)
		return 0;
	u->visited[kind & 1][bus][devfn >> 6] |= 1ULL << (devfn & 63);
	return 0;
}

static __always_inline int on_clear_device(struct device *dev)
{
	u64 rid;

	/* Nothing that the kernel takes as preserved may be missing from the set. */
	if (lw_is_unnoticed(dev, &rid)) {
		lw_note_mark(dev, rid, 0);
		lw_carry_mark(rid);
	}
	if (lw_rid_of(dev, &rid) || lw_is_behind_vmd(rid))
		return 0;
	return visited(lw_fired(LW_PROBE_CLEAR_DEVICE), 0, LW_RID_BUS(rid), LW_RID_DEVFN(rid));
}

LW_ON_ENTRY(clear_unpreserve_context_entry_fn, on_clear_device(dev), struct device *dev)

LW_ON_ENTRY(clear_unpreserved_alias_cb,
	    visited(lw_fired(LW_PROBE_CLEAR_ALIAS), 1, alias >> 8, alias & 0xff), void *pdev, u16 alias)

/* iommu_disable_translation(iommu): this unit is switched off. */
static __always_inline int on_disable(struct intel_iommu *iommu)
{
	struct lw_control *c = lw_fired(LW_PROBE_DISABLE_TRANSLATION);

	if (c && c->attempt_open)
		lw_emit_marker(LW_REC_DISABLE, lw_unit_of(iommu));
	return 0;
}

LW_ON_ENTRY(iommu_disable_translation, on_disable(iommu), struct intel_iommu *iommu)

#endif
