/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which hand-over began this boot. The word on the command line is one witness among several, and
 * an unreliable one: loaders reuse command lines. Every hand-over that any record, file or word
 * speaks of is a candidate; what is known of it decides, and what is known of this boot. Pure.
 */
#ifndef LUWATCH_WHICH_H
#define LUWATCH_WHICH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "record/decode.h"

/* Where a candidate is spoken of. */
enum {
	LW_FROM_WORD = 1,    /* luwatch= on the running kernel's command line */
	LW_FROM_CARRIER = 2, /* records of it came across */
	LW_FROM_DISK = 4,    /* its baseline lies in STATE/armed, so nobody has collected it */
};

struct lw_candidate {
	struct lw_id id;
	unsigned int from;
	struct lw_id kernel;	   /* boot id of the kernel that was armed; zero: not known */
	struct lw_id began_by;	   /* hand-over that had started that kernel; zero: not known */
	struct lw_id seen_in;	   /* boot in which its records were found first; zero: none */
	struct lw_id collected_in; /* boot in which its evidence was saved; zero: none */
	uint64_t armed_ns;	   /* wall clock; 0 = not known */
	uint64_t armed_tsc;	   /* 0 = not known */
	uint32_t attempt;	   /* the newest, from 1; 0 = no record of a kexec */
	bool refused;		   /* kernel_kexec() came back from it */
	bool whole;		   /* its last record arrived */
	uint64_t kexec_ns;	   /* wall clock at kernel_kexec(); 0 = not known */
	uint64_t begin_boot_ns;	   /* the old kernel's boot clock at kernel_kexec() … */
	uint64_t end_boot_ns;	   /* … and at the last record that arrived */
	uint64_t tsc, tsc_boot_ns, tsc_hz; /* lw_rec_clocks */
};

enum lw_word_state { LW_WORD_NONE, LW_WORD_FOUND, LW_WORD_DAMAGED, LW_WORD_NEWER };

struct lw_boot_facts {
	struct lw_id boot; /* boot id of this kernel */
	enum lw_word_state word;
	uint64_t start_ns;  /* wall clock when its boot clock was 0 */
	uint64_t start_tsc; /* counter then; 0 = not known */
	uint64_t tsc_hz;
	uint64_t start_slack_ns; /* how far off .start_tsc may be */
	const struct lw_candidate *candidates;
	size_t count;
};

struct lw_which {
	struct lw_id id;
	const struct lw_candidate
		*chosen;   /* NULL: nothing speaks of the hand-over that began this boot */
	bool boot_loader;  /* no hand-over: a boot loader started this kernel by kexec */
	bool reset;	   /* with .boot_loader: the machine was reset while .id was armed */
	bool stale_word;   /* the word names a hand-over that did not begin this boot */
	struct lw_id word; /* that one */
	char finding[320]; /* what contradicts the word; "" when nothing does */
	char doubt[320];   /* why it is not certain; "" when it is: with a doubt nothing is clean */
};

/* Adds what DECODED (a carrier's bytes, or a baseline file: FROM) speaks of. 0 or -ENOMEM. */
int lw_candidates_add(struct lw_candidate **candidates, size_t *count,
		      const struct lw_decoded *decoded, unsigned int from);

/* The candidate with this id, made if there is none; NULL when memory is exhausted. */
struct lw_candidate *lw_candidate_of(struct lw_candidate **candidates, size_t *count,
				     struct lw_id id);

void lw_which(const struct lw_boot_facts *facts, struct lw_which *which);

#endif
