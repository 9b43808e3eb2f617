/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs that stay attached from arming to the end of the kernel. Each hook has one body and
 * two ways in: fentry/fexit, and kprobe/kretprobe for kernels or functions where those cannot be
 * used. The agent loads one of the two (user/probe/attach.c). All bodies return at once when their
 * generation is not the active one, so a newer agent can attach its own before it removes these.
 */
#include "walk.bpf.h"
#include "fault.bpf.h"
#include "invalidate.bpf.h"
#include "drift.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* kernel_kexec(): a new attempt begins. Everything that was only counted becomes a record. */
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
	lw_emit(&r);
	return 0;
}

static __always_inline void begin_attempt(struct lw_control *c)
{
	c->attempt++;
	c->seq = 0;
	c->next_slot = 0;
	c->dropped = 0;
	c->faults_written = 0;
	c->invalidations_written = 0;
	c->invalidations_dropped = 0;
	c->shutdown_seen = 0;
	c->current_unit = LW_NO_UNIT;
	c->fired = 1ULL << LW_PROBE_KERNEL_KEXEC;
	c->attempt_open = 1;
}

/* With a stack frame of its own: see last_look(). */
static __noinline int emit_kexec(void)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};
	struct kimage *image = NULL;
	u64 address, size;
	int i;

	if (!c)
		return 0;
	r.type = LW_REC_KEXEC;
	r.unit = LW_NO_UNIT;
	bpf_probe_read_kernel(&image, sizeof(image), &kexec_image);
	if (image) {
		r.kexec.image = BPF_CORE_READ(image, start);
		r.kexec.segments = BPF_CORE_READ(image, nr_segments);
		for (i = 0; i < LW_MAX_SEGMENTS; i++) {
			if (i >= r.kexec.segments)
				break;
			address = BPF_CORE_READ(image, segment[i].mem);
			size = BPF_CORE_READ(image, segment[i].memsz);
			if (address < c->area_base + (u64)c->area_count * LW_PAGE_SIZE &&
			    c->area_base < address + size)
				r.kexec.overlap++;
		}
	}
	r.kexec.pid = bpf_get_current_pid_tgid() >> 32;
	r.kexec.uid = bpf_get_current_uid_gid();
	r.kexec.realtime_ns = bpf_ktime_get_boot_ns() + c->realtime_offset;
	bpf_get_current_comm(r.kexec.comm, sizeof(r.kexec.comm));
	lw_emit(&r);
	return 0;
}

static __noinline int emit_suspend(void)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c || !c->suspends)
		return 0;
	r.type = LW_REC_SUSPEND;
	r.unit = LW_NO_UNIT;
	r.result.result = c->suspend_result;
	r.result.unused[0] = c->suspends;
	r.result.unused[1] = c->suspend_ns;
	lw_emit(&r);
	return 0;
}

static __always_inline int on_kernel_kexec(void)
{
	struct lw_control *c = lw_get_control();

	if (!c)
		return 0;
	begin_attempt(c);
	emit_kexec();
	bpf_for_each_map_elem(&preserved, carry_marked, NULL, 0);
	bpf_for_each_map_elem(&preserved, lw_carry_preserved_entry, NULL, 0);
	bpf_loop(LW_DRIFT_SLOTS, lw_carry_drift, NULL, 0);
	emit_suspend();
	lw_carry_totals(c, 0);
	return 0;
}

SEC("fentry/kernel_kexec")
int BPF_PROG(fe_kernel_kexec)
{
	return on_kernel_kexec();
}

SEC("kprobe/kernel_kexec")
int BPF_KPROBE(kp_kernel_kexec)
{
	return on_kernel_kexec();
}

/* kernel_kexec() came back: the attempt was refused and the machine runs on. */
static __always_inline int on_kernel_kexec_end(int result)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c)
		return 0;
	r.type = LW_REC_ABORTED;
	r.unit = LW_NO_UNIT;
	r.result.result = result;
	r.result.pid = bpf_get_current_pid_tgid() >> 32;
	lw_emit(&r);
	c->attempt_open = 0;
	bpf_ringbuf_output(&events, &r, sizeof(r), 0);
	return 0;
}

SEC("fexit/kernel_kexec")
int BPF_PROG(fx_kernel_kexec, int result)
{
	return on_kernel_kexec_end(result);
}

SEC("kretprobe/kernel_kexec")
int BPF_KRETPROBE(kr_kernel_kexec, int result)
{
	return on_kernel_kexec_end(result);
}

/* liveupdate_reboot(): the last step that can refuse. */
static __always_inline int on_liveupdate_reboot(int result)
{
	struct lw_control *c = lw_fired(LW_PROBE_LIVEUPDATE_REBOOT);
	struct lw_record r = {};

	if (!c || !c->attempt_open)
		return 0;
	r.type = LW_REC_LIVEUPDATE;
	r.unit = LW_NO_UNIT;
	r.result.result = result;
	lw_emit(&r);
	return 0;
}

