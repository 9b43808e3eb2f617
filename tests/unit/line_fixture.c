// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One line, parsed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line_fixture.h"

struct lw_line line_of(const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	struct lw_line line;

	assert_non_null(copy);
	copy = realloc(copy, length ? length : 1);
	memcpy(copy, text, length);
	memset(&line, 0xa5, sizeof(line));
	lw_line_parse(copy, length, &line);
	free(copy);
	return line;
}

struct lw_line line_of_text(const char *text)
{
	return line_of(text, strlen(text));
}
