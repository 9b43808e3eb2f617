// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults: windows, classes, the same fault from two sources, and what they do to the verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "synth.h"

#define CLEARED 0x02 /* context entry not present */
#define LEAF	0x05 /* no write permission */
#define IR	0x22
#define STRANGE LW_RID(0, 0x77, 0x08)

enum from { TOTAL, TOTAL_SINCE, SEVERAL, SEVERAL_SINCE, REGISTER, LATCHED, LOG, LOG_LATE, LIVE };

struct row {
	const char *name;
	uint64_t rid;
	uint32_t reason;
	enum from from;
	const char *class, *window, *verdict;
	void (*setup)(struct synth *s);
	synth_change after_clear;
};

static struct row now; /* the row under test, for the callbacks */

static void lose(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT);
}

static void leak(struct synth *s)
{
	uint64_t *words = synth_entry(synth_unit_of(s, SYNTH_SIBLING), SYNTH_SIBLING);

	words[0] = 0x200055000ULL | VTD_PRESENT;
}

static void alter(struct synth *s)
{
	synth_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT)[0] ^= 1ULL << 20;
}

static void assign(struct synth *s)
{
	synth_device(s, SYNTH_SIBLING)->assigned = true;
}

static void plain(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->device_count; i++)
		s->devices[i]->marked = s->devices[i]->declared = false;
	s->declared_known = false;
}

static void with_precedent(struct synth *s)
{
	(void)s;
}

static void adopt(struct synth *s)
{
	(void)s;
}

static const struct row rows[] = {
	{ "parked, blackout", SYNTH_SIBLING, CLEARED, LATCHED, "parked", "blackout", "clean", NULL,
	  NULL },
	{ "parked, read by dmar_fault", SYNTH_SIBLING, CLEARED, REGISTER, "parked", "blackout",
	  "clean", NULL, NULL },
	{ "parked, root entry", SYNTH_OTHER, 0x01, LATCHED, "parked", "blackout", "clean", NULL,
	  NULL },
	{ "parked, alias", SYNTH_ALIAS, CLEARED, LATCHED, "parked", "blackout", "clean", NULL,
	  NULL },
	{ "parked, early boot", SYNTH_SIBLING, CLEARED, LOG, "parked", "early-boot", "clean", NULL,
	  NULL },
	{ "parked, scalable reason", SYNTH_SIBLING, 0x41, LOG, "parked", "early-boot", "clean",
	  NULL, NULL },
	{ "parked, totals", SYNTH_SIBLING, CLEARED, TOTAL_SINCE, "parked", "blackout", "clean",
	  NULL, NULL },
	{ "stock next kernel, later", SYNTH_SIBLING, CLEARED, LIVE, "ordinary", "after", "clean",
	  NULL, NULL },
	{ "adopting next kernel, later", SYNTH_SIBLING, CLEARED, LIVE, "parked", "after", "clean",
	  adopt, NULL },
	{ "before the kexec", SYNTH_SIBLING, CLEARED, TOTAL, "ordinary", "before", "clean", NULL,
	  NULL },
	{ "plain kexec", SYNTH_SIBLING, CLEARED, LOG, "ordinary", "early-boot", "clean", plain,
	  NULL },
	{ "leaf of a cleared device", SYNTH_SIBLING, LEAF, REGISTER, "ordinary", "blackout",
	  "clean", NULL, NULL },

	{ "broken, structure", SYNTH_KEPT, CLEARED, LATCHED, "broken", "blackout", "violation",
	  NULL, NULL },
	{ "broken, structure, early boot", SYNTH_KEPT, 0x03, LOG, "broken", "early-boot",
	  "violation", NULL, NULL },
	{ "broken, structure, later", SYNTH_KEPT, CLEARED, LIVE, "broken", "after", "violation",
	  NULL, NULL },
	{ "structure before the kexec does not judge it", SYNTH_KEPT, CLEARED, TOTAL, "broken",
	  "before", "clean", NULL, NULL },
	{ "broken, lost", SYNTH_KEPT, LEAF, LOG, "broken", "early-boot", "violation", NULL, lose },
	{ "broken, altered", SYNTH_KEPT, LEAF, LIVE, "broken", "after", "violation", NULL, alter },
	{ "broken, leaf without precedent", SYNTH_KEPT, LEAF, LOG, "broken", "early-boot",
	  "violation", NULL, NULL },
	{ "guest, leaf with precedent", SYNTH_KEPT, LEAF, LOG, "guest", "before", "clean",
	  with_precedent, NULL },
	{ "guest, leaf later", SYNTH_KEPT, LEAF, LIVE, "guest", "after", "clean", NULL, NULL },
	{ "guest, leaf before", SYNTH_KEPT, LEAF, TOTAL, "guest", "before", "clean", NULL, NULL },
	{ "guest, assigned", SYNTH_SIBLING, LEAF, LIVE, "guest", "after", "clean", assign, NULL },

	{ "guest, beyond the quota of kinds", SYNTH_KEPT, LEAF, SEVERAL, "guest", "before", "clean",
	  NULL, NULL },
	{ "broken, beyond the quota of kinds", SYNTH_KEPT, 0x03, SEVERAL_SINCE, "broken",
	  "blackout", "violation", NULL, NULL },
	{ "no reason is known", SYNTH_KEPT, 0, SEVERAL_SINCE, "ordinary", "blackout", "incomplete", NULL,
	  NULL },

	{ "leak-hit", SYNTH_SIBLING, LEAF, LOG, "leak-hit", "early-boot", "violation", NULL, leak },
	{ "leak-hit, latched", SYNTH_SIBLING, LEAF, LATCHED, "leak-hit", "blackout", "violation",
	  NULL, leak },

	{ "ordinary", SYNTH_BUS0, LEAF, LIVE, "ordinary", "after", "clean", NULL, NULL },
	{ "interrupt remapping", SYNTH_KEPT, IR, LATCHED, "interrupt-remapping", "blackout",
	  "clean", NULL, NULL },
	{ "unknown device", STRANGE, CLEARED, LOG, "unknown-device", "early-boot", "clean", NULL,
	  NULL },
	{ "log, while a program watched", SYNTH_BUS0, LEAF, LOG_LATE, "ordinary", "after", "clean",
	  NULL, NULL },
};

