// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the tests of the text report share: loading a sample, rendering it into memory, and looking
 * for words in the result, which is shown whole when they are missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/text.h"
#include "sample.h"

#define REPORTS "tests/unit/reports/"

json_t *load_sample(const char *name)
{
	char path[256];
	json_t *report;

	snprintf(path, sizeof(path), REPORTS "%s.json", name);
	report = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(report);
	return report;
}

char *render(const json_t *report, unsigned int width, bool verbose, int *result)
{
	struct lw_style style = { .width = width };
	size_t length;
	char *text;
	int r;

	style.out = open_memstream(&text, &length);
	assert_non_null(style.out);
	r = lw_text_report(&style, report, verbose);
	fclose(style.out);
	if (result)
		*result = r;
	return text;
}

char *render_sample(const char *name, unsigned int width, bool verbose)
{
	json_t *report = load_sample(name);
	char *text = render(report, width, verbose, NULL);

	json_decref(report);
	return text;
}

void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

void assert_first_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	if (strncmp(text, line, length) || text[length] != '\n')
		fail_msg("first line is not \"%s\":\n%s", line, text);
}
