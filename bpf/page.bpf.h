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

/*
 * The barrier keeps the mask: a compiler that knows how a group was found (clang 19 makes a table of it)
 * knows that it is below 64 and leaves it out, and the verifier does not know.
 */
static __always_inline u64 *lw_group_of(struct lw_page *page, u32 group)
{
	barrier_var(group);
	return &page->words[(group & (LW_PAGE_GROUPS - 1)) * LW_GROUP_WORDS];
}

static __always_inline void lw_copy_group(u64 *to, const u64 *from)
{
	u32 i;

	for (i = 0; i < LW_GROUP_WORDS; i++)
		to[i] = from[i];
}

/*
 * A bit for each group of a page that is not zero: of a copy, or where it lies. Global functions: the
 * verifier looks at them once.
 */
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

__noinline u64 lw_used_groups_at(u64 address)
{
	u64 used = 0;
	u32 group;

	/* Before 6.8 it is looked at also where nobody calls it. */
	if (!lw_words_type)
		return 0;
#pragma clang loop unroll_count(4)
	for (group = 0; group < LW_PAGE_GROUPS; group++) {
		used >>= 1;
		if (lw_any_word(lw_words_at(address)))
			used |= 1ULL << 63;
		address += LW_GROUP_WORDS * 8;
		barrier();
	}
	return used;
}

static __always_inline bool lw_unreadable(u64 address)
{
	u64 word;

	return bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
}

/*
 * Reads PAGE from ADDRESS. Returns 0, *USED then has a bit for each group that is not zero, or not 0 when
 * it cannot be read. Where words are loaded where they lie, PAGE gets those of a group when
 * lw_next_group() comes to it; and as what cannot be read is 0, only a page of zeroes may be unreadable.
 */
static __always_inline long lw_read_page(struct lw_page *page, u64 address, u64 *used)
{
	if (lw_words_type) {
		*used = lw_used_groups_at(address);
		return !*used && lw_unreadable(address);
	}
	if (bpf_probe_read_kernel(page, LW_PAGE_SIZE, (void *)address))
		return -1;
	*used = lw_used_groups(page);
	return 0;
}

/* Which power of two: the bits above the lowest one of a de Bruijn number are its place in here. */
static const u8 lw_bit_numbers[64] = {
	0,  1,	48, 2,	57, 49, 28, 3,	61, 58, 50, 42, 38, 29, 17, 4,	62, 55, 59, 36, 53, 51,
	43, 22, 45, 39, 33, 30, 24, 18, 12, 5,	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21,
	44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,	13, 8,	7,  6,
};

/*
 * Takes the lowest bit out of *BITS, which is not 0, and returns its number. A compiler that sees what this is makes
 * it a count of trailing zeroes, for which this processor has no instruction: a longer way, and clang 17 crashes.
 */
static __always_inline u32 lw_take_lowest(u64 *bits)
{
	u64 lowest = *bits & -*bits;

	barrier_var(lowest);
	*bits ^= lowest;
	return lw_bit_numbers[lowest * 0x03f79d71b4cb0a89ULL >> 58];
}

/* The groups of a page that are looked at one after the other: those not zero now, or before. */
struct groups {
	u64 address;	/* of the page, virtual */
	u64 left;	/* still to be looked at */
	u64 now, before;
	u64 digest;	/* lw_digest_of() it: of the groups of now */
	u64 state;	/* of what the groups of before hold now */
};

static __always_inline void lw_begin_groups(struct groups *g, u64 address, u64 now, u64 before)
{
	g->address = address;
	g->left = now | before;
	g->now = now;
	g->before = before;
	g->digest = LW_MIX_SEED;
	g->state = LW_MIX_SEED;
}

/* The next group of PAGE, LW_PAGE_GROUPS when there is none. */
static __always_inline u32 lw_next_group(struct groups *g, struct lw_page *page)
{
	u64 *words;
	u32 group;

	if (!g->left)
		return LW_PAGE_GROUPS;
	group = lw_take_lowest(&g->left);
	words = lw_group_of(page, group);
	if (lw_words_type)
		lw_copy_group(words, lw_words_at(g->address + group * LW_GROUP_WORDS * 8));
	if (g->now >> group & 1)
		g->digest = lw_mix_group(g->digest, group, words);
	if (g->before >> group & 1)
		g->state = lw_mix_group(g->state, group, words);
	return group;
}

#endif
