// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel log that a test feeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_fixture.h"

void log_feed(struct lw_kernel_log *log, const char *record)
{
	assert_int_equal(lw_kernel_log_feed(log, record, strlen(record)), 0);
}

struct lw_kernel_log *log_start(void **state)
{
	lw_kernel_log_free(*state);
	return *state;
}

int log_setup(void **state)
{
	*state = malloc(sizeof(struct lw_kernel_log));
	if (*state)
		lw_kernel_log_init(*state);
	return *state ? 0 : -1;
}

int log_teardown(void **state)
{
	lw_kernel_log_free(*state);
	free(*state);
	return 0;
}
