/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others on this machine tell of the kernels before this one, held against a hand-over that may
 * have begun this boot. Pure.
 */
#ifndef LUWATCH_WITNESS_H
#define LUWATCH_WITNESS_H

#include "collect/facts.h"

#define LW_EARLIER_MAX 16 /* of one teller */

struct lw_earlier_list {
	struct lw_earlier rows[LW_TELLERS * LW_EARLIER_MAX];
	size_t count;
};

/* Adds the kernel, or moves it to the end of its teller's rows. Beyond the room the oldest goes. */
void lw_earlier_add(struct lw_earlier_list *list, struct lw_earlier row);

/* The word for a teller in evidence.json. */
const char *lw_teller_name(enum lw_teller teller);

/* Cycles of the counter in nanoseconds. HZ is not 0. */
int64_t lw_cycles_to_ns(int64_t cycles, uint64_t hz);

/* A static string: who tells that C did not begin this boot; NULL when nobody does. */
const char *lw_told_against(const struct lw_boot_facts *f, const struct lw_candidate *c);

/* Whether anybody knows a kernel that ran since the machine was switched on, other than a loader. */
bool lw_told_of_kernel(const struct lw_boot_facts *f);

#endif
