/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults that were only counted, as records: at kernel_kexec() and at the last look.
 */
#ifndef LUWATCH_FAULT_CARRY_BPF_H
#define LUWATCH_FAULT_CARRY_BPF_H

#include "emit.bpf.h"

/* Counted faults of kind number AT as a record: SINCE_KEXEC 0 at kernel_kexec(), 1 at the last look. */
static long lw_carry_total(u32 at, u32 *since_kexec)
{
	const struct lw_fault_key *key = bpf_map_lookup_elem(&fault_kinds, &at);
	struct lw_control *c = lw_get_control();
	struct lw_fault_value *value;
	struct lw_record r = {};
	bool now;

	value = key ? bpf_map_lookup_elem(&faults, key) : NULL;
	if (!c || !value || !value->count)
		return 0;
	now = key->attempt == LW_ATTEMPT_MARK(c->attempt);
	if (*since_kexec ? !now || key->recorded : now)
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
	r.fault_total.flags = key->flags | (*since_kexec ? LW_FAULT_SINCE_KEXEC : 0);
	r.fault_total.pasid = key->pasid;
	r.fault_total.count = value->count;
	r.fault_total.first_ns = value->first_ns;
	r.fault_total.last_ns = value->last_ns;
	r.fault_total.last_address = value->last_address;
	lw_emit(&r);
	return 0;
}

static long lw_count_total(u32 at, u64 *count)
{
	const struct lw_fault_key *key = bpf_map_lookup_elem(&fault_kinds, &at);
	struct lw_control *c = lw_get_control();
	struct lw_fault_value *value;

	value = key ? bpf_map_lookup_elem(&faults, key) : NULL;
	*count += c && value && value->count && key->attempt != LW_ATTEMPT_MARK(c->attempt);
	return 0;
}

/* How many records lw_carry_totals() is about to write at kernel_kexec(). */
static __always_inline u64 lw_count_totals(struct lw_control *c)
{
	u64 count = 0;

	bpf_loop(c->fault_kinds, lw_count_total, &count, 0);
	return count > c->fault_quota ? c->fault_quota + 1ULL : count;
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
	/* Since kernel_kexec() each fault is a record, until the quota is used up. */
	if (since_kexec && c->faults_written <= c->fault_quota)
		return;
	bpf_loop(c->fault_kinds, lw_carry_total, &since_kexec, 0);
	lw_carry_other(since_kexec);
}

#endif
