// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The findings as a table, the gravest first. Neighbours that say the same share a row; of one
 * invariant only so many rows are written, because a table of 65,536 leaks is none, and the list of
 * entries has every one of them.
 */
#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "words/words.h"

#define ROWS_OF_A_KIND 40
#define MOST_ROWS      400
#define MOST_SUBJECTS  24

/* In falling importance; one this version does not know may be a grave one. */
static enum lw_severity severity_of(const json_t *finding)
{
	unsigned int severity = lw_word_index(&lw_severities, lw_field_raw(finding, "severity"));

	return severity < LW_SEVERITIES ? severity : LW_SEVERITY_VIOLATION;
}

static bool same(const json_t *a, const json_t *b)
{
	static const char *const keys[] = { "severity", "invariant", "message", "evidence",
					    "action" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const json_t *left = json_object_get(a, keys[i]);
		const json_t *right = json_object_get(b, keys[i]);

		if (left != right && !json_equal(left, right))
			return false;
	}
	return true;
}

static void write_subject(struct lw_page *page, const json_t *finding)
{
	const char *device = lw_html_device(page, lw_field_raw(finding, "subject"));

	lw_html_put(page, "<li><b class=\"rid\">%s</b>",
		    lw_field_any(&page->view.fields, finding, "subject", "?"));
	if (*device)
		lw_html_put(page, " <span>%s</span>", device);
	lw_html_put(page, "</li>");
}

static void write_row(struct lw_page *page, const json_t *findings, size_t first, size_t count)
{
	struct lw_fields *fields = &page->view.fields;
	const json_t *finding = json_array_get(findings, first);
	const char *action = lw_field_any(fields, finding, "action", NULL);
	const char *evidence = lw_field_any(fields, finding, "evidence", NULL);
	const struct lw_word *severity = &lw_severities.words[severity_of(finding)];
	size_t i;

	lw_html_put(
		page,
		"<tr class=\"%s %s\"><td><svg class=\"dot\" aria-hidden=\"true\" viewBox=\"0 0 48 "
		"48\"><use href=\"#sign-%s\"/></svg> %s</td><td class=\"check\">%s</td>"
		"<td><ul class=\"subjects\">",
		severity->name, lw_html_tone(severity->tone), severity->name,
		lw_field_word(fields, finding, "severity", "?"),
		lw_field_word(fields, finding, "invariant", "-"));
	for (i = 0; i < count && i < MOST_SUBJECTS; i++)
		write_subject(page, json_array_get(findings, first + i));
	if (count > i)
		lw_html_put(page, "<li>and %s more</li>", lw_html_count(page, count - i));
	lw_html_put(page, "</ul></td><td><p>%s</p>",
		    lw_field_any(fields, finding, "message", "No message."));
	if (action)
		lw_html_put(page, "<p class=\"do\"><b>Do</b> %s</p>", action);
	if (evidence)
		lw_html_put(page, "<p class=\"by\">Evidence: %s</p>", evidence);
	lw_html_put(page, "</td></tr>\n");
}

/* Writes the rows of one severity; SEEN counts findings per invariant. Returns how many rows. */
static size_t write_severity(struct lw_page *page, size_t severity, json_t *seen, size_t rows)
{
	const json_t *findings = lw_field(page->report, "findings");
	size_t i = 0, count, size = json_array_size(findings);

	for (; i < size; i += count) {
		const json_t *finding = json_array_get(findings, i);
		const char *name = lw_field_raw(finding, "invariant");
		json_int_t shown = json_integer_value(json_object_get(seen, name));

		for (count = 1; i + count < size; count++)
			if (!same(finding, json_array_get(findings, i + count)))
				break;
		if (severity_of(finding) != severity || shown >= ROWS_OF_A_KIND ||
		    rows >= MOST_ROWS)
			continue;
		json_object_set_new(seen, name, json_integer(shown + 1));
		write_row(page, findings, i, count);
		rows++;
	}
	return rows;
}

