// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the line of an audit record back. The hash is checked over the bytes before anything in
 * them is believed, and hash and signature are looked for only at the one place where they stand,
 * counted from the end: a text inside the record cannot pass for them.
 */
#include "audit/entry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/scan.h"
#include "base/time.h"

#define HASH_START	"\"hash\":\""
#define HASH_TAIL	(1 + strlen(HASH_START) + LW_AUDIT_HASH_TEXT - 1 + 2) /* ,"hash":"..."} */
#define SIGNATURE_START ",\"signature\":\""
#define SIGNATURE_TAIL	(strlen(SIGNATURE_START) + LW_AUDIT_SIGNATURE_TEXT - 1 + 1)

/* The value of a lower-case hexadecimal digit, 16 for anything else: a hash has one spelling. */
static unsigned int digit(char c)
{
	return c >= '0' && c <= '9' ? (unsigned int)(c - '0') :
	       c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) :
				      16;
}

/* Reads 64 digits, or up to the first that is none. */
static int hash_parse(const char *text, uint8_t hash[LW_AUDIT_HASH])
{
	size_t i;

	for (i = 0; i < LW_AUDIT_HASH; i++) {
		unsigned int high = digit(text[2 * i]);
		unsigned int low = high < 16 ? digit(text[2 * i + 1]) : 16;

		if (low > 15)
			return -EBADMSG;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

static const char *string_of(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

static int fill(struct lw_audit_line *line, int64_t seq, int64_t boot_ns, const char *time,
		const char *boot_id, const char *kind_word, const char *prev)
{
	unsigned int kind = lw_word_index(&lw_audit_kinds, kind_word);
	uint8_t tag[LW_AUDIT_HASH];

	if (seq <= 0 || strlen(prev) != LW_AUDIT_HASH_TEXT - 1 || hash_parse(prev, line->prev))
		return -EBADMSG;
	line->seq = (uint64_t)seq;
	line->boot_ns = (uint64_t)boot_ns;
	if (kind < LW_AUDIT_KINDS)
		snprintf(line->kind, sizeof(line->kind), "%s", lw_audit_kind_name(kind));
	lw_time_read(time, &line->time_ns);
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

/* A record as it is written; not one that changes the key, whose detail is wanted. */
static int read_scanned(const char *bytes, size_t covered, struct lw_audit_line *line)
{
	struct lw_audit_said said;

	if (!lw_audit_scan(bytes, covered, &said) ||
	    !strcmp(said.kind, lw_audit_kind_name(LW_AUDIT_KEY_CHANGED)))
		return -EBADMSG;
	return fill(line, said.seq, said.boot_ns, said.time, said.boot_id, said.kind, said.prev);
}

/* Any record. */
static int read_parsed(const char *bytes, size_t length, struct lw_audit_line *line)
{
	json_t *record = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	int r = -EBADMSG;

	if (!strncmp(string_of(record, "schema"), "luwatch.audit/", 14))
		r = fill(line, json_integer_value(json_object_get(record, "seq")),
			 json_integer_value(json_object_get(record, "boot_ns")),
			 string_of(record, "time"), string_of(record, "boot_id"),
			 string_of(record, "kind"), string_of(record, "prev"));
	read_next_key(record, line);
	json_decref(record);
	return r;
}

int lw_audit_line_parse(const char *bytes, size_t length, struct lw_audit_line *line)
{
	size_t file = line->file, number = line->number, covered;
	uint8_t said[LW_AUDIT_HASH];
	const char *tail;

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

	line->valid = !read_scanned(bytes, covered, line) || !read_parsed(bytes, length, line);
	if (line->valid)
		read_signature(bytes, covered, line);
	return line->valid ? 0 : -EBADMSG;
}
