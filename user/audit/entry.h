/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One audit record as one line of text. The hash is defined over the line's bytes as they stand, so
 * that no second form of it exists that two programs could see differently:
 *
 *	{"schema":"luwatch.audit/1","seq":7,...,"prev":"P"[,"signature":"S"],"hash":"H"}
 *
 * H is SHA-256, in 64 lower-case digits, of everything before `,"hash":"`; P is the H of the record
 * before; S is Ed25519 over the SHA-256 of everything before `,"signature":"` (key.h).
 */
#ifndef LUWATCH_AUDIT_ENTRY_H
#define LUWATCH_AUDIT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "audit/audit.h"
#include "audit/key.h"

#define LW_AUDIT_SCHEMA	     "luwatch.audit/1"
#define LW_AUDIT_LINE_MAX    (4u << 20) /* bytes of a line */
#define LW_AUDIT_DETAIL_MAX  (1u << 20) /* a longer detail is replaced by its digest */
#define LW_AUDIT_DEVICES_MAX 65536u
#define LW_BOOT_TEXT	     37

/* What a record says beside its event. */
struct lw_audit_stamp {
	uint64_t seq;
	uint8_t prev[LW_AUDIT_HASH];
	struct timespec time; /* CLOCK_REALTIME */
	uint64_t boot_ns;     /* CLOCK_BOOTTIME */
	int64_t clock_error_us; /* at most so wrong, says the kernel; negative: not synchronised */
	char boot_id[LW_BOOT_TEXT];
	char machine[LW_MACHINE_TEXT]; /* "": not known */
};

/*
 * Makes the line, newline included. EVENT's actor must be set. KEY may be NULL: not signed. Returns
 * a string that the caller frees, and its hash; NULL when there is no memory or more than
 * LW_AUDIT_DEVICES_MAX devices.
 */
char *lw_audit_record_format(const struct lw_audit_stamp *stamp, const struct lw_audit_event *event,
			     const struct lw_audit_key *key, uint8_t hash[LW_AUDIT_HASH]);

/* What the chain needs of a line. */
struct lw_audit_line {
	bool valid;	     /* a record, and its hash is the one of its bytes */
	bool torn;	     /* no newline at its end */
	bool newline_broken; /* a whole record, but another byte stands for the newline */
	bool has_signature;
	bool signature_good; /* only when a key was given */
	bool changes_key;    /* a key-changed record: NEXT_PUBLIC signs what follows */
	uint64_t seq;
	uint8_t prev[LW_AUDIT_HASH], hash[LW_AUDIT_HASH];
	char kind[24];	 /* "" when this version has no such kind */
	uint64_t time_ns; /* since 1970; 0 when unreadable */
	uint64_t boot_ns;
	uint8_t boot_tag[8]; /* first bytes of the boot id's hash: equal or not is all one asks */
	uint8_t signed_hash[LW_AUDIT_HASH], next_public[32];
	char signature[LW_AUDIT_SIGNATURE_TEXT];
	size_t file, number; /* where it stands: index of the file, line from 1 */
};

/*
 * Reads a line without its newline. LINE's file and number are left alone. Returns 0 or -EBADMSG;
 * LINE is filled in both cases. Whose signature it has only the lines before it can say: see
 * lw_audit_rows_read().
 */
int lw_audit_line_parse(const char *bytes, size_t length, struct lw_audit_line *line);

/* SHA-256. */
void lw_audit_hash(const void *bytes, size_t length, uint8_t hash[LW_AUDIT_HASH]);

/*
 * SHA-256 of a value as jansson writes it with FLAGS, and then of END, as hexadecimal text; NULL without memory.
 * The text itself, which may be as long as a report, is never there as a whole.
 */
json_t *lw_audit_hash_json(const json_t *value, size_t flags, const char *end);
char *lw_audit_hash_text(const uint8_t hash[LW_AUDIT_HASH], char text[LW_AUDIT_HASH_TEXT]);

#endif
