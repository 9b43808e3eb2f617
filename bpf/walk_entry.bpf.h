/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Context entries: which are carried in full, and what a preserved one of scalable mode points to.
 */
#ifndef LUWATCH_WALK_ENTRY_BPF_H
#define LUWATCH_WALK_ENTRY_BPF_H

#include "walk_state.bpf.h"

/* Whether the clearing function's callbacks were given the requester ID. */
static __always_inline u8 lw_visited(const struct walk *w, u64 rid)
{
	struct lw_unit_scratch *u = lw_get_unit(w->unit);
	u32 bus = LW_RID_BUS(rid), devfn = LW_RID_DEVFN(rid);
	u8 visited = 0;

	if (!u)
		return 0;
	if (u->visited[0][bus][devfn >> 6] >> (devfn & 63) & 1)
		visited |= LW_VISITED_DEVICE;
	if (u->visited[1][bus][devfn >> 6] >> (devfn & 63) & 1)
		visited |= LW_VISITED_ALIAS;
	return visited;
}

/* One context entry in full: WORDS, of which legacy mode has two. */
static __always_inline void lw_emit_entry(struct walk *w, const u64 *words, u64 rid, u8 phase, u8 why)
{
	struct lw_record *r;

	if (!w->quota) {
		w->sum.entries_dropped++;
		return;
	}
	w->quota--;
	r = lw_new_record(w, LW_REC_ENTRY);
	r->entry.rid = rid;
	r->entry.phase = phase;
	r->entry.why = why;
	r->entry.visited = phase == LW_AFTER ? lw_visited(w, rid) : 0;
	r->entry.table = w->address;
	r->entry.words[0] = words[0];
	r->entry.words[1] = words[1];
	if (w->scalable) {
		r->entry.words[2] = words[2];
		r->entry.words[3] = words[3];
	}
	lw_emit(r);
}

static long lw_digest_group(u32 number, struct groups *g)
{
	struct walk *w = lw_get_walk();

	return !w || lw_next_group(g, &w->page) == LW_PAGE_GROUPS;
}

/* The digest of a page of a PASID directory or table, 0 when it cannot be read. */
static __always_inline u64 lw_digest_page(struct walk *w, u64 address)
{
	struct groups g;
	u64 used;

	address += w->page_offset;
	if (lw_read_page(&w->page, address, &used))
		return 0;
	lw_begin_groups(&g, address, used, 0);
	bpf_loop(LW_PAGE_GROUPS, lw_digest_group, &g, 0);
	return lw_digest_of(g.digest);
}

/*
 * What a preserved scalable-mode entry points to (VT-d specification 9.4-9.6): the PASID directory,
 * the table that RID_PASID is in, and the entry of RID_PASID itself.
 */
static __noinline int lw_carry_pasid(u64 rid, u64 lo, u64 hi)
{
	u64 directory = VTD_SM_CONTEXT_PASID_DIR(lo), table = 0, entry = 0;
	u32 pasid = VTD_SM_CONTEXT_RID_PASID(hi);
	u64 digest, table_digest = 0;
	struct walk *w = lw_get_walk();
	struct lw_record *r;

	if (!w || !(lo & VTD_PRESENT))
		return 0;
	digest = lw_digest_page(w, directory);
	if (digest)
		bpf_probe_read_kernel(&entry, sizeof(entry),
				      (void *)(w->page_offset + directory + (pasid >> 6) * 8));
	if (entry & VTD_PRESENT)
		table = entry & VTD_ADDRESS;
	if (table)
		table_digest = lw_digest_page(w, table);
	r = lw_new_record(w, LW_REC_PASID_TABLE);
	r->pasid_table.rid = rid;
	r->pasid_table.phase = w->phase;
	r->pasid_table.directory = directory;
	r->pasid_table.directory_digest = digest;
	r->pasid_table.table = table;
	r->pasid_table.table_digest = table_digest;
	lw_emit(r);
	if (!table)
		return 0;
	r = lw_new_record(w, LW_REC_PASID_ENTRY);
	r->pasid.rid_pasid = rid << 20 | pasid;
	bpf_probe_read_kernel(r->pasid.words, 7 * 8, (void *)(w->page_offset + table + (pasid & 63) * 64));
	r->pasid.words[7] = w->phase == LW_AFTER ? 1ULL << 63 : 0;
	lw_emit(r);
	return 0;
}

/* The walk after, of an entry that is not preserved: why it is carried, 0 when nothing is odd. */
static __always_inline u8 lw_why(const struct walk *w, const u64 *was, const u64 *now)
{
	u64 differs = (was[0] ^ now[0]) | (was[1] ^ now[1]);

	if (w->scalable)
		differs |= (was[2] ^ now[2]) | (was[3] ^ now[3]);
	if (now[0] & VTD_PRESENT)
		return !(was[0] & VTD_PRESENT) ? LW_ENTRY_APPEARED :
		       differs		       ? LW_ENTRY_CHANGED :
						 LW_ENTRY_STAYED;
	if ((was[0] & VTD_PRESENT) && (now[0] | now[1]))
		return LW_ENTRY_RESIDUE;
	return 0;
}

/* The cleared entries that wait for others of the unit to share a record. */
static __noinline int lw_emit_cleared(void)
{
	struct walk *w = lw_get_walk();

	if (!w || !w->cleared.cleared.count)
		return 0;
	w->cleared.type = LW_REC_CLEARED;
	w->cleared.unit = w->unit;
	lw_emit(&w->cleared);
	__builtin_memset(&w->cleared.cleared, 0, sizeof(w->cleared.cleared));
	return 0;
}

static __always_inline void lw_carry_domain(struct walk *w, u64 rid, u64 hi)
{
	u32 place = w->cleared.cleared.count & (LW_CLEARED - 1);

	w->cleared.cleared.source_id[place] = LW_RID_SOURCE_ID(rid);
	w->cleared.cleared.domain[place] = VTD_CONTEXT_DOMAIN_ID(hi);
	w->cleared.cleared.count = place + 1;
	if (place + 1 == LW_CLEARED)
		lw_emit_cleared();
}

/*
 * One entry of the group under way, number INDEX of its table, that is not zero now or before. A global
 * function: the verifier looks at it once and not in each place of a group.
 */
__noinline int lw_look_at_entry(u32 index)
{
	struct walk *w = lw_get_walk();
	const u64 *now, *was;
	u64 rid;
	u32 at;
	u8 why;

	if (!w)
		return 0;
	at = w->scalable ? (index & 0x7f) * 4 : (index & 0xff) * 2;
	now = &w->table.words[at];
	was = &w->was[at & (LW_GROUP_WORDS - 1)];
	rid = lw_entry_rid(w, index);
	if (bpf_map_lookup_elem(&preserved, &rid)) {
		lw_emit_entry(w, now, rid, w->phase, LW_ENTRY_PRESERVED);
		if (w->scalable)
			lw_carry_pasid(rid, now[0], now[1]);
		return 0;
	}
	if (w->domains && (was[0] & VTD_PRESENT) && !(now[0] & VTD_PRESENT))
		lw_carry_domain(w, rid, was[1]);
	why = w->phase == LW_AFTER ? lw_why(w, was, now) : 0;
	if (!why)
		return 0;
	if (was[0] | was[1])
		lw_emit_entry(w, was, rid, LW_BEFORE, why);
	lw_emit_entry(w, now, rid, LW_AFTER, why);
	return 0;
}

#endif
