// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Missing evidence, one row each: the answer is unknown, and nothing else changes.
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

static void overflow(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->fsts |= VTD_FSTS_PFO;
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

static void small_quota(struct synth *s)
{
	s->entry_quota = 0;
}

static const struct row rows[] = {
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
	  .unknowns = BIT(LW_I7), .rid = SYNTH_KEPT, .state = "lost" },
	{ "neither marks nor clearing watched", nothing_watched,
	  INCOMPLETE(BIT(LW_I1) | BIT(LW_I2) | BIT(LW_I3) | BIT(LW_I5) | BIT(LW_I7) |
		     BIT(LW_I8) | BIT(LW_I9)),
	  .rid = SYNTH_KEPT, .state = "unknown", .found = "this kernel marks devices" },
	{ "no words carried", small_quota, INCOMPLETE(BIT(LW_I2) | BIT(LW_I7)),
	  .rid = SYNTH_KEPT, .state = "unknown", .found = "words of its entry" },
};

int main(void)
{
	return run_rows(rows, sizeof(rows) / sizeof(*rows));
}
