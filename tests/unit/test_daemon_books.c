// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the daemon takes in: counters of the kernel, lines of its log, faults of a report. Each fault
 * is booked once, keeps the class it had when it was noticed, and is told once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/books.h"
#include "daemon/kmsg.h"
#include "report/json.h"
#include "synth.h"

#define RID LW_RID(0, 3, 0)

static const struct lw_device devices[] = {
	{ .rid = RID },
	{ .rid = LW_RID(0, 4, 0), .assigned = true },
	{ .rid = LW_RID(0, 5, 0), .aliases = (const uint64_t[]){ LW_RID(0, 6, 0) },
	  .alias_count = 1 },
};

static struct lw_live_context quiet_context(void)
{
	return (struct lw_live_context){ .devices = devices, .device_count = 3 };
}

static struct lw_map_fault counted(uint64_t rid, uint8_t reason, uint64_t count)
{
	return (struct lw_map_fault){
		.key = { .rid = rid, .pasid = LW_NO_PASID, .reason = reason,
			 .flags = LW_FAULT_READ },
		.value = { .count = count, .first_ns = 1000, .last_ns = 2000 },
	};
}

static const char *class_of(const struct lw_live_context *c, uint64_t rid, uint32_t reason)
{
	struct lw_fault f = { .rid = rid, .reason = reason, .last_ns = 2000,
			      .pasid = LW_NO_PASID };

	lw_live_classify(c, &f);
	return lw_fault_class_name(f.class);
}

static void classes(void **state)
{
	const struct lw_live_preserved preserved[] = { { RID, 0 }, { LW_RID(0, 4, 0), 3000 } };
	struct lw_live_context c = quiet_context();

	(void)state;
	assert_string_equal(class_of(&c, RID, 0x06), "ordinary");
	assert_string_equal(class_of(&c, RID, 0x02), "ordinary");
	assert_string_equal(class_of(&c, RID, 0x25), "interrupt-remapping");
	assert_string_equal(class_of(&c, LW_RID(0, 4, 0), 0x06), "guest");
	assert_string_equal(class_of(&c, LW_RID(0, 4, 0), 0x02), "ordinary");
	assert_string_equal(class_of(&c, LW_RID(0, 6, 0), 0x06), "ordinary");
	assert_string_equal(class_of(&c, LW_RID(0, 7, 0), 0x06), "unknown-device");
	c.preserved = preserved;
	c.preserved_count = 2;
	assert_string_equal(class_of(&c, RID, 0x06), "guest");
	assert_string_equal(class_of(&c, RID, 0x02), "broken");
	/* It was marked only after this fault. */
	assert_string_equal(class_of(&c, LW_RID(0, 4, 0), 0x02), "ordinary");
	/* A machine whose devices cannot be listed has no unknown ones. */
	c.device_count = 0;
	assert_string_equal(class_of(&c, LW_RID(0, 7, 0), 0x06), "ordinary");
}

static void classes_after_handover(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_live_context c = { .handed_over = true };
	struct lw_device assigned = { .rid = SYNTH_BUS0, .assigned = true };
	struct lw_fault f = { .rid = SYNTH_KEPT, .reason = 0x02 };

	(void)state;
	c.handover = synth_judge(s);
	lw_live_classify(&c, &f);
	assert_int_equal(f.window, LW_WINDOW_AFTER);
	assert_int_equal(f.class, LW_CLASS_BROKEN);
	assert_string_equal(class_of(&c, SYNTH_KEPT, 0x06), "guest");
	assert_string_equal(class_of(&c, SYNTH_BUS0, 0x06), "ordinary");
	assert_string_equal(class_of(&c, LW_RID(0, 0x77, 0), 0x06), "ordinary");
	/* Since collect a guest got the device, and another one was plugged in. */
	c.devices = &assigned;
	c.device_count = 1;
	assert_string_equal(class_of(&c, SYNTH_BUS0, 0x06), "guest");
	assert_string_equal(class_of(&c, LW_RID(0, 0x77, 0), 0x06), "unknown-device");
	synth_free(s);
}

