/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a text view looks: width, colour, padding, wrapping. All text handed in must already be
 * escaped (base/escape.h). No meaning ever depends on a colour.
 */
#ifndef LUWATCH_STYLE_H
#define LUWATCH_STYLE_H

#include <stdbool.h>
#include <stdio.h>

#include "words/words.h"

#define LW_WIDTH_MIN 80
#define LW_WIDTH_MAX 100

struct lw_style {
	FILE *out;
	unsigned int width; /* columns of a line */
	bool colour;
};

/*
 * The style that suits OUT: colour only on a terminal, unless NO_COLOR is set or TERM is "dumb";
 * the terminal's width within LW_WIDTH_MIN and LW_WIDTH_MAX, and LW_WIDTH_MAX for a file or a pipe.
 */
struct lw_style lw_style_for(FILE *out);

/* Writes TEXT in TONE. */
void lw_style_put(const struct lw_style *style, enum lw_tone tone, const char *text);

/*
 * Writes TEXT in TONE, filled up with spaces to COLUMNS: on the right, or on the left if negative.
 * A text that is as long or longer gets one space.
 */
void lw_style_cell(const struct lw_style *style, enum lw_tone tone, const char *text, int columns);

/*
 * Writes TEXT, which starts at column COLUMN, broken at spaces so that lines fit the width; further
 * lines start with INDENT spaces. A word that is longer than a line stays whole, for searching and
 * copying. Ends with a newline.
 */
void lw_style_wrap(const struct lw_style *style, enum lw_tone tone, unsigned int column,
		   unsigned int indent, const char *text);

/* A heading with an empty line before it. */
void lw_style_heading(const struct lw_style *style, const char *text);

#endif
