/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit log on disk, as its writers see it: under one lock, with its end found and mended. Only
 * the files of this folder use it. Every function returns 0 or a negative errno.
 *
 *	audit.jsonl			current file
 *	audit-000000000123.jsonl[.gz]	earlier ones, named by their last record
 *	audit.jsonl.torn-124[.2...]	torn tails, named by the record that tells of them
 *	audit.jsonl.lock		held while writing
 */
#ifndef LUWATCH_AUDIT_LOG_H
#define LUWATCH_AUDIT_LOG_H

#include "audit/entry.h"

/* One event brings at most a damage, a rotation and itself. */
#define LW_AUDIT_CLOSED_MAX 4

struct lw_audit_log {
	struct lw_audit_config config; /* defaults filled in */
	struct lw_audit_key key;
	bool sign;
	char *directory, *stem; /* stem: the path without ".jsonl" */
	int lock, fd;		/* fd: -1 while there is no current file */
	uint64_t size;
	struct lw_audit_anchor last; /* the next record links to it */
	bool rotated;		     /* the current file's last record closes it */
	bool damaged;		     /* its last line is no record */
	bool changed_key;	     /* the last record hands over to NEXT_PUBLIC */
	uint8_t next_public[32];
	bool opened;		     /* a file was begun under this lock */
	int64_t begun_ns;	     /* first record of the current file; 0: not known */
	struct {
		struct lw_audit_anchor anchor;
		enum lw_audit_kind kind;
	} closed[LW_AUDIT_CLOSED_MAX]; /* closing records written under this lock */
	size_t closed_count;
};

/* Makes the folder, takes the lock (at most config.wait_ms), opens the current file. */
int lw_audit_log_open(const struct lw_audit_config *config, struct lw_audit_log *log);
void lw_audit_log_close(struct lw_audit_log *log);

/* Gives only the lock back: nobody waits for us while we talk to others. */
void lw_audit_log_unlock(struct lw_audit_log *log);

/* Finds the last record; a torn tail after it is kept aside and cut off. */
int lw_audit_log_find_end(struct lw_audit_log *log);

/*
 * epoch.c: ends a change of the signing key that was begun, and begins one when it is due. A key that
 * cannot be changed is told and costs no record.
 */
void lw_audit_log_finish_key(struct lw_audit_log *log);
void lw_audit_log_change_key(struct lw_audit_log *log);

/* Writes what is due before any event: first record, repair, damage, rotation, another key. */
int lw_audit_log_prepare(struct lw_audit_log *log);

/* Number, link, clocks, boot and machine of the record that comes next. */
void lw_audit_log_stamp(const struct lw_audit_log *log, struct lw_audit_stamp *stamp);

/* Appends one record, on disk on return; ANCHOR may be NULL. */
int lw_audit_log_write(struct lw_audit_log *log, const struct lw_audit_event *event,
		       struct lw_audit_anchor *anchor);

/* The same for the log's own records; takes DETAIL over. */
int lw_audit_log_note(struct lw_audit_log *log, enum lw_audit_kind kind, json_t *detail);

/* Writes the closing record, gives the file its number and begins the next. */
int lw_audit_log_rotate(struct lw_audit_log *log, const char *reason);

/* Creates the current file when there is none and writes its first record. */
int lw_audit_log_begin(struct lw_audit_log *log);

/* Gives the closed current file its number; the log is then without a current file. */
int lw_audit_log_retire(struct lw_audit_log *log);

/* Compresses the rotated files that are not yet. What fails is tried again at the next rotation. */
void lw_audit_log_compress(struct lw_audit_log *log);

/* torn.c: keeps LENGTH bytes at OFFSET aside for the record after log->last. */
int lw_audit_torn_keep(struct lw_audit_log *log, uint64_t offset, uint64_t length);

/* Torn tails kept for that record as a JSON array, NULL when there are none. */
json_t *lw_audit_torn_list(const struct lw_audit_log *log);

/*
 * standing.c: the checkpoint of the log up to record SEQ, signed where records are; the caller frees it.
 * NULL for a log that is not whole, cannot be read, or is longer than 100,000 records.
 */
char *lw_audit_log_checkpoint(const struct lw_audit_log *log, uint64_t seq);

/* Syncs the folder's entries. */
int lw_audit_log_sync_directory(const struct lw_audit_log *log);

#endif