static void booked_once(void **state)
{
	const struct lw_live_preserved preserved[] = { { RID, 0 } };
	struct lw_live_context c = quiet_context();
	struct lw_map_fault faults[2] = { counted(RID, 0x02, 5), counted(RID, 0x06, 1) };
	struct lw_books b = {};
	struct lw_booked booked;

	(void)state;
	booked = lw_books_take(&b, &c, faults, 2);
	assert_int_equal(booked.faults, 6);
	assert_false(booked.damage);
	assert_int_equal(b.account.faults[LW_CLASS_ORDINARY][LW_WINDOW_BEFORE], 6);
	assert_int_equal(lw_books_take(&b, &c, faults, 2).faults, 0);
	/* Preserved from now on: what was booked stays, what comes is of another class. */
	c.preserved = preserved;
	c.preserved_count = 1;
	faults[0].value.count = 7;
	booked = lw_books_take(&b, &c, faults, 2);
	assert_int_equal(booked.faults, 2);
	assert_true(booked.damage);
	assert_int_equal(b.account.faults[LW_CLASS_ORDINARY][LW_WINDOW_BEFORE], 6);
	assert_int_equal(b.account.faults[LW_CLASS_BROKEN][LW_WINDOW_BEFORE], 2);
	lw_books_free(&b);
}

static void told_once(void **state)
{
	struct lw_live_context c = quiet_context();
	struct lw_map_fault fault = counted(RID, 0x06, 100);
	struct lw_fault single = { .rid = RID, .class = LW_CLASS_ORDINARY };
	struct lw_books b = {};
	size_t i;

	(void)state;
	lw_books_take(&b, &c, &fault, 1);
	for (i = 0; i < 30; i++)
		lw_books_told(&b, &single);
	assert_int_equal(b.untold_count, 1);
	assert_int_equal(b.untold[0].count, 70);
	/* More devices than places: nothing is lost, the last place is everybody's. */
	memset(&b.untold, 0, sizeof(b.untold));
	b.untold_count = 0;
	for (i = 0; i < 1000; i++) {
		fault = counted(0x10000 + i, 0x06, 3);
		lw_books_take(&b, &c, &fault, 1);
	}
	assert_int_equal(b.untold_count, LW_UNTOLD);
	assert_true(b.untold[LW_UNTOLD - 1].like.rid == LW_RID_OTHER);
	assert_int_equal(b.untold[LW_UNTOLD - 1].count, 3 * (1000 - LW_UNTOLD + 1));
	lw_books_free(&b);
}

static void report_booked_once(void **state)
{
	json_t *report = json_pack(
		"{s[{ss ss si so ss ss si ss}{ss ss si ss ss ss si ss}{ss ss si so ss ss si ss}]}",
		"faults", "rid", "0000:03:00.0", "type", "read", "reason", 2, "pasid", json_null(),
		"window", "blackout", "class", "parked", "count", 3, "source", "register", "rid",
		"0000:03:00.0", "type", "read", "reason", 2, "pasid", "0x5", "window", "early-boot",
		"class", "broken", "count", 1, "source", "log", "rid", "0000:03:00.0", "type",
		"read", "reason", 2, "pasid", json_null(), "window", "before", "class", "ordinary",
		"count", 50, "source", "register");
	json_t *first = json_array_get(json_object_get(report, "faults"), 0);
	struct lw_books b = {};

	(void)state;
	lw_books_take_report(&b, report);
	lw_books_take_report(&b, report);
	assert_int_equal(b.account.faults[LW_CLASS_PARKED][LW_WINDOW_BLACKOUT], 3);
	assert_int_equal(b.account.faults[LW_CLASS_BROKEN][LW_WINDOW_EARLY_BOOT], 1);
	assert_int_equal(b.account.faults[LW_CLASS_ORDINARY][LW_WINDOW_BEFORE], 0);
	json_object_set_new(first, "count", json_integer(5));
	lw_books_take_report(&b, report);
	assert_int_equal(b.account.faults[LW_CLASS_PARKED][LW_WINDOW_BLACKOUT], 5);
	/* The report has told them; the journal need not. */
	assert_int_equal(b.untold_count, 0);
	json_object_set_new(first, "count", json_integer(-1));
	json_object_set_new(first, "rid", json_integer(1));
	lw_books_take_report(&b, report);
	lw_books_take_report(&b, NULL);
	json_decref(report);
	lw_books_free(&b);
}

