/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults that two sources tell: what was latched at the last look, or what the next kernel's programs counted,
 * is in the next kernel's log once more. All takes n log n, also where somebody made all faults of one kind.
 */
#ifndef LUWATCH_TWICE_H
#define LUWATCH_TWICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault/fault.h"

/* Faults in an order in which those that may be the same lie beside each other; .next leads past the used. */
struct lw_twice_order {
	size_t *places, *next;
	bool by_segment; /* before the address; otherwise behind it */
};

struct lw_twice_list {
	struct lw_fault *faults; /* copies; .count is what has not been found a second time */
	size_t count;
	struct lw_twice_order orders[2];
};

struct lw_twice {
	struct lw_twice_list latched, live;
};

/* OLD: the old kernel's faults, of which the latched count; LIVE: what programs counted. False: no memory. */
bool lw_twice_begin(struct lw_twice *twice, const struct lw_fault *old, size_t old_count,
		    const struct lw_fault *live, size_t live_count);
void lw_twice_end(struct lw_twice *twice);

/* Takes out of FAULT's count, a fault of the log, what is known already; returns how much. */
uint64_t lw_twice_latched(struct lw_twice *twice, struct lw_fault *fault);
uint64_t lw_twice_counted(struct lw_twice *twice, struct lw_fault *fault);

#endif
