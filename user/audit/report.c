/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the audit log says about a report: enough to prove later that a report file is the one that
 * was written then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/entry.h"
#include "audit/report.h"
#include "base/io.h"

/* The requester IDs of the marked set; *COUNT of them, allocated. */
static uint64_t *marked_of(const json_t *report, size_t *count)
{
	json_t *set = json_object_get(json_object_get(report, "sets"), "marked"), *item;
	uint64_t *rids = calloc(json_array_size(set) + 1, sizeof(*rids));
	size_t i;

	*count = 0;
	json_array_foreach(set, i, item)
		if (rids && json_is_string(item) &&
		    !lw_rid_parse(json_string_value(item), &rids[*count]))
			(*count)++;
	return rids;
}

/* In which live-update session each was, and under which token its file. */
static json_t *sessions_of(const json_t *report)
{
	json_t *marks = json_object_get(json_object_get(report, "sets"), "marks"), *mark;
	json_t *list = json_array();
	size_t i;

	json_array_foreach(marks, i, mark)
		if (json_is_string(json_object_get(mark, "session")))
			json_array_append_new(list, json_pack("{sO*, sO*, sO*}", "rid",
							      json_object_get(mark, "rid"), "session",
							      json_object_get(mark, "session"), "token",
							      json_object_get(mark, "token")));
	return list;
}

/*
 * The attempt that led here, with what was preserved then. No user space ran when it began, so the
 * next kernel writes it down.
 */
static int record_begun(const struct lw_audit_config *config, const json_t *report,
			struct lw_id handover)
{
	json_t *attempts = json_object_get(report, "attempts");
	const json_t *last = json_array_get(attempts, json_array_size(attempts) - 1);
	struct lw_audit_event event = { .kind = LW_AUDIT_KEXEC_BEGUN, .handover = handover };
	static const char *const names[] = { "number", "started", "comm", "pid" };
	LW_FREE uint64_t *rids = NULL;
	json_t *detail;
	size_t i;
	int r;

	if (!json_is_object(last) || json_is_true(json_object_get(last, "aborted")))
		return 0;
	detail = json_object();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set(detail, i ? names[i] : "attempt", json_object_get(last, names[i]));
	json_object_set_new(detail, "marks", sessions_of(report));
	rids = marked_of(report, &event.rid_count);
	event.rids = rids;
	event.detail = detail;
	r = lw_audit_append(config, &event, NULL);
	json_decref(detail);
	return r;
}

int lw_audit_report(const struct lw_audit_config *config, const json_t *report,
		    const json_t *summary)
{
	const char *id = json_string_value(json_object_get(report, "id"));
	json_t *revision = json_object_get(report, "revision");
	struct lw_audit_event event = { .kind = LW_AUDIT_COLLECTED };
	json_t *detail = json_object();
	int r, begun = 0;

	if (json_is_true(json_object_get(report, "final")))
		event.kind = LW_AUDIT_FINAL;
	else if (json_integer_value(revision) > 1)
		event.kind = LW_AUDIT_REVISED;
	if (!id || lw_id_parse(id, &event.handover)) {
		json_decref(detail);
		return -EINVAL;
	}
	json_object_set_new(detail, "sha256", lw_audit_hash_json(report, JSON_COMPACT | JSON_SORT_KEYS, ""));
	if (lw_audit_report_known(config, id, json_string_value(json_object_get(detail, "sha256")))) {
		json_decref(detail);
		return 0;
	}
	if (json_integer_value(revision) <= 1)
		begun = record_begun(config, report, event.handover);
	json_object_set(detail, "verdict", json_object_get(report, "verdict"));
	json_object_set(detail, "revision", revision);
	if (summary)
		json_object_set(detail, "summary", (json_t *)summary);
	event.detail = detail;
	r = lw_audit_append(config, &event, NULL);
	json_decref(detail);
	return r ? r : begun;
}
