// SPDX-License-Identifier: GPL-2.0-or-later
/* Mistakes before the tables were cleaned, and faults that show a broken hand-over (I7-I11). */
#include <errno.h>

#include "luwatch/vtd.h"
#include "trial.h"

/* --- drift ---------------------------------------------------------------------------------- */

static void drift(struct trial *t)
{
	struct lw_record r = { .type = LW_REC_DRIFT };

	if (!pick_preserved_device(t))
		return;
	r.unit = t->unit->index;
	r.drift.rid = t->rid;
	r.drift.what = 1 + roll_below(&t->pick, 4);
	synth_emit(t->s, &r);
	expect_rid(t, LW_I7, t->rid);
	apply(t, "drift %u of %llx", r.drift.what, (unsigned long long)t->rid);
}

static void change_before(struct trial *t)
{
	uint64_t *words;

	if (!pick_preserved_device(t))
		return;
	words = synth_entry(t->unit, t->rid);
	words[0] ^= 1ULL << 41;
	expect_rid(t, LW_I7, t->rid);
	/* No memory of this machine is there: the PASID tables cannot be read. */
	if (t->unit->scalable)
		t->unknown_may = BIT(LW_I2);
	apply(t, "%llx changed before the shutdown", (unsigned long long)t->rid);
}

/* Another unit has a context table of its bus: the device may as well have been behind that one. */
static bool bus_is_shared(const struct trial *t)
{
	unsigned int slot = LW_RID_BUS(t->rid) << 1;
	size_t i;

	for (i = 0; i < t->s->unit_count; i++) {
		const struct synth_unit *unit = t->s->units[i];

		if (unit != t->unit && unit->segment == t->unit->segment &&
		    (unit->root[slot] || unit->root[slot + 1]))
			return true;
	}
	return false;
}

static void take_away(struct trial *t)
{
	if (!pick_preserved_device(t))
		return;
	synth_clear_entry(t->unit, t->rid);
	expect_rid(t, LW_I7, t->rid);
	expect_rid(t, LW_I2, t->rid);
	/* v1 does not tell which units it cleaned. */
	t->unknown_may = t->s->version == 1 || bus_is_shared(t) ? BIT(LW_I5) : 0;
	apply(t, "%llx taken away before the shutdown", (unsigned long long)t->rid);
}

/* It had no entry when it was preserved, as a bridge on the way: nothing is lost, and that is noted. */
static void never_have_entry(struct trial *t)
{
	if (!pick_preserved_device(t))
		return;
	synth_clear_entry(t->unit, t->rid);
	lw_rid_format(t->rid, t->noted);
	/* v1 does not tell which units it cleaned, and this may be all that keeps its own on. */
	t->unknown_may = t->s->version == 1 ? BIT(LW_I5) : 0;
	apply(t, "%llx preserved without an entry", (unsigned long long)t->rid);
}

/* --- suspend, sets, point of no return ------------------------------------------------------ */

static void suspend(struct trial *t)
{
	struct lw_record r = { .type = LW_REC_SUSPEND, .unit = LW_NO_UNIT };

	if (!t->preserved.count)
		return;
	synth_emit(t->s, &r);
	expect_fail(t, LW_I8, "hand-over");
	apply(t, "suspend not refused");
}

/* For a reason of its own: neither refused as it must be, nor allowed. */
static void fail_suspend(struct trial *t)
{
	static const int results[] = { -EIO, -ENOMEM, -ENODEV };
	struct lw_record r = { .type = LW_REC_SUSPEND, .unit = LW_NO_UNIT };

	if (!t->preserved.count)
		return;
	r.result.result = results[roll_below(&t->pick, 3)];
	synth_emit(t->s, &r);
	t->unknown_must = BIT(LW_I8);
	apply(t, "suspend failed with %d", (int)r.result.result);
}

static void forget_declaration(struct trial *t)
{
	if (!t->s->declared_known || !pick_preserved_device(t))
		return;
	synth_device(t->s, t->rid)->declared = false;
	expect_rid(t, LW_I9, t->rid);
	apply(t, "%llx marked, not declared", (unsigned long long)t->rid);
}

static void declare(struct trial *t)
{
	struct synth_device *device;

	if (!t->s->declared_known || !t->s->version || !t->s->device_count)
		return;
	device = t->s->devices[roll_below(&t->pick, t->s->device_count)];
	if (device->marked)
		return;
	device->declared = true;
	expect_rid(t, LW_I9, device->rid);
	apply(t, "%llx declared, not marked", (unsigned long long)device->rid);
}

