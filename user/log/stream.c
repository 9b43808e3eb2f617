// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Chooses how the bytes of a file are read by what they begin with. Beside that it keeps them from
 * the first record of luwatch on: a console log or a trace buffer may hold both.
 */
#include "log/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/foreign.h"

#define RECORDS_LIMIT (1UL << 30)
#define BLOCK	      (256UL << 10)
#define MAGIC	      "LWR1"

static const struct lw_saved_about nothing = {
	.facility = -1, .time_ns = UINT64_MAX, .times = 1, .line = 1,
};

void lw_stream_init(struct lw_stream *s, struct lw_saved *log)
{
	memset(s, 0, sizeof(*s));
	s->log = log;
	lw_passage_init(&s->passage, log);
}

/* Where in HEAD a block begins that is coded; LENGTH when there is none. */
static size_t find_coded(const char *head, size_t length, enum lw_coding *coding)
{
	const char *at, *end = head + length, *line_end, *next_end;

	for (at = head; at < end; at = line_end + 1) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		line_end = line_end ? line_end : end;
		next_end = line_end < end ? memchr(line_end + 1, '\n', (size_t)(end - line_end - 1)) : end;
		next_end = next_end ? next_end : end;
		*coding = lw_coded_begins(at, (size_t)(line_end - at), line_end + (line_end < end),
					  (size_t)(next_end - line_end) - (line_end < end));
		/* A mail's parts and uuencode say themselves that they begin. */
		if (*coding != LW_CODED_NONE && *coding != LW_CODED_UU)
			return (size_t)(at - head);
	}
	*coding = LW_CODED_NONE;
	return length;
}

static bool is_utf32(const char *head, size_t length)
{
	return length >= 8 && ((!head[2] && !head[3] && !head[6] && !head[7] && (head[0] || head[1])) ||
			       (!head[0] && !head[1] && !head[4] && !head[5] && (head[2] || head[3])));
}

static void feed(struct lw_stream *s, const char *bytes, size_t length);

/* Text, which may have a coded block in it. */
static void begin_text(struct lw_stream *s, const char *head, size_t length)
{
	enum lw_coding coding;
	uint64_t sequence;
	size_t at;

	s->kind = LW_STREAM_TEXT;
	lw_text_init(&s->text, &s->passage, &nothing, 0);
	s->text.numbered = lw_text_is_kmsg(head, length, &sequence);
	s->text.width = is_utf32(s->head, s->head_length) ? 4 : 2;
	at = find_coded(head, length, &coding);
	feed(s, head, at);
	if (coding)
		lw_text_coded(&s->text, coding);
	feed(s, head + at, length - at);
}

/* Chooses the reader and gives it the head. */
static void begin(struct lw_stream *s)
{
	const char *head = s->head, *foreign = lw_foreign(s->head, s->head_length);
	size_t length = s->head_length;
	bool verbose;

	if (foreign)
		lw_saved_left_out(s->log, &(struct lw_saved_about){ .times = 1 }, LW_SAVED_ENCODED,
				  foreign, strlen(foreign));
	if (length >= 3 && !memcmp(head, "\xef\xbb\xbf", 3)) {
		head += 3;
		length -= 3;
	}
	if (lw_json_is(head, length)) {
		s->kind = LW_STREAM_JSON;
		s->json = lw_json_new(&s->passage, &nothing, 0, lw_text_string);
	} else if (lw_entries_is(head, length, &verbose)) {
		s->kind = LW_STREAM_ENTRIES;
		lw_entries_init(&s->entries, &s->passage, verbose);
	} else {
		begin_text(s, head, length);
		return;
	}
	feed(s, s->head, s->head_length);
}

static void feed(struct lw_stream *s, const char *bytes, size_t length)
{
	if (s->kind == LW_STREAM_TEXT)
		lw_text_push(&s->text, bytes, length);
	else if (s->kind == LW_STREAM_ENTRIES)
		lw_entries_push(&s->entries, bytes, length);
	else if (s->json)
		lw_json_push(s->json, bytes, length);
}

