/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks, and times as people write them. All in nanoseconds; wall-clock times since 1970, UTC. */
#ifndef LUWATCH_TIME_H
#define LUWATCH_TIME_H

#include <stdint.h>

/* CLOCK_BOOTTIME and CLOCK_REALTIME. */
uint64_t lw_boot_clock(void);
uint64_t lw_wall_clock(void);

#define LW_TIME_TEXT  32
#define LW_TIME_FORMS "2026-11-22T18:30:00Z, 18:30, 18:30:05, 10m or -10m (s, m, h, d, w)"

/*
 * A time in the past, in one of the forms LW_TIME_FORMS shows: RFC 3339 with Z or an offset; with a
 * space or without an offset the local time; a time of day, which is the last time the local clock
 * showed it; a duration before NOW, also as "10 min ago". Pure but for the local time zone. 0 or
 * -EINVAL.
 */
int lw_time_parse(const char *text, uint64_t now, uint64_t *when);

/* "2026-11-22T18:30:00.123456Z", "" for 0 and UINT64_MAX. Returns TEXT. */
char *lw_time_utc(uint64_t when, char text[LW_TIME_TEXT]);

/* "2026-11-22 18:30:00" in local time, "" for 0 and UINT64_MAX. Returns TEXT. */
char *lw_time_local(uint64_t when, char text[LW_TIME_TEXT]);

#endif
