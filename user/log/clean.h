/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line as it would have looked where it was printed. Pure. */
#ifndef LUWATCH_CLEAN_H
#define LUWATCH_CLEAN_H

#include <stddef.h>

/*
 * Writes LENGTH bytes of TEXT to OUT (at least LENGTH bytes of room; may be TEXT itself) without
 * colours, control characters, tags and escapes of what it was copied through. A line end that was
 * spelled out ("\n", "#012", "<br>") becomes one. Returns the new length, never more than LENGTH.
 */
size_t lw_clean(const char *text, size_t length, char *out);

/* A list that a program printed on one line: "['a', \"b\"]" becomes two lines. */
void lw_clean_list(char *text, size_t length);

/* The length without the blanks at the end but one, and that may be quoted-printable's ("=20"). */
size_t lw_clean_end(char *at, char *end);

/*
 * Bytes in front of a kernel's line that is all of a bullet in Markdown ("* `[   12.3] DMAR: ...`"),
 * 0 for all else: prose and source code quote pieces.
 */
size_t lw_clean_bullet(const char *text, size_t length);

#endif
