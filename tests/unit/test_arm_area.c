// SPDX-License-Identifier: GPL-2.0-or-later
/* The area has room for what can be preserved on this machine, or the control map says for how much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arm/arming.h"

/* UNITS units with TABLES context tables each. */
static struct lw_control size(uint32_t units, uint32_t tables, uint32_t functions, bool scalable)
{
	struct arming a = { .unit_count = units, .functions = functions };
	struct lw_control c = {};
	uint32_t i, n;

	a.units = calloc(units, sizeof(*a.units));
	for (i = 0; i < units; i++) {
		a.units[i].readable = 1;
		a.units[i].rtaddr = 0x1000 | (scalable ? 1 << 10 : 0);
		for (n = 0; n < tables; n++)
			a.units[i].root[scalable ? n : 2 * n] = 1;
	}
	lw_area_size(&a, &c);
	free(a.units);
	return c;
}

static void has_room(void **state)
{
	assert_true(size(1, 4, 20, false).preserved_fit >= 64);
	assert_true(size(4, 10, 300, false).preserved_fit >= 300);
	assert_true(size(4, 10, 300, true).preserved_fit >= 300);
	assert_true(size(64, 16, 4096, false).preserved_fit >= 4096);
	assert_true(size(64, 16, 4096, false).log_slots >= 4 * 4096);
}

static void says_how_much(void **state)
{
	struct lw_control c = size(64, 16, 4096, true);

	assert_int_equal(c.area_count, LW_MAX_AREA_PAGES);
	assert_true(c.preserved_fit > 0 && c.preserved_fit < 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(has_room), cmocka_unit_test(says_how_much) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
