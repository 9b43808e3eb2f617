// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page: its skeleton is page/page.html, in which every @@NAME@@ is replaced by what a function
 * of a section writes. There is one way for text of a report to get into it, lw_html_put(), so that
 * there is one place to look at when asking whether a report can inject anything.
 */
#include "page/html.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "page/page.h"

#define MARK "@@"

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

static void write_nonce(struct lw_page *page)
{
	lw_html_put(page, "%s", page->nonce);
}

static void write_title(struct lw_page *page)
{
	lw_html_put(page, "%s - %s - luwatch", lw_view_headline(&page->view, page->verdict),
		    lw_field_text(&page->view.fields, page->report, "host.name", "host ?"));
}

static void write_style(struct lw_page *page)
{
	fputs(lw_page_style, page->out);
}

static void write_script(struct lw_page *page)
{
	fputs(lw_page_script, page->out);
}

static void write_version(struct lw_page *page)
{
	lw_html_put(page, "%s", LW_VERSION);
}

static const struct {
	const char *name;
	void (*write)(struct lw_page *page);
} parts[] = {
	{ "NONCE", write_nonce },	  { "TITLE", write_title },
	{ "STYLE", write_style },	  { "SCRIPT", write_script },
	{ "VERSION", write_version },	  { "TOP", lw_html_top },
	{ "FACTS", lw_html_facts },	  { "FINDINGS", lw_html_findings },
	{ "UNITS", lw_html_units },	  { "ENTRIES", lw_html_entries },
	{ "FAULTS", lw_html_faults },	  { "CHECKS", lw_html_checks },
	{ "EVIDENCE", lw_html_evidence }, { "DATA", lw_html_data },
};

static void write_part(struct lw_page *page, const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strlen(parts[i].name) == length && !memcmp(parts[i].name, name, length))
			parts[i].write(page);
}

static void write_page(struct lw_page *page)
{
	const char *at = lw_page_html, *mark;

	while ((mark = strstr(at, MARK))) {
		const char *name = mark + strlen(MARK), *end = strstr(name, MARK);

		fwrite(at, 1, (size_t)(mark - at), page->out);
		if (!end)
			return;
		write_part(page, name, (size_t)(end - name));
		at = end + strlen(MARK);
	}
	fputs(at, page->out);
}

/* Puts the elements of ARRAY under their requester IDs; of faults the gravest one wins. */
static json_t *index_of(const json_t *array, bool faults)
{
	json_t *index = json_object();
	const json_t *element;
	size_t i;

	json_array_foreach(array, i, element) {
		const char *rid = lw_field_raw(element, "rid");
		const json_t *earlier = json_object_get(index, rid);

		if (!*rid ||
		    (earlier &&
		     (!faults || lw_view_fault_rank(lw_field_raw(earlier, "class")) <=
					 lw_view_fault_rank(lw_field_raw(element, "class")))))
			continue;
		json_object_set(index, rid, (json_t *)element);
	}
	return index;
}

int lw_html_report(FILE *out, const json_t *report, const char *nonce)
{
	struct lw_page page = { .out = out, .report = report, .nonce = nonce };
	char *problem;

	page.verdict = lw_stored_verdict(report, &problem);
	page.problem = problem;
	page.view.style.out = out;
	page.view.report = report;
	page.view.entries = index_of(lw_field(report, "entries"), false);
	page.view.faults = index_of(lw_field(report, "faults"), true);

	if (page.view.entries && page.view.faults)
		write_page(&page);

	json_decref(page.view.entries);
	json_decref(page.view.faults);
	lw_fields_release(&page.view.fields);
	free(problem);
	if (!page.view.entries || !page.view.faults)
		return -ENOMEM;
	if (fflush(out) || ferror(out))
		return -EIO;
	return page.verdict == LW_STORED_DAMAGED ? -EBADMSG : 0;
}

int lw_html_nonce(char nonce[LW_HTML_NONCE])
{
	uint8_t bytes[(LW_HTML_NONCE - 1) / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -EIO;
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}
