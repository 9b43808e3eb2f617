/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in any bytes something may be that speaks of VT-d faults. Pure. */
#ifndef LUWATCH_MARK_H
#define LUWATCH_MARK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The first place in [BEGIN, END) where one of the few words stands without which no line is of
 * interest; NULL when there is none. Made for gigabytes: most bytes are never looked at.
 */
const char *lw_mark_find(const char *begin, const char *end);

/* The same on a processor without vectors. */
const char *lw_mark_find_by_hand(const char *begin, const char *end);

/*
 * The first mark of the subject in [AT, END): something that must be taken or accounted for. NULL
 * when there is none. *LENGTH is the mark's.
 */
const char *lw_mark_of_subject(const char *at, const char *end, size_t *length);

#endif
