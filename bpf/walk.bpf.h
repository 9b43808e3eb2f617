/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk over the root and context tables of every unit, once before the kernel clears them and
 * once after. The walk before keeps a copy of each table in a map; the walk after compares with it,
 * so that only what is preserved or odd has to be carried in full, the rest as present bits.
 *
 * It starts from what the hardware uses (RTADDR_REG), not from what the driver believes. Both walks
 * run on one CPU with interrupts off and no other CPU alive, so the maps used as scratch space need
 * no locks. Loops are bpf_loop() calls (Linux 5.17), which the verifier of 6.1 follows up to 65,536
 * entries a unit.
 */
#ifndef LUWATCH_WALK_BPF_H
#define LUWATCH_WALK_BPF_H

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

/* Which requester IDs the clearing callbacks of this unit were given, one record a bus. */
static long lw_carry_visited(u32 index, void *unused)
{
	struct walk *w = lw_get_walk();
	struct lw_unit_scratch *u;
	struct lw_record *r;
	u32 kind = index >> 8 & 1, bus = index & 0xff;

	if (!w)
		return 1;
	u = lw_get_unit(w->unit);
	if (!u)
		return 1;
	if (!u->visits[kind][bus])
		return 0;
	r = lw_new_record(w, LW_REC_VISITED);
	r->visited.kind = kind;
	r->visited.segment = w->segment;
	r->visited.bus = bus;
	r->visited.count = u->visits[kind][bus];
	r->visited.bits[0] = u->visited[kind][bus][0];
	r->visited.bits[1] = u->visited[kind][bus][1];
	r->visited.bits[2] = u->visited[kind][bus][2];
	r->visited.bits[3] = u->visited[kind][bus][3];
	lw_emit(r);
	return 0;
}

/* The unit itself, so that a stream explains itself also for a unit added since arming. */
static __always_inline void lw_carry_unit(struct walk *w, struct intel_iommu *iommu, void *reg)
{
	struct lw_record *r = lw_new_record(w, LW_REC_UNIT_SEEN);

	r->unit_info.reg_phys = BPF_CORE_READ(iommu, reg_phys);
	r->unit_info.cap = BPF_CORE_READ(iommu, cap);
	r->unit_info.ecap = BPF_CORE_READ(iommu, ecap);
	r->unit_info.rtaddr = lw_read64(reg, VTD_RTADDR_REG);
	r->unit_info.gsts = lw_read32(reg, VTD_GSTS_REG);
	r->unit_info.segment = w->segment;
	r->unit_info.seq_id = BPF_CORE_READ(iommu, seq_id);
	r->unit_info.version = lw_read32(reg, VTD_VER_REG);
	lw_emit(r);
}

