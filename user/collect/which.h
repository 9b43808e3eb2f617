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

#include "collect/facts.h"
#include "record/decode.h"

struct lw_which {
	struct lw_id id;
	const struct lw_candidate
		*chosen;   /* NULL: nothing speaks of the hand-over that began this boot */
	bool boot_loader;  /* no hand-over: a boot loader started this kernel by kexec */
	bool reset;	   /* with .boot_loader: the machine was reset while .id was armed */
	bool stale_word;   /* the word names a hand-over that did not begin this boot */
	struct lw_id word; /* that one */
	char finding[320]; /* what contradicts the word or the records; "" when nothing does */
	char doubt[320];   /* why it is not certain; "" when it is: with a doubt nothing is clean */
};

/* Far more than a machine's memory has of armings. Each is held against each. */
#define LW_CANDIDATES 256

/*
 * Adds what DECODED (a carrier's bytes, or a baseline file: FROM) speaks of. 0; 1 when it speaks of more
 * than LW_CANDIDATES, and some have no place; or -ENOMEM.
 */
int lw_candidates_add(struct lw_candidate **candidates, size_t *count,
		      const struct lw_decoded *decoded, unsigned int from);

/* The candidate with this id, made if there is none; NULL when memory is exhausted. */
struct lw_candidate *lw_candidate_of(struct lw_candidate **candidates, size_t *count,
				     struct lw_id id);

void lw_which(const struct lw_boot_facts *facts, struct lw_which *which);

#endif
