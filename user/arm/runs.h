/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often the armed programs ran and how long, as the kernel counts them while
 * kernel.bpf_stats_enabled is 1, and not at all otherwise.
 */
#ifndef LUWATCH_RUNS_H
#define LUWATCH_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "luwatch/control.h"

#define LW_RUNS		64
#define LW_PROGRAM_NAME 48

struct lw_program_runs {
	char name[LW_PROGRAM_NAME]; /* of the program */
	uint64_t runs, time_ns;
};

/* The armed programs by name; how many, 0 where the kernel does not count. */
size_t lw_program_runs(const struct lw_control *control, struct lw_program_runs list[LW_RUNS]);

#endif
