// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * States, conditions, invariants and verdicts: one row per mistake a kernel can make, each caught
 * by exactly the invariants it breaks, in legacy and in scalable mode.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "synth.h"

#define BIT(invariant) (1U << (invariant))

struct row {
	const char *name;
	void (*setup)(struct synth *s); /* before the kexec */
	synth_change before_shutdown, after_clear, invalidate, after_flush, at_last_look;
	const char *verdict;
	uint32_t fails, unknowns;
	uint64_t rid;
	const char *state;
	const char *found; /* in a finding's message */
	bool legacy_only;
};

/* --- mistakes of the kernel ----------------------------------------------------------------- */

static uint64_t *entry(struct synth *s, uint64_t rid)
{
	return synth_entry(synth_unit_of(s, rid), rid);
}

static void rewrite(struct synth *s, uint64_t rid)
{
	uint64_t *words = entry(s, rid);

	words[0] = 0x200055000ULL | VTD_PRESENT;
	words[1] = 0x5502;
}

static void leak_sibling(struct synth *s)
{
	rewrite(s, SYNTH_SIBLING);
}

static void leak_other_bus(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_OTHER);

	rewrite(s, SYNTH_OTHER);
	unit->root[LW_RID_BUS(SYNTH_OTHER) << 1] = unit->old_root[LW_RID_BUS(SYNTH_OTHER) << 1];
}

static void leak_alias(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_OTHER);
	uint64_t *words = synth_entry(unit, SYNTH_ALIAS);

	words[0] = 0x200055000ULL | VTD_PRESENT;
	unit->root[LW_RID_BUS(SYNTH_ALIAS) << 1] = unit->old_root[LW_RID_BUS(SYNTH_ALIAS) << 1];
}

/* The entry stays, but nothing leads to it. */
static void stay_behind_cleared_root(struct synth *s)
{
	rewrite(s, SYNTH_OTHER);
}

static void residue(struct synth *s)
{
	entry(s, SYNTH_SIBLING)[0] = 0x200055000ULL;
}

static void lose(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT);
}

static void lose_root(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->root[LW_RID_BUS(SYNTH_KEPT) << 1] = 0;
}

static void lose_early(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT);
}

static void alter_table(struct synth *s)
{
	entry(s, SYNTH_KEPT)[0] ^= 1ULL << 20;
}

static void alter_type(struct synth *s)
{
	entry(s, SYNTH_KEPT)[0] ^= 1ULL << 2; /* scalable: device-TLB enable */
}

static void alter_domain(struct synth *s)
{
	entry(s, SYNTH_KEPT)[1] ^= 1ULL << 9; /* scalable: RID_PASID */
}

static void alter_width(struct synth *s)
{
	entry(s, SYNTH_KEPT)[1] ^= 1; /* scalable: RID_PASID */
}

static void change_fpd(struct synth *s)
{
	entry(s, SYNTH_KEPT)[0] ^= 2;
}

static void change_software_bits(struct synth *s)
{
	entry(s, SYNTH_KEPT)[1] ^= 1ULL << 40;
}

static void appear(struct synth *s)
{
	rewrite(s, LW_RID(0, 1, 0x55));
}

static void vanish_before(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT);
}

static void come_back(struct synth *s)
{
	rewrite(s, SYNTH_KEPT);
}

static void leave_root(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_BUS0);

	unit->root[0] = unit->old_root[0];
}

static void switch_off(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->gsts &= ~VTD_GSTS_TES;
}

static void stay_on(struct synth *s)
{
	synth_unit_of(s, SYNTH_LONELY)->gsts |= VTD_GSTS_TES;
}

static void unit_gone(struct synth *s)
{
	synth_unit_of(s, SYNTH_VMD)->gone = true;
}

static void root_unreadable(struct synth *s)
{
	synth_unit_of(s, SYNTH_VMD)->root_unreadable = true;
}

static void table_unreadable(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_KEPT);

	unit->tables[LW_RID_BUS(SYNTH_KEPT) << 1]->unreadable = true;
}

static void off_table_unreadable(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_LONELY);

	unit->tables[LW_RID_BUS(SYNTH_LONELY) << 1 | unit->scalable]->unreadable = true;
}

/* --- invalidations -------------------------------------------------------------------------- */

static bool is_kept(const struct synth *s, size_t unit)
{
	return s->units[unit]->gsts & VTD_GSTS_TES;
}