static void old_kernel_faults(struct synth *s)
{
	if (now.from == TOTAL || now.setup == with_precedent)
		synth_emit_total(s, now.rid, now.reason, 0, 3);
	else if (now.from == SEVERAL)
		synth_emit_total(s, now.rid, now.reason, LW_FAULT_OTHER, 3);
}

static void last_look_faults(struct synth *s)
{
	if (now.from == REGISTER)
		synth_emit_fault(s, now.rid, now.reason, 0x1000, 0);
	else if (now.from == LATCHED)
		synth_emit_fault(s, now.rid, now.reason, 0x1000, LW_FAULT_LATCHED);
	else if (now.from == TOTAL_SINCE)
		synth_emit_total(s, now.rid, now.reason, LW_FAULT_SINCE_KEXEC, 9);
	else if (now.from == SEVERAL_SINCE)
		synth_emit_total(s, now.rid, now.reason, LW_FAULT_OTHER | LW_FAULT_SINCE_KEXEC, 9);
}

static void next_kernel_faults(struct synth *s)
{
	if (now.from == LOG)
		synth_log_fault(s, now.rid, now.reason, 0x1000);
	else if (now.from == LOG_LATE)
		synth_log_fault(s, now.rid, now.reason, 0x1000)->first_ns = 9000000000ULL;
	else if (now.from == LIVE)
		synth_live_fault(s, now.rid, now.reason, 5);
}

static struct synth *run(const struct row *row, bool scalable)
{
	struct synth *s = synth_standard(scalable);

	now = *row;
	if (row->setup)
		row->setup(s);
	s->before_shutdown = old_kernel_faults;
	s->after_clear = row->after_clear;
	s->at_last_look = last_look_faults;
	synth_kexec(s);
	synth_evidence(s);
	if (row->setup == adopt)
		synth_adopt(s);
	next_kernel_faults(s);
	synth_judge(s);
	return s;
}

static void every_class(void **state)
{
	size_t i, scalable;

	(void)state;
	for (i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i / 2];
		const char *class, *window, *verdict;
		struct synth *s;

		scalable = i % 2;
		s = run(row, scalable);
		assert_true(s->handover->fault_count);
		class = synth_class(s, row->rid);
		window = lw_window_name(s->handover->faults[0].window);
		verdict = lw_verdict_name(s->handover->verdict);
		if (strcmp(class, row->class) || strcmp(window, row->window) ||
		    strcmp(verdict, row->verdict))
			fail_msg("%s: %s %s %s (%s)", row->name, class, window, verdict,
				 s->handover->headline);
		synth_free(s);
	}
}

