// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults that a correct hand-over may have: devices that were not quiet and were blocked (parked),
 * a guest's own mistakes, interrupt remapping, devices nobody knows. They are remembered, because a
 * mistake in the tables of such a device would have one finding more.
 */
#include "luwatch/vtd.h"
#include "trial.h"

#define LEAF_WRITE  0x05
#define LEAF_READ   0x06
#define CLEARED     0x02
#define CLEARED_SM  0x41
#define IR_BLOCKED  0x25

static struct synth_device *random_device(struct trial *t, bool preserved)
{
	size_t i;

	for (i = 0; i < 8 && t->s->device_count; i++) {
		struct synth_device *device =
			t->s->devices[roll_below(&t->dice, t->s->device_count)];

		if (device->marked == preserved && synth_is_cleaned(t->s, device->unit))
			return device;
	}
	return NULL;
}

static uint32_t cleared_reason(struct trial *t, const struct synth_device *device)
{
	return device->unit->scalable && roll_chance(&t->dice, 70) ? CLEARED_SM : CLEARED;
}

/*
 * Chooses the devices, so that no mutation is made on them. The one to be parked must have an entry
 * that the shutdown clears; without one its faults would be ordinary ones.
 */
static void choose(struct trial *t)
{
	t->guest = random_device(t, true);
	if (t->guest && t->guest->rid == t->rid)
		t->guest = NULL; /* the mutation has taken it */
	t->parked = random_device(t, false);
	if (t->parked && LW_RID_SOURCE_ID(t->parked->rid) == LW_RID_SOURCE_ID(t->rid))
		t->parked = NULL;
	if (t->parked && !(*synth_entry(t->parked->unit, t->parked->rid) & VTD_PRESENT))
		t->parked = NULL;
	t->stranger = LW_RID(0, roll_below(&t->dice, 256), roll_below(&t->dice, 256));
	if (t->guest)
		list_add(&t->faulty, t->guest->rid);
	if (t->parked)
		list_add(&t->faulty, t->parked->rid);
	list_add(&t->faulty, t->stranger);
}

void add_faults_before(struct trial *t)
{
	if (!roll_chance(&t->dice, 40))
		return;
	choose(t);
	if (t->guest && roll_chance(&t->dice, 50)) {
		/* With a precedent a leaf fault in the blackout is the guest's own. */
		synth_emit_total(t->s, t->guest->rid, LEAF_READ, LW_FAULT_READ,
				 1 + roll_below(&t->dice, 1000));
		if (roll_chance(&t->dice, 60))
			synth_emit_fault(t->s, t->guest->rid, LEAF_WRITE, 0x1000, 0);
		if (roll_chance(&t->dice, 30))
			synth_emit_total(t->s, t->guest->rid, LEAF_READ,
					 LW_FAULT_READ | LW_FAULT_SINCE_KEXEC, 20000);
	}
	/* Its entry is still there: any reason is an ordinary fault. */
	if (t->parked && roll_chance(&t->dice, 30))
		synth_emit_total(t->s, t->parked->rid, LEAF_WRITE, 0, 3);
}

void add_faults_latched(struct trial *t)
{
	if (t->parked && roll_chance(&t->dice, 60))
		synth_emit_fault(t->s, t->parked->rid, cleared_reason(t, t->parked), 0x7000,
				 LW_FAULT_LATCHED);
}

static void add_log_fault(struct trial *t, uint64_t rid, uint32_t reason)
{
	struct lw_fault *fault = synth_log_fault(t->s, rid, reason, roll(&t->dice) & 0xffffff000);

	/* Kernels before 7.2 do not print the segment. */
	if (!roll_chance(&t->dice, 50))
		return;
	fault->segment_known = false;
	fault->rid = LW_RID_SOURCE_ID(rid);
}

void add_faults_after(struct trial *t)
{
	if (t->parked && roll_chance(&t->dice, 50))
		add_log_fault(t, t->parked->rid, cleared_reason(t, t->parked));
	if (t->guest && roll_chance(&t->dice, 30))
		synth_live_fault(t->s, t->guest->rid, LEAF_READ, 1 + roll_below(&t->dice, 50));
	if (t->guest && roll_chance(&t->dice, 20))
		synth_log_fault(t->s, t->guest->rid, LEAF_WRITE, 0x2000)->first_ns = 9000000000ULL;
	if (t->faulty.count && !list_contains(&t->used, t->stranger) && roll_chance(&t->dice, 20))
		synth_log_fault(t->s, t->stranger, CLEARED, 0x3000);
	if (t->faulty.count && roll_chance(&t->dice, 20))
		synth_log_fault(t->s, t->stranger, IR_BLOCKED, 7)->flags = LW_FAULT_INTERRUPT;
}
