/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens to a device between its preservation and the shutdown: every call that releases,
 * detaches or re-attaches it, with task and stack. Noted in a map while user space lives, carried at
 * kernel_kexec().
 */
#ifndef LUWATCH_DRIFT_BPF_H
#define LUWATCH_DRIFT_BPF_H

#include "devices.bpf.h"
#include "emit.bpf.h"

/* Never wraps: the first calls are those that tell the story; later ones are only counted. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_DRIFT_SLOTS);
	__type(key, u32);
	__type(value, struct lw_drift_slot);
} drift SEC(".maps");

static __always_inline int on_change(void *ctx, enum lw_probe_bit probe, struct device *dev, u32 what)
{
	struct lw_control *c = lw_fired(probe);
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

/* Calls that change a preserved device (I7). */
LW_ON_ENTRY(intel_iommu_release_device, on_change(ctx, LW_PROBE_DRIFT_RELEASE, dev, LW_DRIFT_RELEASE),
	    struct device *dev)

LW_ON_ENTRY(intel_iommu_attach_device, on_change(ctx, LW_PROBE_DRIFT_ATTACH, dev, LW_DRIFT_ATTACH),
	    void *domain, struct device *dev)

LW_ON_ENTRY(identity_domain_attach_dev, on_change(ctx, LW_PROBE_DRIFT_IDENTITY, dev, LW_DRIFT_ATTACH),
	    void *domain, struct device *dev)

LW_ON_ENTRY(blocking_domain_attach_dev, on_change(ctx, LW_PROBE_DRIFT_BLOCK, dev, LW_DRIFT_BLOCK),
	    void *domain, struct device *dev)

LW_ON_ENTRY(device_block_translation, on_change(ctx, LW_PROBE_DRIFT_DETACH, dev, LW_DRIFT_DETACH),
	    struct device *dev)

static long lw_carry_drift(u32 index, void *unused)
{
	struct lw_drift_slot *slot = bpf_map_lookup_elem(&drift, &index);
	struct lw_preserved *p;
	struct lw_record r = {};
	u64 rid;

	if (!slot || !slot->time_ns)
		return 0;
	/* Of a preservation that was taken back: what came after the present one counts. */
	rid = slot->drift.rid;
	p = bpf_map_lookup_elem(&preserved, &rid);
	if (!p || !(p->flags & LW_MARKED) || slot->time_ns < p->marked_ns)
		return 0;
	r.type = LW_REC_DRIFT;
	r.unit = LW_NO_UNIT;
	r.drift = slot->drift;
	lw_emit(&r);
	return 0;
}

#endif
