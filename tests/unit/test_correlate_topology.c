// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Machines on which two things look alike: units with the same bus, segments with the same
 * addresses, versions of the series that clear the same root entry. Each was found by the property
 * test (tests/property) as a false alarm or a finding too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "synth.h"

static size_t fails(const struct synth *s, enum lw_invariant invariant)
{
	return s->handover->results[invariant].fails;
}

static void assert_clean(struct synth *s)
{
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
}

/* A scalable unit without any device: its root table was recorded, and is empty. */
static void empty_scalable_unit(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	synth_add_unit(s, 0, true);
	assert_clean(s);
	synth_free(s);
}

/* 0000:e1:00.0 is not preserved, 10000:e1:00.0 is, and the log of 6.12 says only "e1:00.0". */
static struct synth *two_segments(uint32_t reason)
{
	struct synth *s = synth_standard(false);

	synth_add_device(s, s->units[0], LW_RID(0, 0xe1, 0));
	synth_kexec(s);
	synth_evidence(s);
	synth_log_fault(s, LW_RID(0, 0xe1, 0), reason, 0x1000)->segment_known = false;
	return s;
}

static void segment_by_entry(void **state)
{
	struct synth *s = two_segments(0x02);

	(void)state;
	assert_clean(s);
	assert_string_equal(synth_class(s, LW_RID(0, 0xe1, 0)), "parked");
	synth_free(s);

	/* A leaf reason needs an entry: only the preserved device has one. */
	s = two_segments(0x05);
	synth_judge(s);
	assert_int_equal(fails(s, LW_I10), 1);
	assert_string_equal(synth_class(s, LW_RID(0x10000, 0xe1, 0)), "broken");
	synth_free(s);
}

/* The next kernel does not see the device that was cleared: its entry tells that there was one. */
static void segment_of_a_device_that_is_gone(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_add_device(s, s->units[0], LW_RID(0, 0xe1, 0))->hidden = true;
	synth_kexec(s);
	synth_evidence(s);
	synth_log_fault(s, LW_RID(0, 0xe1, 0), 0x02, 0x1000)->segment_known = false;
	assert_clean(s);
	assert_string_equal(synth_class(s, LW_RID(0, 0xe1, 0)), "parked");
	synth_free(s);
}

/* In the next kernel's own tables both have an entry: nobody can tell. */
static void segment_not_to_be_told(void **state)
{
	struct synth *s = two_segments(0x02);

	(void)state;
	s->log_faults[0].first_ns = 9000000000ULL;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_int_equal(fails(s, LW_I10), 0);
	assert_true(synth_found(s, "The log names no segment"));
	synth_free(s);
}

static void lose_root(struct synth *s)
{
	s->units[0]->root[LW_RID_BUS(SYNTH_KEPT) << 1] = 0;
}

/* v2 clears no root entries; that a preserved one went is no sign that it should have cleared others. */
static void root_of_preserved_is_no_sign(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_set_version(s, 2);
	synth_device(s, SYNTH_OTHER)->alias_count = 0;
	synth_clear_entry(s->units[0], SYNTH_ALIAS);
	s->after_clear = lose_root;
	synth_judge(s);
	assert_int_equal(fails(s, LW_I2), 1);
	assert_int_equal(fails(s, LW_I3), 0);
	synth_free(s);
}

static void alter_rid_pasid(struct synth *s)
{
	synth_entry(s->units[0], SYNTH_KEPT)[1] ^= 1 << 9;
}

static void alter_two_tables(struct synth *s)
{
	synth_device(s, SYNTH_KEPT)->pasid_words[0] ^= 1 << 12;
	synth_device(s, SYNTH_VMD)->pasid_words[0] ^= 1 << 12;
}

/* One finding a device, whatever follows from it behind the context entry. */
static void one_finding_a_device(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	s->after_clear = alter_rid_pasid;
	synth_judge(s);
	assert_int_equal(fails(s, LW_I2), 1);
	synth_free(s);
	s = synth_standard(true);
	s->after_clear = alter_two_tables;
	synth_judge(s);
	assert_int_equal(fails(s, LW_I2), 2);
	synth_free(s);
}

/* dmar2 has a table for the bus of a device that is preserved on dmar0. */
static struct synth *shared_bus(void)
{
	struct synth *s = synth_standard(false);

	synth_add_device(s, s->units[2], LW_RID(0, 1, 0x40));
	return s;
}

static void leave_root(struct synth *s)
{
	s->units[2]->root[LW_RID_BUS(SYNTH_KEPT) << 1] =
		s->units[2]->old_root[LW_RID_BUS(SYNTH_KEPT) << 1];
}

