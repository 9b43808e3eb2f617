// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the audit log stands, for a metric: the daemon must also see the records that commands
 * beside it write. Read without the lock; a line that is just being written is not counted.
 */
#include "audit/audit.h"

#include <stdlib.h>
#include <string.h>

#include "audit/rows.h"

static void anchor_of(const struct lw_audit_line *line, struct lw_audit_anchor *anchor)
{
	anchor->seq = line->seq;
	memcpy(anchor->hash, line->hash, LW_AUDIT_HASH);
}

int lw_audit_state(const struct lw_audit_config *config, struct lw_audit_state *state)
{
	const char *path = config && config->path ? config->path : LW_AUDIT_PATH;
	char *paths[] = { (char *)path };
	const struct lw_audit_line *line;
	struct lw_audit_rows rows;
	enum lw_audit_kind kind;
	size_t i;
	int r = lw_audit_rows_read(paths, 1, NULL, &rows, NULL);

	*state = (struct lw_audit_state){ 0 };
	if (r)
		return r;
	for (i = 0; i < rows.count; i++) {
		line = &rows.lines[i];
		if (!line->valid || line->torn || lw_audit_kind_parse(line->kind, &kind))
			continue;
		anchor_of(line, &state->last);
		if (lw_audit_kind_closes(kind))
			anchor_of(line, &state->closed);
		if (kind != LW_AUDIT_LOG_OPENED)
			continue;
		/* The file before ended with its closing record. */
		state->closed.seq = line->seq - 1;
		memcpy(state->closed.hash, line->prev, LW_AUDIT_HASH);
	}
	lw_audit_rows_free(&rows);
	return 0;
}
