// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever is damaged, cut, doubled, forged or missing, the answer is never "clean"; and no loss
 * accuses a good hand-over of anything.
 */
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

static void never_clean(struct synth *s, const char *what, size_t detail)
{
	synth_judge(s);
	if (s->handover->verdict == LW_VERDICT_CLEAN)
		fail_msg("%s %zu: %s", what, detail, s->handover->headline);
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

static void every_missing_record_is_noticed(void **state)
{
	size_t i, count, scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		struct synth *s = ready(scalable);

		count = s->log_count;
		synth_free(s);
		for (i = 0; i < count; i++) {
			s = ready(scalable);
			synth_drop(s, i);
			never_clean(s, "without record", i);
			assert_string_equal(synth_answer(s, LW_I12), "unknown");
			assert_string_equal(synth_answer(s, LW_I10), "unknown");
			/* Evidence that is missing is no evidence of a mistake. */
			assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
			synth_free(s);
		}
	}
}

static void every_damaged_record_is_noticed(void **state)
{
	struct synth *s = ready(false);
	size_t length, i, count = s->baseline_count + s->log_count;

	(void)state;
	for (i = 0; i < count; i++) {
		struct lw_record *r = i < s->baseline_count ? &s->baseline[i]
							    : &s->log[i - s->baseline_count];

		r->words[i % 9] ^= 1ULL << (i % 64);
		if (!s->evidence.carried_count) {
			synth_evidence(s);
		} else {
			uint8_t *bytes = synth_pages(s, &length);

			replace(s, bytes, length);
		}
		never_clean(s, "damaged record", i);
		assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
		assert_int_equal(s->handover->carrier_counts[0].damaged, 1);
		r->words[i % 9] ^= 1ULL << (i % 64);
	}
	synth_free(s);
}

static void every_truncation_is_noticed(void **state)
{
	struct synth *s = ready(false);
	size_t whole, length;

	(void)state;
	synth_evidence(s);
	whole = s->carried[0].length;
	for (length = 0; length < whole; length += LW_RECORD_SIZE) {
		s->carried[0].length = length;
		never_clean(s, "cut at", length);
	}
	replace(s, synth_text(s, &whole), 0);
	/* The last line ends with a newline: without only that one everything is there. */
	for (length = 0; length < whole - 1; length += 97) {
		s->carried[0].length = length;
		never_clean(s, "text cut at", length);
	}
	s->carried[0].length = whole;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	synth_free(s);
}

/* A copy in a second carrier mends whatever one carrier lost. */
static void carriers_mend_each_other(void **state)
{
	struct synth *s = ready(false);
	size_t length, i;
	uint8_t *text;

	(void)state;
	synth_evidence(s);
	text = synth_text(s, &length);
	synth_carry(s, "trace", text, length);
	for (i = 0; i < s->carried[0].length; i += 200)
		s->bytes[0][i] ^= 0x40;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	assert_true(s->handover->carrier_counts[0].damaged > 10);
	synth_free(s);
}

static void disagreeing_carriers(void **state)
{
	struct synth *s = ready(false);
	struct lw_record *walk = synth_find(s, LW_REC_TABLE, 0);
	size_t length;
	uint8_t *text;

	(void)state;
	synth_evidence(s);
	walk->time_ns++;
	synth_seal(walk);
	text = synth_text(s, &length);
	synth_carry(s, "trace", text, length);
	incomplete(s, "came twice with different contents");
	assert_true(synth_found(s, "used from pages against trace"));
	synth_free(s);
}

static void a_forged_addition_is_noticed(void **state)
{
	static const unsigned int types[] = { LW_REC_KEXEC,	 LW_REC_LAST,  LW_REC_WALK,
					      LW_REC_UNIT_STATE, LW_REC_TABLE, LW_REC_SHUTDOWN,
					      LW_REC_UNIT_SEEN,	 LW_REC_FAULT, LW_REC_ENTRY };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct synth *s = ready(false);
		struct lw_record forged = *synth_find(s, LW_REC_KEXEC, 0);
		const struct lw_record *like = synth_find(s, types[i], 0);

		if (like)
			forged = *like;
		forged.type = types[i];
		synth_emit(s, &forged); /* behind LAST */
		never_clean(s, "forged behind the end, type", types[i]);
		synth_free(s);
	}
}

static void say_it_twice(struct synth *s)
{
	struct lw_record again = *synth_find(s, LW_REC_UNIT_STATE, s->argument);

	again.state.gsts ^= VTD_GSTS_TES;
	synth_emit(s, &again);
}

