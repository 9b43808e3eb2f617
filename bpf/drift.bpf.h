/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens to a device between its preservation and the shutdown: its context entry as it was
 * when it was preserved, and every call that releases, detaches or re-attaches it, with task and
 * stack. Noted in a map while user space lives, carried at kernel_kexec().
 */
#ifndef LUWATCH_DRIFT_BPF_H
#define LUWATCH_DRIFT_BPF_H

#include "emit.bpf.h"

/* Never wraps: the first calls are those that tell the story; later ones are only counted. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_DRIFT_SLOTS);
	__type(key, u32);
	__type(value, struct lw_drift_slot);
} drift SEC(".maps");

/* Reads the context entry of RID from the hardware's tables into P. */
static __always_inline void lw_read_entry(struct device *dev, u64 rid, struct lw_preserved *p)
{
	struct device_domain_info *info = (void *)BPF_CORE_READ(dev, iommu, priv);
	struct intel_iommu *iommu = BPF_CORE_READ(info, iommu);
	u32 bus = LW_RID_BUS(rid), devfn = LW_RID_DEVFN(rid);
	u64 base = lw_page_offset(), rtaddr, at, root = 0;

	p->unit = lw_unit_of(iommu);
	rtaddr = lw_read64(BPF_CORE_READ(iommu, reg), VTD_RTADDR_REG);
	if (rtaddr == ~0ULL || !(rtaddr & VTD_ADDRESS))
		return;
	at = base + (rtaddr & VTD_ADDRESS) + bus * 16;
	if (VTD_RTADDR_MODE(rtaddr) == VTD_MODE_SCALABLE)
		at += (devfn >> 7) * 8;
	if (bpf_probe_read_kernel(&root, sizeof(root), (void *)at) || !(root & VTD_PRESENT))
		return;
	p->table = root & VTD_ADDRESS;
	if (VTD_RTADDR_MODE(rtaddr) == VTD_MODE_SCALABLE)
		p->entry_known = !bpf_probe_read_kernel(p->words, 32, (void *)(base + p->table +
									       (devfn & 0x7f) * 32));
	else
		p->entry_known = !bpf_probe_read_kernel(p->words, 16,
							(void *)(base + p->table + devfn * 16));
}

static __always_inline int lw_note_drift(void *ctx, struct lw_control *c, struct device *dev, u32 what)
{
	struct lw_preserved *p;
	struct lw_drift_slot *slot;
	u64 rid;
	u32 index;

	if (!c || lw_rid_of(dev, &rid))
		return 0;
	p = bpf_map_lookup_elem(&preserved, &rid);
	if (!p || !(p->flags & LW_MARKED))
		return 0;
	index = __sync_fetch_and_add(&c->drift_count, 1);
	slot = bpf_map_lookup_elem(&drift, &index);
	if (!slot)
		return 0;
	slot->time_ns = bpf_ktime_get_boot_ns();
	slot->drift.rid = rid;
	slot->drift.what = what;
	slot->drift.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(slot->drift.comm, sizeof(slot->drift.comm));
	bpf_get_stack(ctx, slot->drift.stack, sizeof(slot->drift.stack), 0);
	return 0;
}

static long lw_carry_drift(u32 index, void *unused)
{
	struct lw_drift_slot *slot = bpf_map_lookup_elem(&drift, &index);
	struct lw_record r = {};

	if (!slot || !slot->time_ns)
		return 1;
	r.type = LW_REC_DRIFT;
	r.unit = LW_NO_UNIT;
	r.drift = slot->drift;
	lw_emit(&r);
	return 0;
}

/* The entry of a marked device as it was when it was preserved. */
static long lw_carry_preserved_entry(void *map, u64 *rid, struct lw_preserved *p, void *unused)
{
	struct lw_record r = {};

	if (!(p->flags & LW_MARKED) || !p->entry_known)
		return 0;
	r.type = LW_REC_ENTRY;
	r.unit = p->unit;
	r.entry.rid = *rid;
	r.entry.phase = LW_PRESERVED;
	r.entry.why = LW_ENTRY_PRESERVED;
	r.entry.table = p->table;
	__builtin_memcpy(r.entry.words, p->words, sizeof(r.entry.words));
	lw_emit(&r);
	return 0;
}

#endif
