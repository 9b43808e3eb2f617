// SPDX-License-Identifier: GPL-2.0-or-later
/* Showing warnings: the gravest first, each with what to do and where the longer story is. */
#include <string.h>

#include "base/escape.h"
#include "base/id.h"
#include "base/io.h"
#include "preflight/text.h"

#define INDENT 10

static const char *const heads[LW_SEVERITIES] = {
	[LW_SEVERITY_VIOLATION] = "WRONG",
	[LW_SEVERITY_INCOMPLETE] = "MISSING",
	[LW_SEVERITY_WARNING] = "WARNING",
	[LW_SEVERITY_NOTICE] = "note",
};

static void part(const struct lw_style *style, const char *label, const char *text)
{
	LW_FREE char *safe = text ? lw_escape(text, strlen(text), 0) : NULL;

	if (!safe)
		return;
	fputs("     ", style->out);
	lw_style_cell(style, LW_TONE_STRONG, label, INDENT - 5);
	lw_style_wrap(style, LW_TONE_PLAIN, INDENT, INDENT, safe);
}

static void show_related(const struct lw_style *style, const struct lw_warning *warning)
{
	char text[LW_RELATED * LW_RID_TEXT + 32] = "", rid[LW_RID_TEXT];
	size_t i, shown = 0;

	for (i = 0; i < warning->related_count && i < LW_RELATED; i++, shown++) {
		strcat(text, i ? " " : "");
		strcat(text, lw_rid_format(warning->related[i], rid));
	}
	if (warning->related_count > shown)
		snprintf(text + strlen(text), 32, " and %zu more", warning->related_count - shown);
	if (shown)
		part(style, "With", text);
}

static void show_warning(const struct lw_style *style, const struct lw_warning *warning)
{
	LW_FREE char *name = warning->name ? lw_escape(warning->name, strlen(warning->name), 60)
					   : NULL;

	fputs("  ", style->out);
	lw_style_cell(style, lw_severities.words[warning->severity].tone,
		      heads[warning->severity], 8);
	lw_style_put(style, LW_TONE_STRONG, warning->subject);
	if (name)
		fprintf(style->out, "  %s", name);
	if (warning->unit && strncmp(warning->subject, warning->unit, strlen(warning->unit)))
		fprintf(style->out, "  (%s)", warning->unit);
	fprintf(style->out, "  [%s]\n", warning->topic);
	part(style, "", warning->message);
	show_related(style, warning);
	part(style, "Why", warning->reason);
	part(style, "Do", warning->action);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void show_headline(const struct lw_style *style, const struct lw_warnings *warnings)
{
	static const char *const outcomes[LW_VERDICTS] = {
		[LW_VERDICT_CLEAN] = "NOTHING TO WARN OF",
		[LW_VERDICT_INCOMPLETE] = "LOOK AT THIS BEFORE THE KEXEC",
		[LW_VERDICT_VIOLATION] = "THIS HAND-OVER WILL GO WRONG",
	};
	enum lw_verdict outcome = lw_preflight_outcome(warnings);
	const size_t *n = warnings->by_severity;

	lw_style_put(style, lw_verdicts.words[outcome].tone, outcomes[outcome]);
	fprintf(style->out, ": %zu will be wrong, %zu warning%s, %zu missing, %zu note%s\n",
		n[LW_SEVERITY_VIOLATION], n[LW_SEVERITY_WARNING], plural(n[LW_SEVERITY_WARNING]),
		n[LW_SEVERITY_INCOMPLETE], n[LW_SEVERITY_NOTICE], plural(n[LW_SEVERITY_NOTICE]));
}

void lw_preflight_text(const struct lw_style *style, const struct lw_flight_facts *facts,
		       const struct lw_warnings *warnings)
{
	size_t i;

	show_headline(style, warnings);
	fprintf(style->out,
		"Looked at %zu device%s on %zu IOMMU%s; declared %zu, preserved so far %zu.\n",
		facts->device_count, plural(facts->device_count), facts->unit_count,
		plural(facts->unit_count), facts->declared_count, facts->marked_count);
	for (i = 0; i < warnings->count; i++) {
		fputc('\n', style->out);
		show_warning(style, &warnings->list[i]);
	}
	if (warnings->count)
		fputs("\nThe word in brackets is a topic: `luwatch explain WORD` tells more.\n",
		      style->out);
}

/* A device's name may be no valid UTF-8; then it is escaped as on a terminal. */
static json_t *text_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();
	LW_FREE char *safe = value ? NULL : lw_escape(text, strlen(text), 0);

	return value ? value : json_string(safe);
}

static json_t *warning_json(const struct lw_warning *warning)
{
	json_t *json = json_object(), *related = json_array();
	char rid[LW_RID_TEXT];
	size_t i;

	for (i = 0; i < warning->related_count && i < LW_RELATED; i++)
		json_array_append_new(related,
				      json_string(lw_rid_format(warning->related[i], rid)));
	json_object_set_new(json, "severity", json_string(lw_severity_name(warning->severity)));
	json_object_set_new(json, "topic", json_string(warning->topic));
	json_object_set_new(json, "subject", json_string(warning->subject));
	json_object_set_new(json, "name", text_or_null(warning->name));
	json_object_set_new(json, "iommu", text_or_null(warning->unit));
	json_object_set_new(json, "message", text_or_null(warning->message));
	json_object_set_new(json, "reason", text_or_null(warning->reason));
	json_object_set_new(json, "action", text_or_null(warning->action));
	json_object_set_new(json, "related", related);
	json_object_set_new(json, "related_count", json_integer(warning->related_count));
	return json;
}

json_t *lw_preflight_json(const struct lw_flight_facts *facts, const struct lw_warnings *warnings)
{
	json_t *json = json_object(), *counts = json_object(), *list = json_array();
	size_t i;

	for (i = 0; i < LW_SEVERITIES; i++)
		json_object_set_new(counts, lw_severity_name(i),
				    json_integer(warnings->by_severity[i]));
	for (i = 0; i < warnings->count; i++)
		json_array_append_new(list, warning_json(&warnings->list[i]));
	json_object_set_new(json, "schema", json_string("luwatch.preflight/1"));
	json_object_set_new(json, "outcome",
			    json_string(lw_verdict_name(lw_preflight_outcome(warnings))));
	json_object_set_new(json, "counts", counts);
	json_object_set_new(json, "devices", json_integer(facts->device_count));
	json_object_set_new(json, "iommus", json_integer(facts->unit_count));
	json_object_set_new(json, "preserved",
			    json_pack("{s:I, s:I}", "declared", (json_int_t)facts->declared_count,
				      "marked", (json_int_t)facts->marked_count));
	json_object_set_new(json, "warnings", list);
	return json;
}
