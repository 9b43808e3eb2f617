// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The end of a report: totals, how the records came across and what is known to be missing, and the
 * names under which all of this can be found again.
 */
#include "text/view.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

/* A list on one line ends after so many; --json has all. */
#define MOST_LISTED 32

static const char *set_size(struct lw_view *view, const char *name)
{
	const json_t *set = json_object_get(lw_field(view->report, "sets"), name);

	if (json_is_array(set))
		return lw_field_format(&view->fields, "%zu", json_array_size(set));
	/* Null is "nobody declared anything" there, and "not known" for the other two. */
	return json_is_null(set) && !strcmp(name, "declared") ? "-" : "?";
}

static void sets(struct lw_view *view)
{
	lw_view_line(view, "Preserved", LW_TONE_PLAIN,
		     lw_field_format(&view->fields, "declared %s, marked by the kernel %s, kept %s",
				     set_size(view, "declared"), set_size(view, "marked"),
				     set_size(view, "kept")));
}

static void session_line(void *context, size_t number, const char *name, const char *devices)
{
	struct lw_view *view = context;

	lw_view_line(view, number ? "" : "Sessions", LW_TONE_PLAIN,
		     lw_field_format(&view->fields, "%s: %s", name, devices));
}

static void carriers(struct lw_view *view)
{
	const json_t *list = lw_field(view->report, "carriers"), *carrier;
	struct lw_fields *fields = &view->fields;
	size_t i;

	if (!json_array_size(list))
		lw_view_line(view, "Carriers", LW_TONE_WARN, json_is_array(list) ? "none" : "?");
	json_array_foreach(list, i, carrier) {
		const char *problem = lw_field_text(fields, carrier, "problem", NULL);
		const char *text;
		uint64_t damaged = 0, missing = 0;

		text = lw_field_format(fields, "%s: %s records",
				       lw_field_text(fields, carrier, "name", "?"),
				       lw_field_count_text(fields, carrier, "records"));
		if (!lw_field_count(carrier, "damaged", &damaged) || damaged)
			text = lw_field_format(fields, "%s, %s damaged", text,
					       lw_field_count_text(fields, carrier, "damaged"));
		if (lw_field_count(carrier, "log_missing", &missing) && missing)
			text = lw_field_format(fields, "%s, %s missing", text,
					       lw_field_count_text(fields, carrier, "log_missing"));
		if (problem)
			text = lw_field_format(fields, "%s - %s", text, problem);
		lw_view_line(view, i ? "" : "Carriers",
			     problem || damaged || missing ? LW_TONE_WARN : LW_TONE_PLAIN, text);
	}
}

static void losses(struct lw_view *view)
{
	const json_t *counters = lw_field(view->report, "losses"), *counter;
	const char *name, *text = "";
	size_t listed = 0;

	json_object_foreach((json_t *)counters, name, counter) {
		if (json_is_integer(counter) && !json_integer_value(counter))
			continue;
		if (listed++ == MOST_LISTED) {
			text = lw_view_comma(view, text, "...");
			break;
		}
		text = lw_view_comma(view, text,
				     lw_field_format(&view->fields, "%s %s",
						     lw_field_keep(&view->fields, name),
						     lw_field_show(&view->fields, counter, "?")));
	}
	if (!json_is_object(counters))
		lw_view_line(view, "Losses", LW_TONE_WARN, "?");
	else
		lw_view_line(view, "Losses", *text ? LW_TONE_WARN : LW_TONE_PLAIN,
			     *text ? text : "none counted");
}

/* "1: 34 records, by kexec (pid 188), refused with -16"; the last one is the hand-over itself. */
static const char *attempt_line(struct lw_view *view, const json_t *attempt)
{
	const char *result = lw_field_show(&view->fields, attempt, "?");
	const json_t *aborted = json_object_get(attempt, "aborted");

	if (!json_is_object(attempt))
		return result;
	result = json_is_true(aborted) ?
			 lw_field_format(&view->fields, "refused with %s",
					 lw_field_show(&view->fields,
						       json_object_get(attempt, "result"), "?")) :
			 "went through";
	return lw_field_format(
		&view->fields, "%s: %s records, by %s (pid %s), %s",
		lw_field_show(&view->fields, json_object_get(attempt, "number"), "?"),
		lw_field_show(&view->fields, json_object_get(attempt, "records"), "?"),
		lw_field_show(&view->fields, json_object_get(attempt, "comm"), "?"),
		lw_field_show(&view->fields, json_object_get(attempt, "pid"), "?"), result);
}

static void attempts(struct lw_view *view)
{
	const json_t *list = lw_field(view->report, "attempts"), *attempt;
	size_t i;

	if (json_array_size(list) < 2 && !view->verbose)
		return;
	json_array_foreach(list, i, attempt)
		lw_view_line(view, i ? "" : "Attempts", LW_TONE_PLAIN, attempt_line(view, attempt));
}

void lw_view_totals(struct lw_view *view)
{
	fputc('\n', view->style.out);
	sets(view);
	lw_view_sessions(view, session_line, view);
	lw_view_fault_totals(view);
	carriers(view);
	losses(view);
	attempts(view);
}

void lw_view_identity(struct lw_view *view)
{
	struct lw_fields *fields = &view->fields;
	const json_t *report = view->report, *value;
	const char *armed = lw_view_time(view, "time.armed");
	const char *collected = lw_view_time(view, "time.collected");
	const char *labels = "", *name;
	size_t listed = 0;

	fputc('\n', view->style.out);
	lw_view_line(view, "Hand-over", LW_TONE_PLAIN,
		     lw_field_format(fields, "%s, revision %s%s",
				     lw_field_text(fields, report, "id", "?"),
				     lw_field_count_text(fields, report, "revision"),
				     json_is_true(lw_field(report, "final")) ? " (final)" : ""));
	lw_view_line(view, "Time", LW_TONE_PLAIN,
		     lw_field_format(fields, "armed %s, collected %s", armed ? armed : "?",
				     collected ? collected : "?"));
	lw_view_line(view, "Boot ids", LW_TONE_PLAIN,
		     lw_field_format(fields, "%s -> %s",
				     lw_field_text(fields, report, "boot.old", "?"),
				     lw_field_text(fields, report, "boot.new", "?")));
	lw_view_line(view, "luwatch", LW_TONE_PLAIN,
		     lw_field_format(fields, "%s -> %s",
				     lw_field_text(fields, report, "agent.old", "?"),
				     lw_field_text(fields, report, "agent.new", "?")));
	lw_view_line(view, "Machine id", LW_TONE_PLAIN,
		     lw_field_text(fields, report, "host.machine_id", "?"));
	json_object_foreach((json_t *)lw_field(report, "labels"), name, value) {
		if (listed++ == MOST_LISTED) {
			labels = lw_view_comma(view, labels, "...");
			break;
		}
		labels = lw_view_comma(view, labels,
				       lw_field_format(fields, "%s=%s", lw_field_keep(fields, name),
						       lw_field_show(fields, value, "")));
	}
	if (*labels)
		lw_view_line(view, "Labels", LW_TONE_PLAIN, labels);
}
