// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the old kernel's agent writes into the carriers is what the next one reads out of them: the
 * level of recording and the operator's labels, also when the set is declared anew by a command
 * that does not know them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arm/arm.h"
#include "arm/baseline.h"
#include "correlate/steps.h"
#include "judge/judge.h"

static const struct lw_declared nothing;

static struct lw_baseline_input input_of(const struct lw_control *control)
{
	return (struct lw_baseline_input){
		.control = control,
		.generation = 1,
		.declared = &nothing,
		.kernel = "6.12",
		.agent = "1",
		.boot_id = "boot",
		.machine_id = "",
		.hostname = "host",
	};
}

/* As lw_correlate() does it; RECORDS stay the caller's. To be freed with lw_handover_free(). */
static struct lw_handover *read_back(const struct lw_record *records, int count)
{
	struct lw_handover *h = calloc(1, sizeof(*h));

	h->stream.baseline = records;
	h->stream.baseline_count = count;
	lw_read_baseline(h);
	assert_int_equal(h->error, 0);
	return h;
}

static void labels_cross(void **state)
{
	static const struct lw_control control = { .handover = { 1, 2 } };
	struct lw_baseline_input input = input_of(&control);
	struct lw_arm_options options = {};
	struct lw_label_texts texts;
	struct lw_record *records, *again;
	struct lw_config config;
	struct lw_handover *h;
	char name[8], value[LW_LABEL_VALUE];
	const char *problem;
	int count, i;

	(void)state;
	lw_config_defaults(&config);
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (i = 0; i < LW_CONFIG_LABELS; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		assert_int_equal(lw_config_set_label(&config, name, value, &problem), 0);
	}
	lw_config_arming(&config, &texts, &options);
	input.labels = options.labels;
	input.label_count = options.label_count;
	count = lw_baseline_build(&input, &records);
	assert_true(count > 0);
	/* The halves of the area have three pages at least for what does not grow with the host. */
	assert_true(count < 2 * (LW_PAGE_RECORDS - 1));
	h = read_back(records, count);
	assert_int_equal(h->origin.label_count, LW_CONFIG_LABELS);
	assert_string_equal(h->origin.labels[15], options.labels[15]);
	assert_int_equal(h->baseline->record_level, 2);
	lw_handover_free(h);

	input.labels = NULL;
	input.label_count = 0;
	input.former = records;
	input.former_count = count;
	assert_int_equal(lw_baseline_build(&input, &again), count);
	h = read_back(again, count);
	assert_int_equal(h->origin.label_count, LW_CONFIG_LABELS);
	assert_string_equal(h->origin.labels[15], options.labels[15]);
	lw_handover_free(h);
	free(again);
	free(records);
}

static void the_level_crosses(void **state)
{
	static const struct lw_control control = { .handover = { 1, 2 }, .probes_only = 1 };
	struct lw_baseline_input input = input_of(&control);
	struct lw_record *records;
	int count = lw_baseline_build(&input, &records);

	(void)state;
	assert_true(count > 0);
	assert_int_equal(records[0].baseline.record_level, 1);
	free(records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_cross),
		cmocka_unit_test(the_level_crosses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
