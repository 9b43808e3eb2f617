/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of a fault recording register as a fault. The programs carry the raw 128 bits, so that
 * a later version can read more out of them than the one that recorded them.
 */
#include <string.h>

#include "fault/registers.h"
#include "luwatch/vtd.h"

void lw_fault_of_record(const struct lw_record *record, struct lw_fault *f)
{
	uint64_t lo = record->fault.lo, hi = record->fault.hi;

	memset(f, 0, sizeof(*f));
	f->rid = record->fault.rid;
	f->segment_known = true;
	f->address_known = true;
	f->reason = VTD_FRCD_REASON(hi);
	f->count = 1;
	f->first_ns = f->last_ns = record->time_ns;
	f->source = record->fault.phase_flags & LW_FAULT_LATCHED ? LW_SOURCE_LATCHED
								 : LW_SOURCE_REGISTER;
	f->pasid = LW_NO_PASID;
	if (vtd_reason_is_interrupt(f->reason)) {
		f->flags = LW_FAULT_INTERRUPT;
		f->address = VTD_FRCD_INDEX(lo);
		return;
	}
	f->address = VTD_FRCD_ADDRESS(lo);
	if (VTD_FRCD_T1(hi))
		f->flags |= LW_FAULT_READ;
	if (VTD_FRCD_EXE(hi))
		f->flags |= LW_FAULT_EXECUTE;
	if (VTD_FRCD_PRIV(hi))
		f->flags |= LW_FAULT_PRIVILEGED;
	if (VTD_FRCD_PP(hi))
		f->pasid = VTD_FRCD_PASID(hi);
}

void lw_fault_of_total(const struct lw_record *record, struct lw_fault *f)
{
	const struct lw_rec_fault_total *t = &record->fault_total;

	memset(f, 0, sizeof(*f));
	f->rid = t->source_id;
	f->segment_known = true;
	f->address_known = !(t->flags & LW_FAULT_OTHER);
	f->reason = t->reason;
	f->flags = t->flags;
	f->pasid = t->pasid;
	f->count = t->count;
	f->first_ns = t->first_ns;
	f->last_ns = t->last_ns;
	f->address = t->last_address;
	f->source = LW_SOURCE_REGISTER;
}

void lw_fault_of_count(const struct lw_fault_key *key, const struct lw_fault_value *value,
		       struct lw_fault *f)
{
	memset(f, 0, sizeof(*f));
	f->rid = key->rid;
	f->segment_known = true;
	f->address_known = !(key->flags & LW_FAULT_OTHER);
	f->reason = key->reason;
	f->flags = key->flags;
	f->pasid = key->pasid;
	f->count = value->count;
	f->first_ns = value->first_ns;
	f->last_ns = value->last_ns;
	f->address = value->last_address;
	f->source = LW_SOURCE_REGISTER;
}
