/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes text from outside (device names, host names, command names, kernel log lines, reports of
 * other machines) safe and honest on a terminal: whatever would move the cursor, hide itself or
 * turn the reading direction is shown as \xNN, \uNNNN or \UNNNNNNNN instead. A backslash becomes
 * two, so that the shown form is never ambiguous.
 */
#ifndef LUWATCH_ESCAPE_H
#define LUWATCH_ESCAPE_H

#include <stddef.h>

/*
 * Escapes LENGTH bytes of BYTES (NULs included). At most LIMIT bytes of output are produced, a cut
 * is marked with "..."; LIMIT 0 means no limit. Bytes that are not valid UTF-8 become \xNN.
 * Returns a string to be released with free(), or NULL when there is no memory.
 */
char *lw_escape(const char *bytes, size_t length, size_t limit);

/* Columns a string of lw_escape() takes on a terminal: one for each character. */
size_t lw_escape_columns(const char *text);

#endif
