/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The audit log as a tree: what checkpoint, prove and export make their proofs from. */
#ifndef LUWATCH_COMMAND_AUDIT_GROWN_H
#define LUWATCH_COMMAND_AUDIT_GROWN_H

#include <argp.h>

#include "audit/rows.h"
#include "audit/tree.h"

struct lw_grown {
	struct lw_audit_rows rows; /* from record 1 on */
	char **files;
	size_t file_count;
	struct lw_tree_hash *leaves;
	struct lw_audit_key key;
	bool sign;
	char *note; /* the checkpoint of the whole log */
};

/* Which log, and who signs for it: the options of every command that makes a proof. */
struct lw_grown_options {
	const char *log;     /* with its rotated files; LW_AUDIT_PATH at first */
	const char *private; /* the key; NULL: the default one */
	char *const *files;  /* instead of LOG */
	int file_count;
};

/* Their rows among a command's options. */
#define LW_GROWN_OPTIONS                                                                   \
	{ "log", 'l', "FILE", 0, "The log (default " LW_AUDIT_PATH ")", 0 },               \
	{ "private", 'k', "FILE", 0, "Private key (default " LW_AUDIT_KEY ")", 0 }

/* Takes one of them for the command's parser; ARGP_ERR_UNKNOWN when KEY is none. */
error_t lw_grown_parse(int key, char *arg, struct lw_grown_options *options);

/*
 * Reads the log (FILES, else LOG and its rotated files) and closes it with a checkpoint, signed
 * when there is a PRIVATE key. Returns an exit code, with a message said: a log that is not whole
 * from record 1 on is LW_EXIT_VIOLATION. Free it in any case.
 */
int lw_grow(const struct lw_grown_options *options, struct lw_grown *grown);
void lw_grown_free(struct lw_grown *grown);

/* The line of record SEQ without its newline; the caller frees it. NULL when it cannot be read. */
char *lw_grown_line(const struct lw_grown *grown, uint64_t seq);

/*
 * The proof that the log extends the checkpoint in the file PATH, allocated. An exit code, with a
 * message said: LW_EXIT_VIOLATION when it does not.
 */
int lw_grown_extends(const struct lw_grown *grown, const char *path, char **proof);

#endif
