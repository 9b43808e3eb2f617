// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any JSON as a stored report, shown as text and as a page. Beyond "no harm": nothing reaches a
 * terminal that moves its cursor, the page has the scripts of the template and no other, and exit
 * code 0 needs the word "clean".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fuzz.h"
#include "page/html.h"
#include "report/stored.h"
#include "text/text.h"

static void check_text(const json_t *report)
{
	char *text = NULL;
	size_t length = 0, i;
	FILE *out = open_memstream(&text, &length);
	struct lw_style style = { .out = out, .width = LW_WIDTH_MIN };

	MUST(out);
	lw_text_report(&style, report, true);
	fclose(out);
	for (i = 0; i < length; i++)
		MUST((unsigned char)text[i] >= ' ' || text[i] == '\n');
	MUST(!memmem(text, length, "\x7f", 1));
	free(text);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strcasestr(text, what))) {
		n++;
		text++;
	}
	return n;
}

static void check_page(const json_t *report)
{
	static const char nonce[LW_HTML_NONCE] = "0123456789abcdef0123456789abcdef";
	static size_t scripts;
	char *page = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&page, &length);

	MUST(out);
	lw_html_report(out, report, nonce);
	fclose(out);
	MUST(strlen(page) == length);
	if (!scripts)
		scripts = count(page, "<script");
	MUST(scripts && count(page, "<script") == scripts && count(page, "</script") == scripts);
	MUST(!count(page, "<img") && !count(page, "<iframe"));
	free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *report = json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	const char *verdict = json_string_value(json_object_get(report, "verdict"));

	if (!report)
		return 0;
	check_text(report);
	check_page(report);
	MUST(lw_stored_exit_code(report) || (verdict && !strcmp(verdict, "clean")));
	json_decref(report);
	return 0;
}
