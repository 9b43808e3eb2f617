// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stored report in the few facts by which hand-overs are compared.
 */
#include <stdio.h>
#include <string.h>

#include "base/fields.h"
#include "report/stored.h"
#include "report/summary.h"

static const char *verdict_word(const json_t *report)
{
	enum lw_verdict verdict = lw_stored_verdict(report, NULL);

	return verdict == LW_VERDICT_NONE || verdict == LW_VERDICT_DAMAGED
		       ? NULL
		       : lw_verdict_name(verdict);
}

/* The string at PATH; NULL, which JSON shows as null, when there is none. */
static const char *text_at(const json_t *report, const char *path)
{
	const char *text = lw_field_raw(report, path);

	return *text ? text : NULL;
}

static json_t *count_at(const json_t *report, const char *path)
{
	uint64_t count;

	return lw_field_count(report, path, &count) ? json_integer(count) : json_null();
}

/* The counts of OBJECT at PATH, without what is none; null when there is no such object. */
static json_t *counts_at(const json_t *report, const char *path)
{
	const json_t *object = lw_field(report, path), *value;
	json_t *counts;
	const char *name;

	if (!json_is_object(object))
		return json_null();
	counts = json_object();
	json_object_foreach((json_t *)object, name, value)
		if (json_is_integer(value) && json_integer_value(value) >= 0)
			json_object_set(counts, name, (json_t *)value);
	return counts;
}

static json_t *fault_count(const json_t *report)
{
	const json_t *faults = lw_field(report, "faults"), *fault;
	uint64_t sum = 0, count;
	size_t i;

	if (!json_is_array(faults))
		return json_null();
	json_array_foreach(faults, i, fault)
		if (lw_word_index(&lw_windows, lw_field_raw(fault, "window")) != LW_WINDOW_BEFORE &&
		    lw_field_count(fault, "count", &count))
			sum += count;
	return json_integer(sum);
}

static json_t *loss_count(const json_t *report)
{
	json_t *losses = counts_at(report, "losses"), *value;
	uint64_t sum = 0;
	const char *name;

	if (json_is_null(losses))
		return losses;
	json_object_foreach(losses, name, value)
		sum += json_integer_value(value);
	json_decref(losses);
	return json_integer(sum);
}

json_t *lw_summary_of(const json_t *report, const char *id, uint32_t revision, const char *stored,
		      const char *problem)
{
	const char *collected = lw_field_raw(report, "time.collected");

	return json_pack("{ss, so, sI, sb, ss, ss?, ss*, ss?, ss?, s{ss?, ss?}, so, so, so, so, ss*}", "id",
			 id, "number", count_at(report, "number"), "revision", (json_int_t)revision, "final",
			 json_is_true(lw_field(report, "final")), "collected",
			 *collected ? collected : stored, "shutdown",
			 text_at(report, "time.shutdown"), "verdict", verdict_word(report),
			 "headline", text_at(report, "headline"), "boot",
			 text_at(report, "boot.new"), "kernel", "old",
			 text_at(report, "kernel.old"), "new",
			 text_at(report, "kernel.new"), "shutdown_path_ns",
			 count_at(report, "time.shutdown_path_ns"), "entries",
			 counts_at(report, "entry_states"), "faults", fault_count(report), "losses",
			 loss_count(report), "problem", problem);
}
