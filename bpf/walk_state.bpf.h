/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk's scratch space. Both walks run on one CPU with interrupts off and no other CPU alive, so
 * these maps need no locks.
 */
#ifndef LUWATCH_WALK_STATE_BPF_H
#define LUWATCH_WALK_STATE_BPF_H

#include "emit.bpf.h"

struct table_copy {
	u64 words[512];
};

/* Tables as they were before; the agent sizes it by what is populated, with room to grow. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct table_copy);
} copies SEC(".maps");

struct visited_bits {
	u64 bits[256][4];
};

struct walk {
	struct lw_record record;	/* being built: too large for stacks this deep */
	u64 page_offset;
	u64 next_drhd;			/* struct list_head * */
	u64 root[512];			/* root table now */
	u64 table[512];			/* context table now */
	u64 page[512];			/* a PASID directory or table, or a table to be digested */
	struct lw_rec_walk sum;
	u32 phase;
	u32 unit;
	u32 scalable;
	u32 half;			/* index of the root entry half being looked at */
	u32 copies;			/* used */
	u32 compare;			/* entries of the table are to be compared */
	u32 copy;			/* index in "copies" of the table before */
	u32 quota;			/* LW_REC_ENTRY records still allowed */
	u32 changed;
	u32 segment;
	u64 address;			/* of the context table being looked at */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct walk);
} walks SEC(".maps");

/* Never written: where zeros are copied from, because the compiler's memset() is no BPF. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct visited_bits);
} zeros SEC(".maps");

static __always_inline void lw_zero(void *to, u32 size)
{
	u32 key = 0;
	void *from = bpf_map_lookup_elem(&zeros, &key);

	if (from)
		bpf_probe_read_kernel(to, size, from);
}

static __always_inline struct walk *lw_get_walk(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&walks, &zero);
}

static __always_inline struct lw_unit_scratch *lw_get_unit(u32 unit)
{
	return bpf_map_lookup_elem(&units, &unit);
}

static __always_inline struct table_copy *lw_get_copy(u32 copy)
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
