// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon judges before it arms: whatever a carrier or a log holds must not keep it from arming. Each
 * in one run eight times as much must take eight times as long, where each thing was held against all
 * others it was sixty-four.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "synth.h"

#define EIGHT_TIMES(time_of, few) assert_true(time_of(8 * (few)) < 32 * time_of(few) + 0.05)

static struct lw_record *add_to_baseline(struct synth *s, unsigned int type)
{
	struct lw_record *r = &s->baseline[s->baseline_count];

	*r = (struct lw_record){ .unit = LW_NO_UNIT };
	synth_head(r, s, type);
	r->epoch = s->baseline[0].epoch;
	r->time_ns = s->baseline[0].time_ns;
	r->seq = ++s->baseline_count;
	return r;
}

/* A baseline with room for COUNT more records, which the caller adds and seals. */
static struct synth *with_room(int count)
{
	struct synth *s = synth_standard(false);

	synth_kexec(s);
	s->baseline = realloc(s->baseline, (s->baseline_count + count) * sizeof(*s->baseline));
	assert_non_null(s->baseline);
	s->baseline[0].baseline.records = s->baseline_count + count;
	synth_seal(&s->baseline[0]);
	return s;
}

static double time_to_judge(struct synth *s)
{
	clock_t begin = clock();

	synth_judge(s);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* COUNT labels, each of which says that it is as long as a length can be. */
static double time_of_labels(int count)
{
	struct synth *s = with_room(count);
	double spent;
	int i;

	for (i = 0; i < count; i++) {
		struct lw_record *r = add_to_baseline(s, LW_REC_TEXT);

		r->text.key = LW_TEXT_LABEL;
		r->text.item = i;
		r->text.length = 0xffff;
		memcpy(r->text.bytes, "role=storage", 12);
		synth_seal(r);
	}
	spent = time_to_judge(s);
	assert_in_range(s->handover->origin.label_count, count, count + 1);
	assert_in_range(strlen(s->handover->origin.labels[count - 1]), 12, LW_TEXT_LONGEST);
	synth_free(s);
	return spent;
}

static void many_labels(void **state)
{
	(void)state;
	EIGHT_TIMES(time_of_labels, 4000);
}

/* As many faults without a segment as requester IDs in several segments. */
static double time_of_faults(int count)
{
	struct lw_fault *faults = calloc(count, sizeof(*faults));
	struct synth *s = with_room(count);
	double spent;
	int i;

	assert_non_null(faults);
	for (i = 0; i < count; i++) {
		struct lw_record *r = add_to_baseline(s, LW_REC_ALIAS);

		r->alias.rid = LW_RID(i & 1, 0, 0) + i / 2 % 0x10000;
		r->alias.count = 1;
		r->alias.aliases[0] = LW_RID(2, 0, 0) + i % 0x10000;
		synth_seal(r);
		faults[i] = (struct lw_fault){ .rid = i % 0x10000, .reason = 2, .count = 1, .first_ns = 5,
					       .last_ns = 5, .pasid = LW_NO_PASID,
					       .source = LW_SOURCE_LOG };
	}
	synth_evidence(s);
	s->evidence.log_faults = faults;
	s->evidence.log_fault_count = count;
	spent = time_to_judge(s);
	synth_free(s);
	free(faults);
	return spent;
}

static void many_faults_without_segment(void **state)
{
	(void)state;
	EIGHT_TIMES(time_of_faults, 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_labels),
		cmocka_unit_test(many_faults_without_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
