// SPDX-License-Identifier: GPL-2.0-or-later
/* Merging what several carriers bring: order, gaps, attempts, baselines, contradictions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/stream.h"
#include "synth.h"

static const struct lw_id ours = { 1, 2 }, theirs = { 3, 4 };

static struct lw_record record(struct lw_id id, unsigned int type, uint32_t epoch, uint64_t seq)
{
	struct lw_record r = { .magic = LW_RECORD_MAGIC,
			       .version = LW_RECORD_VERSION,
			       .type = type,
			       .handover = { id.high, id.low },
			       .seq = seq,
			       .epoch = epoch };

	if (type == LW_REC_BASELINE)
		r.baseline.records = 2;
	synth_seal(&r);
	return r;
}

static struct lw_stream merge(struct lw_record *a, size_t count_a, struct lw_record *b,
			      size_t count_b, const struct lw_id *id)
{
	struct lw_decoded da = { .records = a, .count = count_a };
	struct lw_decoded db = { .records = b, .count = count_b };
	struct lw_stream_input inputs[] = { { "pages", &da }, { "trace", &db } };
	struct lw_stream stream;

	assert_int_equal(lw_stream_build(inputs, b ? 2 : 1, id, &stream), 0);
	return stream;
}

static void orders_and_counts_copies(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_LAST, 1, 3),
				 record(ours, LW_REC_KEXEC, 1, 1) };
	struct lw_record b[] = { record(ours, LW_REC_SHUTDOWN, 1, 2),
				 record(ours, LW_REC_LAST, 1, 3) };
	struct lw_stream stream = merge(a, 2, b, 2, &ours);

	(void)state;
	assert_int_equal(stream.log_count, 3);
	assert_int_equal(stream.log[0].type, LW_REC_KEXEC);
	assert_int_equal(stream.log[1].type, LW_REC_SHUTDOWN);
	assert_int_equal(stream.log[2].type, LW_REC_LAST);
	assert_int_equal(stream.gap_count, 0);
	assert_int_equal(stream.copies, 1);
	assert_int_equal(stream.duplicates, 0);
	assert_int_equal(stream.shares[0].records, 2);
	assert_int_equal(stream.shares[0].alone, 1);
	assert_int_equal(stream.shares[1].alone, 1);
	assert_int_equal(stream.shares[1].log, 2);
	lw_stream_free(&stream);
}

/* What one carrier did not take is counted, even where nothing is missing in all. */
static void counts_what_one_lacks(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_KEXEC, 1, 1), record(ours, LW_REC_SHUTDOWN, 1, 2),
				 record(ours, LW_REC_WALK, 1, 3), record(ours, LW_REC_LAST, 1, 5) };
	struct lw_record b[] = { record(ours, LW_REC_KEXEC, 1, 1), record(ours, LW_REC_KEXEC, 1, 1),
				 record(ours, LW_REC_LAST, 1, 5) };
	struct lw_record none[] = { record(ours, LW_REC_BASELINE, 1, 1) };
	struct lw_stream stream = merge(a, 4, b, 3, &ours);

	(void)state;
	assert_int_equal(stream.missing, 1);
	assert_int_equal(stream.shares[0].lacks, 1);
	assert_int_equal(stream.shares[1].lacks, 3);
	lw_stream_free(&stream);
	/* A baseline on disk has no log to lack anything of. */
	stream = merge(a, 4, none, 1, &ours);
	assert_int_equal(stream.shares[1].lacks, 0);
	lw_stream_free(&stream);
}

static void lists_gaps(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_SHUTDOWN, 1, 3),
				 record(ours, LW_REC_FAULT, 1, 4),
				 record(ours, LW_REC_LAST, 1, 9) };
	struct lw_stream stream = merge(a, 3, NULL, 0, &ours);

	(void)state;
	assert_int_equal(stream.gap_count, 2);
	assert_int_equal(stream.gaps[0].first, 1);
	assert_int_equal(stream.gaps[0].last, 2);
	assert_int_equal(stream.gaps[1].first, 5);
	assert_int_equal(stream.gaps[1].last, 8);
	assert_int_equal(stream.missing, 6);
	lw_stream_free(&stream);
}

static void last_attempt_is_the_hand_over(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_KEXEC, 1, 1),
				 record(ours, LW_REC_LIVEUPDATE, 1, 2),
				 record(ours, LW_REC_ABORTED, 1, 3),
				 record(ours, LW_REC_KEXEC, 2, 1),
				 record(ours, LW_REC_LAST, 2, 2) };
	struct lw_stream stream;

	(void)state;
	a[1].result.result = -5;
	a[2].result.result = -16;
	stream = merge(a, 5, NULL, 0, &ours);
	assert_int_equal(stream.attempt, 2);
	assert_int_equal(stream.log_count, 2);
	assert_int_equal(stream.stale_log, 3);
	assert_int_equal(stream.attempt_count, 2);
	assert_true(stream.attempts[0].aborted && stream.attempts[0].result_known);
	assert_int_equal(stream.attempts[0].result, -16);
	assert_false(stream.attempts[0].last);
	assert_true(stream.attempts[1].last && !stream.attempts[1].aborted);
	lw_stream_free(&stream);
}

