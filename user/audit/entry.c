// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes the line of an audit record. Keys come in a fixed order, text is ASCII (all else as
 * \uNNNN), the hash stands last and covers every byte before it, the signature too: whichever byte
 * of a line is changed, the line says so itself.
 */
#include "audit/entry.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/time.h"

#define DUMP (JSON_COMPACT | JSON_ENSURE_ASCII)

void lw_audit_hash(const void *bytes, size_t length, uint8_t hash[LW_AUDIT_HASH])
{
	crypto_hash_sha256(hash, bytes, length);
}

char *lw_audit_hash_text(const uint8_t hash[LW_AUDIT_HASH], char text[LW_AUDIT_HASH_TEXT])
{
	return sodium_bin2hex(text, LW_AUDIT_HASH_TEXT, hash, LW_AUDIT_HASH);
}

static int feed(const char *bytes, size_t length, void *state)
{
	return crypto_hash_sha256_update(state, (const unsigned char *)bytes, length);
}

json_t *lw_audit_hash_json(const json_t *value, size_t flags, const char *end)
{
	crypto_hash_sha256_state state;
	char text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	crypto_hash_sha256_init(&state);
	if (json_dump_callback(value, feed, &state, flags) || feed(end, strlen(end), &state))
		return NULL;
	crypto_hash_sha256_final(&state, hash);
	return json_string(lw_audit_hash_text(hash, text));
}

static json_t *id_or_null(int64_t id)
{
	return id < 0 ? json_null() : json_integer(id);
}

/* A command's name as BPF saw it may be any bytes. */
static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);
	LW_FREE char *shown = json ? NULL : lw_escape(text, strlen(text), 0);

	return json ? json : json_string(shown ? shown : "?");
}

static json_t *actor_json(const struct lw_audit_actor *actor)
{
	return json_pack("{so, so, so, si, so}", "loginuid", id_or_null(actor->loginuid), "session",
			 id_or_null(actor->session), "uid", id_or_null(actor->uid), "pid",
			 (int)actor->pid, "command", text_json(actor->command));
}

static json_t *devices_json(const struct lw_audit_event *event)
{
	json_t *devices = json_array();
	char rid[LW_RID_TEXT];
	size_t i;

	for (i = 0; i < event->rid_count; i++)
		json_array_append_new(devices, json_string(lw_rid_format(event->rids[i], rid)));
	return devices;
}

/* A detail that is too long must not cost the record: its size and digest stand for it. */
static json_t *detail_json(const json_t *detail)
{
	char hex[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE char *text = NULL;
	size_t length;

	if (!detail)
		return json_object();
	text = json_dumps(detail, DUMP | JSON_SORT_KEYS);
	length = text ? strlen(text) : 0;
	if (text && length <= LW_AUDIT_DETAIL_MAX)
		return json_deep_copy(detail);
	lw_audit_hash(text ? text : "", length, hash);
	return json_pack("{sb, sI, ss}", "left_out", 1, "bytes", (json_int_t)length, "sha256",
			 lw_audit_hash_text(hash, hex));
}

static void set_time(json_t *record, const struct timespec *time)
{
	char text[LW_TIME_TEXT];

	lw_time_utc(time->tv_sec * 1000000000ULL + time->tv_nsec, 9, text);
	json_object_set_new(record, "time", json_string(text));
}

static json_t *clock_json(int64_t error_us)
{
	return json_pack("{sb, so}", "synchronised", error_us >= 0, "error_us",
			 error_us >= 0 ? json_integer(error_us) : json_null());
}

static json_t *record_json(const struct lw_audit_stamp *stamp, const struct lw_audit_event *event)
{
	char id[LW_ID_TEXT], prev[LW_AUDIT_HASH_TEXT];
	json_t *record = json_object();

	json_object_set_new(record, "schema", json_string(LW_AUDIT_SCHEMA));
	json_object_set_new(record, "seq", json_integer((json_int_t)stamp->seq));
	set_time(record, &stamp->time);
	json_object_set_new(record, "boot_ns", json_integer((json_int_t)stamp->boot_ns));
	json_object_set_new(record, "boot_id", json_string(stamp->boot_id));
	json_object_set_new(record, "machine",
			    stamp->machine[0] ? json_string(stamp->machine) : json_null());
	json_object_set_new(record, "kind", json_string(lw_audit_kind_name(event->kind)));
	json_object_set_new(record, "handover",
			    lw_id_is_zero(event->handover)
				    ? json_null()
				    : json_string(lw_id_format(event->handover, id)));
	json_object_set_new(record, "devices", devices_json(event));
	json_object_set_new(record, "actor", actor_json(event->actor));
	json_object_set_new(record, "clock", clock_json(stamp->clock_error_us));
	json_object_set_new(record, "detail", detail_json(event->detail));
	json_object_set_new(record, "prev", json_string(lw_audit_hash_text(stamp->prev, prev)));
	return record;
}

char *lw_audit_record_format(const struct lw_audit_stamp *stamp, const struct lw_audit_event *event,
			     const struct lw_audit_key *key, uint8_t hash[LW_AUDIT_HASH])
{
	char signature[LW_AUDIT_SIGNATURE_TEXT] = "", hex[LW_AUDIT_HASH_TEXT];
	LW_FREE char *text = NULL, *body = NULL;
	json_t *record;

	if (event->rid_count > LW_AUDIT_DEVICES_MAX)
		return NULL;
	record = record_json(stamp, event);
	text = json_dumps(record, DUMP);
	json_decref(record);
	if (!text)
		return NULL;
	text[strlen(text) - 1] = '\0'; /* the closing brace comes after the hash */
	lw_audit_hash(text, strlen(text), hash);
	if (key && !lw_audit_sign(key, hash, signature))
		body = lw_format("%s,\"signature\":\"%s\"", text, signature);
	else
		body = lw_format("%s", text);
	lw_audit_hash(body, strlen(body), hash);
	return lw_format("%s,\"hash\":\"%s\"}\n", body, lw_audit_hash_text(hash, hex));
}

char *lw_audit_anchor_format(const struct lw_audit_anchor *anchor)
{
	char hex[LW_AUDIT_HASH_TEXT];

	return lw_format("%llu:%s", (unsigned long long)anchor->seq,
			 lw_audit_hash_text(anchor->hash, hex));
}
