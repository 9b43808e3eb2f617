/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults, read from the unit's fault recording registers at the entry of dmar_fault(): the handler
 * clears them and prints only what its rate limit lets through. While user space lives each fault
 * is counted in a map and offered to a listener; from kernel_kexec() on each becomes a record.
 */
#ifndef LUWATCH_FAULT_BPF_H
#define LUWATCH_FAULT_BPF_H

#include "emit.bpf.h"

/* What the entry of dmar_fault() saw, for its return on the same CPU. */
struct fault_seen {
	u64 iommu;		/* 0 = nothing */
	u64 frcd;		/* kernel address of the register last read */
	u64 lo, hi;		/* its contents, without F */
	u64 next_frcd;		/* the one after it */
	u64 next_lo, next_hi;
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
};

/* What the fault is counted under. */
static __always_inline void lw_fault_key(struct lw_fault_key *key, u32 segment, u64 hi)
{
	u8 reason = VTD_FRCD_REASON(hi);

	key->rid = LW_RID(segment, VTD_FRCD_SOURCE_ID(hi) >> 8, VTD_FRCD_SOURCE_ID(hi) & 0xff);
	key->pasid = VTD_FRCD_PP(hi) ? VTD_FRCD_PASID(hi) : LW_NO_PASID;
	key->reason = reason;
	key->flags = 0;
	if (vtd_reason_is_interrupt(reason)) {
		key->flags |= LW_FAULT_INTERRUPT;
		key->pasid = LW_NO_PASID;
	} else {
		if (VTD_FRCD_T1(hi))
			key->flags |= LW_FAULT_READ;
		if (VTD_FRCD_EXE(hi))
			key->flags |= LW_FAULT_EXECUTE;
		if (VTD_FRCD_PRIV(hi))
			key->flags |= LW_FAULT_PRIVILEGED;
	}
	key->since_kexec = 0;
	key->pad = 0;
}

/* The device's counters, or those of LW_RID_OTHER; NULL when there is no place at all. */
static __always_inline struct lw_fault_device *lw_fault_device(struct lw_control *c, u64 *rid, u64 now)
{
	struct lw_fault_device fresh = { .first_ns = now }, *device;

	device = bpf_map_lookup_elem(&fault_devices, rid);
	if (device)
		return device;
	bpf_map_update_elem(&fault_devices, rid, &fresh, BPF_NOEXIST);
	device = bpf_map_lookup_elem(&fault_devices, rid);
	if (device)
		return device;
	__sync_fetch_and_add(&c->devices_other, 1);
	*rid = LW_RID_OTHER;
	return bpf_map_lookup_elem(&fault_devices, rid);
}

/*
 * Counts a fault under its device and under its kind. A device has a quota of kinds, so that one
 * with thousands of PASIDs cannot take the places of others: its further kinds are counted as one.
 */
static __always_inline void lw_count_fault(struct lw_control *c, struct lw_fault_key *key, u64 address,
					   u16 unit)
{
	struct lw_fault_value fresh = {}, *value;
	u64 now = bpf_ktime_get_boot_ns();
	struct lw_fault_device *device;

	device = lw_fault_device(c, &key->rid, now);
	if (!device) {
		__sync_fetch_and_add(&c->faults_lost, 1);
		return;
	}
	__sync_fetch_and_add(&device->count, 1);
	device->last_ns = now;
	value = bpf_map_lookup_elem(&faults, key);
	if (!value && __sync_fetch_and_add(&device->details, 1) >= LW_FAULT_DETAILS) {
		__sync_fetch_and_add(&c->details_other, 1);
		key->pasid = LW_NO_PASID;
		key->reason = 0;
		key->flags = LW_FAULT_OTHER;
		value = bpf_map_lookup_elem(&faults, key);
	}
	if (!value) {
		fresh.first_ns = now;
		fresh.unit = unit;
		bpf_map_update_elem(&faults, key, &fresh, BPF_NOEXIST);
		value = bpf_map_lookup_elem(&faults, key);
		if (!value) {
			__sync_fetch_and_add(&c->faults_lost, 1);
			return;
		}
	}
	__sync_fetch_and_add(&value->count, 1);
	value->last_ns = now;
	value->last_address = address;
}

/* Offers a single fault to a listener, at most .events_rate a second. */
static __always_inline void lw_offer_event(struct lw_control *c, struct lw_record *r)
{
	u64 now = bpf_ktime_get_boot_ns();

	if (now - c->events_window_ns >= 1000000000ULL) {
		c->events_window_ns = now;
		c->events_in_window = 0;
	}
	if (__sync_fetch_and_add(&c->events_in_window, 1) >= c->events_rate) {
		__sync_fetch_and_add(&c->events_held, 1);
		return;
	}
	r->time_ns = now;
	if (bpf_ringbuf_output(&events, r, sizeof(*r), 0))
		__sync_fetch_and_add(&c->events_lost, 1);
}

