// SPDX-License-Identifier: GPL-2.0-or-later
/* A report in one line: what is counted over a fleet, and the digest of the file that has the rest. */
#include "report/line.h"

#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "base/fields.h"
#include "base/io.h"
#include "report/store.h"
#include "report/stored.h"

#define SCHEMA "luwatch.summary/1"
#define DUMP   (JSON_COMPACT | JSON_ENSURE_ASCII)

/* What is left out, in this order, from a line that would be too long. */
static const char *const grows[] = { "labels", "correlation", "host", "kernel", "build_id" };

static json_t *text_at(const json_t *report, const char *path)
{
	const char *text = lw_field_raw(report, path);

	return *text ? json_string(text) : json_null();
}

static json_t *count_at(const json_t *report, const char *path)
{
	uint64_t count;

	return lw_field_count(report, path, &count) ? json_integer(count) : json_null();
}

/* {"old", "new"} below PATH. */
static json_t *pair_at(const json_t *report, const char *path)
{
	const json_t *pair = lw_field(report, path);

	return json_pack("{so, so}", "old", text_at(pair, "old"), "new", text_at(pair, "new"));
}

/* A verdict that the rest of the report contradicts is none. */
static json_t *verdict_of(const json_t *report)
{
	enum lw_verdict verdict = lw_stored_verdict(report, NULL);

	if (verdict == LW_VERDICT_NONE || verdict == LW_VERDICT_DAMAGED)
		return json_null();
	return json_string(lw_verdict_name(verdict));
}

/* Every state, so that a fleet has the same columns everywhere. */
static json_t *entries_of(const json_t *report)
{
	const json_t *states = lw_field(report, "entry_states");
	json_t *counts = json_object();
	unsigned int i;

	for (i = 0; i < LW_CONTEXT_STATES; i++)
		json_object_set_new(counts, lw_context_state_name(i),
				    count_at(states, lw_context_state_name(i)));
	return counts;
}

static void add(json_t *counts, const char *name, uint64_t count)
{
	json_int_t before = json_integer_value(json_object_get(counts, name));

	json_object_set_new(counts, name, json_integer(before + (json_int_t)count));
}

/* Those since kernel_kexec(), by class. */
static json_t *faults_of(const json_t *report)
{
	const json_t *faults = lw_field(report, "faults"), *fault;
	json_t *counts;
	unsigned int class;
	uint64_t count;
	size_t i;

	if (!json_is_array(faults))
		return json_null();
	counts = json_object();
	json_array_foreach(faults, i, fault) {
		class = lw_word_index(&lw_fault_classes, lw_field_raw(fault, "class"));
		if (class < LW_CLASSES && lw_field_count(fault, "count", &count) &&
		    lw_word_index(&lw_windows, lw_field_raw(fault, "window")) != LW_WINDOW_BEFORE)
			add(counts, lw_fault_class_name(class), count);
	}
	return counts;
}

/* How many findings each invariant has; those of none stand under "other". */
static json_t *findings_of(const json_t *report)
{
	const json_t *findings = lw_field(report, "findings"), *finding;
	json_t *counts;
	unsigned int number;
	size_t i;

	if (!json_is_array(findings))
		return json_null();
	counts = json_object();
	json_array_foreach(findings, i, finding) {
		number = lw_word_index(&lw_invariants, lw_field_raw(finding, "invariant"));
		add(counts, number < LW_INVARIANTS ? lw_invariant_name(number) : "other", 1);
	}
	return counts;
}

static json_t *losses_of(const json_t *report)
{
	const json_t *losses = lw_field(report, "losses"), *value;
	json_int_t sum = 0;
	const char *name;

	if (!json_is_object(losses))
		return json_null();
	json_object_foreach((json_t *)losses, name, value)
		sum += json_integer_value(value);
	return json_integer(sum);
}

/* Of the attempt that led here. */
static json_t *records_of(const json_t *report)
{
	const json_t *attempts = lw_field(report, "attempts");

	return count_at(json_array_get(attempts, json_array_size(attempts) - 1), "records");
}

static json_t *labels_of(const json_t *report)
{
	json_t *labels = json_object_get(report, "labels");

	return json_is_object(labels) ? json_incref(labels) : json_object();
}

static bool fits(const json_t *line)
{
	LW_FREE char *text = json_dumps(line, DUMP);

	return text && strlen(text) < LW_LINE_MAX;
}

/* Labels and names are the operator's and may be long; the counts always fit. */
static void shorten(json_t *line)
{
	json_t *left_out = json_array();
	size_t i;

	for (i = 0; i < sizeof(grows) / sizeof(grows[0]) && !fits(line); i++) {
		json_object_set_new(line, grows[i], json_null());
		json_array_append_new(left_out, json_string(grows[i]));
		json_object_set(line, "left_out", left_out);
	}
	json_decref(left_out);
}

json_t *lw_report_line(const json_t *report)
{
	json_t *line = json_pack(
		"{ss, so, so, so, so, so, sb, so, so, so, so, so, so, so, so, so, so, so, so, so, so, so}",
		"schema", SCHEMA, "time", text_at(report, "time.collected"), "machine_id",
		text_at(report, "host.machine_id"), "host", text_at(report, "host.name"), "handover",
		text_at(report, "id"), "revision", count_at(report, "revision"), "final",
		json_is_true(lw_field(report, "final")), "verdict", verdict_of(report), "boot",
		pair_at(report, "boot"), "kernel", pair_at(report, "kernel"), "build_id",
		pair_at(report, "build_id"), "entries", entries_of(report), "faults",
		faults_of(report), "records", records_of(report), "losses", losses_of(report),
		"findings", findings_of(report), "blackout_us", count_at(report, "time.blackout_us"),
		"watched_s", count_at(report, "time.watched_s"), "ring", text_at(report, "ring"),
		"labels", labels_of(report), "correlation", text_at(report, "correlation"),
		/* sha256sum of report-REVISION.json says the same. */
		"report_sha256", lw_audit_hash_json(report, LW_STORE_DUMP, "\n"));

	if (line)
		shorten(line);
	return line;
}

char *lw_report_line_text(const json_t *report)
{
	json_t *line = lw_report_line(report);
	LW_FREE char *text = line ? json_dumps(line, DUMP) : NULL;

	json_decref(line);
	return text ? lw_format("%s\n", text) : NULL;
}
