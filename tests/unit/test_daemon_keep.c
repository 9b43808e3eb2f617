// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon removes old hand-overs by its configuration in force, and says each to the audit log first. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fields.h"
#include "base/time.h"
#include "daemon/daemon.h"
#include "report/store.h"
#include "seam.h"
#include "store_fixture.h"

static struct {
	char because[64]; /* of each hand-over that goes, one after the other */
	int answer;
} audit;

SEAM(uint64_t, lw_wall_clock, void)
{
	uint64_t now;

	assert_int_equal(lw_time_read("2026-11-28T00:00:00Z", &now), 0);
	return now;
}

SEAM(int, lw_daemon_audit, struct lw_daemon *d, enum lw_audit_kind kind, struct lw_id handover, json_t *detail)
{
	size_t used = strlen(audit.because);

	assert_int_equal(kind, LW_AUDIT_RETENTION);
	snprintf(audit.because + used, sizeof(audit.because) - used, "%s ", lw_field_raw(detail, "because"));
	json_decref(detail);
	return audit.answer;
}

/* What stays of three hand-overs, 1, 20 and 40 days old. */
static size_t left(uint64_t number, uint64_t days, const char *because)
{
	struct lw_daemon *d = calloc(1, sizeof(*d));
	json_t *list;
	size_t count;

	assert_non_null(d);
	memset(audit.because, 0, sizeof(audit.because));
	save(ID_A, 1, "2026-10-19T00:00:00Z", "boot-a");
	save(ID_B, 1, "2026-11-08T00:00:00Z", "boot-b");
	save(ID_C, 1, "2026-11-27T00:00:00Z", "boot-c");
	d->state = state;
	d->config.keep = number;
	d->config.keep_days = days;
	lw_daemon_keep(d);
	free(d);
	assert_string_equal(audit.because, because);
	assert_int_equal(lw_store_list(state, &list), 0);
	count = json_array_size(list);
	json_decref(list);
	return count;
}

static void by_configuration(void **unused)
{
	audit.answer = 0;
	assert_int_equal(left(0, 0, ""), 3);
	assert_int_equal(left(0, 41, ""), 3);
	assert_int_equal(left(0, 30, "age "), 2);
	assert_int_equal(left(0, 10, "age age "), 1);
	assert_int_equal(left(2, 0, "number "), 2);
}

/* The audit log is full: everything stays. */
static void not_told_not_removed(void **unused)
{
	audit.answer = -ENOSPC;
	assert_int_equal(left(0, 10, "age "), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_configuration),
		TEST(not_told_not_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
