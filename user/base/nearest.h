/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name that somebody meant who mistyped one. Pure. */
#ifndef LUWATCH_NEAREST_H
#define LUWATCH_NEAREST_H

struct lw_nearest {
	const char *typed;
	const char *best;      /* of those offered; NULL while none is near enough to be meant */
	unsigned int distance; /* of the best */
};

/*
 * Offers CANDIDATE, which must outlive NEAREST. Near is one letter added, left out, changed or swapped
 * with its neighbour; two in a word of more than five.
 */
void lw_nearest_offer(struct lw_nearest *nearest, const char *candidate);

#endif
