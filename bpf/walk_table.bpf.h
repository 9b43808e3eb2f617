/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Root and context tables: one record each with the present bits and the digest, then their entries.
 */
#ifndef LUWATCH_WALK_TABLE_BPF_H
#define LUWATCH_WALK_TABLE_BPF_H

#include "walk_entry.bpf.h"

static __always_inline u32 lw_popcount(u64 x)
{
	x = x - (x >> 1 & 0x5555555555555555ULL);
	x = (x & 0x3333333333333333ULL) + (x >> 2 & 0x3333333333333333ULL);
	return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL) * 0x0101010101010101ULL >> 56;
}

/* Present bits, their number and the digest of a context table. */
static __always_inline void lw_sum_table(struct lw_rec_table *t, const u64 *words, u32 scalable)
{
	u64 bits;
	int i, j;

	t->digest = lw_digest(words);
	for (i = 0; i < 4; i++) {
		bits = 0;
		if (!scalable) {
			for (j = 0; j < 64; j++)
				bits |= (words[(i * 64 + j) * 2] & 1) << j;
		} else if (i < 2) {
			for (j = 0; j < 64; j++)
				bits |= (words[(i * 64 + j) * 4] & 1) << j;
		}
		t->bits[i] = bits;
		t->present += lw_popcount(bits);
	}
}

/* LW_LATE_*: at which last global invalidations the table had another digest. */
static __always_inline u64 lw_late(const struct lw_unit_scratch *u, u32 half, u64 digest)
{
	u64 late = 0;

	half &= 511;
	if (u->digests[0][half] != digest)
		late |= LW_LATE_CONTEXT;
	if (u->digests[1][half] != digest)
		late |= LW_LATE_IOTLB;
	if (u->digests[2][half] != digest)
		late |= LW_LATE_PASID;
	return late & u->invalidated;
}

/* The root table as a whole. */
static __always_inline void lw_carry_root(struct walk *w, const struct lw_unit_scratch *u, u64 rtaddr)
{
	struct lw_record *r = lw_new_record(w, LW_REC_ROOT);

	r->root.phase = w->phase;
	r->root.rtaddr = rtaddr;
	r->root.digest = lw_digest(w->root);
	if (w->phase == LW_AFTER) {
		if (u->root_digests[0] != r->root.digest)
			r->root.late |= LW_LATE_CONTEXT;
		if (u->root_digests[1] != r->root.digest)
			r->root.late |= LW_LATE_IOTLB;
		if (u->root_digests[2] != r->root.digest)
			r->root.late |= LW_LATE_PASID;
		r->root.late &= u->invalidated;
	}
	lw_emit(r);
}

/*
 * One root entry half: reads its context table, carries the present bits and has the entries
 * compared. Walk after: also for a half that was present before and is not any more.
 */
static long lw_walk_half(u32 half, void *unused)
{
	struct walk *w = lw_get_walk();
	struct lw_unit_scratch *u;
	struct table_copy *copy;
	struct lw_record *r;
	u64 root, was = 0;
	u64 *words;
	u8 flags = 0;

	half &= 511;
	if (!w)
		return 1;
	u = lw_get_unit(w->unit);
	if (!u)
		return 1;
	if (!w->scalable && (half & 1))
		return 0;
	root = w->root[half];
	if (w->phase == LW_AFTER) {
		was = u->readable ? u->root[half] : 0;
		if (!(root & VTD_PRESENT) && (was & VTD_PRESENT)) {
			flags |= LW_TABLE_GONE;
		} else if ((root & VTD_PRESENT) && (was & VTD_PRESENT) &&
			   ((root ^ was) & VTD_ADDRESS)) {
			flags |= LW_TABLE_MOVED;
		}
	}
	if (!(root & VTD_PRESENT) && !(flags & LW_TABLE_GONE))
		return 0;
	if (w->scalable)
		flags |= LW_TABLE_SCALABLE;
	w->half = half;
	w->address = (flags & LW_TABLE_GONE ? was : root) & VTD_ADDRESS;
	w->sum.tables++;

	words = w->table;
	w->copy = ~0U;
	if (w->phase == LW_BEFORE) {
		copy = lw_get_copy(w->copies);
		if (copy) {
			w->copy = w->copies++;
			words = copy->words;
		} else {
			w->sum.no_copy++;
			flags |= LW_TABLE_NO_COPY;
		}
		u->copy[half] = w->copy + 1;
	} else if (u->copy[half]) {
		w->copy = u->copy[half] - 1;
	} else if (was & VTD_PRESENT) {
		flags |= LW_TABLE_NO_COPY;
	}

	r = lw_new_record(w, LW_REC_TABLE);
	r->table.phase = w->phase;
	r->table.bus = half >> 1;
	r->table.half = half & 1;
	r->table.root = root;
	if (bpf_probe_read_kernel(words, LW_PAGE_SIZE, (void *)(w->page_offset + w->address))) {
		r->table.flags = flags | LW_TABLE_UNREADABLE;
		w->sum.unreadable++;
		lw_emit(r);
		return 0;
	}
	lw_sum_table(&r->table, words, w->scalable);
	r->table.flags = flags;
	if (w->phase == LW_AFTER)
		r->table.late = lw_late(u, half, r->table.digest);
	w->sum.present += r->table.present;
	w->changed = 0;
	lw_emit(r);
	if (w->phase == LW_BEFORE)
		bpf_loop(w->scalable ? 128 : 256, lw_carry_preserved, NULL, 0);
	else if (w->compare && w->copy != ~0U && !(flags & LW_TABLE_GONE))
		bpf_loop(w->scalable ? 128 : 256, lw_compare_entry, NULL, 0);
	return 0;
}

#endif
