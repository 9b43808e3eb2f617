/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults, read from the unit's fault recording registers at the entry of dmar_fault(): the handler
 * clears them and prints only what its rate limit lets through. While user space lives each fault
 * is counted (fault_count.bpf.h); from kernel_kexec() on each becomes a record.
 */
#ifndef LUWATCH_FAULT_BPF_H
#define LUWATCH_FAULT_BPF_H

#include "fault_count.bpf.h"

/* What the entry of dmar_fault() saw, for its return on the same CPU. */
struct fault_seen {
	u64 iommu;		/* 0 = nothing */
	u64 frcd;		/* kernel address of the register last read */
	u64 lo, hi;		/* its contents, without F */
	u64 next_frcd;		/* the one after it */
	u64 next_lo, next_hi;
	u64 told_of;		/* unit of which the last return counted ... */
	u64 told;		/* so many records that it had consumed unseen */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct fault_seen);
} faults_seen SEC(".maps");

#define FRCD_F (1ULL << 63)

struct fault_scan {
	struct lw_control *c;
	struct intel_iommu *iommu;
	void *frcd;		/* first fault recording register */
	u32 count;		/* of fault recording registers */
	u32 index;		/* next to look at */
	u32 fsts;
	u32 latched;		/* LW_FAULT_LATCHED at the last look */
	u16 segment;
	u16 unit;		/* numbered by the walk, LW_NO_UNIT before it */
};

/* One fault as a record, of which most faults do without: for the carriers, or for a listener. */
static __noinline int lw_tell_fault(struct fault_scan *s, u64 lo, u64 hi, u64 rid, u64 event_ns)
{
	struct lw_record r = {};

	r.type = LW_REC_FAULT;
	r.unit = s->unit;
	r.fault.lo = lo;
	r.fault.hi = hi;
	r.fault.fsts = s->fsts;
	r.fault.index = s->index;
	r.fault.phase_flags = s->latched;
	r.fault.rid = rid;
	if (event_ns)
		lw_offer_event(s->c, &r, event_ns);
	else
		lw_emit(&r);
	return 0;
}

static __always_inline void lw_one_fault(struct fault_scan *s, u64 lo, u64 hi)
{
	struct lw_control *c = s->c;
	u64 now = bpf_ktime_get_boot_ns();
	struct lw_fault_key key;
	u64 rid;

	__sync_fetch_and_add(&c->faults, 1);
	lw_fault_key(&key, s->segment, hi);
	rid = key.rid;
	if (c->attempt_open) {
		/* Counted too: a refused attempt leaves no records. */
		key.attempt = LW_ATTEMPT_MARK(c->attempt);
		key.recorded = __sync_fetch_and_add(&c->faults_written, 1) < c->fault_quota;
		if (key.recorded)
			lw_tell_fault(s, lo, hi, rid, 0);
	}
	lw_count_fault(c, &key, now,
		       key.flags & LW_FAULT_INTERRUPT ? VTD_FRCD_INDEX(lo) : VTD_FRCD_ADDRESS(lo),
		       s->unit);
	if (!c->attempt_open && lw_may_offer(c, now))
		lw_tell_fault(s, lo, hi, rid, now);
}

/* Notes what register S is at holds, for lw_unseen_faults(). */
static __always_inline void lw_note_seen(struct fault_scan *s, u64 lo, u64 hi)
{
	u32 zero = 0, next = s->index + 1 >= s->count ? 0 : s->index + 1;
	struct fault_seen *seen = bpf_map_lookup_elem(&faults_seen, &zero);

	if (!seen)
		return;
	seen->iommu = (u64)s->iommu;
	seen->told = 0;
	seen->frcd = (u64)s->frcd + s->index * 16;
	seen->lo = lo;
	seen->hi = hi & ~FRCD_F;
	seen->next_frcd = (u64)s->frcd + next * 16;
	if (next == s->index)
		return;
	seen->next_lo = lw_load64((void *)seen->next_frcd, 0);
	seen->next_hi = lw_load64((void *)seen->next_frcd, 8) & ~FRCD_F;
}

/*
 * At the return of dmar_fault(): the handler goes on as long as the unit latches, so it may have
 * consumed records that were not there at its entry. A register with other contents than at the
 * entry tells of one; equal faults leave no trace, so this is a lower bound.
 */