/* Numbered and closed as it should be, but two records speak about one thing. */
static void a_contradiction_is_noticed(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct synth *s = synth_standard(false);

		s->argument = i;
		s->at_last_look = say_it_twice;
		incomplete(s, "contradict others of the same log");
		synth_free(s);
	}
}

/* The same number, another content, in the same carrier. */
static void a_forged_replacement_is_noticed(void **state)
{
	size_t i, count;

	(void)state;
	for (i = 0, count = 1; i < count; i++) {
		struct synth *s = ready(false);
		struct lw_record forged = s->log[i];

		count = s->log_count;
		forged.words[1] ^= 2;
		synth_seal(&forged);
		synth_emit(s, &forged);
		s->log[s->log_count - 1] = forged;
		never_clean(s, "forged copy of", i);
		assert_true(s->handover->stream.conflict_count);
		synth_free(s);
	}
}

/* Every invalidation is done twice, as when a submission is tried again. */
static void flush_twice(struct synth *s)
{
	synth_flush_all(s);
	synth_flush_all(s);
}

static void a_lost_invalidation_accuses_nobody(void **state)
{
	size_t i, count = 1;

	(void)state;
	for (i = 0; i < count; i++) {
		struct synth *s = synth_standard(true);

		s->invalidate = flush_twice;
		synth_kexec(s);
		count = s->log_count;
		synth_drop(s, i);
		synth_judge(s);
		assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
		synth_free(s);
	}
}

/*
 * Any set of records may be lost: a good hand-over is then never accused of anything, and a bad one
 * is never cleared.
 */
static void drop_some(struct synth *s, uint64_t *seed, unsigned int share)
{
	size_t i = 0, dropped = 0;

	while (i < s->log_count) {
		*seed = lw_mix(*seed, i);
		if (*seed % share) {
			i++;
			continue;
		}
		synth_drop(s, i);
		dropped++;
	}
	if (!dropped)
		synth_drop(s, *seed % s->log_count);
}

static void leak(struct synth *s)
{
	synth_entry(s->units[0], SYNTH_SIBLING)[0] = 0x200055000ULL | VTD_PRESENT;
}

static void random_losses(void **state)
{
	uint64_t seed = 20260101;
	size_t round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		struct synth *s = synth_standard(round % 2);
		bool bad = round % 4 > 1;

		s->after_clear = bad ? leak : NULL;
		synth_kexec(s);
		drop_some(s, &seed, 2 + round % 29);
		synth_judge(s);
		assert_int_not_equal(s->handover->verdict, LW_VERDICT_CLEAN);
		if (!bad && s->handover->verdict == LW_VERDICT_VIOLATION)
			fail_msg("round %zu: %s: %s", round, s->handover->headline,
				 s->handover->findings[0].message);
		synth_free(s);
	}
}

/* Random bytes over a good carrier: never a crash, never clean where something was lost. */
static void random_damage(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15ULL;
	size_t round, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		struct synth *s = ready(round % 2);

		synth_evidence(s);
		for (i = 0; i < 1 + round % 16; i++) {
			seed = lw_mix(seed, round * 64 + i);
			s->bytes[0][seed % s->carried[0].length] = seed >> 40;
		}
		synth_judge(s);
		if (s->handover->stream.missing || !s->handover->baseline)
			assert_int_not_equal(s->handover->verdict, LW_VERDICT_CLEAN);
		synth_free(s);
	}
}

static void numbers_that_do_not_add_up(void **state)
{
	struct synth *s;
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct lw_record *walk, *last;

		s = ready(false);
		walk = synth_find(s, LW_REC_WALK, i % 2);
		last = synth_find(s, LW_REC_LAST, 0);
		if (i < 2)
			walk->walk.tables++;
		else if (i < 4)
			walk->walk.present++;
		else if (i == 4)
			walk->walk.units++;
		else
			last->last.records++;
		synth_seal(walk);
		synth_seal(last);
		never_clean(s, "numbers", i);
		assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
		synth_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_missing_record_is_noticed),
		cmocka_unit_test(every_damaged_record_is_noticed),
		cmocka_unit_test(every_truncation_is_noticed),
		cmocka_unit_test(carriers_mend_each_other),
		cmocka_unit_test(disagreeing_carriers),
		cmocka_unit_test(a_forged_addition_is_noticed),
		cmocka_unit_test(a_contradiction_is_noticed),
		cmocka_unit_test(a_forged_replacement_is_noticed),
		cmocka_unit_test(a_lost_invalidation_accuses_nobody),
		cmocka_unit_test(numbers_that_do_not_add_up),
		cmocka_unit_test(random_losses),
		cmocka_unit_test(random_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