static void parked_in_the_headline(void **state)
{
	struct synth *s = run(&rows[0], false);

	(void)state;
	assert_string_equal(s->handover->headline, "CLEAN SO FAR, 1 device still did DMA");
	assert_true(synth_found(s, "went on doing DMA after its entry was cleared"));
	s->evidence.final = true;
	s->evidence.watched_s = 3600;
	synth_judge(s);
	assert_string_equal(s->handover->headline, "CLEAN, 1 device still did DMA");
	synth_free(s);
}

/* A device and its alias are one device. */
static void two_faults(struct synth *s)
{
	synth_emit_fault(s, SYNTH_OTHER, CLEARED, 0x1000, 0);
	synth_emit_fault(s, SYNTH_ALIAS, CLEARED, 0x2000, 0);
	synth_emit_fault(s, SYNTH_SIBLING, CLEARED, 0x3000, 0);
}

static void devices_are_counted_not_ids(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->at_last_look = two_faults;
	synth_judge(s);
	assert_string_equal(s->handover->headline, "CLEAN SO FAR, 2 devices still did DMA");
	synth_free(s);
}

static void rmrr_device_is_expected(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;
	bool found = false;

	(void)state;
	synth_device(s, SYNTH_SIBLING)->rmrr = true;
	s->at_last_look = two_faults;
	synth_judge(s);
	for (i = 0; i < s->handover->finding_count; i++)
		found |= s->handover->findings[i].action &&
			 strstr(s->handover->findings[i].action, "RMRR");
	assert_true(found);
	synth_free(s);
}

/* --- the same fault from two sources -------------------------------------------------------- */

static void latch_two(struct synth *s)
{
	synth_emit_fault(s, SYNTH_SIBLING, CLEARED, 0x1000, LW_FAULT_LATCHED);
	synth_emit_fault(s, SYNTH_SIBLING, CLEARED, 0x2000, LW_FAULT_LATCHED);
}

static uint64_t total(const struct synth *s)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < s->handover->fault_count; i++)
		count += s->handover->faults[i].count;
	return count;
}

static void latched_and_logged_is_one(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->at_last_look = latch_two;
	synth_kexec(s);
	synth_evidence(s);
	synth_log_fault(s, SYNTH_SIBLING, CLEARED, 0x1000);
	synth_log_fault(s, SYNTH_SIBLING, CLEARED, 0x2000)->segment_known = false;
	synth_judge(s);
	assert_int_equal(total(s), 2);
	assert_int_equal(s->handover->fault_count, 1);
	assert_int_equal(s->handover->faults_twice, 2);
	assert_int_equal(s->handover->faults[0].window, LW_WINDOW_BLACKOUT);
	/* A third line is a fault of its own: each latched one is found again once only. */
	synth_log_fault(s, SYNTH_SIBLING, CLEARED, 0x2000);
	synth_judge(s);
	assert_int_equal(total(s), 3);
	synth_free(s);
}

/*
 * Each in the next kernel's log in its own way: without an address, without a segment (of which there are
 * two), with both. What stands there once more is a fault of its own.
 */
static void latched_in_two_segments(struct synth *s)
{
	synth_emit_fault(s, LW_RID(1, 1, 0), LEAF, 0x1000, LW_FAULT_LATCHED);
	synth_emit_fault(s, LW_RID(0, 1, 0), LEAF, 0x2000, LW_FAULT_LATCHED);
	synth_emit_fault(s, LW_RID(0, 1, 0), LEAF, 0x3000, LW_FAULT_LATCHED);
	synth_emit_fault(s, LW_RID(1, 1, 0), LEAF, 0x4000, LW_FAULT_LATCHED);
}

