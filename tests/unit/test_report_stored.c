// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stored report is a file like any other: exit codes follow its verdict only while the rest of it
 * agrees, and no value of any type in any place makes the view crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>

#include "command/command.h"
#include "report/stored.h"
#include "sample.h"

static void expect_stored(const char *sample, int code)
{
	json_t *report = load_sample(sample);

	assert_int_equal(lw_stored_exit_code(report), code);
	json_decref(report);
}

static void exit_codes_follow_verdicts(void **state)
{
	(void)state;
	expect_stored("clean", LW_EXIT_CLEAN);
	expect_stored("parked", LW_EXIT_CLEAN);
	expect_stored("plain-kexec", LW_EXIT_CLEAN);
	expect_stored("incomplete", LW_EXIT_INCOMPLETE);
	expect_stored("violation", LW_EXIT_VIOLATION);
	expect_stored("units-64", LW_EXIT_VIOLATION);
}

/* Changes one thing in the clean report: it must become damaged, with this in the text. */
static void expect_damaged(const char *path_object, const char *key, json_t *value,
			   const char *part)
{
	json_t *report = load_sample("clean"), *object = report;
	char *text;
	int r;

	if (path_object)
		object = json_object_get(report, path_object);
	if (value)
		json_object_set_new(object, key, value);
	else
		json_object_del(object, key);
	text = render(report, 100, false, &r);
	assert_int_equal(r, -EBADMSG);
	assert_int_equal(lw_stored_exit_code(report), LW_EXIT_ERROR);
	assert_first_line(text, "DAMAGED REPORT");
	assert_has(text, part);
	assert_lacks(text, "No action needed");
	free(text);
	json_decref(report);
}

static void contradictions_are_damage(void **state)
{
	json_t *entries = json_pack("[{ss, ss}]", "rid", "0000:01:00.0", "state", "leaked");

	(void)state;
	expect_damaged(NULL, "verdict", NULL, "its verdict is \"\"");
	expect_damaged(NULL, "verdict", json_integer(0), "its verdict is \"\"");
	expect_damaged(NULL, "verdict", json_string("fine\033[m"),
		       "its verdict is \"fine\\x1b[m\"");
	expect_damaged(NULL, "schema", json_string("luwatch.report/2"), "luwatch.report/2");
	expect_damaged(NULL, "invariants", NULL, "no check that passed");
	expect_damaged(NULL, "invariants", json_array(), "no check that passed");
	expect_damaged("invariants", "I1", json_pack("{ss}", "result", "fail"), "I1 failed");
	expect_damaged("invariants", "I4", json_pack("{ss}", "result", "unknown"),
		       "I4 did not pass");
	expect_damaged("invariants", "I4", json_null(), "I4 did not pass");
	expect_damaged(NULL, "entries", entries, "the entry of 0000:01:00.0 is leaked");
}

static void no_handover_has_its_own_code(void **state)
{
	json_t *report = load_sample("clean");
	char *text;
	int r;

	(void)state;
	json_object_set_new(report, "verdict", json_null());
	json_object_set_new(json_object_get(report, "boot"), "kind", json_string("cold"));
	text = render(report, 100, false, &r);
	assert_int_equal(r, 0);
	assert_int_equal(lw_stored_exit_code(report), LW_EXIT_NO_HANDOVER);
	assert_first_line(text, "NO HAND-OVER");
	free(text);
	json_decref(report);
}

/* Values of every type that stand in for what was there. */
static json_t *stand_in(unsigned int which)
{
	switch (which) {
	case 0:
		return json_null();
	case 1:
		return json_true();
	case 2:
		return json_integer(-1);
	case 3:
		return json_real(1e300);
	case 4:
		return json_string("\033[31m\xe2\x80\xae%s%n");
	case 5:
		return json_pack("[n, [s], {s:s}, i]", "x", "k", "v", 7);
	default:
		return json_pack("{s:n, s:i}", "name", "rid", 3);
	}
}

#define STAND_INS 7

static void render_both(const json_t *report)
{
	free(render(report, 80, false, NULL));
	free(render(report, 100, true, NULL));
}

/* Replaces and removes every value below VALUE, one at a time, rendering each time. */
static void mutate(const json_t *report, json_t *value)
{
	const char *key;
	unsigned int i;
	json_t *inner;
	size_t index;

	json_array_foreach(value, index, inner) {
		json_incref(inner);
		for (i = 0; i < STAND_INS; i++) {
			json_array_set_new(value, index, stand_in(i));
			render_both(report);
		}
		json_array_set(value, index, inner);
		mutate(report, inner);
		json_decref(inner);
	}
	if (!json_is_object(value))
		return;
	json_object_foreach(value, key, inner) {
		json_incref(inner);
		for (i = 0; i < STAND_INS; i++) {
			json_object_set_new(value, key, stand_in(i));
			render_both(report);
		}
		json_object_set(value, key, inner);
		mutate(report, inner);
		json_decref(inner);
	}
}

static void any_value_of_any_type_is_survived(void **state)
{
	json_t *report = load_sample("violation");
	unsigned int i;

	(void)state;
	mutate(report, report);
	json_decref(report);
	for (i = 0; i < STAND_INS; i++) {
		report = stand_in(i);
		render_both(report);
		json_decref(report);
	}
	render_both(NULL);
}

static void missing_fields_are_survived(void **state)
{
	json_t *report = load_sample("violation"), *copy;
	const char *key;
	json_t *value;

	(void)state;
	json_object_foreach(report, key, value) {
		copy = json_deep_copy(report);
		json_object_del(copy, key);
		render_both(copy);
		json_decref(copy);
	}
	json_decref(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_codes_follow_verdicts),
		cmocka_unit_test(contradictions_are_damage),
		cmocka_unit_test(no_handover_has_its_own_code),
		cmocka_unit_test(any_value_of_any_type_is_survived),
		cmocka_unit_test(missing_fields_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
