/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of tables, looked at by groups of eight words: nearly all are zero, and the shutdown waits for
 * everything that is done with those.
 */
#ifndef LUWATCH_PAGE_BPF_H
#define LUWATCH_PAGE_BPF_H

#include "memory.bpf.h"

struct lw_page {
	u64 words[LW_PAGE_SIZE / 8];
};

/* A bit for each group of PAGE that is not zero. A global function: the verifier looks at it once. */
__noinline u64 lw_used_groups(struct lw_page *page)
{
	u64 used = 0;
	u32 group;

	if (!page)
		return 0;
#pragma clang loop unroll(full)
	for (group = 0; group < LW_PAGE_GROUPS; group++) {
		/* The first one ends up in the lowest bit, without 64 constants on the stack. */
		used >>= 1;
		if (lw_any_word(&page->words[group * LW_GROUP_WORDS]))
			used |= 1ULL << 63;
		barrier();
	}
	return used;
}

/* Which power of two: the bits above the lowest one of a de Bruijn number are its place in here. */
static const u8 lw_bit_numbers[64] = {
	0,  1,	48, 2,	57, 49, 28, 3,	61, 58, 50, 42, 38, 29, 17, 4,	62, 55, 59, 36, 53, 51,
	43, 22, 45, 39, 33, 30, 24, 18, 12, 5,	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21,
	44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,	13, 8,	7,  6,
};

/* Takes the lowest bit out of *BITS, which is not 0, and returns its number. */
static __always_inline u32 lw_take_lowest(u64 *bits)
{
	u64 lowest = *bits & -*bits;

	*bits ^= lowest;
	return lw_bit_numbers[lowest * 0x03f79d71b4cb0a89ULL >> 58];
}

/* The groups of a page that are looked at one after the other: those not zero now, or before. */
struct groups {
	u64 left;	/* still to be looked at */
	u64 now, before;
	u64 digest;	/* lw_digest_of() it: of the groups of now */
	u64 state;	/* of what the groups of before hold now */
};

static __always_inline void lw_begin_groups(struct groups *g, u64 now, u64 before)
{
	g->left = now | before;
	g->now = now;
	g->before = before;
	g->digest = LW_MIX_SEED;
	g->state = LW_MIX_SEED;
}

/* The next group of PAGE, LW_PAGE_GROUPS when there is none. */
static __always_inline u32 lw_next_group(struct groups *g, const struct lw_page *page)
{
	const u64 *words;
	u32 group;

	if (!g->left)
		return LW_PAGE_GROUPS;
	group = lw_take_lowest(&g->left) & (LW_PAGE_GROUPS - 1);
	words = &page->words[group * LW_GROUP_WORDS];
	if (g->now >> group & 1)
		g->digest = lw_mix_group(g->digest, group, words);
	if (g->before >> group & 1)
		g->state = lw_mix_group(g->state, group, words);
	return group;
}

#endif
