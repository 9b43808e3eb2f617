/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often one kernel has started the next since the machine was switched on, as those count who
 * hand their number over. Each kernel's baseline says what they said in it.
 */
#ifndef LUWATCH_COUNTS_H
#define LUWATCH_COUNTS_H

#include <stdint.h>

enum lw_counter {
	LW_COUNTED_BY_KHO,     /* the kernel's kexec handover */
	LW_COUNTED_BY_LUO,     /* its live update orchestrator: live updates */
	LW_COUNTED_BY_SYSTEMD,
	LW_COUNTED_BY_IMA,     /* kernels in the measurement list, this one not counted */
	LW_COUNTERS
};

struct lw_counts {
	uint64_t known; /* bit per counter */
	uint64_t of[LW_COUNTERS];
};

const char *lw_counter_name(enum lw_counter counter);

/* Asks each; takes up to half a second where systemd does not answer. */
void lw_counts_read(struct lw_counts *counts);

/* "kho=2 luo=1": those that are known. Returns TEXT. Unknown words are passed over in parsing. */
#define LW_COUNTS_TEXT 65
char *lw_counts_format(const struct lw_counts *counts, char text[LW_COUNTS_TEXT]);
void lw_counts_parse(const char *text, struct lw_counts *counts);

/* Pure, for one record of /dev/kmsg: what KHO or LUO says there. */
void lw_counts_take_kmsg(struct lw_counts *counts, const char *record);

/* Pure: the kernels in a measurement list of IMA, in its text form; what was measured does not matter. */
uint64_t lw_ima_kernels(const char *list);

#endif