static void flush(struct synth *s, unsigned int kind, unsigned int scope, int result)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++) {
		if (is_kept(s, i) && (kind != 2 || s->units[i]->scalable))
			synth_flush(s, s->units[i], kind, scope, result);
	}
}

static void no_flush(struct synth *s)
{
	(void)s;
}

static void no_context_flush(struct synth *s)
{
	flush(s, 2, 3, 0);
	flush(s, 1, 1, 0);
}

static void no_iotlb_flush(struct synth *s)
{
	flush(s, 0, 1, 0);
	flush(s, 2, 3, 0);
}

static void iotlb_first(struct synth *s)
{
	flush(s, 1, 1, 0);
	flush(s, 0, 1, 0);
	flush(s, 2, 3, 0);
}

static void device_flush(struct synth *s)
{
	flush(s, 0, 3, 0);
	flush(s, 2, 3, 0);
	flush(s, 1, 1, 0);
}

static void domain_flush(struct synth *s)
{
	flush(s, 0, 1, 0);
	flush(s, 2, 3, 0);
	flush(s, 1, 2, 0);
}

static void failing_flush(struct synth *s)
{
	flush(s, 0, 1, -110);
	flush(s, 2, 3, 0);
	flush(s, 1, 1, 0);
}

static void clear_sibling(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_SIBLING), SYNTH_SIBLING);
}

/* --- before the shutdown -------------------------------------------------------------------- */

static void detach(struct synth *s)
{
	struct lw_record r = { .type = LW_REC_DRIFT, .unit = LW_NO_UNIT };

	r.drift.rid = SYNTH_KEPT;
	r.drift.what = LW_DRIFT_DETACH;
	memcpy(r.drift.comm, "modprobe", 8);
	synth_emit(s, &r);
}

static void suspend(struct synth *s, int result)
{
	struct lw_record r = { .type = LW_REC_SUSPEND, .unit = LW_NO_UNIT };

	r.result.result = result;
	synth_emit(s, &r);
}

static void suspend_allowed(struct synth *s)
{
	suspend(s, 0);
}

static void suspend_refused(struct synth *s)
{
	suspend(s, -16);
}

static void protected_memory(struct synth *s)
{
	s->units[0]->pmen = 1;
}

static void protected_memory_off(struct synth *s)
{
	s->units[0]->cap = 1 << 5;
}

static void overflow(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->fsts |= VTD_FSTS_PFO;
}

/* --- other machines ------------------------------------------------------------------------- */

static void nothing_preserved(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->device_count; i++)
		s->devices[i]->marked = s->devices[i]->declared = false;
	s->declared_known = false;
}

static void stock_kernel(struct synth *s)
{
	synth_set_version(s, 0);
	nothing_preserved(s);
}

static void stock_but_declared(struct synth *s)
{
	stock_kernel(s);
	s->declared_known = true;
	synth_device(s, SYNTH_KEPT)->declared = true;
}

static void not_declared(struct synth *s)
{
	synth_device(s, SYNTH_KEPT)->declared = false;
}

static void not_marked(struct synth *s)
{
	synth_device(s, SYNTH_VMD)->declared = true;
	synth_device(s, SYNTH_BUS0)->declared = true;
}

static void nobody_declared(struct synth *s)
{
	size_t i;

	s->declared_known = false;
	for (i = 0; i < s->device_count; i++)
		s->devices[i]->declared = false;
}

static void graphics_quirk(struct synth *s)
{
	synth_unit_of(s, SYNTH_LONELY)->gfx_dedicated = true;
}

static void contested(struct synth *s)
{
	/* SYNTH_BUS0 sends with the preserved device's requester ID too. */
	synth_add_alias(synth_device(s, SYNTH_BUS0), SYNTH_KEPT, false);
	s->version = 3;
}

static void contested_and_cleared(struct synth *s)
{
	contested(s);
	s->version = 4;
}

static void preserved_alias(struct synth *s)
{
	struct synth_device *kept = synth_device(s, SYNTH_KEPT);

	synth_add_alias(kept, LW_RID(0, 1, 0x30), true);
}

static void preserved_alias_from_next_kernel(struct synth *s)
{
	preserved_alias(s);
	s->alias_records = false;
}

static void lose_alias(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), LW_RID(0, 1, 0x30));
}

