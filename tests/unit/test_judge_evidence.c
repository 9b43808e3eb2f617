// SPDX-License-Identifier: GPL-2.0-or-later
/* Completeness: what is missing is named, each in words of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "synth.h"

static struct synth *ready(bool scalable)
{
	struct synth *s = synth_standard(scalable);

	synth_kexec(s);
	return s;
}

/* Takes the carrier away and puts BYTES in its place. */
static void replace(struct synth *s, uint8_t *bytes, size_t length)
{
	free(s->bytes[0]);
	s->bytes[0] = bytes;
	s->carried[0].bytes = bytes;
	s->carried[0].length = length;
}

static void incomplete(struct synth *s, const char *found)
{
	synth_judge(s);
	assert_string_equal(lw_verdict_name(s->handover->verdict), "incomplete");
	if (!synth_found(s, found)) {
		size_t i;

		for (i = 0; i < s->handover->finding_count; i++)
			print_message("%s\n", s->handover->findings[i].message);
		fail_msg("not found: %s", found);
	}
}

static void old_records_are_not_believed(void **state)
{
	struct synth *s = ready(false), *old = synth_standard(false);
	size_t length;

	(void)state;
	old->id.low ^= 1;
	synth_kexec(old);
	synth_evidence(s);
	replace(s, synth_pages(old, &length), length);
	s->carried[0].length = length;
	incomplete(s, "only records of another hand-over");
	assert_int_equal(s->handover->stream.wrong_id, old->baseline_count + old->log_count);
	synth_free(old);
	synth_free(s);
}

static void a_newer_attempt_takes_over(void **state)
{
	struct synth *s = ready(false);
	struct lw_record forged = *synth_find(s, LW_REC_KEXEC, 0);

	(void)state;
	s->attempt = 2;
	synth_emit(s, &forged);
	s->log[s->log_count - 1].seq = 1;
	synth_seal(&s->log[s->log_count - 1]);
	incomplete(s, "The shutdown of the remapping units was not recorded");
	synth_free(s);
}

static void aborted_attempts_are_listed(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_record kexec = { .type = LW_REC_KEXEC, .unit = LW_NO_UNIT };
	struct lw_record result = { .type = LW_REC_LIVEUPDATE, .unit = LW_NO_UNIT };
	struct lw_record aborted = { .type = LW_REC_ABORTED, .unit = LW_NO_UNIT };
	struct lw_record *log;
	size_t count, i;

	(void)state;
	result.result.result = -16;
	aborted.result.result = -16;
	synth_emit(s, &kexec);
	synth_emit(s, &result);
	synth_emit(s, &aborted);
	count = s->log_count;
	log = calloc(count, sizeof(*log));
	assert_non_null(log);
	memcpy(log, s->log, count * sizeof(*log));
	s->log_count = 0;
	s->attempt = 2;
	synth_kexec(s);
	for (i = 0; i < count; i++) {
		synth_emit(s, &log[i]);
		s->log[s->log_count - 1] = log[i];
	}
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	assert_int_equal(s->handover->stream.attempt_count, 2);
	assert_int_equal(s->handover->stream.attempts[0].result, -16);
	assert_string_equal(synth_answer(s, LW_I11), "pass");
	free(log);
	synth_free(s);
}

/* An attempt that came back, and a kexec that nobody recorded. */
static void an_aborted_last_attempt(void **state)
{
	struct synth *s = ready(false);
	struct lw_record aborted = { .type = LW_REC_ABORTED, .unit = LW_NO_UNIT };

	(void)state;
	s->log_count = 3;
	synth_emit(s, &aborted);
	incomplete(s, "The last attempt that was recorded was aborted");
	synth_free(s);
}

static void a_reboot_is_no_hand_over(void **state)
{
	struct synth *s = ready(false);
	struct lw_record shutdown = { .type = LW_REC_SHUTDOWN, .unit = LW_NO_UNIT };

	(void)state;
	s->log_count = 0;
	s->attempt = 0;
	synth_emit(s, &shutdown);
	incomplete(s, "they are not of this hand-over");
	synth_free(s);
}

static void nothing_arrived(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	synth_evidence(s);
	replace(s, calloc(1, 64), 0);
	incomplete(s, "the carriers were overwritten or wiped");
	s->carried[0].problem = "/dev/mem may not be opened";
	incomplete(s, "/dev/mem may not be opened");
	s->evidence.word_found = false;
	s->evidence.id_known = false;
	incomplete(s, "luwatch was not armed in the old kernel");
	s->evidence.baseline_boot_id = "11111111-2222-3333-4444-555555555555";
	s->evidence.id_known = true;
	incomplete(s, "has no luwatch= word");
	synth_free(s);
}

/* Only the baseline is left, as when the disk has it and the carriers were wiped. */
static void only_the_baseline(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	s->log_count = 0;
	s->log[0] = (struct lw_record){};
	synth_evidence(s);
	s->carried[0].name = "disk";
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_non_null(s->handover->baseline);
	assert_int_equal(s->handover->stream.log_count, 0);
	synth_free(s);
}

