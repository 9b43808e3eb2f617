/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in much text a coded block begins that nobody announces. Pure. */
#ifndef LUWATCH_LOG_BLOCK_H
#define LUWATCH_LOG_BLOCK_H

#include "log/coded.h"

/* What is needed behind a line to tell whether a block begins with it. */
#define LW_BLOCK_BEHIND 4096

/*
 * The first line in [BEGIN, END) with which a block of base64 or a dump begins; END when there is none.
 * BEGIN begins a line and is at OFFSET of its text; LAST: the line that ends at END is looked at in any case.
 * Made for gigabytes: most bytes are only looked at for a blank.
 */
const char *lw_block_find(const char *begin, const char *end, uint64_t offset, bool last, enum lw_coding *coding);

/* Whether the line looks as if it were of a block. */
bool lw_block_may_begin(const char *line, const char *line_end);

/* The coding of a block that begins at LINE; what is behind LINE_END, up to END, belongs to it or not. */
enum lw_coding lw_block_at(const char *line, const char *line_end, const char *end);

#endif