static void alias_never_programmed(struct synth *s)
{
	synth_add_alias(synth_device(s, SYNTH_KEPT), LW_RID(0, 1, 0x30), false);
}

static void version_1(struct synth *s)
{
	/* No root entries cleared, aliases untouched: no device with aliases, only one bus. */
	synth_set_version(s, 1);
	synth_device(s, SYNTH_OTHER)->alias_count = 0;
	synth_clear_entry(synth_unit_of(s, SYNTH_OTHER), SYNTH_ALIAS);
}

static void version_5(struct synth *s)
{
	s->version = 5;
}

static void pre_bit_set(struct synth *s)
{
	entry(s, SYNTH_KEPT)[0] |= VTD_SM_CONTEXT_PRE_BIT;
}

static void no_scalable_tables(struct synth *s)
{
	s->scalable_tables = false;
}

static void mark_missed(struct synth *s)
{
	/* Preserved before luwatch was armed: the kernel knows, the records do not. */
	s->units[2]->mark = 1;
}

static void fault_probe_missing(struct synth *s)
{
	s->probes &= ~(1ULL << LW_PROBE_DMAR_FAULT);
}

static void mark_probe_missing(struct synth *s)
{
	s->probes &= ~(1ULL << LW_PROBE_PRESERVE_DEVICE);
}

static void nothing_watched(struct synth *s)
{
	mark_probe_missing(s);
	s->probes &= ~(1ULL << LW_PROBE_CLEAR | 1ULL << LW_PROBE_CLEAR_END);
}

static void reboot_probe_missing(struct synth *s)
{
	s->liveupdate = false;
	s->probes &= ~(1ULL << LW_PROBE_LIVEUPDATE_REBOOT);
}

static void reboot_refused(struct synth *s)
{
	s->liveupdate_result = -16;
}

static void last_look_at_return(struct synth *s)
{
	s->where = 1;
}

static void small_quota(struct synth *s)
{
	s->entry_quota = 0;
}

#define CLEAN		 .verdict = "clean"
#define VIOLATION(mask)	 .verdict = "violation", .fails = mask
#define INCOMPLETE(mask) .verdict = "incomplete", .unknowns = mask

