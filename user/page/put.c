// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the sections of the page share. There is one way for text of a report to get into it,
 * lw_html_put(), so that there is one place to look at when asking whether a report can inject
 * anything.
 */
#include <stdarg.h>
#include <string.h>

#include "page/page.h"

static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

void lw_html_put(struct lw_page *page, const char *format, ...)
{
	const char *next;
	va_list texts;

	va_start(texts, format);
	while ((next = strstr(format, "%s"))) {
		fwrite(format, 1, (size_t)(next - format), page->out);
		put_escaped(page->out, va_arg(texts, const char *));
		format = next + 2;
	}
	fputs(format, page->out);
	va_end(texts);
}

const char *lw_html_count(struct lw_page *page, size_t count)
{
	return lw_field_format(&page->view.fields, "%zu", count);
}

const char *lw_html_plural(struct lw_page *page, size_t count, const char *one, const char *many)
{
	return lw_field_format(&page->view.fields, "%zu %s", count, count == 1 ? one : many);
}

const char *const lw_html_states[LW_HTML_STATES] = {
	"kept",	       "cleared", "leaked",
	"lost",	       "altered", "appeared",
	"unreachable", "unknown", [LW_HTML_OTHER] = "other",
};

size_t lw_html_state(const char *word)
{
	size_t i;

	for (i = 0; i < LW_HTML_OTHER; i++)
		if (!strcmp(word, lw_html_states[i]))
			return i;
	return LW_HTML_OTHER;
}

const char *lw_html_device(struct lw_page *page, const char *rid)
{
	const char *name = *rid ? lw_view_device(&page->view, rid) : NULL;

	return name ? name : "";
}
