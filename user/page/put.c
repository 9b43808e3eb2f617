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

const char *lw_html_state_name(unsigned int state)
{
	return state < LW_CONTEXT_STATES ? lw_context_state_name(state) : "other";
}

const char *lw_html_tone(enum lw_tone tone)
{
	static const char *const names[LW_TONES] = {
		[LW_TONE_PLAIN] = "plain", [LW_TONE_GOOD] = "good",	[LW_TONE_WARN] = "warn",
		[LW_TONE_BAD] = "bad",	   [LW_TONE_STRONG] = "strong", [LW_TONE_FAINT] = "faint",
	};

	return names[tone];
}

/* .a is the body of a glyph, .b what is cut into it; page.css says the rest. */
void lw_html_state_style(struct lw_page *page)
{
	const struct lw_word *state;

	for (state = lw_entry_states.words; state < lw_entry_states.words + LW_CONTEXT_STATES;
	     state++) {
		fprintf(page->out,
			".%s { --state: %s; } .%s .a { %s } .%s .b { %s }\n"
			"@media screen and (prefers-color-scheme: dark) { .%s { --state: %s; } }\n",
			state->name, state->glyph.light, state->name, state->glyph.body_style,
			state->name, state->glyph.cut_style, state->name, state->glyph.dark);
		if (state->tone != LW_TONE_PLAIN)
			fprintf(page->out, "td.%s { color: var(--state); font-weight: 600; }\n",
				state->name);
	}
}

const char *lw_html_device(struct lw_page *page, const char *rid)
{
	const char *name = *rid ? lw_view_device(&page->view, rid) : NULL;

	return name ? name : "";
}
