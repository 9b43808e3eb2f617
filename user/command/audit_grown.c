// SPDX-License-Identifier: GPL-2.0-or-later
/* A log and the tree over it: read whole, held against its own chain, and closed by a checkpoint. */
#include "command/audit_grown.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/files.h"
#include "audit/proof.h"
#include "base/io.h"
#include "base/message.h"
#include "command/audit.h"
#include "command/command.h"
#include "command/options.h"

error_t lw_grown_parse(int key, char *arg, struct lw_grown_options *o)
{
	switch (key) {
	case 'l':
		o->log = arg;
		return 0;
	case 'k':
		o->private = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

void lw_grown_free(struct lw_grown *g)
{
	lw_audit_rows_free(&g->rows);
	lw_audit_files_free(g->files, g->file_count);
	lw_audit_key_forget(&g->key);
	free(g->leaves);
	free(g->note);
}

static int plant(struct lw_grown *g)
{
	int r = lw_audit_rows_leaves(&g->rows, &g->leaves);

	if (r == -EBADMSG) {
		lw_error("the log is not whole from record 1 on, so nothing can be proved from it; "
			 "`luwatch audit verify` says what is wrong");
		return LW_EXIT_VIOLATION;
	}
	return r ? LW_EXIT_ERROR : LW_EXIT_CLEAN;
}

static int read_key(const char *private, struct lw_grown *g)
{
	int r = lw_audit_key_read(private ? private : LW_AUDIT_KEY, &g->key);

	g->sign = !r && g->key.private;
	if (r && (r != -ENOENT || private)) {
		lw_error("%s: %s", private ? private : LW_AUDIT_KEY, strerror(-r));
		return LW_EXIT_ERROR;
	}
	if (!g->sign)
		lw_warn("no private key, so the checkpoint is not signed and proves nothing to "
			"others; `luwatch audit keygen` makes one");
	return LW_EXIT_CLEAN;
}

int lw_grow(const struct lw_grown_options *o, struct lw_grown *g)
{
	struct lw_checkpoint checkpoint = {};
	const char *failed = "";
	int code, r;

	*g = (struct lw_grown){};
	code = lw_audit_command_files(o->log, o->files, o->file_count, &g->files, &g->file_count);
	if (code)
		return code;
	r = lw_audit_rows_read(g->files, g->file_count, NULL, &g->rows, &failed);
	if (r) {
		lw_error("%s: %s%s", failed, strerror(-r), r == -EACCES ? "; " LW_BE_MEMBER : "");
		return r == -EACCES ? LW_EXIT_NOT_POSSIBLE : LW_EXIT_ERROR;
	}
	code = plant(g);
	if (!code)
		code = read_key(o->private, g);
	if (code)
		return code;
	if (g->sign)
		memcpy(checkpoint.machine, g->key.machine, sizeof(checkpoint.machine));
	else
		lw_read_line("/etc/machine-id", checkpoint.machine, sizeof(checkpoint.machine));
	checkpoint.size = g->rows.count;
	checkpoint.root = lw_tree_root(g->leaves, checkpoint.size);
	g->note = lw_checkpoint_format(&checkpoint, g->sign ? &g->key : NULL);
	return g->note ? LW_EXIT_CLEAN : LW_EXIT_ERROR;
}

/* The line a record stands on, without its newline. Allocated. */
struct wanted {
	uint64_t number, now;
	char *line;
};

static int take_line(const char *bytes, size_t length, bool torn, void *data)
{
	struct wanted *w = data;

	if (++w->now != w->number)
		return 0;
	w->line = strndup(bytes, length);
	return 1;
}

char *lw_grown_line(const struct lw_grown *g, uint64_t seq)
{
	const struct lw_audit_line *line = &g->rows.lines[seq - 1];
	struct wanted wanted = { .number = line->number };
	bool damaged;

	lw_audit_file_each_line(g->rows.files[line->file].path, take_line, &wanted, &damaged);
	return wanted.line;
}

/* An earlier checkpoint that is not of this log must not get a proof that looks like one. */
int lw_grown_extends(const struct lw_grown *g, const char *path, char **proof)
{
	LW_FREE uint8_t *text = NULL;
	struct lw_checkpoint earlier;
	struct lw_tree_hash root;
	size_t length;
	int r = lw_read_file(path, LW_CHECKPOINT_MAX, &text, &length);

	if (r) {
		lw_error("%s is no number of a record, and as a file: %s", path, strerror(-r));
		return LW_EXIT_USAGE;
	}
	if (lw_checkpoint_parse((char *)text, length, NULL, &earlier) || !earlier.size) {
		lw_error("%s is no checkpoint", path);
		return LW_EXIT_USAGE;
	}
	if (earlier.size > g->rows.count) {
		lw_error("%s has %" PRIu64 " records, this log only %zu: its end is missing", path,
			 earlier.size, g->rows.count);
		return LW_EXIT_VIOLATION;
	}
	root = lw_tree_root(g->leaves, earlier.size);
	if (memcmp(root.bytes, earlier.root.bytes, LW_AUDIT_HASH)) {
		lw_error("the first %" PRIu64 " records of this log are not those of %s: one of the "
			 "two was written anew",
			 earlier.size, path);
		return LW_EXIT_VIOLATION;
	}
	*proof = lw_proof_of_growth(g->leaves, earlier.size, (char *)text, g->rows.count, g->note);
	return *proof ? LW_EXIT_CLEAN : LW_EXIT_ERROR;
}
