/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of several files of an audit log in one row, as the chain check wants them. */
#ifndef LUWATCH_AUDIT_ROWS_H
#define LUWATCH_AUDIT_ROWS_H

#include "audit/entry.h"
#include "audit/files.h"
#include "audit/tree.h"

struct lw_audit_file {
	char *path;
	bool damaged;	 /* its compressed form is broken */
	uint64_t number; /* the last record, by its name; 0: does not say */
	struct lw_audit_line *lines;
	size_t count;
};

struct lw_audit_rows {
	struct lw_audit_file *files; /* in the order of their records */
	size_t file_count;
	struct lw_audit_line *lines; /* of all files; .file is an index into FILES */
	size_t count;
	struct lw_audit_key key; /* signed last; .machine "" when no signature was looked at */
};

/*
 * Reads COUNT files in any order. KEY may be NULL, or the first of several; each is good until a
 * record that it signed hands over to another. Returns 0 or a negative errno, *FAILED (may be
 * NULL) is then the path that could not be read.
 */
int lw_audit_rows_read(char *const *paths, size_t count, const struct lw_audit_key *key,
		       struct lw_audit_rows *rows, const char **failed);
/*
 * Part of it: the signatures of .lines in their order. A key signs until it hands over to the next one:
 * from then on it is worth nothing, because whoever has it may have got it later. 0 or -ENOMEM.
 */
int lw_audit_rows_sign(struct lw_audit_rows *rows, const struct lw_audit_key *given);
/*
 * The leaves of the tree over them, allocated. -EBADMSG when they are not whole from record 1 on: a tree
 * over a log with a hole in it would prove nothing, and must not be signed.
 */
int lw_audit_rows_leaves(const struct lw_audit_rows *rows, struct lw_tree_hash **leaves);
void lw_audit_rows_free(struct lw_audit_rows *rows);

/* The same as lw_audit_file_each_line(), of a text. */
int lw_audit_each_line(const char *text, size_t length, lw_audit_line_taker take, void *data);

#endif
