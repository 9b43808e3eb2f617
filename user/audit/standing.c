// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checkpoint that stands beside a closing record's anchor in the journal: whoever keeps the journal can
 * ask later for a proof that the log which it is shown extends the one of that moment, and needs no log.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/chain.h"
#include "audit/checkpoint.h"
#include "audit/log.h"
#include "audit/rows.h"
#include "base/io.h"

/* Beyond, each closing record would cost the reading of years; `luwatch audit checkpoint` is for those. */
#define STANDING_MAX 100000

int lw_audit_rows_leaves(const struct lw_audit_rows *rows, struct lw_tree_hash **leaves)
{
	struct lw_audit_chain chain = { .lines = rows->lines, .count = rows->count };
	struct lw_audit_verdict verdict;
	size_t i;

	*leaves = NULL;
	lw_audit_chain_check(&chain, &verdict);
	if (verdict.broken != LW_AUDIT_HOLDS || verdict.headless || !rows->count)
		return -EBADMSG;
	*leaves = calloc(rows->count, sizeof(**leaves));
	if (!*leaves)
		return -ENOMEM;
	for (i = 0; i < rows->count; i++)
		(*leaves)[i] = lw_tree_leaf(rows->lines[i].hash);
	return 0;
}

/* The rotated files and the current one, which is not there between a rotation and the next record. */
static int read_rows(const struct lw_audit_log *log, struct lw_audit_rows *rows)
{
	char **files = NULL, **all;
	size_t count = 0;
	int r = lw_audit_files_list(log->stem, &files, &count);

	*rows = (struct lw_audit_rows){};
	if (r)
		return r;
	all = reallocarray(files, count + 1, sizeof(*files));
	if (all) {
		files = all;
		if (lw_exists(log->config.path))
			files[count++] = lw_format("%s", log->config.path);
	}
	r = all ? lw_audit_rows_read(files, count, NULL, rows, NULL) : -ENOMEM;
	lw_audit_files_free(files, count);
	return r;
}

char *lw_audit_log_checkpoint(const struct lw_audit_log *log, uint64_t seq)
{
	struct lw_checkpoint checkpoint = { .size = seq };
	struct lw_audit_rows rows;
	struct lw_tree_hash *leaves = NULL;
	char *note = NULL;

	if (!seq || seq > STANDING_MAX)
		return NULL;
	/* Others may have written since: their records come after SEQ and are left out. */
	if (!read_rows(log, &rows) && rows.count >= seq && !lw_audit_rows_leaves(&rows, &leaves)) {
		if (log->sign)
			memcpy(checkpoint.machine, log->key.machine, sizeof(checkpoint.machine));
		else
			lw_read_line("/etc/machine-id", checkpoint.machine,
				     sizeof(checkpoint.machine));
		checkpoint.root = lw_tree_root(leaves, seq);
		note = lw_checkpoint_format(&checkpoint, log->sign ? &log->key : NULL);
	}
	free(leaves);
	lw_audit_rows_free(&rows);
	return note;
}