static void keep(struct lw_saved *log, const char *bytes, size_t length)
{
	size_t room = log->record_room ? log->record_room : 1 << 16;
	uint8_t *grown;

	if (log->record_full)
		return;
	while (room < log->record_length + length)
		room *= 2;
	if (room > RECORDS_LIMIT) {
		log->record_full = true;
		return;
	}
	if (room > log->record_room) {
		grown = realloc(log->records, room);
		if (!grown) {
			log->error = -ENOMEM;
			return;
		}
		log->records = grown;
		log->record_room = room;
	}
	memcpy(log->records + log->record_length, bytes, length);
	log->record_length += length;
}

/* "LWR1": searched by its W, which is rare. */
static const char *find_magic(const char *bytes, size_t length)
{
	const char *end = bytes + length, *at;

	for (at = bytes; at < end && (at = memchr(at, MAGIC[1], (size_t)(end - at))); at++)
		if (at > bytes && end - at >= 3 && !memcmp(at - 1, MAGIC, sizeof(MAGIC) - 1))
			return at - 1;
	return NULL;
}

/* Binary records stand at offsets divisible by 8, also in what is kept. */
static void begin_records(struct lw_saved *log, uint64_t offset)
{
	log->record_seen = true;
	keep(log, "\0\0\0\0\0\0\0", offset & 7);
}

static void watch_for_records(struct lw_stream *s, const char *bytes, size_t length)
{
	struct lw_saved *log = s->log;
	char joint[2 * sizeof(s->tail)];
	size_t more = length < sizeof(s->tail) ? length : sizeof(s->tail), at;
	const char *found;

	if (!log->record_seen) {
		memcpy(joint, s->tail, s->tail_length);
		memcpy(joint + s->tail_length, bytes, more);
		found = find_magic(joint, s->tail_length + more);
		at = found ? (size_t)(found - joint) : 0;
		if (found && at < s->tail_length) {
			begin_records(log, s->offset - s->tail_length + at);
			keep(log, found, s->tail_length - at);
			keep(log, bytes, length);
			return;
		}
		found = find_magic(bytes, length);
		if (found) {
			at = (size_t)(found - bytes);
			begin_records(log, s->offset + at);
			bytes += at;
			length -= at;
		}
	}
	if (log->record_seen)
		keep(log, bytes, length);
	s->tail_length = more < sizeof(MAGIC) - 1 ? more : sizeof(MAGIC) - 1;
	memcpy(s->tail, bytes + length - s->tail_length, s->tail_length);
}

void lw_stream_push(struct lw_stream *s, const char *bytes, size_t length)
{
	size_t more;

	s->log->bytes += length;
	watch_for_records(s, bytes, length);
	s->offset += length;
	if (s->kind == LW_STREAM_UNKNOWN) {
		more = LW_STREAM_HEAD - s->head_length;
		more = more < length ? more : length;
		memcpy(s->head + s->head_length, bytes, more);
		s->head_length += more;
		bytes += more;
		length -= more;
		if (s->head_length < LW_STREAM_HEAD)
			return;
		begin(s);
	}
	for (; length; bytes += more, length -= more) {
		more = length < BLOCK ? length : BLOCK;
		feed(s, bytes, more);
	}
}

void lw_stream_end(struct lw_stream *s)
{
	if (s->kind == LW_STREAM_UNKNOWN) {
		begin(s);
	}
	if (s->kind == LW_STREAM_TEXT)
		lw_text_end(&s->text);
	else if (s->kind == LW_STREAM_ENTRIES)
		lw_entries_end(&s->entries);
	else
		lw_json_end(s->json);
	/* The next file's records stand at such offsets of their own. */
	if (s->log->record_seen)
		keep(s->log, "\0\0\0\0\0\0\0", -s->log->record_length & 7);
	lw_passage_end(&s->passage);
	lw_passage_free(&s->passage);
}
