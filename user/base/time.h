/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks, and times as people write them. All in nanoseconds; wall-clock times since 1970, UTC. */
#ifndef LUWATCH_TIME_H
#define LUWATCH_TIME_H

#include <stddef.h>
#include <stdint.h>

/* CLOCK_BOOTTIME and CLOCK_REALTIME. */
uint64_t lw_boot_clock(void);
uint64_t lw_wall_clock(void);
int64_t lw_tai_offset(void); /* CLOCK_TAI - wall clock */

#define LW_TIME_TEXT  32
#define LW_TIME_FORMS \
	"2026-11-22T18:30:00Z, 2026-11-22, 18:30, 18:30:05 (UTC), 10m or -10m (s, m, h, d, w)"

/*
 * A time in the past, in one of the forms LW_TIME_FORMS shows: RFC 3339, UTC without an offset; a
 * day; a time of day, which is the last time the clock in UTC showed it; a duration before NOW, also
 * as "10 min ago". Pure. 0 or -EINVAL.
 */
int lw_time_parse(const char *text, uint64_t now, uint64_t *when);

/* The same for what a program wrote: RFC 3339 in UTC, nothing else. */
int lw_time_read(const char *text, uint64_t *when);

/* A duration without blanks: "90s", "15min", "1h30m". In seconds. Pure. 0 or -EINVAL. */
#define LW_DURATION_FORMS "90s, 15min, 1h30m or 2d"
int lw_duration_parse(const char *text, uint64_t *seconds);

/* A duration's unit ("s", "min", "days") in seconds; 0 for what is none. */
uint64_t lw_time_unit(const char *word, size_t length);

/*
 * "2026-11-22T18:30:00.123456Z" with so many DIGITS of the second, up to 9; "" for 0 and UINT64_MAX.
 * Returns TEXT.
 */
char *lw_time_utc(uint64_t when, int digits, char text[LW_TIME_TEXT]);

#endif
