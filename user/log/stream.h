/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of one file, whatever text is in them. Pure. */
#ifndef LUWATCH_LOG_STREAM_H
#define LUWATCH_LOG_STREAM_H

#include "log/entries.h"
#include "log/json.h"
#include "log/passage.h"
#include "log/text.h"

#define LW_STREAM_HEAD (64UL << 10)

struct lw_stream {
	struct lw_saved *log;
	struct lw_passage passage;
	enum { LW_STREAM_UNKNOWN, LW_STREAM_TEXT, LW_STREAM_JSON, LW_STREAM_ENTRIES } kind;
	char head[LW_STREAM_HEAD]; /* until the kind is known */
	size_t head_length;
	struct lw_text text;
	struct lw_json_reader *json;
	struct lw_entries entries;
	char tail[8]; /* of what was pushed, for a record's beginning across two blocks */
	size_t tail_length;
	uint64_t offset;
};

void lw_stream_init(struct lw_stream *stream, struct lw_saved *log);
void lw_stream_push(struct lw_stream *stream, const char *bytes, size_t length);
void lw_stream_end(struct lw_stream *stream);

#endif
