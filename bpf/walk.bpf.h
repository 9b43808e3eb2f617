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