/* Registers and root table of one unit, then its context tables. */
static __always_inline void lw_walk_unit(struct walk *w, struct intel_iommu *iommu)
{
	struct lw_unit_scratch *u = lw_get_unit(w->unit);
	struct lw_rec_unit_state *s;
	u64 rtaddr, root_entry;
	struct lw_record *r;
	u32 index = w->unit;
	u64 key = (u64)iommu;
	void *reg;

	if (!u) {
		w->sum.units_skipped++;
		return;
	}
	reg = BPF_CORE_READ(iommu, reg);
	w->segment = BPF_CORE_READ(iommu, segment);
	w->sum.units++;
	if (w->phase == LW_BEFORE) {
		lw_zero(u->copy, sizeof(u->copy));
		lw_zero(u->visits, sizeof(u->visits));
		lw_zero(u->visited[0], sizeof(u->visited[0]));
		lw_zero(u->visited[1], sizeof(u->visited[1]));
		u->invalidated = 0;
		u->pending = 0;
		u->iommu = key;
		u->segment = w->segment;
		u->readable = 0;
		bpf_map_update_elem(&unit_index, &key, &index, BPF_ANY);
		lw_carry_unit(w, iommu, reg);
	}

	r = lw_new_record(w, LW_REC_UNIT_STATE);
	s = &r->state;
	rtaddr = lw_read64(reg, VTD_RTADDR_REG);
	root_entry = (u64)BPF_CORE_READ(iommu, root_entry);
	s->reg_phys = BPF_CORE_READ(iommu, reg_phys);
	s->rtaddr = rtaddr;
	s->root_entry = root_entry ? root_entry - w->page_offset : 0;
	s->gsts = lw_read32(reg, VTD_GSTS_REG);
	s->fsts = lw_read32(reg, VTD_FSTS_REG);
	s->pmen = lw_read32(reg, VTD_PMEN_REG);
	s->fectl = lw_read32(reg, VTD_FECTL_REG);
	s->iqa = lw_read64(reg, VTD_IQA_REG);
	s->iqh = lw_read64(reg, VTD_IQH_REG);
	s->iqt = lw_read64(reg, VTD_IQT_REG);
	s->irta = lw_read64(reg, VTD_IRTA_REG);
	s->phase = w->phase;
	s->preserved = 2;
	w->scalable = VTD_RTADDR_MODE(rtaddr) == VTD_MODE_SCALABLE;
	if (w->scalable)
		s->flags |= LW_STATE_SCALABLE;
	else if (VTD_RTADDR_MODE(rtaddr) != VTD_MODE_LEGACY)
		s->flags |= LW_STATE_UNKNOWN_MODE;
	if (rtaddr == ~0ULL && s->gsts == ~0U)
		s->flags = LW_STATE_GONE;
	else if (!(rtaddr & VTD_ADDRESS))
		s->flags |= LW_STATE_NO_ROOT;
	else if (bpf_probe_read_kernel(w->root, LW_PAGE_SIZE,
				       (void *)(w->page_offset + (rtaddr & VTD_ADDRESS))))
		s->flags |= LW_STATE_ROOT_UNREADABLE;
	/* Entries of a unit that is off reach nothing: their words are not worth the room. */
	w->compare = !!(s->gsts & VTD_GSTS_TES);
	if (s->flags & (LW_STATE_GONE | LW_STATE_NO_ROOT | LW_STATE_ROOT_UNREADABLE |
			LW_STATE_UNKNOWN_MODE)) {
		if (s->flags & LW_STATE_ROOT_UNREADABLE)
			w->sum.unreadable++;
		lw_emit(r);
		return;
	}
	lw_emit(r);
	if (w->phase == LW_BEFORE) {
		u->reg_phys = BPF_CORE_READ(iommu, reg_phys);
		u->rtaddr = rtaddr;
		bpf_probe_read_kernel(u->root, sizeof(u->root), w->root);
		u->readable = 1;
	}
	lw_carry_root(w, u, rtaddr);
	bpf_loop(512, lw_walk_half, NULL, 0);
	if (w->phase == LW_AFTER)
		bpf_loop(512, lw_carry_visited, NULL, 0);
}

static long lw_walk_drhd(u32 number, void *unused)
{
	struct walk *w = lw_get_walk();
	struct dmar_drhd_unit *drhd;
	struct intel_iommu *iommu;
	u64 head = (u64)&dmar_drhd_units;

	if (!w || !w->next_drhd || w->next_drhd == head)
		return 1;
	drhd = (void *)(w->next_drhd - bpf_core_field_offset(struct dmar_drhd_unit, list));
	w->next_drhd = (u64)BPF_CORE_READ(drhd, list.next);
	iommu = BPF_CORE_READ(drhd, iommu);
	if (!iommu || BPF_CORE_READ_BITFIELD_PROBED(drhd, ignored))
		return 0;
	lw_walk_unit(w, iommu);
	w->unit++;
	return 0;
}

/*
 * Walks all units. PHASE is LW_BEFORE or LW_AFTER; WHERE as in lw_rec_walk.where. A global
 * function: it is verified once although several programs call it.
 */
__noinline int lw_walk(u32 phase, u32 where)
{
	struct lw_control *c = lw_get_control();
	struct walk *w = lw_get_walk();
	u64 head = (u64)&dmar_drhd_units;
	struct lw_record *r;
	u64 start;

	if (!c || !w || !head)
		return 0;
	start = bpf_ktime_get_ns();
	__builtin_memset(&w->sum, 0, sizeof(w->sum));
	w->phase = phase;
	w->unit = 0;
	w->quota = c->entry_quota;
	w->page_offset = lw_page_offset();
	if (phase == LW_BEFORE)
		w->copies = 0;
	w->next_drhd = 0;
	bpf_probe_read_kernel(&w->next_drhd, sizeof(w->next_drhd), (void *)head);
	bpf_loop(1024, lw_walk_drhd, NULL, 0);

	w->unit = LW_NO_UNIT;
	r = lw_new_record(w, LW_REC_WALK);
	r->walk = w->sum;
	r->walk.phase = phase;
	r->walk.where = where;
	r->walk.duration_ns = bpf_ktime_get_ns() - start;
	lw_emit(r);
	return 0;
}

#endif
