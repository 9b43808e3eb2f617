// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shows records of the audit log. Each is one line: when, what, who by login uid, and the rest as
 * the JSON it is. The text comes from a file that may have been tampered with: all of it is
 * escaped.
 */
#include "audit/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "base/escape.h"
#include "base/io.h"
#include "base/time.h"

#define DEVICES_SHOWN 8

static const char *string_of(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

static bool has_device(const json_t *record, uint64_t rid)
{
	json_t *devices = json_object_get(record, "devices"), *device;
	uint64_t other;
	size_t i;

	json_array_foreach(devices, i, device) {
		if (json_is_string(device) && !lw_rid_parse(json_string_value(device), &other) &&
		    other == rid)
			return true;
	}
	return false;
}

bool lw_audit_filter_takes(const struct lw_audit_filter *filter, const json_t *record)
{
	uint64_t ns;

	/* A record whose time cannot be read is shown rather than hidden. */
	if (filter->since_ns && !lw_time_read(string_of(record, "time"), &ns) &&
	    ns < filter->since_ns)
		return false;
	if (filter->kind && strcmp(string_of(record, "kind"), filter->kind))
		return false;
	if (filter->handover &&
	    strncmp(string_of(record, "handover"), filter->handover, strlen(filter->handover)))
		return false;
	return !filter->by_device || has_device(record, filter->rid);
}

static char *escape_text(const char *text)
{
	char *shown = lw_escape(text, strlen(text), 0);

	return shown ? shown : lw_format("?");
}

static char *escape(const json_t *record, const char *key)
{
	return escape_text(string_of(record, key));
}

static char *who(const json_t *record)
{
	const json_t *actor = json_object_get(record, "actor");
	const json_t *login = json_object_get(actor, "loginuid");
	const json_t *session = json_object_get(actor, "session");
	LW_FREE char *command = escape(actor, "command");
	LW_FREE char *by = NULL;

	if (json_is_integer(login))
		by = lw_format("login uid %lld, session %lld", (long long)json_integer_value(login),
			       json_is_integer(session) ? (long long)json_integer_value(session)
							: -1);
	else
		by = lw_format("no login");
	return lw_format("%s, uid %lld, pid %lld: %s", by,
			 (long long)json_integer_value(json_object_get(actor, "uid")),
			 (long long)json_integer_value(json_object_get(actor, "pid")), command);
}

static char *devices(const json_t *record)
{
	json_t *list = json_object_get(record, "devices"), *device;
	char *text = lw_format("%s", ""), *longer;
	size_t i;

	json_array_foreach(list, i, device) {
		LW_FREE char *name = NULL;

		if (i == DEVICES_SHOWN) {
			longer = lw_format("%s +%zu more", text, json_array_size(list) - i);
			free(text);
			return longer;
		}
		name = escape_text(json_is_string(device) ? json_string_value(device) : "?");
		longer = lw_format("%s %s", text, name);
		free(text);
		text = longer;
	}
	return text;
}

static char *detail(const json_t *record)
{
	const json_t *value = json_object_get(record, "detail");
	LW_FREE char *text = NULL;

	if (!json_object_size(value))
		return lw_format("%s", "");
	text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
	/* ASCII but for DEL, which is no visible character either. */
	if (!text || strchr(text, 0x7f))
		return lw_format(" ?");
	return lw_format(" %s", text);
}

char *lw_audit_show(const json_t *record)
{
	LW_FREE char *time = escape(record, "time"), *kind = escape(record, "kind");
	LW_FREE char *handover = escape(record, "handover"), *by = who(record);
	LW_FREE char *rids = devices(record), *more = detail(record);

	/* To the second, when it is a time at all. */
	if (strlen(time) == strlen("2024-05-31T12:00:00.000000000Z"))
		strcpy(time + strlen("2024-05-31T12:00:00"), "Z");
	return lw_format("%6lld  %s  %-15s %.8s%s%s%s  (%s)",
			 (long long)json_integer_value(json_object_get(record, "seq")), time, kind,
			 handover, *handover ? " " : "", *rids ? rids + 1 : "", more, by);
}

