// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page: its skeleton is page/page.html, in which every @@NAME@@ is replaced by what a function
 * of a section writes.
 */
#include "page/html.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "page/page.h"

#define MARK "@@"

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
	lw_html_state_style(page);
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

int lw_html_report(FILE *out, const json_t *report, const char *nonce)
{
	struct lw_page page = { .out = out, .report = report, .nonce = nonce };
	char *problem;

	page.verdict = lw_stored_verdict(report, &problem);
	page.problem = problem;
	page.view.style.out = out;
	page.view.report = report;
	page.view.entries = lw_view_index(lw_field(report, "entries"), false);
	page.view.faults = lw_view_index(lw_field(report, "faults"), true);

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
	return page.verdict == LW_VERDICT_DAMAGED ? -EBADMSG : 0;
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
