// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of faults and of the evidence: what devices did, how the records came across, and what
 * is known to be missing from all of it.
 */
#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "words/words.h"

#define MOST_FAULTS 1000

/* A list ends after so many; --json has all. */
#define MOST_LISTED 64

/* "2026-10-03 02:11:43.104" of "2026-10-03T02:11:43.104000Z". */
static const char *plain_time(struct lw_page *page, const json_t *fault, const char *key)
{
	struct lw_fields *fields = &page->view.fields;
	const char *text = lw_field_word(fields, fault, key, NULL);
	size_t length = text ? strlen(text) : 0;

	if (length < 20 || text[10] != 'T' || text[length - 1] != 'Z')
		return text;
	return lw_field_format(fields, "%.10s %.*s", text, (int)(length > 24 ? 12 : length - 12),
			       text + 11);
}

static const char *when(struct lw_page *page, const json_t *fault)
{
	const char *first = plain_time(page, fault, "first");
	const char *last = plain_time(page, fault, "last");

	if (!first && !last)
		return "not recorded";
	if (!last || (first && !strcmp(first, last)))
		return first;
	return lw_field_format(&page->view.fields, "%s to %s", first ? first : "?", last);
}

/* "0x02 context entry not present" */
static const char *reason(struct lw_page *page, const json_t *fault)
{
	struct lw_fields *fields = &page->view.fields;
	const char *words = lw_field_text(fields, fault, "reason_text", "reason not known");
	uint64_t number;

	if (lw_field_count(fault, "reason", &number))
		return lw_field_format(fields, "0x%02llx %s", (unsigned long long)number, words);
	return lw_field_format(fields, "%s %s", lw_field_any(fields, fault, "reason", "?"), words);
}

static void write_fault(struct lw_page *page, const json_t *fault)
{
	struct lw_fields *fields = &page->view.fields;
	const struct lw_word *word = lw_word_of(&lw_fault_classes, lw_field_raw(fault, "class"));
	const char *pasid = lw_field_any(fields, fault, "pasid", NULL);

	lw_html_put(page,
		    "<tr><td class=\"class %s\" title=\"%s\">%s</td><td>%s</td>"
		    "<td><b class=\"rid\">%s</b> <span>%s</span></td><td class=\"n\">%s</td>",
		    lw_html_tone(lw_view_fault_tone(lw_field_raw(fault, "class"))),
		    word ? word->title : "", lw_field_word(fields, fault, "class", "?"),
		    lw_field_word(fields, fault, "window", "?"),
		    lw_field_word(fields, fault, "rid", "?"),
		    lw_field_text(fields, fault, "device", ""),
		    lw_field_any(fields, fault, "count", "?"));
	lw_html_put(page, "<td>%s</td><td>%s</td><td class=\"hex\">%s", reason(page, fault),
		    lw_field_word(fields, fault, "type", "?"),
		    lw_field_word(fields, fault, "address", "\xe2\x80\x93"));
	if (pasid)
		lw_html_put(page, " PASID %s", pasid);
	lw_html_put(page, "</td><td class=\"when\">%s</td><td>%s</td></tr>\n", when(page, fault),
		    lw_field_word(fields, fault, "source", "?"));
}

static void write_faults(struct lw_page *page, const struct lw_view_fault *lines, size_t count)
{
	size_t i;

	lw_html_put(page, "<table id=\"faults-table\" aria-labelledby=\"h-faults\" class=\"sortable\"><thead><tr>"
			  "<th scope=\"col\">Class</th><th scope=\"col\">Window</th>"
			  "<th scope=\"col\">Device</th><th scope=\"col\" class=\"n\">Count</th>"
			  "<th scope=\"col\">Reason</th><th scope=\"col\">Access</th>"
			  "<th scope=\"col\">Address</th><th scope=\"col\">Time (UTC)</th>"
			  "<th scope=\"col\">Source</th></tr></thead><tbody>\n");
	for (i = 0; i < count && i < MOST_FAULTS; i++)
		write_fault(page, lines[i].fault);
	lw_html_put(page, "</tbody></table>\n");
	if (count > i)
		lw_html_put(page,
			    "<p class=\"quiet\">And %s more; luwatch report --json has every "
			    "one.</p>\n",
			    lw_html_count(page, count - i));
	lw_html_put(page, "<p class=\"quiet\">Counts are lower bounds: the kernel log and the "
			  "units' fault registers drop what comes too fast.</p>\n");
}

