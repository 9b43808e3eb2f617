// SPDX-License-Identifier: GPL-2.0-or-later
/* The report as JSON: its shape, its words, its headline, and text from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/json.h"
#include "synth.h"
#include "judge/judge.h"

static const json_t *at(const json_t *value, const char *path)
{
	char part[64];

	while (value && *path) {
		size_t length = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)length, path);
		value = json_is_array(value) ? json_array_get(value, strtoul(part, NULL, 10))
					     : json_object_get(value, part);
		path += length + (path[length] == '.');
	}
	return value;
}

static const char *text(const struct synth *s, const char *path)
{
	const char *value = json_string_value(at(s->report, path));

	return value ? value : "(no string)";
}

static const json_t *entry_of(const struct synth *s, const char *rid)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(s->report, "entries"), i, entry) {
		if (!strcmp(json_string_value(json_object_get(entry, "rid")), rid))
			return entry;
	}
	return NULL;
}

static void shape(void **state)
{
	struct synth *s = synth_standard(false);
	const json_t *entry;

	(void)state;
	synth_judge(s);
	assert_string_equal(text(s, "schema"), "luwatch.report/1");
	assert_string_equal(text(s, "id"), "0123456789abcdeffedcba9876543210");
	assert_string_equal(text(s, "verdict"), "clean");
	assert_string_equal(text(s, "invariants.I1.result"), "pass");
	assert_string_equal(text(s, "invariants.I6.result"), "not-applicable");
	assert_string_equal(text(s, "invariants.I6.reason"),
			    "no unit has protected memory regions");
	assert_string_equal(text(s, "kernel.old"), "6.12.0-synthetic");
	assert_string_equal(text(s, "boot.old"), "11111111-2222-3333-4444-555555555555");
	assert_string_equal(text(s, "host.name"), "synthetic");
	assert_string_equal(text(s, "labels.rack"), "b7");
	assert_string_equal(text(s, "time.collected"), "2026-09-21T14:14:20.000000Z");
	assert_string_equal(text(s, "sets.kept.1"), "10000:e1:00.0");
	assert_string_equal(text(s, "iommus.0.name"), "dmar0");
	assert_string_equal(text(s, "iommus.0.reg_phys"), "0xfed90000");
	assert_string_equal(text(s, "iommus.2.state"), "off");
	assert_true(json_is_true(at(s->report, "iommus.2.translation.before")));
	assert_true(json_is_false(at(s->report, "iommus.2.translation.after")));
	entry = entry_of(s, "0000:01:00.0");
	assert_string_equal(json_string_value(at(entry, "state")), "kept");
	assert_string_equal(json_string_value(at(entry, "before.lo")), "0x200011001");
	assert_string_equal(json_string_value(at(entry, "after.hi")), "0x1102");
	entry = entry_of(s, "0000:01:00.1");
	assert_string_equal(json_string_value(at(entry, "state")), "cleared");
	assert_true(json_is_null(at(entry, "after")));
	synth_free(s);
}

/* A name longer than one piece is put together; the host's own answer wins over it. */
static void strings_in_pieces(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	s->evidence.hostname = NULL;
	synth_judge(s);
	assert_string_equal(text(s, "host.name"), "a-host-name-that-is-longer-than-one-piece-"
						  "of-64-bytes.example.invalid");
	synth_free(s);
}

static void text_from_outside(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_record *kexec;

	(void)state;
	strcpy(synth_device(s, SYNTH_SIBLING)->name, "bad \xff\xfe \xc3(");
	strcpy(synth_device(s, SYNTH_KEPT)->name, "tab\there \xc3\xa9\x1b[2J");
	synth_kexec(s);
	kexec = synth_find(s, LW_REC_KEXEC, 0);
	memset(kexec->kexec.comm, 0xe9, sizeof(kexec->kexec.comm));
	synth_seal(kexec);
	synth_judge(s);
	assert_string_equal(json_string_value(at(entry_of(s, "0000:01:00.1"), "device")),
			    "bad \\xff\\xfe \\xc3(");
	assert_string_equal(json_string_value(at(entry_of(s, "0000:01:00.0"), "device")),
			    "tab\there \xc3\xa9\x1b[2J");
	assert_int_equal(strlen(text(s, "attempts.0.comm")), 4 * 16);
	synth_free(s);
}

static void headlines(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_judge(s);
	assert_string_equal(s->handover->headline, "CLEAN SO FAR");
	s->evidence.final = true;
	s->evidence.watched_s = 720;
	synth_judge(s);
	assert_string_equal(s->handover->headline, "CLEAN, watched 12 of 60 min");
	s->evidence.watched_s = 3600;
	synth_judge(s);
	assert_string_equal(s->handover->headline, "CLEAN");
	s->carried[0].length = 0;
	synth_judge(s);
	assert_memory_equal(s->handover->headline, "INCOMPLETE: ", 12);
	synth_free(s);
}

static void switch_off(struct synth *s)
{
	s->units[0]->gsts = 0;
	synth_clear_entry(s->units[1], SYNTH_VMD);
}

