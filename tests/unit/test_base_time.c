// SPDX-License-Identifier: GPL-2.0-or-later
/* Times as people write them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/time.h"

#define SECOND 1000000000ULL
#define NOW    (1795372200ULL * SECOND) /* 2026-11-22 18:30:00 UTC, a Sunday */

static const struct {
	const char *text, *utc;
} good[] = {
	{ "2026-11-22T18:29:00Z", "2026-11-22T18:29:00.000000Z" },
	{ "2026-11-22t18:29:00.25z", "2026-11-22T18:29:00.250000Z" },
	{ "2026-11-22T18:29:00.123456789Z", "2026-11-22T18:29:00.123456Z" },
	{ "2026-11-22T18:29:00+01:00", "2026-11-22T17:29:00.000000Z" },
	{ "2026-11-22T18:29:00-05:30", "2026-11-22T23:59:00.000000Z" },
	{ "2026-11-22 18:29", "2026-11-22T18:29:00.000000Z" },
	{ "2026-11-22", "2026-11-22T00:00:00.000000Z" },
	{ "2026-07-01 12:00:00", "2026-07-01T12:00:00.000000Z" },
	{ "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z" },
	{ "18:15", "2026-11-22T18:15:00.000000Z" },
	{ "18:15:07", "2026-11-22T18:15:07.000000Z" },
	{ "18:31", "2026-11-21T18:31:00.000000Z" },
	{ "10m", "2026-11-22T18:20:00.000000Z" },
	{ "-10m", "2026-11-22T18:20:00.000000Z" },
	{ "10 min ago", "2026-11-22T18:20:00.000000Z" },
	{ "10min", "2026-11-22T18:20:00.000000Z" },
	{ "1h30m", "2026-11-22T17:00:00.000000Z" },
	{ "-1h 30s", "2026-11-22T17:29:30.000000Z" },
	{ "2 days ago", "2026-11-20T18:30:00.000000Z" },
	{ "1w", "2026-11-15T18:30:00.000000Z" },
	{ "0s", "2026-11-22T18:30:00.000000Z" },
};

static const char *const bad[] = {
	"", "-", "10", "-10", "m", "10x", "10m foo", "-10m ago", "ago", "10 ago", "10mm", "1e3s",
	"99999999999999999999s", "9999999999999w", "100w100000w", "24:00", "12:60", "1:30", "12:3",
	"12:30:", "12:30:99", "12:30Z", "+10m", "10m-", "2026-11-2", "2026-11-31", "2026-11-22T", "2026-11-22T18",
	"2026-11-22T18:29:00X", "2026-11-22T18:29:00+1", "2026-11-22T18:29:00+01:00Z",
	"2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22T25:00:00Z", "1960-01-01T00:00:00Z",
	"2026-11-22T18:29:00.Z", "10m\n", "2026-11-22T24:00:00Z", "2026-11-22T18:29:00Zx", "\xc3\xa4",
};

static void accepts(void **state)
{
	char text[LW_TIME_TEXT];
	uint64_t when;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (lw_time_parse(good[i].text, NOW, &when))
			fail_msg("\"%s\" is refused", good[i].text);
		if (strcmp(lw_time_utc(when, 6, text), good[i].utc))
			fail_msg("\"%s\" is %s", good[i].text, text);
	}
}

static void refuses(void **state)
{
	uint64_t when;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (lw_time_parse(bad[i], NOW, &when) != -EINVAL)
			fail_msg("\"%s\" is taken", bad[i]);
}

static void shows(void **state)
{
	char text[LW_TIME_TEXT];

	assert_string_equal(lw_time_utc(NOW + 1234, 0, text), "2026-11-22T18:30:00Z");
	assert_string_equal(lw_time_utc(NOW + 1234, 9, text), "2026-11-22T18:30:00.000001234Z");
	assert_string_equal(lw_time_utc(0, 0, text), "");
	assert_string_equal(lw_time_utc(UINT64_MAX, 9, text), "");
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds;
	} rows[] = { { "90s", 90 }, { "15min", 900 }, { "1h30m", 5400 }, { "2d", 172800 }, { "0s", 0 } };
	static const char *const no[] = { "", "5", "5x", "1 h", "1h ", " 1h", "-1h", "1h ago", "1h30",
					  "99999999999999999999s", "99999999999999w" };
	uint64_t seconds;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(lw_duration_parse(rows[i].text, &seconds), 0);
		assert_int_equal(seconds, rows[i].seconds);
	}
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (lw_duration_parse(no[i], &seconds) != -EINVAL)
			fail_msg("\"%s\" is taken", no[i]);
}

/* What a program wrote is read back to the nanosecond; what a person may write is not taken there. */
static void reads_back(void **state)
{
	static const char *const others[] = { "", "10m", "18:30", "2026-11-22", "2026-11-22T18:30:00",
					      "2026-11-22 18:30:00Z", "2026-11-22T18:30:00+01:00" };
	char text[LW_TIME_TEXT];
	uint64_t when;
	size_t i;

	assert_int_equal(lw_time_read(lw_time_utc(NOW + 987654321, 9, text), &when), 0);
	assert_true(when == NOW + 987654321);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (lw_time_read(others[i], &when) != -EINVAL)
			fail_msg("\"%s\" is taken", others[i]);
}

/* Nothing may depend on it: two hours east of UTC, three in summer. */
static int set_zone(void **state)
{
	setenv("TZ", "EET-2EEST,M3.5.0/3,M10.5.0/4", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(shows),
		cmocka_unit_test(durations),
		cmocka_unit_test(reads_back),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