/* The preserved device of that bus is on dmar0: dmar2 has no reason to keep its root entry. */
static void shared_bus_and_root_left(void **state)
{
	struct synth *s = shared_bus();

	(void)state;
	synth_preserve(synth_add_device(s, s->units[2], LW_RID(0, 0x81, 0)));
	s->after_clear = leave_root;
	synth_judge(s);
	assert_int_equal(fails(s, LW_I3), 1);
	assert_string_equal(s->handover->findings[0].subject, "dmar2 bus 01");
	synth_free(s);
}

static void drop_table_of_dmar2(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].type == LW_REC_TABLE && s->log[i].unit == 2 &&
		    s->log[i].table.phase == LW_AFTER && s->log[i].table.bus == 1)
			break;
	}
	assert_true(i < s->log_count);
	synth_drop(s, i);
}

static void shared_bus_and_hole(void **state)
{
	struct synth *s = shared_bus();

	(void)state;
	s->records = drop_table_of_dmar2;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_int_equal(fails(s, LW_I5), 0);
	synth_free(s);
}

static void take_away(struct synth *s)
{
	synth_clear_entry(s->units[1], SYNTH_VMD);
}

/* The entry is on no unit any more: the unit is that on which the device was preserved. */
static void shared_bus_and_taken_away(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_preserve(synth_add_device(s, synth_add_unit(s, 0x10000, false),
					LW_RID(0x10000, 0xe1, 0x40)));
	s->before_shutdown = take_away;
	synth_judge(s);
	assert_int_equal(fails(s, LW_I2), 1);
	assert_int_equal(fails(s, LW_I5), 0);
	synth_free(s);
}

static void hide_table(struct synth *s)
{
	s->units[1]->tables[LW_RID_BUS(SYNTH_VMD) << 1]->unreadable = true;
}

static void table_never_readable(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->before_shutdown = hide_table;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	synth_free(s);
}

static void damage_baseline(struct synth *s)
{
	s->baseline[0].checksum ^= 1;
}

/* Only the baseline knows which unit is never switched off, and an unseen device's aliases. */
static void without_baseline(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->units[2]->gfx_dedicated = true;
	s->records = damage_baseline;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_true(synth_found(s, "never switched off"));
	synth_free(s);

	s = synth_standard(false);
	synth_add_alias(synth_device(s, SYNTH_KEPT), LW_RID(0, 1, 0x30), true);
	synth_device(s, SYNTH_KEPT)->hidden = true;
	s->records = damage_baseline;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_true(synth_found(s, "DMA aliases"));
	synth_free(s);
}

#define CONTROLLER LW_RID(0, 0, 0x70)
#define DRIVE	   LW_RID(0x20000, 0, 0x80)

/* A drive behind a VMD controller: it has no context entry of its own, it sends with the controller's. */
static struct synth *behind_vmd(void)
{
	struct synth *s = synth_standard(false);
	struct synth_device *drive = synth_add_device(s, s->units[0], DRIVE);

	synth_add_alias(drive, CONTROLLER, true);
	synth_clear_entry(s->units[0], DRIVE);
	synth_preserve(drive);
	return s;
}

/* Aliases are not programmed in every mode: then nothing is known of it. */
static void forget_controller(struct synth *s)
{
	synth_clear_entry(s->units[0], CONTROLLER);
}

static void clear_controller(struct synth *s)
{
	synth_clear_entry(s->units[0], CONTROLLER);
}

static void drive_behind_vmd(void **state)
{
	struct synth *s = behind_vmd();

	(void)state;
	assert_clean(s);
	assert_true(synth_found(s, "sends as the VMD controller"));
	synth_free(s);
	s = behind_vmd();
	s->after_clear = clear_controller;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_VIOLATION);
	assert_int_equal(fails(s, LW_I2), 1);
	synth_free(s);
	s = behind_vmd();
	s->before_shutdown = forget_controller;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_scalable_unit),
		cmocka_unit_test(segment_by_entry),
		cmocka_unit_test(segment_of_a_device_that_is_gone),
		cmocka_unit_test(segment_not_to_be_told),
		cmocka_unit_test(root_of_preserved_is_no_sign),
		cmocka_unit_test(one_finding_a_device),
		cmocka_unit_test(shared_bus_and_root_left),
		cmocka_unit_test(shared_bus_and_hole),
		cmocka_unit_test(shared_bus_and_taken_away),
		cmocka_unit_test(table_never_readable),
		cmocka_unit_test(without_baseline),
		cmocka_unit_test(drive_behind_vmd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
