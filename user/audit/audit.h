/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit log: one record for each act an auditor asks for, on disk before the act is
 * acknowledged, chained so that no record can be changed or taken out unseen (docs/audit.md).
 */
#ifndef LUWATCH_AUDIT_H
#define LUWATCH_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "audit/actor.h"
#include "words/words.h"
#include "base/id.h"

#define LW_AUDIT_PATH	   "/var/log/luwatch/audit.jsonl"
#define LW_AUDIT_KEY	   "/var/lib/luwatch/audit.key"
#define LW_AUDIT_HASH	   32 /* bytes of SHA-256 */
#define LW_AUDIT_HASH_TEXT 65 /* its hexadecimal digits and the terminator */

/* Zero or NULL anywhere means the default. */
struct lw_audit_config {
	const char *path;	 /* of the current file; rotated ones stand beside it */
	const char *key;	 /* private key; records are signed when the file exists */
	uint64_t rotate_bytes;	 /* 8 MiB */
	uint64_t rotate_seconds; /* 90 days */
	uint64_t key_seconds;	 /* a signing key is used so long, then destroyed: a day */
	unsigned int wait_ms;	 /* for another writer: 5000 */
};

struct lw_audit_event {
	enum lw_audit_kind kind;
	struct lw_id handover; /* zero: none */
	const uint64_t *rids;
	size_t rid_count;
	const json_t *detail;		    /* object, borrowed; NULL: none */
	const struct lw_audit_actor *actor; /* NULL: this process */
};

/* A record's place and hash: whoever keeps it elsewhere can prove the log up to here. */
struct lw_audit_anchor {
	uint64_t seq; /* 0: none */
	uint8_t hash[LW_AUDIT_HASH];
};

struct lw_audit_result {
	struct lw_audit_anchor record; /* the record of the event itself */
	struct lw_audit_anchor closed; /* the last closing record written now, if any */
};

/*
 * Appends one record. Returns 0 only when record, file and directory entry are on disk; RESULT (may
 * be NULL) is then filled, and anchors of closing records were sent to the journal. Otherwise a
 * negative errno, and everything written before is still there: -ENOSPC, -EROFS, -EACCES, -EIO,
 * -ETIMEDOUT (another writer holds the lock), -E2BIG (too many devices). The failure has then been
 * said on standard error and to the journal with the event in it, and is counted; the next record
 * that succeeds is preceded by one that tells how many were lost. The caller goes on.
 *
 * Any number of processes may call this at once; within a process one thread at a time.
 * CONFIG may be NULL: all defaults.
 */
int lw_audit_append(const struct lw_audit_config *config, const struct lw_audit_event *event,
		    struct lw_audit_result *result);

/* Closes the current file and begins the next one, now. Errors as above. */
int lw_audit_rotate(const struct lw_audit_config *config, struct lw_audit_result *result);

/* Events of this process that could not be recorded and are not yet told in a record. */
uint64_t lw_audit_lost(void);

/* "SEQ:HASH" into a string that the caller frees. */
char *lw_audit_anchor_format(const struct lw_audit_anchor *anchor);

#endif
