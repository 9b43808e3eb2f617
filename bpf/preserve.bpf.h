/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The preserved set as the kernel marks it: noted in a map while user space lives, with the context
 * entry as it was at that moment, carried at kernel_kexec().
 */
#ifndef LUWATCH_PRESERVE_BPF_H
#define LUWATCH_PRESERVE_BPF_H

#include "devices.bpf.h"
#include "emit.bpf.h"
#include "kept.bpf.h"
#include "session.bpf.h"

/* Reads the context entry of RID from the hardware's tables into P. */
static __always_inline void lw_read_entry(struct device *dev, u64 rid, struct lw_preserved *p)
{
	struct device_domain_info *info = (void *)BPF_CORE_READ(dev, iommu, priv);
	struct intel_iommu *iommu = BPF_CORE_READ(info, iommu);

	p->unit = lw_unit_of(iommu);
	if (!lw_is_behind_vmd(rid))
		p->entry_known = lw_read_context(iommu, rid, p->words, &p->table);
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

/*
 * Where the kernel has no place for its mark on a unit (the stand-in of the tests), a unit that was
 * never seen to be preserved has devices whose marks nobody saw either.
 */
static __always_inline void lw_doubt_unit(struct lw_control *c, struct intel_iommu *iommu)
{
	u64 key = (u64)iommu;

	if (c->probes & 1ULL << LW_PROBE_PRESERVE_UNIT && !lw_preserved_state(iommu) &&
	    !bpf_map_lookup_elem(&kept_tables, &key))
		__sync_fetch_and_add(&c->marks_lost, 1);
}

/* RID gets a place in the list, which may be beyond its end. */
static __always_inline u32 lw_list_mark(struct lw_control *c, u64 rid)
{
	u32 place = __sync_fetch_and_add(&c->listed, 1);

	bpf_map_update_elem(&marked_rids, &place, &rid, BPF_ANY);
	return place;
}

/* DEV is marked. WATCHED: right now, by this task. */
static __noinline int lw_note_mark(struct device *dev, u64 rid, u32 watched)
{
	struct lw_control *c = lw_get_control();
	struct lw_preserved fresh = {}, *p;
	struct device_domain_info *info;

	if (!c)
		return 0;
	p = bpf_map_lookup_elem(&preserved, &rid);
	if (p)
		fresh.flags = p->flags;
	fresh.flags |= LW_MARKED;
	fresh.marked_ns = bpf_ktime_get_boot_ns();
	if (watched) {
		fresh.pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(fresh.comm, sizeof(fresh.comm));
		lw_note_session(&fresh);
	}
	lw_read_entry(dev, rid, &fresh);
	if (!p || !(p->flags & LW_MARKED)) {
		__sync_fetch_and_add(&c->marked, 1);
		fresh.place = lw_list_mark(c, rid);
	} else {
		fresh.place = p->place;
	}
	if (bpf_map_update_elem(&preserved, &rid, &fresh, BPF_ANY))
		__sync_fetch_and_add(&c->marks_lost, 1);
	info = (void *)BPF_CORE_READ(dev, iommu, priv);
	if (watched)
		lw_doubt_unit(c, BPF_CORE_READ(info, iommu));
	lw_note_kept(BPF_CORE_READ(info, iommu));
	return 0;
}

static __noinline int lw_carry_mark(u64 rid);

/* iommu_preserve_device(domain, dev, …) succeeded. */
static __always_inline int on_preserved(struct device *dev)
{
	struct lw_control *c = lw_fired(LW_PROBE_PRESERVE_DEVICE);
	u64 rid;

	if (!c || lw_rid_of(dev, &rid))
		return 0;
	lw_note_mark(dev, rid, 1);
	lw_tell_marked(rid, bpf_ktime_get_boot_ns());
	/* After the set was carried at kernel_kexec(). */
	if (c->attempt_open)
		lw_carry_mark(rid);
	return 0;
}

/* A device that the kernel has marked, and of which no hook has told. */
static __always_inline bool lw_is_unnoticed(struct device *dev, u64 *rid)
{
	struct lw_preserved *p;

	if (lw_kernel_mark(dev) != 1 || lw_rid_of(dev, rid))
		return 0;
	p = bpf_map_lookup_elem(&preserved, rid);
	return !p || !(p->flags & LW_MARKED);
}

static long lw_read_mark(u32 step, u32 *not_retrieved)
{
	struct lw_device_walk *w = lw_get_device_walk();
	struct pci_dev *pdev = NULL;
	int r;
	u64 rid;

	if (!w)
		return 1;
	r = lw_next_device(w, &pdev);
	if (r < 0)
		return 1;
	if (r && lw_is_unnoticed(lw_device_of(pdev), &rid))
		lw_note_mark(lw_device_of(pdev), rid, 0);
	if (r && lw_is_incoming(lw_device_of(pdev)))
		++*not_retrieved;
	return 0;
}

/*
 * The marks that the kernel has now: of devices preserved before arming, or by a way without a hook.
 * How many still have the one of the kernel before; -1 when nobody can say.
 */
static __noinline int lw_read_marks(void)
{
	struct lw_device_walk *w = lw_get_device_walk();
	u32 not_retrieved = 0;

	if (!w || !bpf_core_field_exists(struct dev_iommu, device_ser) || !lw_first_device())
		return -1;
	bpf_loop(LW_DEVICE_STEPS, lw_read_mark, &not_retrieved, 0);
	return w->complete ? (int)not_retrieved : -1;
}

static long lw_carry_one_not_retrieved(u32 step, void *unused)
{
	struct lw_device_walk *w = lw_get_device_walk();
	struct pci_dev *pdev = NULL;
	struct lw_record r = {};
	int found;

	if (!w)
		return 1;
	found = lw_next_device(w, &pdev);
	if (found <= 0)
		return found < 0;
	if (!lw_is_incoming(lw_device_of(pdev)) || lw_rid_of(lw_device_of(pdev), &r.not_retrieved.rid))
		return 0;
	r.type = LW_REC_NOT_RETRIEVED;
	r.unit = LW_NO_UNIT;
	lw_emit(&r);
	return 0;
}

/* At kernel_kexec(): a record of each of them. Mostly there is none, and then nobody walks again. */
static __noinline int lw_carry_not_retrieved(int count)
{
	if (count > 0 && lw_first_device())
		bpf_loop(LW_DEVICE_STEPS, lw_carry_one_not_retrieved, NULL, 0);
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

/* What happened to a set that was given up as a whole is not held against the next one. */
static __always_inline void forget_set(struct lw_control *c)
{
	if (c->marked)
		return;
	c->listed = 0;
	c->suspends = 0;
	c->suspend_result = 0;
	c->drift_count = 0;
}

/* iommu_unpreserve_device(domain, dev) came back; it may have refused, and then the mark is still there. */
static __always_inline int on_unpreserved(struct device *dev)
{
	struct lw_control *c = lw_fired(LW_PROBE_UNPRESERVE_DEVICE);
	struct lw_preserved *p;
	u64 rid;

	if (!c || lw_kernel_mark(dev) == 1 || lw_rid_of(dev, &rid))
		return 0;
	p = bpf_map_lookup_elem(&preserved, &rid);
	if (!p)
		return 0;
	if (p->flags & LW_MARKED) {
		__sync_fetch_and_add(&c->marked, -1);
		forget_set(c);
	}
	if (p->flags & LW_DECLARED)
		__sync_fetch_and_and(&p->flags, ~LW_MARKED);
	else
		bpf_map_delete_elem(&preserved, &rid);
	lw_tell_marked(rid, 0);
	return 0;
}

SEC("fexit/iommu_unpreserve_device")
int BPF_PROG(fx_iommu_unpreserve_device, void *domain, struct device *dev)
{
	return on_unpreserved(dev);
}

SEC("kprobe/iommu_unpreserve_device")
int BPF_KPROBE(kp_iommu_unpreserve_device, void *domain, struct device *dev)
{
	u64 task = bpf_get_current_pid_tgid(), value = (u64)dev;

	bpf_map_update_elem(&preserving, &task, &value, BPF_ANY);
	return 0;
}

SEC("kretprobe/iommu_unpreserve_device")
int BPF_KRETPROBE(kr_iommu_unpreserve_device)
{
	u64 task = bpf_get_current_pid_tgid();
	u64 *dev = bpf_map_lookup_elem(&preserving, &task);

	if (dev)
		on_unpreserved((struct device *)*dev);
	bpf_map_delete_elem(&preserving, &task);
	return 0;
}

/* At kernel_kexec(): each mark becomes a record. */
static __noinline int lw_carry_mark(u64 rid)
{
	struct lw_preserved *p = bpf_map_lookup_elem(&preserved, &rid);
	struct lw_record r = {};

	if (!p || !(p->flags & LW_MARKED))
		return 0;
	r.type = LW_REC_MARKED;
	r.unit = LW_NO_UNIT;
	r.marked.rid = rid;
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
static __noinline int carry_preserved_entry(u64 rid, struct lw_preserved *p)
{
	struct lw_record r = {};

	if (!p)
		return 0;
	r.type = LW_REC_ENTRY;
	r.unit = p->unit;
	r.entry.rid = rid;
	r.entry.phase = LW_PRESERVED;
	r.entry.why = LW_ENTRY_PRESERVED;
	r.entry.table = p->table;
	__builtin_memcpy(r.entry.words, p->words, sizeof(r.entry.words));
	lw_emit(&r);
	return 0;
}

/* The marked device at PLACE of the list, NULL when it is marked no more, or stands elsewhere. */
static __always_inline struct lw_preserved *listed_at(u32 place, u64 *rid)
{
	u64 *listed = bpf_map_lookup_elem(&marked_rids, &place);
	struct lw_preserved *p;

	if (!listed)
		return NULL;
	*rid = *listed;
	p = bpf_map_lookup_elem(&preserved, rid);
	return p && p->flags & LW_MARKED && p->place == place ? p : NULL;
}

static long count_listed(u32 place, u32 *count)
{
	u64 rid;

	*count += !!listed_at(place, &rid);
	return 0;
}

static long carry_listed(u32 place, void *unused)
{
	struct lw_preserved *p;
	u64 rid;

	p = listed_at(place, &rid);
	if (!p)
		return 0;
	lw_carry_mark(rid);
	if (p->entry_known)
		carry_preserved_entry(rid, p);
	return 0;
}

static long carry_marked(void *map, u64 *rid, struct lw_preserved *p, u64 *unused)
{
	lw_carry_mark(*rid);
	if ((p->flags & LW_MARKED) && p->entry_known)
		carry_preserved_entry(*rid, p);
	return 0;
}

/* At kernel_kexec(): all marks. The list is only the quick way: where it has not all of them, the map is asked. */
static __always_inline void lw_carry_marked(struct lw_control *c)
{
	u32 count = 0;

	bpf_loop(c->listed, count_listed, &count, 0);
	if (count == c->marked)
		bpf_loop(c->listed, carry_listed, NULL, 0);
	else
		bpf_for_each_map_elem(&preserved, carry_marked, NULL, 0);
}

#endif
