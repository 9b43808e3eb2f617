/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_LINE_FIXTURE_H
#define LUWATCH_LINE_FIXTURE_H

#include "fault/fault.h"
#include "fault/line.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Parses a copy without terminator and of exact size, so that a sanitizer sees every overrun. */
struct lw_line line_of(const char *text, size_t length);
struct lw_line line_of_text(const char *text);

#endif
