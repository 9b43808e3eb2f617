/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The preserved set as the kernel marks it: noted in a map while user space lives, with the context
 * entry as it was at that moment, carried at kernel_kexec().
 */
#ifndef LUWATCH_PRESERVE_BPF_H
#define LUWATCH_PRESERVE_BPF_H

#include "emit.bpf.h"
#include "kept.bpf.h"
#include "session.bpf.h"

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

/* Wakes the daemon, which then looks what is marked. */
static __always_inline void lw_tell_marked(u64 rid, u64 time_ns)
{
	struct lw_record r = {};

	r.type = LW_REC_MARKED;
	r.unit = LW_NO_UNIT;
	r.marked.rid = rid;
	r.marked.preserved_ns = time_ns;
	bpf_ringbuf_output(&events, &r, sizeof(r), 0);
}

/* iommu_preserve_device(domain, dev, …) succeeded. */
static __always_inline int on_preserved(struct device *dev)
{
	struct lw_control *c = lw_fired(LW_PROBE_PRESERVE_DEVICE);
	struct lw_preserved fresh = {}, *p;
	struct device_domain_info *info;
	u64 rid;

	if (!c || lw_rid_of(dev, &rid))
		return 0;
	p = bpf_map_lookup_elem(&preserved, &rid);
	if (p)
		fresh.flags = p->flags;
	fresh.flags |= LW_MARKED;
	fresh.pid = bpf_get_current_pid_tgid() >> 32;
	fresh.marked_ns = bpf_ktime_get_boot_ns();
	bpf_get_current_comm(fresh.comm, sizeof(fresh.comm));
	lw_read_entry(dev, rid, &fresh);
	lw_note_session(&fresh);
	if (!p || !(p->flags & LW_MARKED))
		__sync_fetch_and_add(&c->marked, 1);
	if (bpf_map_update_elem(&preserved, &rid, &fresh, BPF_ANY))
		__sync_fetch_and_add(&c->marks_lost, 1);
	lw_tell_marked(rid, fresh.marked_ns);
	info = (void *)BPF_CORE_READ(dev, iommu, priv);
	lw_note_kept(BPF_CORE_READ(info, iommu));
	return 0;
}

SEC("fexit/iommu_preserve_device")
int BPF_PROG(fx_iommu_preserve_device, void *domain, struct device *dev)
{
	u64 result = ~0ULL;

	/* The number of arguments differs between versions of the series, so the result is asked
	 * for, not named (Linux 5.17). */
	if (bpf_get_func_ret(ctx, &result) || (int)result)
		return 0;
	return on_preserved(dev);
}

/* Arguments are gone at a kretprobe: the entry leaves the device here. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, u64);
	__type(value, u64);
} preserving SEC(".maps");

SEC("kprobe/iommu_preserve_device")
int BPF_KPROBE(kp_iommu_preserve_device, void *domain, struct device *dev)
{
	u64 task = bpf_get_current_pid_tgid(), value = (u64)dev;

	bpf_map_update_elem(&preserving, &task, &value, BPF_ANY);
	return 0;
}

SEC("kretprobe/iommu_preserve_device")
int BPF_KRETPROBE(kr_iommu_preserve_device, int result)
{
	u64 task = bpf_get_current_pid_tgid();
	u64 *dev = bpf_map_lookup_elem(&preserving, &task);

	if (dev && !result)
		on_preserved((struct device *)*dev);
	bpf_map_delete_elem(&preserving, &task);
	return 0;
}

static __always_inline int on_unpreserved(struct device *dev)
{
	struct lw_control *c = lw_fired(LW_PROBE_UNPRESERVE_DEVICE);
	struct lw_preserved *p;
	u64 rid;

	if (!c || lw_rid_of(dev, &rid))
		return 0;
	p = bpf_map_lookup_elem(&preserved, &rid);
	if (!p)
		return 0;
	if (p->flags & LW_MARKED)
		__sync_fetch_and_add(&c->marked, -1);
	if (p->flags & LW_DECLARED)
		__sync_fetch_and_and(&p->flags, ~LW_MARKED);
	else
		bpf_map_delete_elem(&preserved, &rid);
	lw_tell_marked(rid, 0);
	return 0;
}

LW_ON_ENTRY(iommu_unpreserve_device, on_unpreserved(dev), void *domain, struct device *dev)

/* At kernel_kexec(): each mark becomes a record. */
static long carry_marked(void *map, u64 *rid, struct lw_preserved *p, u64 *unused)
{
	struct lw_record r = {};

	if (!(p->flags & LW_MARKED))
		return 0;
	r.type = LW_REC_MARKED;
	r.unit = LW_NO_UNIT;
	r.marked.rid = *rid;
	r.marked.preserved_ns = p->marked_ns;
	r.marked.domain_id = p->domain_id;
	r.marked.pid = p->pid;
	__builtin_memcpy(r.marked.comm, p->comm, sizeof(p->comm));
	r.marked.token = p->token;
	__builtin_memcpy(r.marked.session, p->session, sizeof(p->session));
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
