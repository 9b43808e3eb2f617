/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of a LW_REC_TABLES record: how it is packed and unpacked. In its root entry half the address
 * has bits 12-51; the others but the present bit are reserved, and hold the rest.
 */
#ifndef LUWATCH_TABLES_H
#define LUWATCH_TABLES_H

#include "luwatch/record.h"

#define LW_PACKED_ROOT		0x000ffffffffff001ULL
#define LW_PACKED_FLAGS		(LW_TABLE_SCALABLE | LW_TABLE_GONE | LW_TABLE_MOVED)
#define LW_PACKED_LATE		1	/* 3 bits */
#define LW_PACKED_COUNT		4	/* 3 bits */
#define LW_PACKED_SCALABLE	7
#define LW_PACKED_GONE		8
#define LW_PACKED_MOVED		9
#define LW_PACKED_AFTER		10
#define LW_PACKED_HALF		52	/* 9 bits: bus << 1 | half */

/* Whether TABLE can stand in a record with others. */
static inline __attribute__((always_inline)) int lw_table_packs(const struct lw_rec_table *table)
{
	return table->present <= LW_PRESENT_PACKED && !(table->flags & ~LW_PACKED_FLAGS) &&
	       !(table->root & ~LW_PACKED_ROOT) && table->phase <= 1;
}

/* Puts TABLE, whose present entries are the bytes of PRESENT, at place AT (below 4). */
static inline __attribute__((always_inline)) void
lw_pack_table(struct lw_rec_tables *to, __u32 at, const struct lw_rec_table *table, __u32 present)
{
	__u64 root = table->root;

	root |= (table->late & 7) << LW_PACKED_LATE | (__u64)table->present << LW_PACKED_COUNT;
	root |= (__u64)!!(table->flags & LW_TABLE_SCALABLE) << LW_PACKED_SCALABLE;
	root |= (__u64)!!(table->flags & LW_TABLE_GONE) << LW_PACKED_GONE;
	root |= (__u64)!!(table->flags & LW_TABLE_MOVED) << LW_PACKED_MOVED;
	root |= (__u64)table->phase << LW_PACKED_AFTER;
	root |= (__u64)(table->bus << 1 | table->half) << LW_PACKED_HALF;
	at &= LW_TABLES_PACKED - 1;
	to->root[at] = root;
	to->digest_low[at] = table->digest;
	to->digest_high[at] = table->digest >> 32;
	to->present[at][0] = present;
	to->present[at][1] = present >> 8;
	to->present[at][2] = present >> 16;
	to->present[at][3] = present >> 24;
}

/* The table at place AT (below 4). Returns 0 when there is none, or nonsense. */
static inline int lw_unpack_table(const struct lw_rec_tables *from, __u32 at,
				  struct lw_rec_table *table)
{
	__u64 root = from->root[at];
	__u32 i;

	*table = (struct lw_rec_table){
		.phase = root >> LW_PACKED_AFTER & 1,
		.bus = root >> (LW_PACKED_HALF + 1) & 0xff,
		.half = root >> LW_PACKED_HALF & 1,
		.present = root >> LW_PACKED_COUNT & 7,
		.root = root & LW_PACKED_ROOT,
		.digest = (__u64)from->digest_high[at] << 32 | from->digest_low[at],
		.late = root >> LW_PACKED_LATE & 7,
	};
	table->flags |= root >> LW_PACKED_SCALABLE & 1 ? LW_TABLE_SCALABLE : 0;
	table->flags |= root >> LW_PACKED_GONE & 1 ? LW_TABLE_GONE : 0;
	table->flags |= root >> LW_PACKED_MOVED & 1 ? LW_TABLE_MOVED : 0;
	if (!root || table->present > LW_PRESENT_PACKED)
		return 0;
	for (i = 0; i < table->present; i++)
		table->bits[from->present[at][i] >> 6] |= 1ULL << (from->present[at][i] & 63);
	return 1;
}

#endif