static __always_inline void lw_unseen_faults(struct lw_control *c)
{
	struct fault_seen *seen;
	u64 lo, hi;
	u32 zero = 0;

	seen = bpf_map_lookup_elem(&faults_seen, &zero);
	if (!seen || !seen->iommu)
		return;
	seen->told_of = seen->iommu;
	seen->iommu = 0;
	lo = lw_load64((void *)seen->frcd, 0);
	hi = lw_load64((void *)seen->frcd, 8);
	/* Still pending: the next interrupt's entry will see it. */
	if (!(hi & FRCD_F) && (lo != seen->lo || hi != seen->hi))
		seen->told++;
	if (seen->next_frcd != seen->frcd) {
		lo = lw_load64((void *)seen->next_frcd, 0);
		hi = lw_load64((void *)seen->next_frcd, 8);
		if (!(hi & FRCD_F) && (lo != seen->next_lo || hi != seen->next_hi))
			seen->told++;
	}
	__sync_fetch_and_add(&c->faults_unseen, seen->told);
}

/*
 * An interrupt that finds nothing, and is not of an invalidation queue's error or a full page-request
 * queue either, is of a record that the handler consumed before, unseen, unless
 * its contents told of it already when the handler returned.
 */
static __always_inline void lw_found_nothing(struct lw_control *c, struct intel_iommu *iommu)
{
	u32 zero = 0;
	struct fault_seen *seen = bpf_map_lookup_elem(&faults_seen, &zero);

	if (seen && seen->told && seen->told_of == (u64)iommu)
		seen->told--;
	else
		__sync_fetch_and_add(&c->faults_unseen, 1);
}

static long lw_scan_fault(u32 number, struct fault_scan *s)
{
	void *frcd = s->frcd + s->index * 16;
	u64 lo, hi;

	/* First the half with the F bit, then the other, as the driver does: no torn record. */
	hi = lw_load64(frcd, 8);
	if (!VTD_FRCD_F(hi) || hi == ~0ULL)
		return 1;
	lo = lw_load64(frcd, 0);
	lw_one_fault(s, lo, hi);
	if (!s->latched)
		lw_note_seen(s, lo, hi);
	s->index++;
	if (s->index >= s->count)
		s->index = 0;
	return 0;
}

/*
 * All fault records that the unit holds now, from the one FSTS names on. LATCHED: LW_FAULT_LATCHED
 * at the last look, otherwise 0.
 */
static __always_inline void lw_scan_faults(struct lw_control *c, struct intel_iommu *iommu, u32 latched)
{
	struct fault_scan s = { .c = c, .iommu = iommu, .latched = latched, .unit = LW_NO_UNIT };
	void *reg = LW_READ(iommu, reg);
	u64 cap = LW_READ(iommu, cap);

	s.fsts = lw_load32(reg, VTD_FSTS_REG);
	s.count = VTD_CAP_NFR(cap);
	s.index = VTD_FSTS_FRI(s.fsts);
	s.frcd = reg + VTD_CAP_FRO(cap);
	if (s.fsts == ~0U || s.index >= s.count) {
		__sync_fetch_and_add(&c->units_gone, 1);
		return;
	}
	s.segment = LW_READ(iommu, segment);
	if (c->shutdown_seen)
		s.unit = lw_unit_of(iommu);
	if (s.fsts & VTD_FSTS_PFO)
		__sync_fetch_and_add(&c->overflows, 1);
	if (s.fsts & VTD_FSTS_PRO)
		__sync_fetch_and_add(&c->page_request_overflows, 1);
	if (s.fsts & VTD_FSTS_PPF)
		bpf_loop(s.count, lw_scan_fault, &s, 0);
	else if (!latched && !(s.fsts & (VTD_FSTS_QUEUE_ERRORS | VTD_FSTS_PRO)))
		lw_found_nothing(c, iommu);
}

/* At the last look: what is still latched in every unit that was walked. */
static long lw_latched_unit(u32 index, void *unused)
{
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &index);
	struct lw_control *c = lw_get_control();

	if (!c || !u || !u->iommu)
		return 1;
	lw_scan_faults(c, (struct intel_iommu *)u->iommu, LW_FAULT_LATCHED);
	return 0;
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

LW_ON_ENTRY(dmar_fault, on_dmar_fault(iommu), int irq, struct intel_iommu *iommu)

static __always_inline int on_dmar_fault_end(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_DMAR_FAULT_END);

	if (c)
		lw_unseen_faults(c);
	return 0;
}

LW_ON_RETURN(dmar_fault, on_dmar_fault_end())

#endif