SEC("fexit/liveupdate_reboot")
int BPF_PROG(fx_liveupdate_reboot, int result)
{
	return on_liveupdate_reboot(result);
}

SEC("kretprobe/liveupdate_reboot")
int BPF_KRETPROBE(kr_liveupdate_reboot, int result)
{
	return on_liveupdate_reboot(result);
}

/* iommu_preserve_device(domain, dev, …) succeeded. */
static __always_inline int on_preserved(struct device *dev)
{
	struct lw_control *c = lw_fired(LW_PROBE_PRESERVE_DEVICE);
	struct lw_preserved fresh = {}, *p;
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
	if (!p || !(p->flags & LW_MARKED))
		__sync_fetch_and_add(&c->marked, 1);
	if (bpf_map_update_elem(&preserved, &rid, &fresh, BPF_ANY))
		__sync_fetch_and_add(&c->marks_lost, 1);
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
	return 0;
}

SEC("fentry/iommu_unpreserve_device")
int BPF_PROG(fe_iommu_unpreserve_device, void *domain, struct device *dev)
{
	return on_unpreserved(dev);
}

SEC("kprobe/iommu_unpreserve_device")
int BPF_KPROBE(kp_iommu_unpreserve_device, void *domain, struct device *dev)
{
	return on_unpreserved(dev);
}

/* intel_iommu_shutdown(): the tables as they were. Also runs on reboot and power-off. */
static __always_inline void emit_marker(u16 type, u16 unit)
{
	struct lw_record r = {};

	r.type = type;
	r.unit = unit;
	lw_emit(&r);
}

static __always_inline int on_shutdown(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_SHUTDOWN);

	if (!c)
		return 0;
	c->shutdown_seen = 1;
	emit_marker(LW_REC_SHUTDOWN, LW_NO_UNIT);
	if (c->attempt_open)
		lw_walk(LW_BEFORE, 0);
	return 0;
}

SEC("fentry/intel_iommu_shutdown")
int BPF_PROG(fe_intel_iommu_shutdown)
{
	return on_shutdown();
}

SEC("kprobe/intel_iommu_shutdown")
int BPF_KPROBE(kp_intel_iommu_shutdown)
{
	return on_shutdown();
}

/*
 * The last look: the tables as they are, what is still latched, what was only counted. Each step
 * has a stack frame of its own (__noinline): together they would be more than the 512 bytes that
 * the verifier allows a chain of calls.
 */
static __noinline int emit_last(u32 where)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c)
		return 0;
	r.type = LW_REC_LAST;
	r.unit = LW_NO_UNIT;
	r.last.fired = c->fired;
	r.last.fault_interrupts = c->fault_interrupts;
	r.last.faults = c->faults;
	r.last.faults_unseen = c->faults_unseen;
	r.last.overflows = c->overflows;
	r.last.faults_lost = c->faults_lost;
	r.last.where = where;
	r.last.invalidations_dropped = c->invalidations_dropped > 0xffff ? 0xffff :
								c->invalidations_dropped;
	r.last.drift_dropped = c->drift_count <= LW_DRIFT_SLOTS		? 0 :
			       c->drift_count - LW_DRIFT_SLOTS > 0xffff ? 0xffff :
									  c->drift_count - LW_DRIFT_SLOTS;
	lw_emit(&r);
	return 0;
}

static __always_inline void last_look(struct lw_control *c, u32 where)
{
	lw_walk(LW_AFTER, where);
	bpf_loop(LW_MAX_UNITS, lw_latched_unit, NULL, 0);
	lw_carry_totals(c, 1);
	emit_last(where);
}

/* Its return, loaded only where machine_kexec() cannot be attached. */
static __always_inline int on_shutdown_end(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_SHUTDOWN_END);

	if (!c || !c->attempt_open)
		return 0;
	emit_marker(LW_REC_SHUTDOWN_END, LW_NO_UNIT);
	last_look(c, 1);
	return 0;
}

SEC("fexit/intel_iommu_shutdown")
int BPF_PROG(fx_intel_iommu_shutdown)
{
	return on_shutdown_end();
}

SEC("kretprobe/intel_iommu_shutdown")
int BPF_KRETPROBE(kr_intel_iommu_shutdown)
{
	return on_shutdown_end();
}

SEC("fentry/machine_kexec")
int BPF_PROG(fe_machine_kexec)
{
	struct lw_control *c = lw_fired(LW_PROBE_MACHINE_KEXEC);

	if (c && c->attempt_open)
		last_look(c, 2);
	return 0;
}

