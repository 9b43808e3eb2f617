/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Context entries: which are carried in full, and what a preserved one of scalable mode points to.
 */
#ifndef LUWATCH_WALK_ENTRY_BPF_H
#define LUWATCH_WALK_ENTRY_BPF_H

#include "walk_state.bpf.h"

/* One context entry in full. WORDS is the table it stands in. */
static __always_inline void lw_emit_entry(struct walk *w, const u64 *words, u32 index, u8 phase,
					  u8 why)
{
	struct lw_record *r;
	u32 at;

	if (!w->quota) {
		w->sum.entries_dropped++;
		return;
	}
	w->quota--;
	r = lw_new_record(w, LW_REC_ENTRY);
	r->entry.rid = lw_entry_rid(w, index);
	r->entry.phase = phase;
	r->entry.why = why;
	r->entry.table = w->address;
	if (w->scalable) {
		at = (index & 0x7f) * 4;
		r->entry.words[0] = words[at & 511];
		r->entry.words[1] = words[(at + 1) & 511];
		r->entry.words[2] = words[(at + 2) & 511];
		r->entry.words[3] = words[(at + 3) & 511];
	} else {
		at = (index & 0xff) * 2;
		r->entry.words[0] = words[at & 511];
		r->entry.words[1] = words[(at + 1) & 511];
	}
	lw_emit(r);
}

/*
 * What a preserved scalable-mode entry points to (VT-d specification 9.4-9.6): the PASID directory,
 * the table that RID_PASID is in, and the entry of RID_PASID itself.
 */
static __always_inline void lw_carry_pasid(struct walk *w, const u64 *words, u32 index, u8 phase)
{
	u32 at = (index & 0x7f) * 4, pasid, i;
	u64 lo = words[at & 511], hi = words[(at + 1) & 511], directory, table, entry;
	u64 rid = lw_entry_rid(w, index);
	struct lw_record *r;

	if (!(lo & VTD_PRESENT))
		return;
	directory = VTD_SM_CONTEXT_PASID_DIR(lo);
	pasid = VTD_SM_CONTEXT_RID_PASID(hi);
	r = lw_new_record(w, LW_REC_PASID_TABLE);
	r->pasid_table.rid = rid;
	r->pasid_table.phase = phase;
	r->pasid_table.directory = directory;
	table = 0;
	if (!bpf_probe_read_kernel(w->page, LW_PAGE_SIZE, (void *)(w->page_offset + directory))) {
		r->pasid_table.directory_digest = lw_digest(w->page);
		entry = 0;
		bpf_probe_read_kernel(&entry, sizeof(entry),
				      (void *)(w->page_offset + directory + (pasid >> 6) * 8));
		if (entry & VTD_PRESENT)
			table = entry & VTD_ADDRESS;
	}
	r->pasid_table.table = table;
	if (table && !bpf_probe_read_kernel(w->page, LW_PAGE_SIZE, (void *)(w->page_offset + table)))
		r->pasid_table.table_digest = lw_digest(w->page);
	lw_emit(r);
	if (!table)
		return;
	r = lw_new_record(w, LW_REC_PASID_ENTRY);
	r->pasid.rid_pasid = rid << 20 | pasid;
	at = (pasid & 63) * 8;
	for (i = 0; i < 7; i++)
		r->pasid.words[i] = w->page[(at + i) & 511];
	r->pasid.words[7] = phase == LW_AFTER ? 1ULL << 63 : 0;
	lw_emit(r);
}

/* Compares one entry with what it was; called for each entry of a table that needs a closer look. */
static long lw_compare_entry(u32 index, void *unused)
{
	struct walk *w = lw_get_walk();
	struct table_copy *before;
	u64 was, was_hi, now, now_hi, differs, rid;
	u32 at;
	u8 why;

	if (!w)
		return 1;
	before = lw_get_copy(w->copy);
	if (!before)
		return 1;
	at = w->scalable ? (index & 0x7f) * 4 : (index & 0xff) * 2;
	was = before->words[at & 511];
	was_hi = before->words[(at + 1) & 511];
	now = w->table[at & 511];
	now_hi = w->table[(at + 1) & 511];
	differs = (was ^ now) | (was_hi ^ now_hi);
	if (w->scalable) {
		differs |= before->words[(at + 2) & 511] ^ w->table[(at + 2) & 511];
		differs |= before->words[(at + 3) & 511] ^ w->table[(at + 3) & 511];
	}
	if (differs)
		w->changed++;
	rid = lw_entry_rid(w, index);
	if (bpf_map_lookup_elem(&preserved, &rid)) {
		/* The walk before has carried its words. */
		if ((was | was_hi | now | now_hi) != 0)
			lw_emit_entry(w, w->table, index, LW_AFTER, LW_ENTRY_PRESERVED);
		if (w->scalable)
			lw_carry_pasid(w, w->table, index, LW_AFTER);
		return 0;
	}
	if (now & VTD_PRESENT)
		why = !(was & VTD_PRESENT) ? LW_ENTRY_APPEARED :
		      differs              ? LW_ENTRY_CHANGED :
					     LW_ENTRY_STAYED;
	else if ((was & VTD_PRESENT) && (now | now_hi))
		why = LW_ENTRY_RESIDUE;
	else
		return 0;
	if (was | was_hi)
		lw_emit_entry(w, before->words, index, LW_BEFORE, why);
	lw_emit_entry(w, w->table, index, LW_AFTER, why);
	return 0;
}

/* Carries one preserved entry of the table in WORDS as it was before. */
static long lw_carry_preserved(u32 index, void *unused)
{
	struct walk *w = lw_get_walk();
	struct table_copy *before;
	u64 rid;
	u32 at;

	if (!w)
		return 1;
	before = lw_get_copy(w->copy);
	if (!before)
		return 1;
	at = w->scalable ? (index & 0x7f) * 4 : (index & 0xff) * 2;
	if (!(before->words[at & 511] | before->words[(at + 1) & 511]))
		return 0;
	rid = lw_entry_rid(w, index);
	if (!bpf_map_lookup_elem(&preserved, &rid))
		return 0;
	lw_emit_entry(w, before->words, index, LW_BEFORE, LW_ENTRY_PRESERVED);
	if (w->scalable)
		lw_carry_pasid(w, before->words, index, LW_BEFORE);
	return 0;
}

#endif
