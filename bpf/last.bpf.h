/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last look: the tables as they are, what is still latched, what was only counted. At
 * machine_kexec(), or at the return of intel_iommu_shutdown() where that is not possible or too late.
 */
#ifndef LUWATCH_LAST_BPF_H
#define LUWATCH_LAST_BPF_H

#include "walk.bpf.h"
#include "invalidate.bpf.h"
#include "fault.bpf.h"
#include "fault_carry.bpf.h"

static __always_inline u32 lw_cut32(u64 value)
{
	return value > ~0U ? ~0U : value;
}

/*
 * Each step has a stack frame of its own (__noinline): together they would be more than the 512
 * bytes that the verifier allows a chain of calls.
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
	r.last.faults_unseen = lw_cut32(c->faults_unseen);
	r.last.unseen_in_attempt = lw_cut32(c->faults_unseen - c->unseen_before);
	r.last.overflows = lw_cut32(c->overflows);
	r.last.overflows_in_attempt = lw_cut32(c->overflows - c->overflows_before);
	r.last.faults_lost = lw_cut32(c->faults_lost);
	r.last.lost_in_attempt = lw_cut32(c->faults_lost - c->lost_before);
	r.last.where = where;
	r.last.page_request_overflows =
		c->page_request_overflows > 0xffff ? 0xffff : c->page_request_overflows;
	r.last.invalidations_dropped = c->invalidations_dropped > 0xffff ? 0xffff :
								c->invalidations_dropped;
	r.last.drift_dropped = c->drift_count <= LW_DRIFT_SLOTS		? 0 :
			       c->drift_count - LW_DRIFT_SLOTS > 0xffff ? 0xffff :
									  c->drift_count - LW_DRIFT_SLOTS;
	lw_emit(&r);
	return 0;
}

/* Descriptors whose submission nobody saw end: its return may be a hook that this kernel refuses. */
static long flush_unit(u32 unit, void *unused)
{
	struct lw_unit_scratch *u = lw_get_unit(unit);

	if (!u || !u->iommu)
		return 1;
	lw_flush_pending(unit, 0, 0);
	return 0;
}

static __always_inline void last_look(struct lw_control *c, u32 where)
{
	lw_gather_text();
	bpf_loop(LW_MAX_UNITS, flush_unit, NULL, 0);
	lw_walk(LW_AFTER, where);
	bpf_loop(LW_MAX_UNITS, lw_latched_unit, NULL, 0);
	lw_carry_totals(c, 1);
	emit_last(where);
	lw_print_gathered();
}

/*
 * Its return, loaded only where machine_kexec() cannot be attached, or where a carrier is read
 * before that.
 */
static __always_inline int on_shutdown_end(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_SHUTDOWN_END);

	if (!c || !c->attempt_open)
		return 0;
	lw_emit_marker(LW_REC_SHUTDOWN_END, LW_NO_UNIT);
	last_look(c, 1);
	return 0;
}

LW_ON_RETURN(intel_iommu_shutdown, on_shutdown_end())

static __always_inline int on_machine_kexec(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_MACHINE_KEXEC);

	if (c && c->attempt_open && !(c->fired >> LW_PROBE_SHUTDOWN_END & 1))
		last_look(c, 2);
	return 0;
}

LW_ON_ENTRY(machine_kexec, on_machine_kexec())

#endif