SEC("kprobe/machine_kexec")
int BPF_KPROBE(kp_machine_kexec)
{
	struct lw_control *c = lw_fired(LW_PROBE_MACHINE_KEXEC);

	if (c && c->attempt_open)
		last_look(c, 2);
	return 0;
}

/* clear_unpreserved_context_entries(iommu) and what it calls. */
static __always_inline int on_clear(struct intel_iommu *iommu)
{
	struct lw_control *c = lw_fired(LW_PROBE_CLEAR);

	if (!c || !c->attempt_open)
		return 0;
	c->current_unit = lw_unit_of(iommu);
	emit_marker(LW_REC_CLEAR_BEGIN, c->current_unit);
	return 0;
}

SEC("fentry/clear_unpreserved_context_entries")
int BPF_PROG(fe_clear_unpreserved_context_entries, struct intel_iommu *iommu)
{
	return on_clear(iommu);
}

SEC("kprobe/clear_unpreserved_context_entries")
int BPF_KPROBE(kp_clear_unpreserved_context_entries, struct intel_iommu *iommu)
{
	return on_clear(iommu);
}

static __always_inline int on_clear_end(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_CLEAR_END);

	if (!c || !c->attempt_open)
		return 0;
	emit_marker(LW_REC_CLEAR_END, c->current_unit);
	c->current_unit = LW_NO_UNIT;
	return 0;
}

SEC("fexit/clear_unpreserved_context_entries")
int BPF_PROG(fx_clear_unpreserved_context_entries)
{
	return on_clear_end();
}

SEC("kretprobe/clear_unpreserved_context_entries")
int BPF_KRETPROBE(kr_clear_unpreserved_context_entries)
{
	return on_clear_end();
}

/* The callbacks are noted as bits: one record a bus, however many devices (walk.bpf.h). */
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
	u->visits[kind & 1][bus]++;
	return 0;
}

static __always_inline int on_clear_device(struct device *dev)
{
	u64 rid;

	if (lw_rid_of(dev, &rid))
		return 0;
	return visited(lw_fired(LW_PROBE_CLEAR_DEVICE), 0, LW_RID_BUS(rid), LW_RID_DEVFN(rid));
}

SEC("fentry/clear_unpreserve_context_entry_fn")
int BPF_PROG(fe_clear_unpreserve_context_entry_fn, struct device *dev)
{
	return on_clear_device(dev);
}

SEC("kprobe/clear_unpreserve_context_entry_fn")
int BPF_KPROBE(kp_clear_unpreserve_context_entry_fn, struct device *dev)
{
	return on_clear_device(dev);
}

SEC("fentry/clear_unpreserved_alias_cb")
int BPF_PROG(fe_clear_unpreserved_alias_cb, void *pdev, u16 alias)
{
	return visited(lw_fired(LW_PROBE_CLEAR_ALIAS), 1, alias >> 8, alias & 0xff);
}

SEC("kprobe/clear_unpreserved_alias_cb")
int BPF_KPROBE(kp_clear_unpreserved_alias_cb, void *pdev, u16 alias)
{
	return visited(lw_fired(LW_PROBE_CLEAR_ALIAS), 1, alias >> 8, alias & 0xff);
}

/* iommu_disable_translation(iommu): this unit is switched off. */
static __always_inline int on_disable(struct intel_iommu *iommu)
{
	struct lw_control *c = lw_fired(LW_PROBE_DISABLE_TRANSLATION);

	if (c && c->attempt_open)
		emit_marker(LW_REC_DISABLE, lw_unit_of(iommu));
	return 0;
}

SEC("fentry/iommu_disable_translation")
int BPF_PROG(fe_iommu_disable_translation, struct intel_iommu *iommu)
{
	return on_disable(iommu);
}

SEC("kprobe/iommu_disable_translation")
int BPF_KPROBE(kp_iommu_disable_translation, struct intel_iommu *iommu)
{
	return on_disable(iommu);
}

/* dmar_fault(irq, iommu). */
static __always_inline int on_dmar_fault(struct intel_iommu *iommu)
{
	struct lw_control *c = lw_fired(LW_PROBE_DMAR_FAULT);

	if (!c || !iommu)
		return 0;
	__sync_fetch_and_add(&c->fault_interrupts, 1);
	lw_scan_faults(c, iommu, 0);
	return 0;
}

SEC("fentry/dmar_fault")
int BPF_PROG(fe_dmar_fault, int irq, struct intel_iommu *iommu)
{
	return on_dmar_fault(iommu);
}

SEC("kprobe/dmar_fault")
int BPF_KPROBE(kp_dmar_fault, int irq, struct intel_iommu *iommu)
{
	return on_dmar_fault(iommu);
}

static __always_inline int on_dmar_fault_end(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_DMAR_FAULT_END);

	if (c)
		lw_unseen_faults(c);
	return 0;
}

