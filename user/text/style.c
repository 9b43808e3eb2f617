// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The look of text views, in one place, so that the views themselves only say what they show.
 * lw_style_for() is the one function here that looks at its surroundings (terminal, environment).
 */
#include "text/style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"

static const char *const codes[LW_TONES] = {
	[LW_TONE_GOOD] = "\033[1;32m", [LW_TONE_WARN] = "\033[1;33m", [LW_TONE_BAD] = "\033[1;31m",
	[LW_TONE_STRONG] = "\033[1m",  [LW_TONE_FAINT] = "\033[2m",
};

struct lw_style lw_style_for(FILE *out)
{
	struct lw_style style = { .out = out, .width = LW_WIDTH_MAX, .colour = false };
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;
	int fd = fileno(out);

	if (fd < 0 || !isatty(fd))
		return style;

	style.colour = !(no_color && *no_color) && term && strcmp(term, "dumb");
	/* A serial console reports no size at all: 80 columns are what it was made for. */
	style.width = LW_WIDTH_MIN;
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col > LW_WIDTH_MIN)
		style.width = size.ws_col < LW_WIDTH_MAX ? size.ws_col : LW_WIDTH_MAX;
	return style;
}

static void tone_begin(const struct lw_style *style, enum lw_tone tone)
{
	if (style->colour && codes[tone])
		fputs(codes[tone], style->out);
}

static void tone_end(const struct lw_style *style, enum lw_tone tone)
{
	if (style->colour && codes[tone])
		fputs("\033[0m", style->out);
}

static void spaces(const struct lw_style *style, size_t count)
{
	while (count--)
		fputc(' ', style->out);
}

void lw_style_put(const struct lw_style *style, enum lw_tone tone, const char *text)
{
	if (!*text)
		return;
	tone_begin(style, tone);
	fputs(text, style->out);
	tone_end(style, tone);
}

void lw_style_cell(const struct lw_style *style, enum lw_tone tone, const char *text, int columns)
{
	size_t wanted = (size_t)abs(columns), taken = lw_escape_columns(text);
	/* Too long a text still must not touch its neighbour. */
	size_t fill = taken < wanted ? wanted - taken : columns != 0;

	if (columns < 0)
		spaces(style, fill);
	lw_style_put(style, tone, text);
	if (columns > 0)
		spaces(style, fill);
}

/* Columns of the first LENGTH bytes of TEXT. */
static size_t word_columns(const char *text, size_t length)
{
	size_t columns = 0, i;

	for (i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

void lw_style_wrap(const struct lw_style *style, enum lw_tone tone, unsigned int column,
		   unsigned int indent, const char *text)
{
	size_t at = column;
	bool first = true;

	tone_begin(style, tone);
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");
		size_t columns = word_columns(text, length);

		if (!first && at + 1 + columns > style->width) {
			fputc('\n', style->out);
			spaces(style, indent);
			at = indent;
		} else if (!first) {
			fputc(' ', style->out);
			at++;
		}
		fwrite(text, 1, length, style->out);
		at += columns;
		text += length;
		first = false;
	}
	tone_end(style, tone);
	fputc('\n', style->out);
}

void lw_style_heading(const struct lw_style *style, const char *text)
{
	fputc('\n', style->out);
	lw_style_put(style, LW_TONE_STRONG, text);
	fputc('\n', style->out);
}
