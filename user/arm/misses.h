/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs of the armed programs that the kernel skipped: a kprobe while another one ran on that CPU
 * (nmissed), any program while it ran itself (recursion_misses). What was skipped nobody saw.
 */
#ifndef LUWATCH_MISSES_H
#define LUWATCH_MISSES_H

#include <stdint.h>

#include "luwatch/control.h"

struct lw_misses {
	uint64_t runs;		/* skipped since arming */
	uint64_t complaints;	/* the kernel's about the programs (complaints.h) */
	unsigned int uncounted; /* kprobes whose skipped runs this kernel does not count */
};

/*
 * Asks the kernel for each pinned link, and leaves the number in the control map, from where a
 * hand-over carries it on.
 */
struct lw_misses lw_misses_count(struct lw_control *control);

#endif
