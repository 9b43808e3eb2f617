/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in front of the kernel's words. Pure. */
#ifndef LUWATCH_BEFORE_H
#define LUWATCH_BEFORE_H

#include <stddef.h>

#include "log/saved.h"

/*
 * Adds to ABOUT what the LENGTH bytes of HEAD, from the beginning of the line to the driver's name,
 * tell: time, host, facility, who speaks, how often. What is not understood is no obstacle. What a
 * container already told is not changed.
 */
void lw_before_read(const char *head, size_t length, struct lw_saved_about *about);

/* How often uniq -c says at the beginning of HEAD that the line came; 0 when it does not. */
uint64_t lw_before_count(const char *head, size_t length);

/* Where the driver's own prefix ("DMAR: ", "dmar: DMAR:") that ends at LENGTH begins in TEXT. */
size_t lw_before_driver(const char *text, size_t length);

/* Bytes of quote marks, indents and the like at the beginning of TEXT. */
size_t lw_before_quotes(const char *text, size_t length);

/* "...:  3 Time(s)" at the end of a line, as logwatch puts it: how often it came; 1 without it. */
uint64_t lw_before_times(const char *rest, size_t length);

#endif