static __always_inline void lw_one_fault(struct fault_scan *s, u64 lo, u64 hi)
{
	struct intel_iommu *iommu = s->iommu;
	struct lw_control *c = s->c;
	struct lw_fault_key key;
	struct lw_record r = {};

	__sync_fetch_and_add(&c->faults, 1);
	lw_fault_key(&key, BPF_CORE_READ(iommu, segment), hi);
	r.type = LW_REC_FAULT;
	r.unit = lw_unit_of(iommu);
	r.fault.lo = lo;
	r.fault.hi = hi;
	r.fault.fsts = s->fsts;
	r.fault.index = s->index;
	r.fault.phase_flags = s->latched;
	r.fault.rid = key.rid;
	if (c->attempt_open && __sync_fetch_and_add(&c->faults_written, 1) < c->fault_quota) {
		lw_emit(&r);
		return;
	}
	key.since_kexec = !!c->attempt_open;
	lw_count_fault(c, &key,
		       key.flags & LW_FAULT_INTERRUPT ? VTD_FRCD_INDEX(lo) : VTD_FRCD_ADDRESS(lo),
		       r.unit);
	if (!c->attempt_open)
		lw_offer_event(c, &r);
}

/* Notes what register S is at holds, for lw_unseen_faults(). */
static __always_inline void lw_note_seen(struct fault_scan *s, u64 lo, u64 hi)
{
	u32 zero = 0, next = s->index + 1 >= s->count ? 0 : s->index + 1;
	struct fault_seen *seen = bpf_map_lookup_elem(&faults_seen, &zero);

	if (!seen)
		return;
	seen->iommu = (u64)s->iommu;
	seen->frcd = (u64)s->frcd + s->index * 16;
	seen->lo = lo;
	seen->hi = hi & ~FRCD_F;
	seen->next_frcd = (u64)s->frcd + next * 16;
	seen->next_lo = lw_read64((void *)seen->next_frcd, 0);
	seen->next_hi = lw_read64((void *)seen->next_frcd, 8) & ~FRCD_F;
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
	seen->iommu = 0;
	lo = lw_read64((void *)seen->frcd, 0);
	hi = lw_read64((void *)seen->frcd, 8);
	/* Still pending: the next interrupt's entry will see it. */
	if (!(hi & FRCD_F) && (lo != seen->lo || hi != seen->hi))
		__sync_fetch_and_add(&c->faults_unseen, 1);
	if (seen->next_frcd == seen->frcd)
		return;
	lo = lw_read64((void *)seen->next_frcd, 0);
	hi = lw_read64((void *)seen->next_frcd, 8);
	if (!(hi & FRCD_F) && (lo != seen->next_lo || hi != seen->next_hi))
		__sync_fetch_and_add(&c->faults_unseen, 1);
}

static long lw_scan_fault(u32 number, struct fault_scan *s)
{
	void *frcd = s->frcd + s->index * 16;
	u64 lo, hi;

	/* First the half with the F bit, then the other, as the driver does: no torn record. */
	hi = lw_read64(frcd, 8);
	if (!VTD_FRCD_F(hi) || hi == ~0ULL)
		return 1;
	lo = lw_read64(frcd, 0);
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
	struct fault_scan s = { .c = c, .iommu = iommu, .latched = latched };
	void *reg = BPF_CORE_READ(iommu, reg);
	u64 cap = BPF_CORE_READ(iommu, cap);

	s.fsts = lw_read32(reg, VTD_FSTS_REG);
	s.count = VTD_CAP_NFR(cap);
	s.index = VTD_FSTS_FRI(s.fsts);
	s.frcd = reg + VTD_CAP_FRO(cap);
	if (s.fsts == ~0U || s.index >= s.count) {
		__sync_fetch_and_add(&c->units_gone, 1);
		return;
	}
	if (s.fsts & VTD_FSTS_PFO)
		__sync_fetch_and_add(&c->overflows, 1);
	if (s.fsts & VTD_FSTS_PPF)
		bpf_loop(s.count, lw_scan_fault, &s, 0);
	else if (!latched)
		__sync_fetch_and_add(&c->faults_unseen, 1);
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

/* Counted faults as records: SINCE_KEXEC 0 at kernel_kexec(), 1 at the last look. */
static long lw_carry_total(void *map, struct lw_fault_key *key, struct lw_fault_value *value,
			   u32 *since_kexec)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c || key->since_kexec != *since_kexec)
		return 0;
	if (c->totals_written >= c->fault_quota) {
		c->totals_other += value->count;
		return 0;
	}
	c->totals_written++;
	r.type = LW_REC_FAULT_TOTAL;
	r.unit = value->unit;
	r.fault_total.source_id = key->rid;
	r.fault_total.reason = key->reason;
	r.fault_total.flags = key->flags | (key->since_kexec ? LW_FAULT_SINCE_KEXEC : 0);
	r.fault_total.pasid = key->pasid;
	r.fault_total.count = value->count;
	r.fault_total.first_ns = value->first_ns;
	r.fault_total.last_ns = value->last_ns;
	r.fault_total.last_address = value->last_address;
	lw_emit(&r);
	return 0;
}

/* What is beyond the quota, as one record of requester ID LW_RID_OTHER. */
static __noinline int lw_carry_other(u32 since_kexec)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c || !c->totals_other)
		return 0;
	r.type = LW_REC_FAULT_TOTAL;
	r.unit = LW_NO_UNIT;
	r.fault_total.source_id = LW_RID_OTHER;
	r.fault_total.flags = LW_FAULT_OTHER | (since_kexec ? LW_FAULT_SINCE_KEXEC : 0);
	r.fault_total.pasid = LW_NO_PASID;
	r.fault_total.count = c->totals_other;
	lw_emit(&r);
	return 0;
}

static __always_inline void lw_carry_totals(struct lw_control *c, u32 since_kexec)
{
	c->totals_written = 0;
	c->totals_other = 0;
	bpf_for_each_map_elem(&faults, lw_carry_total, &since_kexec, 0);
	lw_carry_other(since_kexec);
}

#endif
