// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What else a kernel can do wrong, one row each: invalidations, units, calls in between, sets (I4 to
 * I11).
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

static void switch_off(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->gsts &= ~VTD_GSTS_TES;
}

static void stay_on(struct synth *s)
{
	synth_unit_of(s, SYNTH_LONELY)->gsts |= VTD_GSTS_TES;
}

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

static void not_declared(struct synth *s)
{
	synth_device(s, SYNTH_KEPT)->declared = false;
}

static void not_marked(struct synth *s)
{
	synth_device(s, SYNTH_VMD)->declared = true;
	synth_device(s, SYNTH_BUS0)->declared = true;
}

static void reboot_refused(struct synth *s)
{
	s->liveupdate_result = -16;
}

/* Both modes have bits there that steer translation and lead nowhere else. */
static void alter_width(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_KEPT);

	synth_entry(unit, SYNTH_KEPT)[unit->scalable ? 0 : 1] ^= unit->scalable ? 1ULL << 10 : 1;
}

static const struct row rows[] = {
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
	  .rid = SYNTH_KEPT, .state = "kept", .found = "was not carried out" },

	/* I6, I7, I8 */
	{ "protected memory left on", protected_memory_off, .after_clear = protected_memory,
	  VIOLATION(BIT(LW_I6)), .rid = SYNTH_KEPT,
	  .state = "kept", .found = "Protected memory regions of dmar0 were left on" },
	{ "protected memory off", protected_memory_off, CLEAN, .rid = SYNTH_KEPT, .state = "kept" },
	{ "changed between preservation and shutdown", .before_shutdown = alter_width,
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
};

int main(void)
{
	return run_rows(rows, sizeof(rows) / sizeof(*rows));
}
