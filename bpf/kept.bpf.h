/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which context tables the kernel has preserved as a whole: the series keeps a bitmap beside each
 * preserved unit. Copied at each preservation (`luwatch preflight` reads it), carried at the shutdown.
 */
#ifndef LUWATCH_KEPT_BPF_H
#define LUWATCH_KEPT_BPF_H

#include "devices.bpf.h"
#include "walk_state.bpf.h"

/*
 * The unit's preserved state: from the unit itself, or, where struct iommu_device has no place for it
 * (the stand-in of the tests, which keeps it for good), as it was given to intel_iommu_preserve().
 * NULL when there is none.
 */
static __always_inline struct iommu_hw_ser *lw_preserved_state(struct intel_iommu *iommu)
{
	u64 key = (u64)iommu;
	struct lw_kept_tables *kept;

	if (bpf_core_field_exists(iommu->iommu.outgoing_preserved_state))
		return BPF_CORE_READ(iommu, iommu.outgoing_preserved_state);
	kept = bpf_map_lookup_elem(&kept_tables, &key);
	return kept ? (void *)kept->state : NULL;
}

/* Reads the bitmap of STATE; 0 when there is one. */
static __always_inline int lw_read_kept(struct iommu_hw_ser *state, u64 bits[8])
{
	if (!state || !bpf_core_field_exists(state->intel.context_tables_bitmap) ||
	    bpf_core_read(bits, 64, &state->intel.context_tables_bitmap))
		return -1;
	/* A preserved device has a table: without any, nothing is preserved any more. */
	return bits[0] | bits[1] | bits[2] | bits[3] | bits[4] | bits[5] | bits[6] | bits[7] ? 0 : -1;
}

/* A device of this unit was preserved: what is kept now? */
static __noinline int lw_note_kept(struct intel_iommu *iommu)
{
	struct lw_kept_tables kept = {};
	u64 key = (u64)iommu;

	kept.state = (u64)lw_preserved_state(iommu);
	kept.known = !lw_read_kept((void *)kept.state, kept.bits);
	if (kept.state)
		bpf_map_update_elem(&kept_tables, &key, &kept, BPF_ANY);
	return 0;
}

/* The kernel's mark on the unit, as lw_rec_unit_state.preserved has it. */
static __always_inline u8 lw_unit_mark(struct intel_iommu *iommu)
{
	if (!bpf_core_field_exists(iommu->iommu.outgoing_preserved_state))
		return 2;
	return !!BPF_CORE_READ(iommu, iommu.outgoing_preserved_state);
}

/* Carries the bitmap into RECORD; 0 when there was one. */
static __always_inline int lw_carry_kept(struct walk *w, struct intel_iommu *iommu)
{
	struct lw_record *r = lw_new_record(w, LW_REC_KEPT_TABLES);

	if (lw_read_kept(lw_preserved_state(iommu), r->kept_tables.bits))
		return -1;
	lw_emit(r);
	return 0;
}

/* intel_iommu_preserve(iommu, state): the first device of the unit is about to be preserved. */
static __always_inline int on_preserve_unit(struct iommu_device *device, struct iommu_hw_ser *state)
{
	struct lw_control *c = lw_fired(LW_PROBE_PRESERVE_UNIT);
	u64 key = (u64)device - bpf_core_field_offset(struct intel_iommu, iommu);
	struct lw_kept_tables kept = { .state = (u64)state };

	/* Also without a state: that the unit was seen to be preserved is known by it. */
	if (c)
		bpf_map_update_elem(&kept_tables, &key, &kept, BPF_ANY);
	return 0;
}

LW_ON_ENTRY(intel_iommu_preserve, on_preserve_unit(device, state),
	    struct iommu_device *device, struct iommu_hw_ser *state)

#endif
