/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record as text: a trace buffer costs the blackout some 45 instructions for each character, so it has
 * few. LW_DENSE_PREFIX in place of the magic, eight characters for the rest of the first word and which of the
 * fifteen others are not zero, eleven for each of those. A character is six bits, the lowest first, in
 * the order "./0-9A-Za-z", which no shell, log or mail needs to escape.
 */
#ifndef LUWATCH_TEXT_H
#define LUWATCH_TEXT_H

#include "luwatch/record.h"

#define LW_DENSE_PREFIX		"LWR1."
#define LW_DENSE_PREFIX_LEN	5
#define LW_DENSE_HEAD_LEN	8	/* bits 31:0 version and type; 32 word 1, 33 word 2, … */
#define LW_DENSE_WORD_LEN	11
/* Of the longest one. */
#define LW_DENSE_LEN		(LW_DENSE_PREFIX_LEN + LW_DENSE_HEAD_LEN + \
				 (LW_RECORD_WORDS - 1) * LW_DENSE_WORD_LEN)

/* The lowest 48 bits of BITS as eight characters, the first in the lowest byte, without a branch. */
static inline __attribute__((always_inline)) __u64 lw_dense_chars(__u64 bits)
{
	__u64 x = (bits & 0xffffff) | (bits & 0xffffff000000ULL) << 8, letters, small;

	x = (x & 0x00000fff00000fffULL) | (x & 0x00fff00000fff000ULL) << 4;
	x = (x & 0x003f003f003f003fULL) | (x & 0x0fc00fc00fc00fc0ULL) << 2;
	/* From 12 on capital letters, seven beyond "9", from 38 on small ones, six beyond "Z". */
	letters = (x + 0x7474747474747474ULL) >> 7 & 0x0101010101010101ULL;
	small = (x + 0x5a5a5a5a5a5a5a5aULL) >> 7 & 0x0101010101010101ULL;
	return x + 0x2e2e2e2e2e2e2e2eULL + letters * 7 + small * 6;
}

#endif