/* Faults that somebody knows: counted by themselves, never told, and damage is damage. */
static void known_ones(void **state)
{
	const struct lw_live_preserved preserved[] = { { RID, 0 } };
	struct lw_live_context c = quiet_context();
	struct lw_map_fault faults[3] = { counted(RID, 0x06, 5), counted(RID, 0x02, 7),
					  counted(LW_RID(0, 5, 0), 0x06, 2) };
	json_t *report = json_pack("{s[{ss ss si so ss ss si ss}]}", "faults", "rid", "0000:03:00.0", "type",
				   "read", "reason", 6, "pasid", json_null(), "window", "blackout", "class",
				   "parked", "count", 3, "source", "register");
	struct lw_known known = {};
	struct lw_fault single = { .rid = RID, .reason = 0x06 };
	struct lw_books b = { .known = &known };
	struct lw_booked booked;

	(void)state;
	assert_int_equal(lw_known_add(&known, "0000:03:00.0:0x06"), 0);
	booked = lw_books_take(&b, &c, faults, 3);
	assert_int_equal(booked.faults, 14);
	assert_int_equal(b.account.known[LW_CLASS_ORDINARY], 5);
	assert_int_equal(b.account.faults[LW_CLASS_ORDINARY][LW_WINDOW_BEFORE], 9);
	assert_int_equal(b.untold_count, 2);
	assert_int_equal(b.untold[0].count + b.untold[1].count, 9);
	assert_true(lw_books_knows(&b, &single));
	single.reason = 0x05;
	assert_false(lw_books_knows(&b, &single));
	lw_books_take_report(&b, report);
	assert_int_equal(b.account.known[LW_CLASS_PARKED], 3);
	assert_int_equal(b.account.faults[LW_CLASS_PARKED][LW_WINDOW_BLACKOUT], 0);
	/* Another reason of the same device, and all of its reasons once the list says so. */
	c.preserved = preserved;
	c.preserved_count = 1;
	assert_int_equal(lw_known_add(&known, "0000:03:00.0"), 0);
	faults[1].value.count = 8;
	booked = lw_books_take(&b, &c, faults, 3);
	assert_int_equal(b.account.known[LW_CLASS_BROKEN], 1);
	assert_true(booked.damage);
	json_decref(report);
	lw_books_free(&b);
}

static void count_fault(void *context, const struct lw_fault *fault, uint64_t sequence)
{
	uint64_t *seen = context;

	seen[0]++;
	seen[1] = sequence;
	assert_true(fault->rid == LW_RID(0, 1, 0));
}

static void feed(struct lw_log *log, const char *record, uint64_t seen[2])
{
	lw_log_take(log, record, strlen(record), count_fault, seen);
}

static void log_lines(void **state)
{
	struct lw_log log = { .fd = -1 };
	uint64_t seen[2] = {};

	(void)state;
	feed(&log, "6,100,1000,-;usb 1-1: new device\n", seen);
	feed(&log, "3,101,2000,-;DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr "
		   "0x100000 [fault reason 0x06] PTE Read access is not set\n", seen);
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 101);
	/* A program that says the same. */
	feed(&log, "11,102,3000,-;DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr "
		   "0x100000 [fault reason 0x06] PTE Read access is not set\n", seen);
	assert_int_equal(seen[0], 1);
	assert_int_equal(log.rejected, 1);
	feed(&log, "4,110,4000,-;dmar_fault: 30 callbacks suppressed\n", seen);
	assert_int_equal(log.lost, 7);
	assert_int_equal(log.suppressed, 30);
	feed(&log, "12,111,4000,-;dmar_fault: 30 callbacks suppressed\n", seen);
	assert_int_equal(log.suppressed, 30);
	feed(&log, "nonsense", seen);
	feed(&log, "", seen);
	assert_int_equal(log.lost, 7);
	assert_int_equal(log.missed, 7 + 30);
}

/* The log was saved up to record 200; what is older needs not be there, what is newer must be. */
static void log_behind_what_was_saved(void **state)
{
	struct lw_log log = { .fd = -1, .saved_known = true, .saved = 200 };
	uint64_t seen[2] = {};

	(void)state;
	feed(&log, "6,150,1000,-;an old line\n", seen);
	feed(&log, "4,151,1000,-;dmar_fault: 30 callbacks suppressed\n", seen);
	assert_int_equal(log.missed, 0);
	feed(&log, "4,152,1000,-;dmar_fault: 2 callbacks suppressed\n", seen);
	assert_int_equal(log.suppressed, 32);
	/* All that came after it was overwritten before anybody followed. */
	log = (struct lw_log){ .fd = -1, .saved_known = true, .saved = 200 };
	feed(&log, "6,5000,9000,-;a much later line\n", seen);
	assert_int_equal(log.missed, 4799);
	feed(&log, "4,5001,9000,-;dmar_fault: 30 callbacks suppressed\n", seen);
	assert_int_equal(log.missed, 4829);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),
		cmocka_unit_test(classes_after_handover),
		cmocka_unit_test(booked_once),
		cmocka_unit_test(told_once),
		cmocka_unit_test(report_booked_once),
		cmocka_unit_test(known_ones),
		cmocka_unit_test(log_lines),
		cmocka_unit_test(log_behind_what_was_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
