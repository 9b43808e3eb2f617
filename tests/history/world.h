/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One machine and its boots, as far as collect can tell: what lies in memory, in the trace buffer
 * and on disk, what the clocks say, what stands on the command line. world.c, memory.c and arming.c are that machine;
 * seams.c is where the real code under test meets it.
 */
#ifndef LUWATCH_HISTORY_WORLD_H
#define LUWATCH_HISTORY_WORLD_H

#include "../property/trial.h"
#include "collect/boot.h"

#define SECOND	1000000000ULL
#define HOUR	(3600 * SECOND)
#define TSC_HZ	2000000000ULL
#define REGIONS 6
#define KEXECS	32

/* One armed id in one kernel, and what it has recorded. */
struct armed {
	struct lw_id id;
	uint32_t generation, attempt;
	uint64_t address; /* of its area in the memory file */
	struct lw_record *baseline;
	size_t baseline_count;
	struct lw_record *log; /* of all attempts */
	size_t log_count;
};

struct kernel {
	char boot[37];
	enum lw_boot kind;
	bool firmware_kexec; /* bootloader_type 208 on a cold boot */
	uint64_t born;	     /* true time */
	int64_t clock_error; /* of the wall clock */
	bool armed_now;
	bool unseen;   /* a device was preserved before it was armed, and no arming can read that */
	bool trace_on; /* this kernel's programs write into the trace buffer */
	struct armed armed;
	char cmdline[512];
	char loaded[512]; /* command line of the loaded image; "" = none */
	bool any_loaded;
	uint64_t audited_ns, audited_tsc; /* of its last arming; 0: none */
	uint64_t kho_count;
};

/* A kernel that ran before. */
struct ran {
	char boot[37];
	bool kexec; /* it ended by one, and said so */
	uint64_t seen_ns, audited_ns, tsc;
};

#define RAN 32

/* What truly began the present boot. */
struct truth {
	bool kexec, armed, leak, ideal;
	bool unseen; /* of what was preserved something was not seen */
	struct lw_id id;
	char boot[37];
	uint32_t attempt;
};

struct world {
	uint64_t seed;
	struct dice dice;
	char folder[128]; /* state/, memory, trace */
	char state[160], memory[160], trace[160];
	uint64_t now, power_on; /* true time */
	bool counter;		/* the time-stamp counter can be read on this machine */
	bool trace_carrier;
	bool probes;	    /* [record] level: nothing is carried */
	bool marks_readable; /* in the structures of its kernels */
	struct kernel kernel;
	struct truth truth;
	struct truth kexecs[KEXECS]; /* those of armed kernels, in a ring */
	size_t kexec_count;
	uint64_t regions[REGIONS]; /* addresses in use in the memory file */
	unsigned long serial;
	bool tell;
	bool late; /* long after this boot: its log has lost its beginning, its tables are others */
	struct ran ran[RAN]; /* the last ones, in a ring */
	size_t ran_count;
	bool journal, audit, kho; /* these tell of them */
	bool lies;		  /* and it is not always true */
};

extern struct world *world;

void world_begin(struct world *w, uint64_t seed, const char *folder, bool tell);
void world_end(struct world *w);

/* The steps; each may do nothing when the machine cannot take it. */
void world_arm(struct world *w);
void world_rearm(struct world *w); /* disarmed and armed: a new id in the same kernel */
void world_level(struct world *w); /* from "full" to "probes", or back */
void world_preserve(struct world *w); /* a device, by a kernel that is armed or is not yet */
void world_load(struct world *w, int words); /* 0 right, 1 this kernel's own line, 2 none */
void world_refused(struct world *w);
void world_kexec(struct world *w);
void world_reset(struct world *w, bool firmware_kexec);
void world_kdump(struct world *w);
void world_pass(struct world *w, uint64_t ns);

/* others.c: whether somebody knows for sure that this boot's kexec was no boot loader's. */
bool others_know(const struct world *w);

/* Removes everything below a folder. */
void empty_folder(const char *path);

/* seams.c: call N from now on fails with ENOSPC, or ends the process; 0: never. */
void seams_fail_at(unsigned long call, bool kill);

/* What happens once, just before a lock is taken; NULL: nothing. */
extern void (*before_lock)(void);

/*
 * What the decision is not told, to see the test fail: everything but the word, who saw the records
 * before, the processor's counter, or what others tell.
 */
enum blind { SEES_ALL, BLIND_BUT_WORD, BLIND_TO_STAMP, BLIND_TO_COUNTER, BLIND_TO_OTHERS };
extern enum blind blind;

#endif
