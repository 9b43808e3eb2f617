/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking for a place in what is sorted. */
#ifndef LUWATCH_SEARCH_H
#define LUWATCH_SEARCH_H

#include <stddef.h>

/*
 * The first of COUNT places AT (a new variable's name) for which IS_BEFORE, an expression of AT, does not
 * hold; COUNT when it holds for all. It must hold for all places before any for which it does not.
 *
 *	at = lw_first_place(set->count, i, set->rids[i] < rid);
 */
#define lw_first_place(count, at, is_before)                             \
	({                                                               \
		size_t low_ = 0, high_ = (count);                        \
		while (low_ < high_) {                                   \
			const size_t at = low_ + (high_ - low_) / 2;     \
			if (is_before)                                   \
				low_ = at + 1;                           \
			else                                             \
				high_ = at;                              \
		}                                                        \
		low_;                                                    \
	})

#endif
