/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which stored hand-overs stay, and removing the others. A hand-over goes when there are more than
 * KEEP newer ones or when it is older than KEEP_S, whichever comes first. Whatever the rules say,
 * the newest stays; so does one whose verdict is a violation that nobody has acknowledged (report/acknowledged.h), and one
 * whose verdict cannot be read.
 */
#ifndef LUWATCH_KEEP_H
#define LUWATCH_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct lw_keep {
	uint64_t number;  /* 0: any */
	uint64_t seconds; /* 0: any */
};

enum lw_keep_reason { LW_KEPT, LW_GONE_BY_NUMBER, LW_GONE_BY_AGE };

/*
 * About ITEM, number RANK (from 0) of the list that lw_store_list() gives. NOW is wall clock, in
 * nanoseconds. Pure.
 */
enum lw_keep_reason lw_keep_decide(const struct lw_keep *rules, const json_t *item, uint64_t rank,
				   bool acknowledged, uint64_t now);

/*
 * Removes what may go from STATE, but for the hand-over KEPT (NULL: none). Before each TELL is
 * called, which stops it by something else than 0. How many were removed, or a negative errno.
 */
int64_t lw_keep_apply(const char *state, const struct lw_keep *rules, const char *kept,
		      uint64_t now,
		      int (*tell)(void *data, const json_t *item, enum lw_keep_reason reason),
		      void *data);

#endif
