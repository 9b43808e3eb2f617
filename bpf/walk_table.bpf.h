/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Context tables: the entries of each, then its present bits and its digest as a record, or a part of
 * one.
 */
#ifndef LUWATCH_WALK_TABLE_BPF_H
#define LUWATCH_WALK_TABLE_BPF_H

#include "digest.bpf.h"
#include "luwatch/tables.h"
#include "walk_entry.bpf.h"

/* The tables that wait for others of the unit to share a record. */
static __always_inline void lw_emit_packed(struct walk *w)
{
	if (!w->packed_count)
		return;
	w->packed.type = LW_REC_TABLES;
	w->packed.unit = w->unit;
	lw_emit(&w->packed);
	__builtin_memset(&w->packed.tables, 0, sizeof(w->packed.tables));
	w->packed_count = 0;
}

static __noinline int lw_carry_table(void)
{
	struct walk *w = lw_get_walk();
	struct lw_record *r;

	if (!w)
		return 0;
	if (lw_table_packs(&w->sums)) {
		lw_pack_table(&w->packed.tables, w->packed_count, &w->sums, w->present);
		if (++w->packed_count >= LW_TABLES_PACKED)
			lw_emit_packed(w);
		return 0;
	}
	r = lw_new_record(w, LW_REC_TABLE);
	r->table = w->sums;
	lw_emit(r);
	return 0;
}

/* Notes the present bit of entry INDEX. */
static __always_inline void lw_note_present(struct walk *w, u32 index)
{
	if (w->sums.present < LW_PRESENT_PACKED)
		w->present |= (index & 0xff) << w->sums.present * 8;
	w->sums.present++;
	w->sums.bits[index >> 6 & 3] |= 1ULL << (index & 63);
}

/* What the group was: nothing, where it was all zero. In the walk before: what it is. */
static __always_inline void lw_find_was(struct walk *w, u32 group)
{
	struct lw_page *copy = w->copy == ~0U ? NULL : lw_get_copy(w->copy);
	u64 *words = copy ? lw_group_of(copy, group) : NULL;

	if (words && w->phase == LW_BEFORE)
		lw_copy_group(words, lw_group_of(&w->table, group));
	if (words && w->phase == LW_AFTER && w->groups.before >> group & 1)
		lw_copy_group(w->was, words);
	else
		__builtin_memset(w->was, 0, sizeof(w->was));
}

/* Four entries of legacy mode or two of scalable mode. */
static long lw_walk_group(u32 number, void *unused)
{
	struct walk *w = lw_get_walk();
	u32 group, i, index;
	const u64 *now;

	if (!w)
		return 1;
	group = lw_next_group(&w->groups, &w->table);
	if (group == LW_PAGE_GROUPS)
		return 1;
	lw_find_was(w, group);
	now = lw_group_of(&w->table, group);
	for (i = 0; i < LW_GROUP_WORDS; i += 2) {
		if (w->scalable && (i & 2))
			continue;
		index = (group * LW_GROUP_WORDS + i) >> (w->scalable ? 2 : 1);
		if (now[i] & VTD_PRESENT)
			lw_note_present(w, index);
		if (w->entries && (now[i] | now[i + 1] | w->was[i] | w->was[i + 1]))
			lw_look_at_entry(index);
	}
	return 0;
}

/* Where the table before is, or is to be. */
static __always_inline void lw_choose_copy(struct walk *w, struct lw_unit_scratch *u, u32 half, u64 was)
{
	w->copy = ~0U;
	if (w->phase == LW_BEFORE) {
		if (lw_get_copy(w->copies)) {
			w->copy = w->copies++;
		} else {
			w->sum.no_copy++;
			w->sums.flags |= LW_TABLE_NO_COPY;
		}
		u->copy[half] = w->copy + 1;
	} else if (was & VTD_PRESENT) {
		w->copy = u->copy[half] - 1;
		if (w->copy == ~0U)
			w->sums.flags |= LW_TABLE_NO_COPY;
	}
}

/* The root entry half before, 0 when there was none. */
static __always_inline u64 lw_root_before(const struct walk *w, const struct lw_unit_scratch *u, u32 half)
{
	if (w->phase == LW_BEFORE || !u->readable || !(u->root_groups >> (half / LW_GROUP_WORDS) & 1))
		return 0;
	return u->root[half & 511];
}

/* For the walk after, and for the invalidations before it. */
static __always_inline void lw_keep_table(struct lw_unit_scratch *u, u32 half, u64 groups)
{
	u32 bus = half >> 1;

	u->halves[u->half_count++ & 511] = half;
	u->groups[half] = groups;
	u->state[half] = LW_MIX_SEED;
	u->changed[half] = 0;
	__builtin_memset(u->visited[0][bus & 0xff], 0, sizeof(u->visited[0][0]));
	__builtin_memset(u->visited[1][bus & 0xff], 0, sizeof(u->visited[1][0]));
}

/*
 * One root entry half: reads its context table, looks at what is in it and carries the present bits.
 * Walk after: also for a half that was present before and is not any more.
 */
static long lw_walk_half(u32 number, void *unused)
{
	struct walk *w = lw_get_walk();
	struct lw_unit_scratch *u;
	struct lw_rec_table *t;
	u64 root, was, groups, address;
	u32 half;

	if (!w)
		return 1;
	u = lw_get_unit(w->unit);
	if (!u)
		return 1;
	half = w->halves[number & 511] & 511;
	root = w->root.words[half];
	was = lw_root_before(w, u, half);
	t = &w->sums;
	__builtin_memset(t, 0, sizeof(*t));
	t->phase = w->phase;
	t->bus = half >> 1;
	t->half = half & 1;
	t->root = root;
	t->flags = w->scalable ? LW_TABLE_SCALABLE : 0;
	if (!(root & VTD_PRESENT))
		t->flags |= LW_TABLE_GONE;
	else if ((was & VTD_PRESENT) && ((root ^ was) & VTD_ADDRESS))
		t->flags |= LW_TABLE_MOVED;
	w->half = half;
	w->address = (root & VTD_PRESENT ? root : was) & VTD_ADDRESS;
	w->present = 0;
	w->sum.tables++;
	lw_choose_copy(w, u, half, was);
	if (w->phase == LW_BEFORE)
		lw_keep_table(u, half, 0);

	address = w->page_offset + w->address;
	if (lw_read_page(&w->table, address, &groups)) {
		t->flags |= LW_TABLE_UNREADABLE;
		w->sum.unreadable++;
		lw_carry_table();
		return 0;
	}
	if (w->phase == LW_BEFORE) {
		u->groups[half] = groups;
		w->entries = w->copy != ~0U;
		lw_begin_groups(&w->groups, address, groups, 0);
	} else {
		w->entries = w->compare && w->copy != ~0U && !(t->flags & LW_TABLE_GONE);
		lw_begin_groups(&w->groups, address, groups, was & VTD_PRESENT ? u->groups[half] : 0);
	}
	bpf_loop(LW_PAGE_GROUPS, lw_walk_group, NULL, 0);
	t->digest = lw_digest_of(w->groups.digest);
	w->sum.present += t->present;
	if (w->phase == LW_BEFORE)
		u->state[half] = w->groups.digest;
	else if (was & VTD_PRESENT)
		t->late = lw_late(u, w->groups.state, u->state[half], u->changed[half]);
	else
		t->late = lw_late(u, 0, 0, ~0U);
	lw_carry_table();
	return 0;
}

#endif
