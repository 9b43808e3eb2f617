/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk over the root and context tables of every unit, once before the kernel clears them and
 * once after. The walk before keeps a copy of each table in a map; the walk after compares with it,
 * so that only what is preserved or odd has to be carried in full, the rest as present bits.
 *
 * It starts from what the hardware uses (RTADDR_REG), not from what the driver believes. Loops are
 * bpf_loop() calls (Linux 5.17), which the verifier of 6.1 follows up to 65,536 entries a unit.
 */
#ifndef LUWATCH_WALK_BPF_H
#define LUWATCH_WALK_BPF_H

#include "kept.bpf.h"
#include "walk_table.bpf.h"

/* Eight root entry halves: those present now or before are to be looked at. */
static long lw_list_halves(u32 number, void *unused)
{
	struct walk *w = lw_get_walk();
	struct lw_unit_scratch *u;
	u64 *now, *was, before;
	u32 group, half, i;

	if (!w)
		return 1;
	u = lw_get_unit(w->unit);
	if (!u)
		return 1;
	group = lw_next_group(&w->groups, &w->root);
	if (group == LW_PAGE_GROUPS)
		return 1;
	now = lw_group_of(&w->root, group);
	was = &u->root[(group & (LW_PAGE_GROUPS - 1)) * LW_GROUP_WORDS];
	if (w->phase == LW_BEFORE)
		lw_copy_group(was, now);
	before = w->phase == LW_BEFORE || w->groups.before >> group & 1 ? VTD_PRESENT : 0;
	for (i = 0; i < LW_GROUP_WORDS; i += w->scalable ? 1 : 2) {
		half = group * LW_GROUP_WORDS + i;
		if ((now[i] & VTD_PRESENT) | (was[i] & before))
			w->halves[w->half_count++ & 511] = half;
	}
	return 0;
}

/* The root table as a whole, and what is to be looked at of it. */
static __noinline int lw_walk_root(u64 rtaddr, u64 groups)
{
	struct walk *w = lw_get_walk();
	struct lw_unit_scratch *u;
	struct lw_record *r;
	u64 address;

	if (!w)
		return 0;
	u = lw_get_unit(w->unit);
	if (!u)
		return 0;
	address = w->page_offset + (rtaddr & VTD_ADDRESS);
	w->half_count = 0;
	if (w->phase == LW_BEFORE)
		lw_begin_groups(&w->groups, address, groups, 0);
	else
		lw_begin_groups(&w->groups, address, groups, u->readable ? u->root_groups : 0);
	bpf_loop(LW_PAGE_GROUPS, lw_list_halves, NULL, 0);

	r = lw_new_record(w, LW_REC_ROOT);
	r->root.phase = w->phase;
	r->root.rtaddr = rtaddr;
	r->root.digest = lw_digest_of(w->groups.digest);
	if (w->phase == LW_AFTER) {
		r->root.late = lw_late(u, w->groups.state, u->root_state, u->root_changed);
	} else {
		u->root_groups = groups;
		u->root_state = w->groups.digest;
		u->rtaddr = rtaddr;
		u->readable = 1;
	}
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
	u64 rtaddr, root_entry, groups = 0;
	struct lw_record *r;
	u32 index = w->unit;
	u64 key = (u64)iommu;
	bool kept = 0;
	void *reg;

	if (!u) {
		w->sum.units_skipped++;
		return;
	}
	reg = BPF_CORE_READ(iommu, reg);
	w->segment = BPF_CORE_READ(iommu, segment);
	w->sum.units++;
	if (w->phase == LW_BEFORE) {
		u->iommu = key;
		u->reg_phys = BPF_CORE_READ(iommu, reg_phys);
		u->half_count = 0;
		u->looks = 0;
		u->look_of[0] = u->look_of[1] = u->look_of[2] = 0;
		u->root_changed = 0;
		u->readable = 0;
		u->pending = 0;
		bpf_map_update_elem(&unit_index, &key, &index, BPF_ANY);
		lw_carry_unit(w, iommu, reg);
		kept = !lw_carry_kept(w, iommu);
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
	s->preserved = lw_unit_mark(iommu);
	s->marks = lw_count_of(lw_preserved_state(iommu));
	if (kept)
		s->flags |= LW_STATE_KEPT_TABLES;
	w->scalable = VTD_RTADDR_MODE(rtaddr) == VTD_MODE_SCALABLE;
	if (w->scalable)
		s->flags |= LW_STATE_SCALABLE;
	else if (VTD_RTADDR_MODE(rtaddr) != VTD_MODE_LEGACY)
		s->flags |= LW_STATE_UNKNOWN_MODE;
	if (rtaddr == ~0ULL && s->gsts == ~0U)
		s->flags = LW_STATE_GONE;
	else if (!(rtaddr & VTD_ADDRESS))
		s->flags |= LW_STATE_NO_ROOT;
	else if (lw_read_page(&w->root, w->page_offset + (rtaddr & VTD_ADDRESS), &groups))
		s->flags |= LW_STATE_ROOT_UNREADABLE;
	/* Entries of a unit that is off reach nothing: their words are not worth the room. */
	w->compare = !!(s->gsts & VTD_GSTS_TES);
	/* One IOTLB invalidation for all: then nobody asks for which domain. */
	w->domains = w->phase == LW_AFTER && !w->scalable && !u->look_of[1];
	if (s->flags & (LW_STATE_GONE | LW_STATE_NO_ROOT | LW_STATE_ROOT_UNREADABLE |
			LW_STATE_UNKNOWN_MODE)) {
		if (s->flags & LW_STATE_ROOT_UNREADABLE)
			w->sum.unreadable++;
		lw_emit(r);
		return;
	}
	lw_emit(r);
	lw_walk_root(rtaddr, groups);
	bpf_loop(w->half_count, lw_walk_half, NULL, 0);
	lw_emit_packed(w);
	lw_emit_cleared();
}

static long lw_walk_drhd(u32 number, void *unused)
{
	struct walk *w = lw_get_walk();
	struct dmar_drhd_unit *drhd;
	struct intel_iommu *iommu;

	if (!w)
		return 1;
	drhd = lw_next_drhd(&w->next_drhd);
	if (!drhd)
		return 1;
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
	struct lw_record *r;
	u64 start;

	if (!c || !w || !&dmar_drhd_units)
		return 0;
	start = bpf_ktime_get_ns();
	__builtin_memset(&w->sum, 0, sizeof(w->sum));
	w->phase = phase;
	w->unit = 0;
	w->quota = c->entry_quota;
	w->page_offset = lw_page_offset();
	w->packed_count = 0;
	w->cleared.cleared.count = 0;
	if (phase == LW_BEFORE)
		w->copies = 0;
	w->next_drhd = lw_first_drhd();
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
