/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of one fault while user space lives: it is counted under its device and its kind, and
 * offered to a listener.
 */
#ifndef LUWATCH_FAULT_COUNT_BPF_H
#define LUWATCH_FAULT_COUNT_BPF_H

#include <linux/errno.h>

#include "emit.bpf.h"

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
	key->attempt = 0;
	key->recorded = 0;
}

/* A full map has its own counters; one that is locked by what was interrupted is noted here. */
static __always_inline long lw_add_element(struct lw_control *c, void *map, const void *key,
					   const void *fresh)
{
	long r = bpf_map_update_elem(map, key, fresh, BPF_NOEXIST);

	if (r && r != -EEXIST && r != -E2BIG)
		__sync_fetch_and_add(&c->maps_busy, 1);
	return r;
}

/* A new kind of fault: in map "faults", and behind the others in "fault_kinds". */
static __always_inline void lw_add_kind(struct lw_control *c, const struct lw_fault_key *key,
					const struct lw_fault_value *fresh)
{
	struct lw_fault_key *place;
	u32 at;

	if (lw_add_element(c, &faults, key, fresh))
		return;
	at = __sync_fetch_and_add(&c->fault_kinds, 1);
	place = bpf_map_lookup_elem(&fault_kinds, &at);
	if (place)
		*place = *key;
}

/* The device's quota, or that of LW_RID_OTHER; NULL when there is no place at all. */
static __always_inline struct lw_fault_device *lw_fault_device(struct lw_control *c, u64 *rid)
{
	struct lw_fault_device fresh = {}, *device;

	device = bpf_map_lookup_elem(&fault_devices, rid);
	if (device)
		return device;
	lw_add_element(c, &fault_devices, rid, &fresh);
	device = bpf_map_lookup_elem(&fault_devices, rid);
	if (device)
		return device;
	__sync_fetch_and_add(&c->devices_other, 1);
	*rid = LW_RID_OTHER;
	return bpf_map_lookup_elem(&fault_devices, rid);
}

/*
 * Counts a fault under its kind. A device has a quota of kinds, so that one with thousands of PASIDs
 * cannot take the places of others: its further kinds lose their PASID. A kind that is known costs one
 * look-up.
 */
static __always_inline void lw_count_fault(struct lw_control *c, struct lw_fault_key *key, u64 now,
					   u64 address, u16 unit)
{
	struct lw_fault_value fresh = {}, *value;
	struct lw_fault_device *device;

	value = bpf_map_lookup_elem(&faults, key);
	if (value)
		goto count;
	device = lw_fault_device(c, &key->rid);
	if (!device) {
		__sync_fetch_and_add(&c->faults_lost, 1);
		return;
	}
	if (device->details >= LW_FAULT_DETAILS ||
	    __sync_fetch_and_add(&device->details, 1) >= LW_FAULT_DETAILS) {
		__sync_fetch_and_add(&c->details_other, 1);
		key->pasid = LW_NO_PASID;
		key->flags = (key->flags & (LW_FAULT_READ | LW_FAULT_INTERRUPT)) | LW_FAULT_OTHER;
		value = bpf_map_lookup_elem(&faults, key);
	}
	if (!value) {
		fresh.first_ns = now;
		fresh.unit = unit;
		lw_add_kind(c, key, &fresh);
		value = bpf_map_lookup_elem(&faults, key);
	}
	if (!value && !key->attempt) {
		/* The place that is always there, made when this was armed. */
		__sync_fetch_and_add(&c->details_other, 1);
		key->rid = LW_RID_OTHER;
		key->pasid = LW_NO_PASID;
		key->reason = 0;
		key->flags = LW_FAULT_OTHER;
		value = bpf_map_lookup_elem(&faults, key);
	}
	if (!value) {
		__sync_fetch_and_add(&c->faults_lost, 1);
		return;
	}
count:
	__sync_fetch_and_add(&value->count, 1);
	value->last_ns = now;
	value->last_address = address;
}

/* Whether a single fault is offered to a listener: at most .events_rate a second are. */
static __always_inline bool lw_may_offer(struct lw_control *c, u64 now)
{
	if (!c->events_rate)
		return 0;
	if (now - c->events_window_ns >= 1000000000ULL) {
		c->events_window_ns = now;
		c->events_in_window = 0;
	}
	if (__sync_fetch_and_add(&c->events_in_window, 1) >= c->events_rate) {
		__sync_fetch_and_add(&c->events_held, 1);
		return 0;
	}
	return 1;
}

static __always_inline void lw_offer_event(struct lw_control *c, struct lw_record *r, u64 now)
{
	r->time_ns = now;
	if (bpf_ringbuf_output(&events, r, sizeof(*r), 0))
		__sync_fetch_and_add(&c->events_lost, 1);
}

#endif
