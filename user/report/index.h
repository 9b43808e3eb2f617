/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the stored reports say in short, so that a list of thousands need not read each of them:
 *
 *	STATE/handovers/index.json	{schema, agent, rows: {ID: {stamp, summary}}}
 *
 * A cache and nothing more: a row is used only while the folder and the report are, by their stamp,
 * the very files it was made of, and only by the version of luwatch that made it. It can be removed
 * at any time.
 */
#ifndef LUWATCH_INDEX_H
#define LUWATCH_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct lw_index {
	json_t *found; /* rows as read; NULL: none can be used */
	json_t *rows;  /* rows that are right now, to be written */
	size_t made;   /* of ROWS those that FOUND did not have */
};

void lw_index_read(const char *state, struct lw_index *index);

/*
 * The summary of hand-over ID (report/summary.h) when the index has it of the files as they are
 * now; the caller releases it. NULL: read the report.
 */
json_t *lw_index_summary(struct lw_index *index, const char *state, const char *id);

/*
 * What was at STATE/handovers/ID and its report of this revision, to be asked for before the report
 * is read. NULL when that cannot be said, or when they are so young that a change would not show.
 * The caller frees it.
 */
char *lw_index_stamp(const char *state, const char *id, uint32_t revision);

/* Adds a summary that was made of files with this stamp. */
void lw_index_add(struct lw_index *index, const char *id, const char *stamp, json_t *summary);

/*
 * Writes the index when enough of it is new; who may not write there goes on without. Releases
 * what INDEX holds.
 */
void lw_index_close(struct lw_index *index, const char *state);

#endif
