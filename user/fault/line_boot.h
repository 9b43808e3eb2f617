/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second half of line.c, for the lines that are known by their words alone. Private to it. */
#ifndef LUWATCH_LINE_BOOT_H
#define LUWATCH_LINE_BOOT_H

#include "fault/cursor.h"
#include "fault/line.h"

/* Looks at the words at CURSOR; sets .kind to dump or boot, .fact and .unit, or leaves *LINE alone.
 */
void lw_line_parse_boot(const struct lw_cursor *cursor, struct lw_line *line);

#endif