static void newest_complete_baseline(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_BASELINE, 4, 1),
				 record(ours, LW_REC_TEXT, 4, 2),
				 record(ours, LW_REC_BASELINE, 5, 1),
				 record(ours, LW_REC_TEXT, 5, 2) };
	struct lw_stream stream = merge(a, 4, NULL, 0, &ours);

	(void)state;
	assert_int_equal(stream.baseline_generation, 5);
	assert_int_equal(stream.baseline_count, 2);
	assert_int_equal(stream.stale_baseline, 2);
	lw_stream_free(&stream);
	stream = merge(a, 3, NULL, 0, &ours);
	assert_int_equal(stream.baseline_generation, 4);
	assert_int_equal(stream.baseline_newest, 5);
	lw_stream_free(&stream);
	stream = merge(a + 1, 1, NULL, 0, &ours);
	assert_int_equal(stream.baseline_generation, 0);
	assert_int_equal(stream.baseline_count, 0);
	lw_stream_free(&stream);
}

/* Neither too many nor too few records of a generation make a complete baseline. */
static void baseline_must_add_up(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_BASELINE, 1, 1),
				 record(ours, LW_REC_TEXT, 1, 2), record(ours, LW_REC_TEXT, 1, 3) };
	struct lw_stream stream = merge(a, 3, NULL, 0, &ours);

	(void)state;
	assert_int_equal(stream.baseline_count, 0);
	lw_stream_free(&stream);
	a[1].seq = 3;
	stream = merge(a, 2, NULL, 0, &ours);
	assert_int_equal(stream.baseline_count, 0);
	lw_stream_free(&stream);
}

static void duplicates_and_conflicts(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_KEXEC, 2, 1), record(ours, LW_REC_KEXEC, 2, 1),
				 record(ours, LW_REC_FAULT, 2, 2),
				 record(ours, LW_REC_FAULT, 1, 2) };
	struct lw_record b[] = { record(ours, LW_REC_FAULT, 2, 2),
				 record(ours, LW_REC_FAULT, 1, 2) };
	struct lw_stream stream;

	(void)state;
	b[0].fault.hi = 5;
	b[1].fault.hi = 5;
	stream = merge(a, 4, b, 2, &ours);
	assert_int_equal(stream.duplicates, 1);
	assert_int_equal(stream.conflict_count, 1);
	assert_int_equal(stream.conflicts_elsewhere, 1);
	assert_string_equal(stream.conflicts[0].used, "pages");
	assert_string_equal(stream.conflicts[0].ignored, "trace");
	assert_int_equal(stream.conflicts[0].seq, 2);
	assert_int_equal(stream.log[1].fault.hi, 0);
	lw_stream_free(&stream);
}

static void other_hand_overs_are_not_believed(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_KEXEC, 1, 1),
				 record(theirs, LW_REC_KEXEC, 9, 1),
				 record(theirs, LW_REC_LAST, 9, 2) };
	struct lw_stream stream = merge(a, 3, NULL, 0, &ours);

	(void)state;
	assert_int_equal(stream.log_count, 1);
	assert_int_equal(stream.wrong_id, 2);
	assert_int_equal(stream.ids_seen, 2);
	assert_false(stream.id_guessed);
	lw_stream_free(&stream);
}

static void chooses_the_latest_kexec(void **state)
{
	struct lw_record a[] = { record(ours, LW_REC_KEXEC, 1, 1), record(ours, LW_REC_LAST, 1, 2),
				 record(theirs, LW_REC_KEXEC, 1, 1) };
	struct lw_stream stream;

	(void)state;
	a[0].kexec.realtime_ns = 100;
	a[2].kexec.realtime_ns = 200;
	stream = merge(a, 3, NULL, 0, NULL);
	assert_true(lw_id_equal(stream.id, theirs));
	assert_true(stream.id_guessed);
	lw_stream_free(&stream);
	a[2].type = LW_REC_BASELINE;
	stream = merge(a, 3, NULL, 0, NULL);
	assert_true(lw_id_equal(stream.id, ours));
	lw_stream_free(&stream);
}

static void nothing_at_all(void **state)
{
	struct lw_stream stream = merge(NULL, 0, NULL, 0, NULL);

	(void)state;
	assert_int_equal(stream.log_count + stream.baseline_count + stream.attempt_count, 0);
	assert_false(stream.id_guessed);
	lw_stream_free(&stream);
}

/* The order in which records stand in a carrier must not matter. */
static void order_of_arrival_does_not_matter(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_stream forward, backward;
	struct lw_record *reversed;
	size_t i;

	(void)state;
	synth_kexec(s);
	reversed = calloc(s->log_count, sizeof(*reversed));
	assert_non_null(reversed);
	for (i = 0; i < s->log_count; i++)
		reversed[s->log_count - 1 - i] = s->log[i];
	forward = merge(s->log, s->log_count, NULL, 0, &s->id);
	backward = merge(reversed, s->log_count, NULL, 0, &s->id);
	assert_int_equal(forward.log_count, s->log_count);
	assert_memory_equal(forward.log, backward.log, s->log_count * sizeof(*s->log));
	lw_stream_free(&forward);
	lw_stream_free(&backward);
	free(reversed);
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_and_counts_copies),
		cmocka_unit_test(counts_what_one_lacks), cmocka_unit_test(lists_gaps),
		cmocka_unit_test(last_attempt_is_the_hand_over),
		cmocka_unit_test(newest_complete_baseline),
		cmocka_unit_test(baseline_must_add_up),
		cmocka_unit_test(duplicates_and_conflicts),
		cmocka_unit_test(other_hand_overs_are_not_believed),
		cmocka_unit_test(chooses_the_latest_kexec),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(order_of_arrival_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
