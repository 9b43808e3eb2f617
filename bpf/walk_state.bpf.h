/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk's scratch space. Both walks run on one CPU with interrupts off and no other CPU alive, so
 * these maps need no locks.
 */
#ifndef LUWATCH_WALK_STATE_BPF_H
#define LUWATCH_WALK_STATE_BPF_H

#include "emit.bpf.h"
#include "page.bpf.h"

/* Tables as they were before; the agent sizes it by what is populated, with room to grow. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct lw_page);
} copies SEC(".maps");

struct walk {
	struct lw_record record;	/* being built: too large for stacks this deep */
	struct lw_record packed;	/* tables that share a record */
	struct lw_record cleared;	/* entries that do, with their domains */
	u64 page_offset;
	u64 next_drhd;			/* struct list_head * */
	struct lw_page root;		/* root table now */
	struct lw_page table;		/* context table now */
	struct lw_page page;		/* a PASID directory or table */
	struct lw_rec_walk sum;
	u32 phase;
	u32 unit;
	u32 scalable;
	u32 half;			/* index of the root entry half being looked at */
	u32 copies;			/* used */
	u32 compare;			/* the unit's entries are to be compared */
	u32 entries;			/* ... or carried, those of this table */
	u32 domains;			/* the unit's cleared entries are to be carried with theirs */
	u32 copy;			/* index in "copies" of the table before */
	u32 quota;			/* LW_REC_ENTRY records still allowed */
	u32 segment;
	u32 packed_count;		/* tables in .packed */
	u32 present;			/* the first present entries of this table, a byte each */
	u32 half_count;
	u16 halves[512];		/* root entry halves to look at: present now or before */
	struct groups groups;		/* of the root or context table being looked at */
	u64 was[LW_GROUP_WORDS];	/* the group under way, before */
	u64 address;			/* of the context table being looked at */
	struct lw_rec_table sums;	/* of that table */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct walk);
} walks SEC(".maps");

static __always_inline struct walk *lw_get_walk(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&walks, &zero);
}

static __always_inline struct lw_unit_scratch *lw_get_unit(u32 unit)
{
	return bpf_map_lookup_elem(&units, &unit);
}

static __always_inline struct lw_page *lw_get_copy(u32 copy)
{
	return bpf_map_lookup_elem(&copies, &copy);
}

/* An empty record of this type about the unit under way. */
static __always_inline struct lw_record *lw_new_record(struct walk *w, u16 type)
{
	__builtin_memset(&w->record, 0, sizeof(w->record));
	w->record.type = type;
	w->record.unit = w->unit;
	return &w->record;
}

static __always_inline u64 lw_entry_rid(const struct walk *w, u32 index)
{
	u32 bus = w->half >> 1 & 0xff;
	u32 devfn = w->scalable ? (w->half & 1) << 7 | (index & 0x7f) : index & 0xff;

	return LW_RID(w->segment, bus, devfn);
}

#endif