static void ignore_abort(struct trial *t)
{
	if (!t->s->liveupdate)
		return;
	t->s->liveupdate_result = -EBUSY;
	expect_fail(t, LW_I11, "hand-over");
	apply(t, "liveupdate_reboot() refused");
}

/* --- faults --------------------------------------------------------------------------------- */

static void break_device(struct trial *t)
{
	if (!pick_preserved_device(t))
		return;
	if (roll_chance(&t->pick, 50))
		synth_emit_fault(t->s, t->rid, 0x02, 0x4000, LW_FAULT_LATCHED);
	else /* a leaf reason, and never one before */
		synth_emit_fault(t->s, t->rid, 0x06, 0x4000, LW_FAULT_LATCHED);
	expect_rid(t, LW_I10, t->rid);
	apply(t, "%llx broken", (unsigned long long)t->rid);
}

static void break_device_in_log(struct trial *t)
{
	if (!pick_preserved_device(t))
		return;
	synth_log_fault(t->s, t->rid, t->unit->scalable ? 0x59 : 0x02, 0x5000);
	expect_rid(t, LW_I10, t->rid);
	apply(t, "%llx broken in early boot", (unsigned long long)t->rid);
}

static void lose_entry(struct trial *t)
{
	if (!pick_entry(t, true))
		return;
	synth_clear_entry(t->unit, t->rid);
	expect_rid(t, LW_I2, t->rid);
	apply(t, "%llx lost and busy", (unsigned long long)t->rid);
}

static void leave_entry(struct trial *t)
{
	unsigned int slot;

	if (!pick_entry(t, false))
		return;
	slot = synth_slot(t->unit, t->rid);
	if (!(t->unit->root[slot] & VTD_PRESENT))
		return;
	synth_entry(t->unit, t->rid)[0] =
		t->unit->copies[slot]
			->words[LW_RID_DEVFN(t->rid) * entry_step(t->unit) % 512];
	expect_rid(t, LW_I1, t->rid);
	apply(t, "%llx left and busy", (unsigned long long)t->rid);
}

static void be_busy(struct trial *t)
{
	if (!t->applied)
		return;
	synth_emit_fault(t->s, t->rid, t->fails[0].invariant == LW_I1 ? 0x05 : 0x02, 0x6000,
			 LW_FAULT_LATCHED);
	expect_rid(t, LW_I10, t->rid);
}

/* --- faults that nobody could see ----------------------------------------------------------- */

static void overflow(struct trial *t)
{
	struct synth_unit *unit = t->s->units[roll_below(&t->pick, t->s->unit_count)];

	unit->fsts |= VTD_FSTS_PFO;
	t->unknown_must = BIT(LW_I10);
	apply(t, "fault registers of dmar%u overflowed", unit->index);
}

static void lose_log(struct trial *t)
{
	switch (roll_below(&t->pick, 3)) {
	case 0:
		t->s->evidence.log_complete = false;
		t->unknown_may = BIT(LW_I13);
		break;
	case 1:
		t->s->evidence.log_vtd = false;
		break;
	case 2:
		t->s->evidence.log_suppressed = 1 + roll_below(&t->pick, 100000);
		break;
	}
	t->unknown_must = BIT(LW_I10);
	apply(t, "the log is not whole");
}

const struct mutation event_mutations[] = {
	{ "drift", BIT(LW_I7), .before_shutdown = drift },
	{ "changed-before", BIT(LW_I7), .before_shutdown = change_before },
	{ "taken-away", BIT(LW_I7) | BIT(LW_I2), .before_shutdown = take_away },
	{ "never-had-entry", 0, .machine = never_have_entry },
	{ "suspend-allowed", BIT(LW_I8), .before_shutdown = suspend },
	{ "suspend-failed", BIT(LW_I8), .before_shutdown = fail_suspend },
	{ "marked-not-declared", BIT(LW_I9), .machine = forget_declaration },
	{ "declared-not-marked", BIT(LW_I9), .machine = declare },
	{ "abort-ignored", BIT(LW_I11), .machine = ignore_abort },
	{ "broken", BIT(LW_I10), .at_last_look = break_device },
	{ "broken-in-early-boot", BIT(LW_I10), .evidence = break_device_in_log },
	{ "lost-and-busy", BIT(LW_I2) | BIT(LW_I10), .after_clear = lose_entry,
	  .at_last_look = be_busy },
	{ "leaked-and-busy", BIT(LW_I1) | BIT(LW_I10), .after_clear = leave_entry,
	  .at_last_look = be_busy },
	{ "faults-overflowed", BIT(LW_I10), .after_clear = overflow },
	{ "log-not-whole", BIT(LW_I10), .evidence = lose_log },
	{}
};
