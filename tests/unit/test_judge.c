// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * States of entries and root entries: one row for each way in which a hand-over is good, and for
 * each mistake a kernel can make with them (I1, I2, I3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "mistakes.h"
#include "synth.h"

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

static void lose_root(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->root[LW_RID_BUS(SYNTH_KEPT) << 1] = 0;
}

static void lose_early(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT);
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

static void off_table_unreadable(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_LONELY);

	unit->tables[LW_RID_BUS(SYNTH_LONELY) << 1 | unit->scalable]->unreadable = true;
}

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

static void last_look_at_return(struct synth *s)
{
	s->where = 1;
}

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
};

int main(void)
{
	return run_rows(rows, sizeof(rows) / sizeof(*rows));
}
