/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saving the raw evidence, first of all and before anything is judged: what each carrier holds, the
 * baseline the old system left on disk, the kernel log, the devices and units of this kernel. Then
 * it is decided which hand-over they are about (which.h), and the whole becomes STATE/handovers/ID/
 * in one step (save.h).
 */
#ifndef LUWATCH_GATHER_H
#define LUWATCH_GATHER_H

#include "collect/boot.h"

/* What is left of a kexec that led nowhere. */
struct lw_survived {
	bool records;	   /* of the hand-over that was armed */
	uint32_t attempt;  /* 0: none of a kexec among them */
	bool refused;	   /* kernel_kexec() came back */
	bool whole;	   /* the old kernel came to its end */
	uint64_t kexec_ns; /* wall clock; 0 = not known */
	bool saved;	   /* in the hand-over's folder */
	int crash_logs;	   /* files in the pstore */
};

struct lw_gathered {
	enum lw_boot boot;
	struct lw_id id;
	bool fresh;	  /* saved now; false: it had been saved in this boot before */
	bool boot_loader; /* no hand-over: a boot loader that is a kernel itself started this one */
	bool next_lost;	  /* .boot is LW_BOOT_KEXEC: not this boot, but one that died, is judged */
	bool armed_before;    /* not a kexec, but an earlier boot was armed: it was reset */
	char old_boot_id[37]; /* of that boot */
	struct lw_survived survived; /* with .armed_before */
};

/*
 * Decides what boot this is and, for a kexec, saves the evidence below STATE unless that was done
 * in this boot; after a reset, what survived of a kexec. Where that was under way to its end, it is a
 * hand-over whose next kernel died. 0 or a negative errno, with a message said: -EPERM (not root), or
 * why the folder cannot be written.
 */
int lw_gather(const char *state, struct lw_gathered *gathered);

/* Whether the evidence of this boot is saved, and of which hand-over it is. */
bool lw_collected(const char *state, struct lw_id *id);

/* The folder of a hand-over's evidence; the caller frees it. */
char *lw_handover_folder(const char *state, struct lw_id id);

#endif
