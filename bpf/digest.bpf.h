/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tables hold at a global invalidation: if they hold something else in the end, something
 * was written after it. That needs no hook on the writes themselves. Only groups that were not zero at
 * the walk before are looked at: nothing else can be in a cache.
 */
#ifndef LUWATCH_DIGEST_BPF_H
#define LUWATCH_DIGEST_BPF_H

#include "walk_state.bpf.h"

struct look {
	u64 address;	/* of the page, virtual */
	u64 groups;	/* still to be looked at */
	u64 state;
};

static long lw_look_group(u32 number, struct look *look)
{
	u64 words[LW_GROUP_WORDS], address;
	u32 group;

	if (!look->groups)
		return 1;
	group = lw_take_lowest(&look->groups);
	address = look->address + group * sizeof(words);
	if (lw_words_type)
		lw_copy_group(words, lw_words_at(address));
	else
		bpf_probe_read_kernel(words, sizeof(words), (void *)address);
	look->state = lw_mix_group(look->state, group, words);
	return 0;
}

/* Whether GROUPS of a page, which held *STATE, hold something else now; that is *STATE then. */
static __always_inline bool lw_has_changed(u64 address, u64 groups, u64 *state)
{
	struct look look = { .address = address, .groups = groups, .state = LW_MIX_SEED };

	bpf_loop(LW_PAGE_GROUPS, lw_look_group, &look, 0);
	if (look.state == *state || lw_unreadable(address))
		return 0;
	*state = look.state;
	return 1;
}

struct looking {
	u32 unit;
	u32 pad;
	u64 page_offset;
};

static long lw_look_half(u32 number, struct looking *l)
{
	struct lw_unit_scratch *u = lw_get_unit(l->unit);
	u32 half;

	if (!u)
		return 1;
	half = u->halves[number & 511] & 511;
	if (lw_has_changed(l->page_offset + (u->root[half] & VTD_ADDRESS), u->groups[half],
			   &u->state[half]))
		u->changed[half] = u->looks;
	return 0;
}

/* A global invalidation of this KIND: what the unit's root table and its context tables hold now. */
static __noinline int lw_look_at_tables(u32 unit, u32 kind)
{
	struct looking l = { .unit = unit, .page_offset = lw_page_offset() };
	struct lw_unit_scratch *u = lw_get_unit(unit);

	if (!u || kind > 2 || !u->readable)
		return 0;
	u->looks++;
	u->look_of[kind] = u->looks;
	if (lw_has_changed(l.page_offset + (u->rtaddr & VTD_ADDRESS), u->root_groups, &u->root_state))
		u->root_changed = u->looks;
	bpf_loop(u->half_count, lw_look_half, &l, 0);
	return 0;
}

/*
 * LW_LATE_*: after which last global invalidations something was written. STATE: what is held in the
 * end; THEN: what was at the last look that differed, number CHANGED.
 */
static __always_inline u64 lw_late(const struct lw_unit_scratch *u, u64 state, u64 then, u32 changed)
{
	u64 late = 0;

	if (state != then)
		changed = ~0U;
	if (u->look_of[0] && changed > u->look_of[0])
		late |= LW_LATE_CONTEXT;
	if (u->look_of[1] && changed > u->look_of[1])
		late |= LW_LATE_IOTLB;
	if (u->look_of[2] && changed > u->look_of[2])
		late |= LW_LATE_PASID;
	return late;
}

#endif