static const struct row rows[] = {
	/* Good hand-overs. */
	{ "good: kept", CLEAN, .rid = SYNTH_KEPT, .state = "kept" },
	{ "good: kept, five-digit segment", CLEAN, .rid = SYNTH_VMD, .state = "kept" },
	{ "good: cleared", CLEAN, .rid = SYNTH_SIBLING, .state = "cleared" },
	{ "good: cleared behind a cleared root entry", CLEAN, .rid = SYNTH_OTHER,
	  .state = "cleared" },
	{ "good: alias cleared", CLEAN, .rid = SYNTH_ALIAS, .state = "cleared" },
	{ "good: unit off", CLEAN, .rid = SYNTH_LONELY, .state = "unreachable" },
	{ "version 1", version_1, CLEAN, .rid = SYNTH_SIBLING, .state = "cleared",
	  .legacy_only = true },
	{ "version 5", version_5, CLEAN, .rid = SYNTH_KEPT, .state = "kept" },
	{ "last look at the return", last_look_at_return, CLEAN, .rid = SYNTH_KEPT,
	  .state = "kept" },
	{ "plain kexec", nothing_preserved, CLEAN, .rid = SYNTH_KEPT, .state = "unreachable" },
	{ "plain kexec, stock kernel", stock_kernel, CLEAN, .rid = SYNTH_KEPT,
	  .state = "unreachable" },
	{ "plain kexec, scalable without tables", stock_kernel,
	  .before_shutdown = no_scalable_tables, CLEAN, .rid = 0, .state = NULL },
	{ "nobody declared", nobody_declared, CLEAN, .rid = SYNTH_KEPT, .state = "kept" },
	{ "graphics unit that is never switched off", graphics_quirk, CLEAN, .rid = SYNTH_LONELY,
	  .state = "leaked" },
	{ "preserved alias stays", preserved_alias, CLEAN, .rid = LW_RID(0, 1, 0x30),
	  .state = "kept" },
	{ "alias known from the next kernel", preserved_alias_from_next_kernel, CLEAN,
	  .rid = LW_RID(0, 1, 0x30), .state = "kept" },
	{ "alias never programmed", alias_never_programmed, CLEAN, .rid = LW_RID(0, 1, 0x30),
	  .state = "" },
	{ "contested, both there", contested, CLEAN, .rid = SYNTH_KEPT, .state = "kept",
	  .found = "what one may reach, the other may too", .legacy_only = true },
	{ "entry behind a cleared root", .after_clear = stay_behind_cleared_root, CLEAN,
	  .rid = SYNTH_OTHER, .state = "unreachable" },
	{ "residue", .after_clear = residue, CLEAN, .rid = SYNTH_SIBLING, .state = "cleared" },
	{ "FPD changed", .after_clear = change_fpd, CLEAN, .rid = SYNTH_KEPT, .state = "kept" },
	{ "ignored bits changed", .after_clear = change_software_bits, CLEAN, .rid = SYNTH_KEPT,
	  .state = "kept" },
	{ "PRE dropped by version 4", .before_shutdown = pre_bit_set, CLEAN, .rid = SYNTH_KEPT,
	  .state = "kept" },
	{ "table of a unit that is off unreadable", .after_clear = off_table_unreadable, CLEAN,
	  .rid = SYNTH_LONELY, .state = "unreachable" },

	/* I1 */
	{ "leak", .after_clear = leak_sibling, VIOLATION(BIT(LW_I1)), .rid = SYNTH_SIBLING,
	  .state = "leaked", .found = "was left behind with translation on" },
	{ "leak on a bus of its own", .after_clear = leak_other_bus,
	  VIOLATION(BIT(LW_I1) | BIT(LW_I3)), .rid = SYNTH_OTHER, .state = "leaked" },
	{ "leak of an alias", .after_clear = leak_alias, VIOLATION(BIT(LW_I1) | BIT(LW_I3)),
	  .rid = SYNTH_ALIAS, .state = "leaked" },
	{ "appeared", .after_clear = appear, VIOLATION(BIT(LW_I1)), .rid = LW_RID(0, 1, 0x55),
	  .state = "appeared", .found = "had no context entry when the shutdown began" },

	/* I2 */
	{ "lost", .after_clear = lose, VIOLATION(BIT(LW_I2)), .rid = SYNTH_KEPT, .state = "lost",
	  .found = "lost its context entry" },
	{ "root entry of a preserved bus cleared", .after_clear = lose_root, VIOLATION(BIT(LW_I2)),
	  .rid = SYNTH_KEPT, .state = "lost", .found = "lost the root entry" },
	{ "gone before the shutdown", .before_shutdown = lose_early,
	  VIOLATION(BIT(LW_I2) | BIT(LW_I7)), .rid = SYNTH_KEPT, .state = "lost",
	  .found = "had none when the shutdown began" },
	{ "page table", .after_clear = alter_table, VIOLATION(BIT(LW_I2)), .rid = SYNTH_KEPT,
	  .state = "altered" },
	{ "translation type", .after_clear = alter_type, VIOLATION(BIT(LW_I2)), .rid = SYNTH_KEPT,
	  .state = "altered" },
	{ "domain id", .after_clear = alter_domain, VIOLATION(BIT(LW_I2)), .rid = SYNTH_KEPT,
	  .state = "altered" },
	{ "width", .after_clear = alter_width, VIOLATION(BIT(LW_I2)), .rid = SYNTH_KEPT,
	  .state = "altered" },
	{ "preserved entry appeared", .before_shutdown = vanish_before, .after_clear = come_back,
	  VIOLATION(BIT(LW_I2) | BIT(LW_I7)), .rid = SYNTH_KEPT, .state = "appeared" },
	{ "preserved alias lost", preserved_alias, .after_clear = lose_alias, VIOLATION(BIT(LW_I2)),
	  .rid = LW_RID(0, 1, 0x30), .state = "lost", .found = "a DMA alias of 0000:01:00.0" },
	{ "contested and cleared", contested_and_cleared, VIOLATION(BIT(LW_I2)), .rid = SYNTH_KEPT,
	  .state = "lost", .found = "is shared with 0000:00:03.0" },
	{ "declared on a stock kernel", stock_but_declared, VIOLATION(BIT(LW_I5)),
	  .rid = SYNTH_KEPT, .state = "kept" },

	/* I3 */
	{ "root entry left", .after_clear = leave_root, VIOLATION(BIT(LW_I3)), .rid = SYNTH_BUS0,
	  .state = "cleared", .found = "The root entry of bus 00 on dmar0 was left" },

	/* I4 */
	{ "no context-cache invalidation", .invalidate = no_context_flush, VIOLATION(BIT(LW_I4)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "the context-cache was never invalidated" },
	{ "no IOTLB invalidation", .invalidate = no_iotlb_flush, VIOLATION(BIT(LW_I4)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "the IOTLB was never invalidated" },
	{ "no invalidation at all", .invalidate = no_flush, VIOLATION(BIT(LW_I4)),
	  .rid = SYNTH_SIBLING, .state = "cleared" },
	{ "IOTLB first", .invalidate = iotlb_first, VIOLATION(BIT(LW_I4)), .rid = SYNTH_KEPT,
	  .state = "kept", .found = "before the context cache" },
	{ "context cache of single devices", .invalidate = device_flush, VIOLATION(BIT(LW_I4)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "only for single devices" },
	{ "IOTLB of single domains", .invalidate = domain_flush, VIOLATION(BIT(LW_I4)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "only for single domains" },
	{ "cleared after the invalidation", .after_clear = leak_sibling,
	  .after_flush = clear_sibling, VIOLATION(BIT(LW_I4)), .rid = SYNTH_SIBLING,
	  .state = "cleared", .found = "came too early" },
	{ "invalidation refused", .invalidate = failing_flush, VIOLATION(BIT(LW_I4)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "were not carried out" },

	/* I6, I7, I8 */
	{ "protected memory left on", protected_memory_off, .after_clear = protected_memory,
	  VIOLATION(BIT(LW_I6)), .rid = SYNTH_KEPT,
	  .state = "kept", .found = "Protected memory regions of dmar0 were left on" },
	{ "protected memory off", protected_memory_off, CLEAN, .rid = SYNTH_KEPT, .state = "kept" },
	{ "changed between preservation and shutdown", .before_shutdown = alter_table,
	  VIOLATION(BIT(LW_I7)), .rid = SYNTH_KEPT, .state = "kept",
	  .found = "changed between its preservation and the shutdown" },
	{ "detached after preservation", .before_shutdown = detach, VIOLATION(BIT(LW_I7)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "was detached from its domain" },
	{ "suspend allowed", .before_shutdown = suspend_allowed, VIOLATION(BIT(LW_I8)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "A suspend was not refused" },
	{ "suspend refused", .before_shutdown = suspend_refused, CLEAN, .rid = SYNTH_KEPT,
	  .state = "kept" },

	/* I5 */
	{ "switched off", .after_clear = switch_off, VIOLATION(BIT(LW_I5)), .rid = SYNTH_KEPT,
	  .state = "", .found = "dmar0 was switched off" },
	{ "left on", .after_clear = stay_on, VIOLATION(BIT(LW_I1) | BIT(LW_I5)),
	  .rid = SYNTH_LONELY, .state = "leaked", .found = "dmar2 was left on" },

	/* I9 */
	{ "marked, not declared", not_declared, VIOLATION(BIT(LW_I9)), .rid = SYNTH_KEPT,
	  .state = "kept", .found = "nobody had declared it" },
	{ "declared, not marked", not_marked, VIOLATION(BIT(LW_I9)), .rid = SYNTH_BUS0,
	  .state = "cleared", .found = "had not marked it" },

	/* I11 */
	{ "refused, and gone on", reboot_refused, VIOLATION(BIT(LW_I11)), .rid = SYNTH_KEPT,
	  .state = "kept", .found = "refused with -16" },

	/* Missing evidence. */
	{ "unit gone", .after_clear = unit_gone,
	  INCOMPLETE(BIT(LW_I1) | BIT(LW_I2) | BIT(LW_I3) | BIT(LW_I5)), .rid = SYNTH_VMD,
	  .state = "unknown", .found = "read as all ones" },
	{ "root table unreadable", .after_clear = root_unreadable,
	  INCOMPLETE(BIT(LW_I1) | BIT(LW_I2) | BIT(LW_I3)), .rid = SYNTH_VMD, .state = "unknown",
	  .found = "root table could not be read" },
	{ "table unreadable", .after_clear = table_unreadable, INCOMPLETE(BIT(LW_I1) | BIT(LW_I2)),
	  .rid = SYNTH_KEPT, .state = "unknown", .found = "could not be read" },
	{ "mark missed", mark_missed,
	  INCOMPLETE(BIT(LW_I2) | BIT(LW_I3) | BIT(LW_I5) | BIT(LW_I7) | BIT(LW_I9)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "preserved before luwatch was armed" },
	{ "dmar_fault not watched", fault_probe_missing, INCOMPLETE(BIT(LW_I10)), .rid = SYNTH_KEPT,
	  .state = "kept", .found = "dmar_fault() was not watched" },
	{ "marks not watched", mark_probe_missing,
	  INCOMPLETE(BIT(LW_I1) | BIT(LW_I2) | BIT(LW_I3) | BIT(LW_I5) | BIT(LW_I7) | BIT(LW_I8) |
		     BIT(LW_I9)),
	  .rid = SYNTH_KEPT, .state = "unknown", .found = "was not watched" },
	{ "liveupdate_reboot not watched", reboot_probe_missing, INCOMPLETE(BIT(LW_I11)),
	  .rid = SYNTH_KEPT, .state = "kept" },
	{ "fault registers overflowed", .after_clear = overflow, INCOMPLETE(BIT(LW_I10)),
	  .rid = SYNTH_KEPT, .state = "kept", .found = "had overflowed" },
	{ "lost, and no words carried", small_quota, .after_clear = lose, VIOLATION(BIT(LW_I2)),
	  .rid = SYNTH_KEPT, .state = "lost" },
	{ "neither marks nor clearing watched", nothing_watched,
	  INCOMPLETE(BIT(LW_I1) | BIT(LW_I2) | BIT(LW_I3) | BIT(LW_I4) | BIT(LW_I5) | BIT(LW_I7) |
		     BIT(LW_I8) | BIT(LW_I9)),
	  .rid = SYNTH_KEPT, .state = "unknown", .found = "this kernel marks devices" },
	{ "no words carried", small_quota, INCOMPLETE(BIT(LW_I2)), .rid = SYNTH_KEPT,
	  .state = "unknown", .found = "words of its entry" },
};

static uint32_t answers(const struct synth *s, enum lw_answer answer)
{
	uint32_t mask = 0;
	size_t i;

	for (i = 0; i < LW_INVARIANTS; i++)
		mask |= s->handover->results[i].answer == answer ? BIT(i) : 0;
	return mask;
}

static void check_row(const struct row *row, bool scalable)
{
	struct synth *s = synth_standard(scalable);
	const char *state;

	if (row->setup)
		row->setup(s);
	s->before_shutdown = row->before_shutdown;
	s->after_clear = row->after_clear;
	s->invalidate = row->invalidate;
	s->after_flush = row->after_flush;
	s->at_last_look = row->at_last_look;
	synth_judge(s);
	state = synth_state(s, row->rid);
	if (strcmp(lw_verdict_name(s->handover->verdict), row->verdict) ||
	    answers(s, LW_FAIL) != row->fails || answers(s, LW_UNKNOWN) != row->unknowns ||
	    (row->state && *row->state && strcmp(state, row->state)) ||
	    (row->found && !synth_found(s, row->found))) {
		size_t i;

		print_message("%s (%s): %s, fails %#x, unknown %#x, state %s\n", row->name,
			      scalable ? "scalable" : "legacy", s->handover->headline,
			      answers(s, LW_FAIL), answers(s, LW_UNKNOWN), state);
		for (i = 0; i < s->handover->finding_count; i++)
			print_message("   %s: %s\n", s->handover->findings[i].subject,
				      s->handover->findings[i].message);
		fail();
	}
	synth_free(s);
}

static void every_mistake_legacy(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i], false);
}

static void every_mistake_scalable(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].legacy_only)
			check_row(&rows[i], true);
	}
}

/* With the check that catches it switched off nothing else may catch a mistake. */
static void only_the_check_catches_it(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct synth *s;

		if (strcmp(rows[i].verdict, "violation"))
			continue;
		s = synth_standard(false);
		if (rows[i].setup)
			rows[i].setup(s);
		s->before_shutdown = rows[i].before_shutdown;
		s->after_clear = rows[i].after_clear;
		s->invalidate = rows[i].invalidate;
		s->after_flush = rows[i].after_flush;
		synth_judge_some(s, lw_invariants_judged & ~rows[i].fails);
		if (s->handover->verdict != LW_VERDICT_CLEAN)
			fail_msg("%s: %s", rows[i].name, s->handover->headline);
		synth_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mistake_legacy),
		cmocka_unit_test(every_mistake_scalable),
		cmocka_unit_test(only_the_check_catches_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