static void found_again_with_less(void **state)
{
	struct synth *s = synth_new();
	struct lw_fault *fault;

	(void)state;
	synth_add_device(s, synth_add_unit(s, 0, false), LW_RID(0, 1, 0));
	synth_add_device(s, synth_add_unit(s, 1, false), LW_RID(1, 1, 0));
	s->at_last_look = latched_in_two_segments;
	synth_kexec(s);
	synth_evidence(s);
	synth_log_fault(s, LW_RID(1, 1, 0), LEAF, 0x1000);
	synth_log_fault(s, LW_RID(0, 1, 0), LEAF, 0x1000)->first_ns++;
	synth_log_fault(s, LW_RID(0, 1, 0), LEAF, 0x2000)->segment_known = false;
	fault = synth_log_fault(s, LW_RID(1, 1, 0), LEAF, 0x7000);
	fault->address_known = false;
	fault->count = 2;
	synth_judge(s);
	assert_int_equal(s->handover->faults_twice, 3);
	assert_int_equal(total(s), 4 + 5 - 3);
	fault = synth_log_fault(s, LW_RID(0, 1, 0), LEAF, 0);
	fault->address_known = fault->segment_known = false;
	fault->count = 3;
	synth_judge(s);
	assert_int_equal(s->handover->faults_twice, 4);
	assert_int_equal(total(s), 4 + 8 - 4);
	synth_free(s);
}

static void other_faults_are_not_merged(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->at_last_look = latch_two;
	synth_kexec(s);
	synth_evidence(s);
	synth_log_fault(s, SYNTH_SIBLING, CLEARED, 0x3000);
	synth_log_fault(s, SYNTH_SIBLING, 0x01, 0x1000);
	synth_log_fault(s, SYNTH_OTHER, CLEARED, 0x1000);
	synth_log_fault(s, SYNTH_SIBLING, CLEARED, 0x1000)->flags = LW_FAULT_READ;
	synth_log_fault(s, SYNTH_SIBLING, CLEARED, 0x1000)->pasid = 5;
	synth_judge(s);
	assert_int_equal(total(s), 7);
	assert_int_equal(s->handover->faults_twice, 0);
	synth_free(s);
}

static void counted_and_logged_is_one(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	synth_live_fault(s, SYNTH_BUS0, LEAF, 100);
	synth_log_fault(s, SYNTH_BUS0, LEAF, 0x1000)->first_ns = 9000000000ULL;
	synth_log_fault(s, SYNTH_BUS0, LEAF, 0x1000)->first_ns = 9100000000ULL;
	synth_judge(s);
	assert_int_equal(total(s), 100);
	/* What the program missed is in the log alone. */
	s->live_faults[0].count = 1;
	synth_judge(s);
	assert_int_equal(total(s), 2);
	synth_free(s);
}

/* A log of an old kernel names no segment: the only device with these numbers is meant. */
static void segment_is_found(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	synth_log_fault(s, LW_RID(0, 0xe1, 0), CLEARED, 0x1000)->segment_known = false;
	synth_judge(s);
	assert_string_equal(synth_class(s, SYNTH_VMD), "broken");
	synth_free(s);
}

/* --- what keeps I10 from passing ------------------------------------------------------------ */

static void what_hides_faults(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	s->evidence.log_vtd = false;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I10), "unknown");
	assert_true(synth_found(s, "runs without VT-d"));
	s->evidence.log_vtd = true;
	s->evidence.log_complete = false;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I10), "unknown");
	assert_true(synth_found(s, "beginning of this kernel's log is gone"));
	s->evidence.log_complete = true;
	s->evidence.log_suppressed = 12;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I10), "unknown");
	s->evidence.log_suppressed = 0;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I10), "pass");
	synth_free(s);
}

/* A broken device stays a violation, whatever else is missing. */
static void fail_beats_unknown(void **state)
{
	struct synth *s = run(&rows[12], false);

	(void)state;
	s->evidence.log_complete = false;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_VIOLATION);
	assert_true(synth_found(s, "beginning of this kernel's log is gone"));
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_class),
		cmocka_unit_test(parked_in_the_headline),
		cmocka_unit_test(devices_are_counted_not_ids),
		cmocka_unit_test(rmrr_device_is_expected),
		cmocka_unit_test(latched_and_logged_is_one),
		cmocka_unit_test(found_again_with_less),
		cmocka_unit_test(other_faults_are_not_merged),
		cmocka_unit_test(counted_and_logged_is_one),
		cmocka_unit_test(segment_is_found),
		cmocka_unit_test(what_hides_faults),
		cmocka_unit_test(fail_beats_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
