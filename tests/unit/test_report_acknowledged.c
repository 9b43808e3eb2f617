// SPDX-License-Identifier: GPL-2.0-or-later
/* What a person has looked at: that verdict of that hand-over, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "report/acknowledged.h"
#include "store_fixture.h"

static json_t *report(const char *id, const char *verdict)
{
	json_t *made = make_report(id, "2026-10-03T02:00:00Z", "boot-a");

	json_object_set_new(made, "verdict", json_string(verdict));
	return made;
}

static void the_verdict_of_that_hand_over(void **unused)
{
	json_t *bad = report(ID_A, "violation"), *other = report(ID_B, "violation");
	json_t *detail = json_pack("{ss}", "reason", "known erratum");

	(void)unused;
	assert_true(lw_can_acknowledge(bad));
	assert_false(lw_is_acknowledged(state, bad));
	assert_int_equal(lw_acknowledge(state, bad, detail), 0);
	assert_true(lw_is_acknowledged(state, bad));
	assert_false(lw_is_acknowledged(state, other));
	json_object_set_new(detail, "reason", json_string("said again in other words"));
	assert_int_equal(lw_acknowledge(state, bad, detail), 0);
	json_decref(bad);
	json_decref(other);
	json_decref(detail);
}

/* A revision that is worse is not what was looked at. */
static void a_worse_verdict_is_not(void **unused)
{
	json_t *unsure = report(ID_A, "incomplete"), *bad = report(ID_A, "violation");
	json_t *detail = json_object();

	(void)unused;
	assert_int_equal(lw_acknowledge(state, unsure, detail), 0);
	assert_true(lw_is_acknowledged(state, unsure));
	assert_false(lw_is_acknowledged(state, bad));
	json_decref(unsure);
	json_decref(bad);
	json_decref(detail);
}

static void nothing_to_acknowledge(void **unused)
{
	json_t *clean = report(ID_A, "clean"), *evil = report("../../../etc/x", "violation");
	json_t *detail = json_object();

	(void)unused;
	assert_false(lw_can_acknowledge(clean));
	assert_int_equal(lw_acknowledge(state, clean, detail), -EINVAL);
	assert_false(lw_is_acknowledged(state, clean));
	assert_int_equal(lw_acknowledge(state, evil, detail), -EINVAL);
	assert_false(lw_is_acknowledged(state, evil));
	json_decref(clean);
	json_decref(evil);
	json_decref(detail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_verdict_of_that_hand_over),
		TEST(a_worse_verdict_is_not),
		TEST(nothing_to_acknowledge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
