// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the line of an audit record back. The hash is checked over the bytes before anything in
 * them is believed, and hash and signature are looked for only at the one place where they stand,
 * counted from the end: a text inside the record cannot pass for them.
 */
#include "audit/entry.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"

#define HASH_START	"\"hash\":\""
#define HASH_TAIL	(1 + strlen(HASH_START) + LW_AUDIT_HASH_TEXT - 1 + 2) /* ,"hash":"..."} */
#define SIGNATURE_START ",\"signature\":\""
#define SIGNATURE_TAIL	(strlen(SIGNATURE_START) + LW_AUDIT_SIGNATURE_TEXT - 1 + 1)

/* Exactly 64 lower-case digits: a hash has one spelling. */
static int hash_parse(const char *text, uint8_t hash[LW_AUDIT_HASH])
{
	size_t length, i;

	for (i = 0; i < LW_AUDIT_HASH_TEXT - 1; i++)
		if (!strchr("0123456789abcdef", text[i]) || !text[i])
			return -EBADMSG;
	if (sodium_hex2bin(hash, LW_AUDIT_HASH, text, LW_AUDIT_HASH_TEXT - 1, NULL, &length, NULL))
		return -EBADMSG;
	return length == LW_AUDIT_HASH ? 0 : -EBADMSG;
}

static const char *string_of(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

static int read_fields(const json_t *record, struct lw_audit_line *line)
{
	json_int_t seq = json_integer_value(json_object_get(record, "seq"));
	const char *boot_id = string_of(record, "boot_id");
	const char *prev = string_of(record, "prev");
	uint8_t tag[LW_AUDIT_HASH];
	unsigned int kind;

	if (strncmp(string_of(record, "schema"), "luwatch.audit/", 14) || seq <= 0 ||
	    strlen(prev) != LW_AUDIT_HASH_TEXT - 1 || hash_parse(prev, line->prev))
		return -EBADMSG;
	line->seq = (uint64_t)seq;
	line->boot_ns = (uint64_t)json_integer_value(json_object_get(record, "boot_ns"));
	kind = lw_word_index(&lw_audit_kinds, string_of(record, "kind"));
	if (kind < LW_AUDIT_KINDS)
		snprintf(line->kind, sizeof(line->kind), "%s", lw_audit_kind_name(kind));
	lw_time_read(string_of(record, "time"), &line->time_ns);
	lw_audit_hash(boot_id, strlen(boot_id), tag);
	memcpy(line->boot_tag, tag, sizeof(line->boot_tag));
	return 0;
}

static void read_signature(const char *bytes, size_t length, struct lw_audit_line *line)
{
	const char *at = bytes + length - SIGNATURE_TAIL;

	if (length < SIGNATURE_TAIL || memcmp(at, SIGNATURE_START, strlen(SIGNATURE_START)) ||
	    bytes[length - 1] != '"')
		return;
	line->has_signature = true;
	lw_audit_hash(bytes, length - SIGNATURE_TAIL, line->signed_hash);
	memcpy(line->signature, at + strlen(SIGNATURE_START), LW_AUDIT_SIGNATURE_TEXT - 1);
}

static void read_next_key(const json_t *record, struct lw_audit_line *line)
{
	struct lw_audit_key key;

	if (strcmp(line->kind, lw_audit_kind_name(LW_AUDIT_KEY_CHANGED)) ||
	    lw_audit_key_parse(string_of(json_object_get(record, "detail"), "public"), &key) ||
	    key.private)
		return;
	line->changes_key = true;
	memcpy(line->next_public, key.public, sizeof(line->next_public));
}

int lw_audit_line_parse(const char *bytes, size_t length, struct lw_audit_line *line)
{
	size_t file = line->file, number = line->number, covered;
	uint8_t said[LW_AUDIT_HASH];
	const char *tail;
	json_t *record;

	*line = (struct lw_audit_line){ .file = file, .number = number };
	if (length < HASH_TAIL || length > LW_AUDIT_LINE_MAX)
		return -EBADMSG;
	covered = length - HASH_TAIL;
	tail = bytes + covered;
	if (memcmp(tail, "," HASH_START, 1 + strlen(HASH_START)) ||
	    memcmp(bytes + length - 2, "\"}", 2) || hash_parse(tail + 1 + strlen(HASH_START), said))
		return -EBADMSG;
	lw_audit_hash(bytes, covered, line->hash);
	if (memcmp(said, line->hash, sizeof(said)))
		return -EBADMSG;

	record = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	if (!record)
		return -EBADMSG;
	line->valid = !read_fields(record, line);
	read_next_key(record, line);
	json_decref(record);
	if (line->valid)
		read_signature(bytes, covered, line);
	return line->valid ? 0 : -EBADMSG;
}
