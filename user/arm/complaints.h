/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel writes about a program that it had to stop: a timeout, a lock that would never be
 * got. Since Linux 6.17 that stands in the program's own error stream, where nobody looks.
 */
#ifndef LUWATCH_COMPLAINTS_H
#define LUWATCH_COMPLAINTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Takes what stands in the error stream of the program FD, tells its first line as that of NAME,
 * and returns how many complaints there were: 0 also where the kernel has no such streams.
 */
uint64_t lw_complaints_take(int fd, const char *name);

/* How many complaints TEXT of LENGTH bytes has: each begins with "ERROR:"; one if none does. Pure.
 */
uint64_t lw_complaints_count(const char *text, size_t length);

#endif
