/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histories of a machine, and what must be so whenever it is collected. */
#ifndef LUWATCH_HISTORY_H
#define LUWATCH_HISTORY_H

#include "world.h"

#define STEPS 24

enum step {
	ARM,
	REARM,
	LEVEL,
	PRESERVE,
	LOAD_RIGHT,
	LOAD_OLD,
	LOAD_NONE,
	KEXEC,
	REFUSED,
	RESET,
	FIRMWARE_KEXEC,
	KDUMP,
	COLLECT,
	COLLECT_KILLED,
	COLLECT_FULL,
	STATE_LOST,
	CLOCK_SET,
	SECONDS,
	HOURS,
	STEP_KINDS
};

struct move {
	enum step step;
	uint64_t seed;
};

struct history {
	uint64_t seed;
	struct move moves[STEPS];
	size_t count;
};

/* collects.c: answers by verdict, and how many were broken on the way. */
extern struct counted {
	unsigned long incomplete, clean, violation, ideal, collects, killed, full, lost;
} counted;
extern bool verbose;
extern char problem[512]; /* why the last check failed */

/* In a process of its own, which call CALL kills or finds the disk full. */
void collect_broken(unsigned long call, bool kill);
bool collect_and_check(void);

/* moves.c: what happens on real machines most of the time, with what goes wrong in between. */
void make_history(struct history *h, uint64_t seed);
bool run_history(const struct history *h, const char *folder, bool tell);
void shrink(struct history *h, const char *folder);

/* every_call.c: collect broken at each call that changes a file; 0 when all was right. */
int every_call(const char *folder);

/* resets.c: a kexec that led nowhere, and the look at what is left of it; 0 when all was right. */
int resets(const char *folder);

#endif
