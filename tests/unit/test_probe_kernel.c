// SPDX-License-Identifier: GPL-2.0-or-later
/* What is asked of the running kernel, where a wrong name would silently mean "not known". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/kernel.h"

/* Names of registered clock sources. A kernel that has just begun still keeps time by "tsc-early". */
static void clock_sources(void **state)
{
	(void)state;
	assert_true(lw_is_counter("tsc"));
	assert_true(lw_is_counter("tsc-early"));
	assert_false(lw_is_counter("hpet"));
	assert_false(lw_is_counter("acpi_pm"));
	assert_false(lw_is_counter("kvm-clock"));
	assert_false(lw_is_counter(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(clock_sources) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
