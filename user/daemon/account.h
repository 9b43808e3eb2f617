/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's account of faults: what the metrics show. Counts only ever grow: a fault is booked
 * once, under the class it had when it was noticed, and stays there when its device is preserved or
 * assigned later. Bounded whatever a device does: 16 requester IDs have places of their own, in the
 * order in which they first faulted, and at most 4 of them belong to no PCI function, because those
 * a broken device can invent. Pure.
 */
#ifndef LUWATCH_ACCOUNT_H
#define LUWATCH_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "fault/fault.h"
#include "luwatch/control.h"

#define LW_ACCOUNT_RIDS	   16
#define LW_ACCOUNT_UNKNOWN 4  /* of these, without a PCI function */
#define LW_ACCOUNT_SERIES  36 /* (rid, class) that occurred, all of them together */

struct lw_account_device {
	uint64_t rid;
	uint64_t count[LW_CLASSES];
};

struct lw_account {
	uint64_t faults[LW_CLASSES][LW_WINDOWS];
	struct lw_account_device devices[LW_ACCOUNT_RIDS];
	size_t device_count, unknown_count, series;
	uint64_t other[LW_CLASSES]; /* of requester IDs without a place */
	uint64_t known[LW_CLASSES]; /* of the list of known faults: in none of the above */
};

/* Books COUNT faults like FAULT (.rid, .class, .window). */
void lw_account_add(struct lw_account *account, const struct lw_fault *fault, uint64_t count);

/* What was seen of the kernel's counters before: map key → count. Zero-initialised; grows. */
struct lw_counted {
	struct lw_counted_slot *slots;
	size_t size, used;
};

/*
 * How many have come since the last call with this KEY; 0 for the same COUNT or a smaller one (the
 * kernel was armed anew: the counter starts over and SLOT follows it). -ENOMEM is negative.
 */
int64_t lw_counted_delta(struct lw_counted *counted, const struct lw_fault_key *key,
			 uint64_t count);
void lw_counted_free(struct lw_counted *counted);

#endif
