/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units whose faults nobody is told of. A unit raises no further interrupt while a fault record is pending
 * (FSTS.PPF; VT-d specification, "Primary Fault Logging"). Where the interrupt of that one never reached
 * dmar_fault(), as when it was raised before a next kernel had set it up, neither the kernel's log nor a program
 * sees this fault or any later one.
 */
#ifndef LUWATCH_STUCK_H
#define LUWATCH_STUCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/inspect.h"

/* What was seen of a unit in the look before. */
struct lw_stuck_unit {
	uint64_t iommu;	     /* kernel address of its struct intel_iommu */
	uint64_t interrupts; /* of its faults, on all processors */
	bool pending;	     /* FSTS.PPF */
	bool stuck;	     /* it was pending in two looks, and no interrupt came between them */
};

struct lw_stuck {
	struct lw_stuck_unit *units;
	size_t count;
	bool any_pending;
	uint64_t found; /* how often a unit was found stuck that had not been before */
};

/*
 * Looks at every unit, against the look before. The looks must lie further apart than an interrupt takes. 0 or a
 * negative errno, and then nothing has changed.
 */
int lw_stuck_look(struct lw_stuck *stuck, struct lw_inspect *inspect);

/* The same with what was read: COUNT VIEWS, and the text of /proc/interrupts. 0 or -ENOMEM. */
int lw_stuck_take(struct lw_stuck *stuck, const struct lw_unit_view *views, size_t count, const char *interrupts);

/* Whether VIEW's unit holds a fault record that nobody has cleared (FSTS.PPF). */
bool lw_fault_pending(const struct lw_unit_view *view);

/* Whether the unit at that kernel address was stuck at the last look. */
bool lw_stuck_is(const struct lw_stuck *stuck, uint64_t iommu);

void lw_stuck_free(struct lw_stuck *stuck);

/* The interrupts on all processors of the line of TEXT (/proc/interrupts) that ends with NAME; 0 without one. */
uint64_t lw_interrupts_of(const char *text, const char *name);

#endif
