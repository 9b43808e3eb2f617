// SPDX-License-Identifier: GPL-2.0-or-later
/* Mistyped names: what was meant is found, and nothing is made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *meant(const char *typed)
{
	static const char *const names[] = { "status", "report", "arm", "disarm", "I1", "I12", "audit" };
	struct lw_nearest nearest = { .typed = typed };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		lw_nearest_offer(&nearest, names[i]);
	return nearest.best;
}

static void found(void **state)
{
	(void)state;
	assert_string_equal(meant("stauts"), "status");
	assert_string_equal(meant("STATUS"), "status");
	assert_string_equal(meant("reports"), "report");
	assert_string_equal(meant("rm"), "arm");
	assert_string_equal(meant("repot"), "report");
	assert_string_equal(meant("audti"), "audit");
	assert_string_equal(meant("i121"), "I12");
}

static void not_made_up(void **state)
{
	(void)state;
	assert_null(meant(""));
	assert_null(meant("x"));
	assert_null(meant("fly"));
	assert_null(meant("kexec"));
	assert_null(meant("an order that is far longer than any name that there is"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(found), cmocka_unit_test(not_made_up) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
