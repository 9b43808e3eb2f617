/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fault to JSON and back. */
#include "fault/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"

const char *lw_fault_type(const struct lw_fault *fault)
{
	if (fault->flags & LW_FAULT_INTERRUPT)
		return "interrupt";
	if (fault->flags & LW_FAULT_EXECUTE)
		return "execute";
	return fault->flags & LW_FAULT_READ ? "read" : "write";
}

static json_t *time_json(uint64_t ns)
{
	return ns == UINT64_MAX ? json_null() : json_integer(ns);
}

json_t *lw_fault_json(const struct lw_fault *f)
{
	const char *text = lw_reason_text(f->reason);
	char rid[LW_RID_TEXT];
	json_t *item = json_object();

	lw_rid_format(f->rid, rid);
	json_object_set_new(item, "rid", json_string(rid));
	json_object_set_new(item, "reason", json_integer(f->reason));
	json_object_set_new(item, "reason_text", text ? json_string(text) : json_null());
	json_object_set_new(item, "type", json_string(lw_fault_type(f)));
	json_object_set_new(item, "address", f->address_known ?
						     json_sprintf("0x%" PRIx64, f->address) :
						     json_null());
	json_object_set_new(item, "pasid", f->pasid == LW_NO_PASID ? json_null() :
								      json_integer(f->pasid));
	json_object_set_new(item, "several_kinds", json_boolean(f->flags & LW_FAULT_OTHER));
	json_object_set_new(item, "count", json_integer(f->count));
	json_object_set_new(item, "first_ns", time_json(f->first_ns));
	json_object_set_new(item, "last_ns", time_json(f->last_ns));
	json_object_set_new(item, "source", json_string(lw_fault_source_name(f->source)));
	return item;
}

/* A whole number from 0 to MOST. */
static int take_number(const json_t *json, const char *key, uint64_t most, uint64_t *number)
{
	const json_t *value = json_object_get(json, key);
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < 0 || (uint64_t)n > most)
		return -EBADMSG;
	*number = n;
	return 0;
}

static int take_time(const json_t *json, const char *key, uint64_t *ns)
{
	if (!json_is_null(json_object_get(json, key)))
		return take_number(json, key, INT64_MAX, ns);
	*ns = UINT64_MAX;
	return 0;
}

int lw_fault_flags_of(const char *name, uint32_t *flags)
{
	static const struct {
		const char *name;
		uint32_t flags;
	} types[] = {
		{ "read", LW_FAULT_READ },
		{ "write", 0 },
		{ "execute", LW_FAULT_EXECUTE | LW_FAULT_READ },
		{ "interrupt", LW_FAULT_INTERRUPT },
	};
	size_t i;

	for (i = 0; name && i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strcmp(types[i].name, name)) {
			*flags = types[i].flags;
			return 0;
		}
	}
	return -EBADMSG;
}

static int take_source(const json_t *json, enum lw_fault_source *source)
{
	const char *name = json_string_value(json_object_get(json, "source"));

	*source = name ? lw_word_index(&lw_fault_sources, name) : LW_SOURCES;
	return *source == LW_SOURCES ? -EBADMSG : 0;
}

static int take_address(const json_t *json, struct lw_fault *f)
{
	const json_t *value = json_object_get(json, "address");
	const char *text = json_string_value(value);

	f->address_known = text;
	if (!text)
		return json_is_null(value) ? 0 : -EBADMSG;
	if (strncmp(text, "0x", 2) || strlen(text) > 18 ||
	    strspn(text + 2, "0123456789abcdef") != strlen(text) - 2 || !text[2])
		return -EBADMSG;
	f->address = strtoull(text, NULL, 16);
	return 0;
}

int lw_fault_of_json(const json_t *json, struct lw_fault *f)
{
	const char *rid = json_string_value(json_object_get(json, "rid"));
	uint64_t reason, pasid = LW_NO_PASID;

	memset(f, 0, sizeof(*f));
	if (!rid || lw_rid_or_other(rid, &f->rid) ||
	    lw_fault_flags_of(json_string_value(json_object_get(json, "type")), &f->flags) ||
	    take_source(json, &f->source) || take_address(json, f) ||
	    take_number(json, "reason", 0xff, &reason) ||
	    take_number(json, "count", INT64_MAX, &f->count) ||
	    take_time(json, "first_ns", &f->first_ns) ||
	    take_time(json, "last_ns", &f->last_ns))
		return -EBADMSG;
	if (!json_is_null(json_object_get(json, "pasid")) &&
	    take_number(json, "pasid", 0xfffff, &pasid))
		return -EBADMSG;
	if (json_is_true(json_object_get(json, "several_kinds")))
		f->flags |= LW_FAULT_OTHER;
	f->reason = reason;
	f->pasid = pasid;
	return 0;
}