static void headline_of_a_violation(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->after_clear = switch_off;
	synth_judge(s);
	assert_string_equal(s->handover->headline, "VIOLATION: 1 preserved entry lost or altered, "
						   "1 IOMMU wrongly on or off");
	synth_free(s);
}

static void not_a_live_update(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	for (i = 0; i < s->device_count; i++)
		s->devices[i]->marked = s->devices[i]->declared = false;
	s->declared_known = false;
	synth_judge(s);
	assert_string_equal(s->handover->headline,
			    "CLEAN SO FAR, not a live update: nothing was preserved");
	assert_true(json_is_false(at(s->report, "live_update")));
	assert_true(json_is_null(at(s->report, "sets.declared")));
	assert_int_equal(json_array_size(at(s->report, "sets.marked")), 0);
	assert_string_equal(text(s, "invariants.I2.reason"), "nothing was preserved");
	assert_string_equal(text(s, "invariants.I9.reason"), "nothing was declared");
	synth_free(s);
}

/* Not knowing is null, never 0. */
static void unknown_is_not_zero(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	s->scalable_tables = false;
	synth_judge(s);
	assert_true(json_is_null(at(s->report, "iommus.0.entries.before")));
	assert_true(json_is_null(at(s->report, "iommus.0.tables")));
	assert_string_equal(text(s, "iommus.0.mode"), "scalable");
	synth_free(s);
}

static void scalable_words(void **state)
{
	struct synth *s = synth_standard(true);
	const json_t *entry;

	(void)state;
	synth_judge(s);
	entry = entry_of(s, "0000:01:00.0");
	assert_string_equal(json_string_value(at(entry, "before.word3")), "0x0");
	synth_free(s);
}

static void standing_clock(struct synth *s)
{
	uint64_t stamp = synth_find(s, LW_REC_SHUTDOWN, 0)->time_ns;
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].time_ns > stamp) {
			s->log[i].time_ns = stamp;
			synth_seal(&s->log[i]);
		}
	}
}

static void a_clock_that_stood_still(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->records = standing_clock;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	assert_true(json_is_true(at(s->report, "time.clock_frozen")));
	assert_true(json_is_null(at(s->report, "time.shutdown_path_ns")));
	synth_free(s);
}

static void revisions(void **state)
{
	struct synth *s = synth_standard(false);
	json_t *first;

	(void)state;
	synth_judge(s);
	first = json_incref(s->report);
	assert_true(lw_report_verdict_changed(NULL, first));
	s->evidence.revision = 2;
	synth_live_fault(s, SYNTH_BUS0, 0x05, 3);
	synth_judge(s);
	assert_false(lw_report_verdict_changed(first, s->report));
	synth_live_fault(s, SYNTH_KEPT, 0x02, 1);
	synth_judge(s);
	assert_true(lw_report_verdict_changed(first, s->report));
	assert_int_equal(json_integer_value(at(s->report, "revision")), 2);
	json_decref(first);
	synth_free(s);
}

/* The same evidence gives the same report, byte for byte. */
static void twice_the_same(void **state)
{
	struct synth *s = synth_standard(true);
	char *first, *second;

	(void)state;
	synth_judge(s);
	first = json_dumps(s->report, JSON_COMPACT);
	synth_judge(s);
	second = json_dumps(s->report, JSON_COMPACT);
	assert_string_equal(first, second);
	free(first);
	free(second);
	synth_free(s);
}

/* A check that is switched off takes no part, and says so. */
static void what_is_not_judged_is_said(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_judge_some(s, lw_invariants_judged & ~(1U << LW_I4));
	assert_string_equal(text(s, "invariants.I4.result"), "not-applicable");
	assert_string_equal(text(s, "invariants.I4.reason"),
			    "not judged by this version of luwatch");
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	/* Without any check nothing is clean. */
	synth_judge_some(s, 0);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	synth_free(s);
}

static void invalidations_are_listed(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	synth_judge(s);
	assert_string_equal(text(s, "iommus.0.invalidations.0.kind"), "context-cache");
	assert_string_equal(text(s, "iommus.0.invalidations.1.kind"), "pasid-cache");
	assert_string_equal(text(s, "iommus.0.invalidations.1.scope"), "global");
	assert_string_equal(text(s, "iommus.0.invalidations.2.kind"), "iotlb");
	assert_int_equal(json_integer_value(at(s->report, "iommus.0.invalidations.2.result")), 0);
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shape),
		cmocka_unit_test(strings_in_pieces),
		cmocka_unit_test(text_from_outside),
		cmocka_unit_test(headlines),
		cmocka_unit_test(headline_of_a_violation),
		cmocka_unit_test(not_a_live_update),
		cmocka_unit_test(unknown_is_not_zero),
		cmocka_unit_test(scalable_words),
		cmocka_unit_test(a_clock_that_stood_still),
		cmocka_unit_test(revisions),
		cmocka_unit_test(twice_the_same),
		cmocka_unit_test(what_is_not_judged_is_said),
		cmocka_unit_test(invalidations_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