SEC("fexit/dmar_fault")
int BPF_PROG(fx_dmar_fault)
{
	return on_dmar_fault_end();
}

SEC("kretprobe/dmar_fault")
int BPF_KRETPROBE(kr_dmar_fault)
{
	return on_dmar_fault_end();
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

SEC("fentry/__iommu_flush_context")
int BPF_PROG(fe___iommu_flush_context, struct intel_iommu *iommu, u16 domain, u16 source_id, u8 mask,
	     u64 type)
{
	return on_flush_context(iommu, domain, source_id, type);
}

SEC("kprobe/__iommu_flush_context")
int BPF_KPROBE(kp___iommu_flush_context, struct intel_iommu *iommu, u16 domain, u16 source_id, u8 mask,
	       u64 type)
{
	return on_flush_context(iommu, domain, source_id, type);
}

static __always_inline int on_flush_iotlb(struct intel_iommu *iommu, u16 domain, u64 address, u64 type)
{
	struct lw_control *c = lw_fired(LW_PROBE_FLUSH_IOTLB);

	if (c && c->attempt_open && c->shutdown_seen)
		lw_note_flush(c, iommu, domain, address, type >> 60 & 3, LW_INV_IOTLB);
	return 0;
}

SEC("fentry/__iommu_flush_iotlb")
int BPF_PROG(fe___iommu_flush_iotlb, struct intel_iommu *iommu, u16 domain, u64 address,
	     unsigned int order, u64 type)
{
	return on_flush_iotlb(iommu, domain, address, type);
}

SEC("kprobe/__iommu_flush_iotlb")
int BPF_KPROBE(kp___iommu_flush_iotlb, struct intel_iommu *iommu, u16 domain, u64 address,
	       unsigned int order, u64 type)
{
	return on_flush_iotlb(iommu, domain, address, type);
}

/* Calls that change a preserved device (I7). */
SEC("fentry/intel_iommu_release_device")
int BPF_PROG(fe_intel_iommu_release_device, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_RELEASE), dev, LW_DRIFT_RELEASE);
}

SEC("kprobe/intel_iommu_release_device")
int BPF_KPROBE(kp_intel_iommu_release_device, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_RELEASE), dev, LW_DRIFT_RELEASE);
}

SEC("fentry/intel_iommu_attach_device")
int BPF_PROG(fe_intel_iommu_attach_device, void *domain, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_ATTACH), dev, LW_DRIFT_ATTACH);
}

SEC("kprobe/intel_iommu_attach_device")
int BPF_KPROBE(kp_intel_iommu_attach_device, void *domain, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_ATTACH), dev, LW_DRIFT_ATTACH);
}

SEC("fentry/identity_domain_attach_dev")
int BPF_PROG(fe_identity_domain_attach_dev, void *domain, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_IDENTITY), dev, LW_DRIFT_ATTACH);
}

SEC("kprobe/identity_domain_attach_dev")
int BPF_KPROBE(kp_identity_domain_attach_dev, void *domain, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_IDENTITY), dev, LW_DRIFT_ATTACH);
}

SEC("fentry/blocking_domain_attach_dev")
int BPF_PROG(fe_blocking_domain_attach_dev, void *domain, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_BLOCK), dev, LW_DRIFT_BLOCK);
}

SEC("kprobe/blocking_domain_attach_dev")
int BPF_KPROBE(kp_blocking_domain_attach_dev, void *domain, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_BLOCK), dev, LW_DRIFT_BLOCK);
}

SEC("fentry/device_block_translation")
int BPF_PROG(fe_device_block_translation, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_DETACH), dev, LW_DRIFT_DETACH);
}

SEC("kprobe/device_block_translation")
int BPF_KPROBE(kp_device_block_translation, struct device *dev)
{
	return lw_note_drift(ctx, lw_fired(LW_PROBE_DRIFT_DETACH), dev, LW_DRIFT_DETACH);
}

/* iommu_suspend(): its arguments differ between versions, so the result is asked for. */
static __always_inline int on_suspend(struct lw_control *c, int result)
{
	if (!c || !c->marked)
		return 0;
	c->suspends++;
	/* One that was not refused must not be hidden by a later one that was. */
	if (c->suspends == 1 || c->suspend_result)
		c->suspend_result = result;
	c->suspend_ns = bpf_ktime_get_boot_ns();
	return 0;
}

SEC("fexit/iommu_suspend")
int BPF_PROG(fx_iommu_suspend)
{
	u64 result = 0;

	if (bpf_get_func_ret(ctx, &result))
		return 0;
	return on_suspend(lw_fired(LW_PROBE_SUSPEND), result);
}

SEC("kretprobe/iommu_suspend")
int BPF_KRETPROBE(kr_iommu_suspend, int result)
{
	return on_suspend(lw_fired(LW_PROBE_SUSPEND), result);
}
