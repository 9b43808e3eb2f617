// SPDX-License-Identifier: GPL-2.0-or-later
/* Retention: what may go, what stays whatever the rules say, and that it goes as a whole. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fields.h"
#include "base/id.h"
#include "base/io.h"
#include "base/time.h"
#include "report/keep.h"
#include "report/store.h"
#include "store_fixture.h"

#define DAY 86400ULL

static uint64_t time_of(const char *text)
{
	uint64_t when;

	assert_int_equal(lw_time_read(text, &when), 0);
	return when;
}

static enum lw_keep_reason decide(uint64_t number, uint64_t days, uint64_t rank, const char *verdict,
				  const char *collected, bool acknowledged)
{
	const struct lw_keep rules = { number, days * DAY };
	json_t *item = json_pack("{ss*, ss}", "verdict", verdict, "collected", collected);
	enum lw_keep_reason reason =
		lw_keep_decide(&rules, item, rank, acknowledged, time_of("2026-11-28T00:00:00Z"));

	json_decref(item);
	return reason;
}

static void rules(void **unused)
{
	const char *young = "2026-11-20T00:00:00Z", *old = "2026-09-01T00:00:00Z";

	assert_int_equal(decide(0, 0, 9, "clean", old, false), LW_KEPT);
	assert_int_equal(decide(3, 0, 2, "clean", old, false), LW_KEPT);
	assert_int_equal(decide(3, 0, 3, "clean", young, false), LW_GONE_BY_NUMBER);
	assert_int_equal(decide(0, 30, 1, "incomplete", young, false), LW_KEPT);
	assert_int_equal(decide(0, 30, 1, "incomplete", old, false), LW_GONE_BY_AGE);
	assert_int_equal(decide(9, 30, 1, "clean", old, false), LW_GONE_BY_AGE);
	/* The newest, an open violation, and what nobody can read. */
	assert_int_equal(decide(1, 1, 0, "clean", old, true), LW_KEPT);
	assert_int_equal(decide(1, 1, 5, "violation", old, false), LW_KEPT);
	assert_int_equal(decide(1, 1, 5, "violation", old, true), LW_GONE_BY_AGE);
	assert_int_equal(decide(1, 1, 5, NULL, old, true), LW_KEPT);
	assert_int_equal(decide(0, 30, 5, "clean", "?", false), LW_KEPT);
	/* A clock that stood in the future. */
	assert_int_equal(decide(0, 30, 5, "clean", "2027-11-20T00:00:00Z", false), LW_KEPT);
}

static char told[8][LW_ID_TEXT];
static int told_count;

static int tell(void *data, const json_t *item, enum lw_keep_reason reason)
{
	LW_FREE char *folder = lw_format("%s/handovers/%s", state, lw_field_raw(item, "id"));

	assert_true(lw_exists(folder)); /* told before it goes */
	assert_int_equal(reason, LW_GONE_BY_NUMBER);
	strcpy(told[told_count++], lw_field_raw(item, "id"));
	return data ? -ENOSPC : 0;
}

static size_t stored(void)
{
	json_t *list;
	size_t count;

	assert_int_equal(lw_store_list(state, &list), 0);
	count = json_array_size(list);
	json_decref(list);
	return count;
}

#define ID_V "aaaa000000000000000000000000000f"

static void write_violation(void)
{
	json_t *report = make_report(ID_V, "2026-10-01T00:00:00Z", "boot-v");

	json_object_set_new(report, "verdict", json_string("violation"));
	assert_int_equal(lw_store_save(state, ID_V, 1, report), 0);
	json_decref(report);
}

static void removes(void **unused)
{
	const struct lw_keep one = { 1, 0 }, none = {};
	uint64_t now = time_of("2026-11-28T00:00:00Z");
	LW_FREE char *left = lw_format("%s/handovers/.leaving-" ID_B, state);
	int full = 1;

	told_count = 0;
	save(ID_A, 1, "2026-11-01T00:00:00Z", "boot-a");
	save(ID_B, 1, "2026-11-02T00:00:00Z", "boot-b");
	save(ID_C, 1, "2026-11-03T00:00:00Z", "boot-c");
	assert_int_equal(lw_store_save_evidence(state, ID_A, "kmsg.bin", "x", 1), 0);
	assert_int_equal(lw_keep_apply(state, &none, NULL, now, tell, NULL), 0);
	assert_int_equal(stored(), 3);
	/* What cannot be told stays. */
	assert_int_equal(lw_keep_apply(state, &one, NULL, now, tell, &full), -ENOSPC);
	assert_int_equal(stored(), 3);
	assert_int_equal(told_count, 1);
	/* Of an open violation nothing goes; seen by somebody it is as any other. */
	write_violation();
	told_count = 0;
	assert_int_equal(lw_keep_apply(state, &one, ID_A, now, tell, NULL), 1);
	assert_string_equal(told[0], ID_B);
	assert_int_equal(stored(), 3);
	assert_int_equal(lw_store_save_evidence(state, ID_V, "acknowledged-violation", "{}", 2), 0);
	assert_int_equal(lw_keep_apply(state, &one, ID_A, now, tell, NULL), 1);
	assert_string_equal(told[1], ID_V);
	/* That of this boot stays even when it is not the newest. */
	assert_int_equal(stored(), 2);
	assert_int_equal(lw_keep_apply(state, &one, NULL, now, tell, NULL), 1);
	assert_string_equal(told[2], ID_A);
	assert_int_equal(stored(), 1);
	/* A crash between the two steps. */
	assert_int_equal(lw_make_directory(left), 0);
	assert_int_equal(lw_keep_apply(state, &one, NULL, now, tell, NULL), 0);
	assert_false(lw_exists(left));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		TEST(removes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