void lw_html_faults(struct lw_page *page)
{
	const json_t *faults = lw_field(page->report, "faults");
	struct lw_view_fault *lines;
	size_t count;

	if (!json_array_size(faults)) {
		lw_html_put(page, "<p class=\"quiet\">%s</p>\n",
			    json_is_array(faults) ? "None recorded; whether all would have been "
						    "seen, check I10 says."
						  : "This report has no list of faults.");
		return;
	}
	lines = lw_view_sorted_faults(page->report, &count);
	write_faults(page, lines, count);
	free(lines);
}

static void write_carriers(struct lw_page *page)
{
	const json_t *carriers = lw_field(page->report, "carriers"), *carrier;
	struct lw_fields *fields = &page->view.fields;
	size_t i;

	lw_html_put(page, "<div><dt>Carriers</dt><dd><ul>");
	json_array_foreach(carriers, i, carrier) {
		const char *problem = lw_field_text(fields, carrier, "problem", NULL);
		uint64_t damaged = 0;

		if (i == MOST_LISTED)
			break;
		lw_html_put(page, "<li>%s: %s records", lw_field_text(fields, carrier, "name", "?"),
			    lw_field_count_text(fields, carrier, "records"));
		if (!lw_field_count(carrier, "damaged", &damaged) || damaged)
			lw_html_put(page, ", <b>%s damaged</b>",
				    lw_field_count_text(fields, carrier, "damaged"));
		if (problem)
			lw_html_put(page, " \xe2\x80\x93 <b>%s</b>", problem);
		lw_html_put(page, "</li>");
	}
	if (!i)
		lw_html_put(page, "<li><b>none</b></li>");
	lw_html_put(page, "</ul></dd></div>\n");
}

static void write_losses(struct lw_page *page)
{
	const json_t *losses = lw_field(page->report, "losses"), *value;
	struct lw_fields *fields = &page->view.fields;
	size_t listed = 0, counters = json_object_size(losses);
	const char *name;

	lw_html_put(page, "<div><dt>Losses</dt><dd id=\"losses\"><ul>");
	json_object_foreach((json_t *)losses, name, value) {
		if (json_is_integer(value) && !json_integer_value(value))
			continue;
		if (listed++ == MOST_LISTED)
			break;
		lw_html_put(page, "<li><b>%s</b> %s</li>", lw_field_show(fields, value, "?"),
			    lw_field_keep(fields, name));
	}
	if (!json_is_object(losses))
		lw_html_put(page, "<li><b>not known</b></li>");
	else if (!listed)
		lw_html_put(page, "<li>none by any of %s</li>",
			    lw_html_plural(page, counters, "counter", "counters"));
	lw_html_put(page, "</ul></dd></div>\n");
}

static void write_attempts(struct lw_page *page)
{
	const json_t *attempts = lw_field(page->report, "attempts"), *attempt;
	struct lw_fields *fields = &page->view.fields;
	size_t i;

	lw_html_put(page, "<div><dt>Attempts</dt><dd><ul>");
	json_array_foreach(attempts, i, attempt) {
		if (i == MOST_LISTED)
			break;
		lw_html_put(page, "<li>%s: by %s (pid %s), %s %s</li>",
			    lw_field_any(fields, attempt, "number", "?"),
			    lw_field_any(fields, attempt, "comm", "?"),
			    lw_field_any(fields, attempt, "pid", "?"),
			    json_is_true(lw_field(attempt, "aborted")) ? "refused with"
								       : "went through, result",
			    lw_field_any(fields, attempt, "result", "?"));
	}
	if (!i)
		lw_html_put(page, "<li>none recorded</li>");
	lw_html_put(page, "</ul></dd></div>\n");
}

void lw_html_evidence(struct lw_page *page)
{
	struct lw_fields *fields = &page->view.fields;
	const json_t *report = page->report;
	const char *armed = lw_view_time(&page->view, "time.armed");

	write_carriers(page);
	write_losses(page);
	write_attempts(page);
	lw_html_put(page,
		    "<div><dt>Identity</dt><dd><ul><li>machine %s</li><li>armed %s</li>"
		    "<li>boot %s \xe2\x86\x92 %s</li><li>luwatch %s \xe2\x86\x92 %s</li></ul></dd>"
		    "</div>\n",
		    lw_field_text(fields, report, "host.machine_id", "?"), armed ? armed : "?",
		    lw_field_text(fields, report, "boot.old", "?"),
		    lw_field_text(fields, report, "boot.new", "?"),
		    lw_field_text(fields, report, "agent.old", "?"),
		    lw_field_text(fields, report, "agent.new", "?"));
}
