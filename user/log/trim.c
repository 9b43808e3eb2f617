// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands around a whole line: blanks at its end, a list's brackets and quotes, a bullet.
 */
#include <string.h>

#include "fault/cursor.h"
#include "log/clean.h"
#include "log/clock.h"

size_t lw_clean_end(char *at, char *end)
{
	char *to = end;
	bool blank = end > at && (end[-1] == ' ' || (end - at > 2 && !memcmp(end - 3, "=20", 3)));

	for (;;) {
		if (to > at && (to[-1] == ' ' || to[-1] == '\t'))
			to--;
		else if (to - at > 2 && !memcmp(to - 3, "=20", 3))
			to -= 3;
		else
			break;
	}
	if (blank)
		*to++ = ' ';
	return (size_t)(to - at);
}

void lw_clean_list(char *text, size_t length)
{
	size_t i;

	if (length < 2 || text[0] != '[' || (text[1] != '\'' && text[1] != '"'))
		return;
	for (i = 0; i + 4 <= length; i++)
		if (text[i + 1] == ',' && text[i + 2] == ' ' &&
		    (text[i] == '\'' || text[i] == '"') &&
		    (text[i + 3] == '\'' || text[i + 3] == '"'))
			memcpy(text + i, "\n\n\n\n", 4);
}

size_t lw_clean_bullet(const char *text, size_t length)
{
	struct lw_cursor c = { .at = text, .end = text + length };
	const char *begin;

	while (lw_left(&c) && strchr(" \t", c.end[-1]))
		c.end--;
	lw_take_blanks(&c);
	if (!lw_take(&c, "*") || !lw_take_blanks(&c) || !lw_take(&c, "`") || !lw_left(&c) ||
	    c.end[-1] != '`' || memchr(c.at, '`', lw_left(&c) - 1))
		return 0;
	begin = c.at;
	if (lw_clock_stamp(begin, lw_left(&c)) == UINT64_MAX && !lw_take(&c, "DMAR: ") &&
	    !lw_take(&c, "dmar: ") && !lw_take(&c, "dmar_fault: "))
		return 0;
	return (size_t)(begin - text);
}