/* How many findings are in no row. */
static size_t count_hidden(const json_t *findings)
{
	size_t size = json_array_size(findings), i, rows = 0, hidden = 0;
	json_t *seen = json_object();
	const json_t *finding, *previous = NULL;

	json_array_foreach(findings, i, finding) {
		const char *name = lw_field_raw(finding, "invariant");
		json_int_t shown = json_integer_value(json_object_get(seen, name));

		if (previous && same(previous, finding)) {
			hidden += shown > ROWS_OF_A_KIND;
			continue;
		}
		previous = finding;
		json_object_set_new(seen, name, json_integer(shown + 1));
		if (shown >= ROWS_OF_A_KIND || rows >= MOST_ROWS)
			hidden++;
		else
			rows++;
	}
	json_decref(seen);
	return hidden < size ? hidden : size;
}

void lw_html_findings(struct lw_page *page)
{
	const json_t *findings = lw_field(page->report, "findings");
	json_t *seen = json_object();
	size_t severity, rows = 0, hidden;

	if (!json_array_size(findings)) {
		lw_html_put(page, "<p class=\"quiet\">%s</p>\n",
			    json_is_array(findings) ? "None."
						    : "This report has no list of findings.");
		json_decref(seen);
		return;
	}
	lw_html_put(page,
		    "<table id=\"findings-table\" aria-labelledby=\"h-findings\" data-count=\"%s\"><thead><tr>"
		    "<th scope=\"col\">Severity</th><th scope=\"col\">Check</th>"
		    "<th scope=\"col\">Subject</th><th scope=\"col\">What, and what to do</th>"
		    "</tr></thead><tbody>\n",
		    lw_html_count(page, json_array_size(findings)));
	for (severity = 0; severity < LW_SEVERITIES; severity++)
		rows = write_severity(page, severity, seen, rows);
	lw_html_put(page, "</tbody></table>\n");
	hidden = count_hidden(findings);
	if (hidden)
		lw_html_put(page,
			    "<p class=\"quiet\">%s more of the same kinds are not shown here; "
			    "luwatch report --json has every one.</p>\n",
			    lw_html_plural(page, hidden, "finding", "findings"));
	json_decref(seen);
}

static void write_check(struct lw_page *page, const struct lw_view_check *check)
{
	struct lw_fields *fields = &page->view.fields;
	const struct lw_word *word = lw_word_of(&lw_invariants, check->name);
	unsigned int answer = lw_word_index(&lw_answers, lw_field_raw(check->value, "result"));
	const struct lw_word *style = &lw_answers.words[answer < LW_ANSWERS ? answer : LW_UNKNOWN];

	lw_html_put(page,
		    "<tr class=\"%s %s\"><td class=\"check\">%s</td><td class=\"result\">"
		    "<svg class=\"dot\" aria-hidden=\"true\" viewBox=\"0 0 48 48\">"
		    "<use href=\"#sign-%s\"/></svg> %s</td><td>%s</td><td>%s</td></tr>\n",
		    style->name, lw_html_tone(style->tone), lw_field_keep(fields, check->name),
		    style->name, lw_field_word(fields, check->value, "result", "?"),
		    word ? word->title : "a check this version does not know",
		    lw_field_text(fields, check->value, "reason", ""));
}

void lw_html_checks(struct lw_page *page)
{
	size_t all = json_object_size(lw_field(page->report, "invariants")), count, i;
	struct lw_view_check checks[LW_VIEW_CHECKS];

	count = lw_view_sorted_checks(page->report, checks);
	lw_html_put(page, "<table id=\"checks-table\" aria-labelledby=\"h-checks\"><thead><tr><th scope=\"col\">Check</th>"
			  "<th scope=\"col\">Result</th><th scope=\"col\">What must hold</th>"
			  "<th scope=\"col\">Why this result</th></tr></thead><tbody>\n");
	for (i = 0; i < count; i++)
		write_check(page, &checks[i]);
	lw_html_put(page, "</tbody></table>\n");
	if (!count)
		lw_html_put(page, "<p class=\"quiet\">None in this report.</p>\n");
	if (all > count)
		lw_html_put(page, "<p class=\"quiet\">And %s more.</p>\n",
			    lw_html_count(page, all - count));
}
