// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The top of the page: the verdict, what it asks of the reader, and the few facts by which one
 * knows which hand-over of which machine this is. Its words are those of the text report.
 */
#include "page/page.h"

/* Of the labels, which anybody can set, so many are shown; --json has all. */
#define MOST_LABELS 32

void lw_html_top(struct lw_page *page)
{
	/* A class of page.css, and the name of a sign in page.html. */
	const char *style = lw_verdict_name(page->verdict);
	struct lw_fields *fields = &page->view.fields;

	lw_html_put(page,
		    "<header class=\"top %s %s\">\n<svg class=\"sign\" aria-hidden=\"true\" "
		    "viewBox=\"0 0 48 48\"><use href=\"#sign-%s\"/></svg>\n<div>\n"
		    "<p class=\"kind\">Hand-over <span class=\"hex\">%s</span>, revision %s%s</p>\n"
		    "<h1 id=\"headline\" data-verdict=\"%s\">%s</h1>\n",
		    style, lw_html_tone(lw_verdicts.words[page->verdict].tone), style,
		    lw_field_text(fields, page->report, "id", "?"),
		    lw_field_any(fields, page->report, "revision", "?"),
		    json_is_true(lw_field(page->report, "final")) ? " (final)" : "", style,
		    lw_view_headline(&page->view, page->verdict));
	if (page->problem)
		lw_html_put(page, "<p>The report is damaged: %s.</p>\n", page->problem);
	lw_html_put(page, "<p class=\"advice\">%s", lw_view_advice(&page->view, page->verdict));
	if (page->verdict != LW_VERDICT_NONE && json_is_false(lw_field(page->report, "final")))
		lw_html_put(page, " Not final: faults are still being watched for.");
	lw_html_put(page, "</p>\n</div>\n</header>\n");
}

static void fact(struct lw_page *page, const char *label, const char *text, const char *more)
{
	lw_html_put(page, "<div><dt>%s</dt><dd>%s", label, text);
	if (*more)
		lw_html_put(page, "<small>%s</small>", more);
	lw_html_put(page, "</dd></div>\n");
}

static const char *arrow(struct lw_page *page, const char *path)
{
	struct lw_fields *fields = &page->view.fields;
	const json_t *pair = lw_field(page->report, path);

	return lw_field_format(fields, "%s \xe2\x86\x92 %s",
			       lw_field_text(fields, pair, "old", "?"),
			       lw_field_text(fields, pair, "new", "?"));
}

/* A duration given in milliseconds, with three digits of it. */
static const char *duration(struct lw_page *page, double ms)
{
	struct lw_fields *fields = &page->view.fields;

	if (!(ms >= 0 && ms < 1e12))
		return "not known";
	if (ms < 1)
		return lw_field_format(fields, "%.0f \xc2\xb5s", ms * 1000);
	if (ms < 1000)
		return lw_field_format(fields, ms < 100 ? "%.2f ms" : "%.0f ms", ms);
	return lw_field_format(fields, "%.2f s", ms / 1000);
}

static const char *time_span(struct lw_page *page, const char *path, double per_ms)
{
	const json_t *value = lw_field(page->report, path);

	return json_is_number(value) ? duration(page, json_number_value(value) / per_ms)
				     : "not known";
}

static const char *set_size(struct lw_page *page, const char *name)
{
	const json_t *set = json_object_get(lw_field(page->report, "sets"), name);

	return json_is_array(set) ? lw_html_count(page, json_array_size(set)) : "not known";
}

/* "60 of 60 min", "" when nobody watches. */
static const char *watch_period(struct lw_page *page)
{
	uint64_t done = 0, period = 0;

	lw_field_count(page->report, "time.watched_s", &done);
	lw_field_count(page->report, "time.watch_period_s", &period);
	if (!period)
		return "";
	return lw_field_format(&page->view.fields, "%llu of %llu min",
			       (unsigned long long)done / 60, (unsigned long long)period / 60);
}

static const char *labels(struct lw_page *page)
{
	struct lw_fields *fields = &page->view.fields;
	const char *text = "", *name;
	const json_t *value;
	size_t listed = 0;

	json_object_foreach((json_t *)lw_field(page->report, "labels"), name, value) {
		if (listed++ == MOST_LABELS)
			return lw_view_comma(&page->view, text, "...");
		text = lw_view_comma(&page->view, text,
				     lw_field_format(fields, "%s=%s", lw_field_keep(fields, name),
						     lw_field_show(fields, value, "")));
	}
	return text;
}

static void session_fact(void *context, size_t number, const char *name, const char *devices)
{
	fact(context, "Session", name, devices);
}

void lw_html_facts(struct lw_page *page)
{
	struct lw_fields *fields = &page->view.fields;
	const json_t *report = page->report;
	const char *shutdown = lw_view_time(&page->view, "time.shutdown");
	const char *collected = lw_view_time(&page->view, "time.collected");
	const char *watched;

	fact(page, "Host", lw_field_text(fields, report, "host.name", "?"), labels(page));
	fact(page, "Kernel", arrow(page, "kernel"),
	     lw_field_format(fields, "boot of kind %s",
			     lw_field_text(fields, report, "boot.kind", "?")));
	fact(page, "Shutdown", shutdown ? shutdown : "not known",
	     lw_field_format(fields, "collected %s", collected ? collected : "?"));
	fact(page, "Blackout", time_span(page, "time.blackout_ms", 1),
	     lw_field_format(fields, "shutdown path %s",
			     time_span(page, "time.shutdown_path_ns", 1e6)));
	fact(page, "Preserved", lw_field_format(fields, "%s kept", set_size(page, "kept")),
	     lw_field_format(fields, "declared %s, marked %s", set_size(page, "declared"),
			     set_size(page, "marked")));
	lw_view_sessions(&page->view, session_fact, page);
	watched = watch_period(page);
	if (*watched)
		fact(page, "Watched for faults", watched, "");
}
