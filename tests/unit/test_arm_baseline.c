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

/* As iommu_disable_translation() has it: dedicated to graphics, quirked, and draining. */
static void graphics_units(void **state)
{
	static const struct {
		uint32_t dedicated, skip;
		uint64_t cap, flags;
	} cases[] = {
		{ 1, 1, 1ULL << 54, LW_UNIT_NEVER_OFF },
		{ 1, 1, 1ULL << 55, LW_UNIT_NEVER_OFF },
		{ 1, 0, 1ULL << 54, 0 },
		{ 1, 1, 0, 0 },
		{ 0, 1, 1ULL << 54, 0 },
		{ 1, 2, 1ULL << 54, LW_UNIT_MAYBE_NEVER_OFF }, /* no symbol of the quirk */
		{ 1, 2, 0, 0 },
	};
	static const struct lw_control control = { .handover = { 1, 2 } };
	size_t i;
	int j;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lw_unit_view view = { .gfx_dedicated = cases[i].dedicated,
					     .skip_te_disable = cases[i].skip, .cap = cases[i].cap };
		struct lw_baseline_input input = input_of(&control);
		struct lw_record *records;
		int count;

		input.units = &view;
		input.unit_count = 1;
		count = lw_baseline_build(&input, &records);
		for (j = 0; j < count; j++)
			if (records[j].type == LW_REC_UNIT)
				assert_int_equal(records[j].unit_info.flags, cases[i].flags);
		free(records);
	}
}

/* A phantom function, and more aliases than one record holds; each told once. */
static void aliases_cross(void **state)
{
	static const struct lw_control control = { .handover = { 1, 2 } };
	struct lw_alias aliases[12] = { { LW_RID(0, 3, 0), LW_RID(0, 3, 1) },
					{ LW_RID(0, 3, 0), LW_RID(0, 3, 1) } };
	struct lw_baseline_input input = input_of(&control);
	size_t i, told = 0, phantom = 0;
	struct lw_record *records;
	int count, j;

	(void)state;
	for (i = 2; i < 12; i++)
		aliases[i] = (struct lw_alias){ LW_RID(0, 2, 0), LW_RID(0, 2, i) };
	input.alias_count = lw_sort_aliases(aliases, 12);
	assert_int_equal(input.alias_count, 11);
	input.aliases = aliases;
	input.aliases_known = true;
	count = lw_baseline_build(&input, &records);
	assert_int_equal(records[0].baseline.aliases_known, 1);
	for (j = 0; j < count; j++) {
		const struct lw_rec_alias *alias = &records[j].alias;

		if (records[j].type != LW_REC_ALIAS)
			continue;
		assert_true(alias->count <= LW_ALIAS_RIDS);
		told += alias->count;
		phantom += alias->rid == LW_RID(0, 3, 0) && alias->aliases[0] == LW_RID(0, 3, 1);
	}
	assert_int_equal(told, 11);
	assert_int_equal(phantom, 1);
	free(records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_cross),
		cmocka_unit_test(the_level_crosses),
		cmocka_unit_test(graphics_units),
		cmocka_unit_test(aliases_cross),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