static void only_the_log(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	s->baseline_count = 0;
	incomplete(s, "No complete baseline arrived");
	/* The marks are in the log, so what was preserved is known all the same. */
	assert_string_equal(synth_state(s, SYNTH_KEPT), "kept");
	assert_string_equal(synth_answer(s, LW_I2), "pass");
	assert_string_equal(synth_answer(s, LW_I9), "unknown");
	synth_free(s);
}

/* The newest baseline is damaged: the older one must not pass for the present one. */
static void an_older_baseline_is_named(void **state)
{
	struct synth *s = ready(false), *newer = synth_standard(false);
	size_t length;
	uint8_t *bytes;

	(void)state;
	newer->generation = 2;
	synth_device(newer, SYNTH_BUS0)->declared = true;
	synth_kexec(newer);
	newer->baseline[3].words[2] ^= 1;
	synth_evidence(s);
	newer->log_count = 0;
	bytes = synth_pages(newer, &length);
	synth_carry(s, "disk", bytes, length);
	incomplete(s, "The newest baseline (generation 2) is not complete; generation 1 was used");
	synth_free(newer);
	synth_free(s);
}

static void a_newer_luwatch_is_named(void **state)
{
	struct synth *s = ready(false);
	size_t i;

	(void)state;
	for (i = 0; i < s->log_count; i++) {
		s->log[i].version = LW_RECORD_VERSION + 1;
		synth_seal(&s->log[i]);
	}
	incomplete(s, "written by a newer luwatch (record version 2)");
	synth_free(s);
}

static void an_unknown_id_is_said(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	synth_evidence(s);
	s->evidence.id_known = false;
	incomplete(s, "known neither from the command line nor from the disk");
	s->evidence.id_free = true;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	synth_free(s);
}

static void only_a_kexec_gets_a_verdict(void **state)
{
	static const enum lw_boot boots[] = { LW_BOOT_COLD, LW_BOOT_KDUMP, LW_BOOT_SAME };
	struct synth *s = ready(false);
	size_t i;

	(void)state;
	synth_evidence(s);
	for (i = 0; i < 3; i++) {
		s->evidence.boot = boots[i];
		synth_judge(s);
		assert_int_equal(s->handover->verdict, LW_VERDICT_NONE);
		assert_true(json_is_null(json_object_get(s->report, "verdict")));
		assert_memory_equal(s->handover->headline, "NO HAND-OVER", 12);
		assert_int_equal(s->handover->finding_count, 0);
	}
	synth_free(s);
}

static void less_was_recorded(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	s->baseline[0].baseline.record_level = 1;
	synth_seal(&s->baseline[0]);
	incomplete(s, "[record] level = probes");
	/* Then nothing else is wrong with how the image was loaded. */
	s->log_count = 0;
	s->log[0] = (struct lw_record){};
	synth_evidence(s);
	s->evidence.word_found = false;
	synth_judge(s);
	assert_true(synth_found(s, "[record] level = probes"));
	assert_false(synth_found(s, "without the words"));
	synth_free(s);
}

/* Whether these are the records of this boot is not certain (user/collect/which.c). */
static void records_of_another_boot(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	synth_evidence(s);
	s->evidence.which_doubt = "The records are of a kexec long ago.";
	incomplete(s, "of a kexec long ago");
	synth_free(s);
}

static void changes_without_a_slot(void **state)
{
	struct synth *s = ready(false);
	size_t i;

	(void)state;
	for (i = 0; i < s->log_count; i++)
		if (s->log[i].type == LW_REC_LAST) {
			s->log[i].last.drift_dropped = 3;
			synth_seal(&s->log[i]);
		}
	incomplete(s, "3 changes of preserved devices found no place");
	synth_free(s);
}

static void a_carrier_that_was_quiet(void **state)
{
	struct synth *s = ready(false);

	(void)state;
	synth_evidence(s);
	synth_carry(s, "trace", calloc(1, 1), 0);
	s->carried[1].problem = "the buffer was reset";
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	assert_true(synth_found(s, "The carrier trace was armed and brought no record"));
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_records_are_not_believed),
		cmocka_unit_test(records_of_another_boot),
		cmocka_unit_test(changes_without_a_slot),
		cmocka_unit_test(a_newer_attempt_takes_over),
		cmocka_unit_test(aborted_attempts_are_listed),
		cmocka_unit_test(an_aborted_last_attempt),
		cmocka_unit_test(a_reboot_is_no_hand_over),
		cmocka_unit_test(nothing_arrived),
		cmocka_unit_test(only_the_baseline),
		cmocka_unit_test(only_the_log),
		cmocka_unit_test(an_older_baseline_is_named),
		cmocka_unit_test(a_newer_luwatch_is_named),
		cmocka_unit_test(an_unknown_id_is_said),
		cmocka_unit_test(only_a_kexec_gets_a_verdict),
		cmocka_unit_test(less_was_recorded),
		cmocka_unit_test(a_carrier_that_was_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
