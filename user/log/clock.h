/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times in front of a log line. Pure. */
#ifndef LUWATCH_CLOCK_H
#define LUWATCH_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* printk's clock of the last "[   12.345678]" in TEXT, in nanoseconds; UINT64_MAX without one. */
uint64_t lw_clock_stamp(const char *text, size_t length);

/*
 * A wall-clock time in TEXT as it stands there, with whatever date is around it; else seconds since
 * 1970, or dmesg's "+0.000021". NULL when there is none.
 */
const char *lw_clock_when(const char *text, size_t length, size_t *when_length);

#endif
