// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plain text. Blocks are searched, not read: only a line with a word of interest, and the few behind
 * it that can hold its rest, are looked at. So a log of any size takes the memory of a few blocks.
 */
#include "log/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault/cursor.h"
#include "log/block.h"
#include "log/json.h"
#include "log/mark.h"

#define FOLLOW	 (LW_PASSAGE_LINES - 2)
#define LINE_MAX (64UL << 10) /* longer ones are read in pieces */

static void begin_part(struct lw_text *part, const struct lw_text *whole)
{
	lw_text_init(part, whole->passage, &whole->about, whole->depth + 1);
}

static const struct lw_mail_reader parts = { begin_part, lw_text_push, lw_text_end };

void lw_text_init(struct lw_text *text, struct lw_passage *passage,
		  const struct lw_saved_about *about, unsigned int depth)
{
	*text = (struct lw_text){
		.log = passage->log,
		.passage = passage,
		.about = *about,
		.depth = depth,
		.mail.reader = &parts,
	};
}

bool lw_text_is_kmsg(const char *bytes, size_t length, uint64_t *sequence)
{
	struct lw_cursor c = { .at = bytes, .end = bytes + length };
	uint64_t n;

	return lw_take_number(&c, 10, 1, 4, 1023, &n) && lw_take(&c, ",") &&
	       lw_take_number(&c, 10, 1, 20, UINT64_MAX, sequence) && lw_take(&c, ",") &&
	       lw_take_number(&c, 10, 1, 17, UINT64_MAX, &n) && lw_take(&c, ",") &&
	       memchr(c.at, ';', lw_left(&c) < 64 ? lw_left(&c) : 64);
}

/* A number that was left out is a record that is not there. A smaller one begins another copy. */
static void follow_numbers(struct lw_text *t, const char *line, size_t length)
{
	uint64_t sequence;

	if (!lw_text_is_kmsg(line, length, &sequence))
		return;
	if (t->sequence_known && sequence > t->sequence + 1)
		t->log->lost += sequence - t->sequence - 1;
	else if (t->sequence_known && sequence < t->sequence)
		lw_saved_next_pass(t->log);
	t->sequence_known = true;
	t->sequence = sequence;
}

/* A line of interest, or one behind it. A program's JSON may stand in any line. */
static void take_line(struct lw_text *t, const char *line, size_t length, bool interesting)
{
	const char *brace;

	if (interesting && t->depth < LW_TEXT_DEPTH) {
		brace = memchr(line, '{', length);
		if (brace && lw_json_line(t->passage, &t->about, t->depth + 1, lw_text_string,
					  brace, length - (size_t)(brace - line)))
			return;
	}
	lw_passage_add(t->passage, &t->about, line, length);
}

static const char *line_end_of(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));
	const char *limit = newline ? newline : end;
	const char *carriage = memchr(at, '\r', (size_t)(limit - at));

	return carriage ? carriage : newline;
}

static const char *line_begin_of(const char *begin, const char *at)
{
	while (at > begin && at[-1] != '\n' && at[-1] != '\r')
		at--;
	return at;
}

static uint64_t count_lines(const char *at, const char *end)
{
	unsigned char some;
	uint64_t n = 0;
	int i;

	/* In pieces of a size that the compiler makes vectors of. */
	for (; end - at >= 64; at += 64, n += some)
		for (some = 0, i = 0; i < 64; i++)
			some += at[i] == '\n';
	for (; at < end; at++)
		n += *at == '\n';
	return n;
}

/* Passes over [FROM, TO), which is of no interest. */
static void pass_over(struct lw_text *t, const char *from, const char *to)
{
	uint64_t n = count_lines(from, to);

	t->about.line += t->about.line ? n : 0;
	t->log->lines += n;
}

/* A line of a mail's part. What is between the characters of a line end ("\r\n", "\r\r\n") is none. */
static bool take_mail(struct lw_text *t, const char *at, const char *line_end, const char *end)
{
	if (t->carriage && at == line_end && at < end)
		return t->mail.state == LW_MAIL_BODY;
	return lw_mail_line(t, at, (size_t)(line_end - at));
}

/* How many lines more can belong to what is waiting: only the next one where all of it is there. */
static void follow(struct lw_text *t, bool interesting, bool any)
{
	if (interesting && !lw_passage_is_settled(t->passage))
		t->follow = FOLLOW;
	else if (interesting && t->follow <= 1)
		t->follow = 1;
	else if (t->follow && any && !--t->follow)
		lw_passage_end(t->passage);
}

/* A coded block begins at BLOCK, behind lines of no interest. */
static void begin_block(struct lw_text *t, const char *from, const char *block, enum lw_coding coding)
{
	lw_passage_end(t->passage);
	pass_over(t, from, block);
	lw_mail_begin(t, coding);
}

static bool may_begin_block(const struct lw_text *t, const char *line, const char *line_end)
{
	return !t->mail.state && !t->mail.again && t->depth < LW_TEXT_DEPTH && lw_block_may_begin(line, line_end);
}

/*
 * Passes over what is of no interest, up to the line of the first word that is. Returns that line, or
 * END; or where to look on when more has come: *MORE. What is behind tells whether a coded block begins.
 */
static const char *skip(struct lw_text *t, const char *at, const char *end, bool final, const char **hit, bool *more)
{
	const char *next, *line_end, *to, *block;
	enum lw_coding coding;

	*hit = lw_mark_find(at, end);
	/* The last few bytes may be the beginning of a word. */
	next = line_begin_of(at, *hit ? *hit : end);
	if (*hit && (size_t)(*hit - next) > LINE_MAX)
		next = *hit - LINE_MAX;
	line_end = *hit ? line_end_of(*hit, end) : NULL;
	*more = !final && !line_end && (!*hit || (size_t)(end - next) < LINE_MAX);
	to = *more ? next : line_end ? line_end : end;
	if (t->depth < LW_TEXT_DEPTH) {
		block = lw_block_find(at, to, t->offset + (uint64_t)(at - t->buffer), !*more, &coding);
		if (block < to && (!*more || end - block >= LW_BLOCK_BEHIND)) {
			begin_block(t, at, block, coding);
			*hit = NULL;
			*more = false;
			return block;
		}
		if (*more)
			next = to - at > LW_BLOCK_BEHIND ? line_begin_of(at, to - LW_BLOCK_BEHIND) : at;
	}
	if (next > at)
		lw_passage_end(t->passage);
	pass_over(t, at, next);
	return next;
}

/*
 * Lines of [AT, END), in which a line end is missing only at the very end. Returns where the first
 * line begins that is not finished; with FINAL that is END.
 */
static const char *read_lines(struct lw_text *t, const char *at, const char *end, bool final)
{
	const char *hit, *line_end, *next;
	enum lw_coding coding;
	bool more;

	while (at < end) {
		hit = NULL;
		if (!t->follow && !t->numbered && !t->mail.state && !t->mail.again) {
			at = skip(t, at, end, final, &hit, &more);
			if (more)
				return at;
			if (!hit && !t->mail.state)
				break;
		}
		line_end = line_end_of(at, end);
		if (!line_end && !final && (size_t)(end - at) < LINE_MAX)
			return at;
		if (!line_end)
			line_end = end;
		if ((size_t)(line_end - at) > 2 * LINE_MAX)
			line_end = at + 2 * LINE_MAX;
		hit = hit ? hit : lw_mark_find(at, line_end);
		if (t->follow && may_begin_block(t, at, line_end)) {
			if (!final && end - line_end < LW_BLOCK_BEHIND)
				return at;
			coding = lw_block_at(at, line_end, end);
			if (coding != LW_CODED_NONE)
				begin_block(t, at, at, coding);
		}
		if (t->numbered)
			follow_numbers(t, at, (size_t)(line_end - at));
		if ((hit || t->mail.state || t->mail.again) && take_mail(t, at, line_end, end)) {
			hit = NULL;
			t->follow = 0;
		} else if (hit || t->follow) {
			take_line(t, at, (size_t)(line_end - at), hit);
		}
		t->carriage = line_end < end && *line_end == '\r';
		follow(t, hit, line_end > at);
		next = line_end < end && (*line_end == '\n' || *line_end == '\r') ? line_end + 1 :
										     line_end;
		pass_over(t, at, next);
		at = next;
	}
	return final ? end : at;
}

static bool reserve(struct lw_text *t, size_t more)
{
	size_t room = t->room ? t->room : 1 << 16;
	char *grown;

	while (room < t->length + more)
		room *= 2;
	if (room == t->room)
		return true;
	grown = realloc(t->buffer, room);
	if (!grown) {
		t->log->error = -ENOMEM;
		return false;
	}
	t->buffer = grown;
	t->room = room;
	return true;
}

/*
 * Appends without NULs: one between two characters is the other half of UTF-16, three of UTF-32; more
 * are a hole that a crash left in the file, which ends a line.
 */
static void append(struct lw_text *t, const char *bytes, size_t length)
{
	unsigned int width = t->width ? t->width : 2;
	const char *end = bytes + length, *nul;

	while (bytes < end) {
		nul = memchr(bytes, 0, (size_t)(end - bytes));
		if (!nul)
			nul = end;
		if (nul > bytes) {
			if (t->nuls >= width)
				t->buffer[t->length++] = '\r';
			t->nuls = 0;
			memcpy(t->buffer + t->length, bytes, (size_t)(nul - bytes));
			t->length += (size_t)(nul - bytes);
		}
		if (nul < end)
			t->nuls += t->nuls < 4;
		bytes = nul + 1;
	}
}

void lw_text_push(struct lw_text *t, const char *bytes, size_t length)
{
	const char *rest;

	if (!reserve(t, length + 1))
		return;
	append(t, bytes, length);
	t->waiting += length;
	if (t->waiting < LW_BLOCK_BEHIND)
		return;
	t->waiting = 0;
	rest = read_lines(t, t->buffer, t->buffer + t->length, false);
	t->length -= (size_t)(rest - t->buffer);
	/* A line without end, of no interest so far: its end decides nothing that its middle does. */
	if (t->length > 2 * LINE_MAX) {
		rest = read_lines(t, rest, rest + t->length - LINE_MAX, true);
		t->length = LINE_MAX;
	}
	t->offset += (uint64_t)(rest - t->buffer);
	memmove(t->buffer, rest, t->length);
}

void lw_text_coded(struct lw_text *t, enum lw_coding coding)
{
	if (t->length)
		read_lines(t, t->buffer, t->buffer + t->length, true);
	t->offset += t->length;
	t->length = t->waiting = 0;
	if (t->mail.state != LW_MAIL_NONE)
		return;
	t->mail.again = coding;
	lw_mail_begin(t, coding);
}

void lw_text_end(struct lw_text *t)
{
	if (t->length)
		read_lines(t, t->buffer, t->buffer + t->length, true);
	lw_mail_end(t);
	/* The end of the file ends a line, and a line end in front of it begins none. */
	t->log->lines += t->length && t->buffer[t->length - 1] != '\n';
	free(t->buffer);
	t->buffer = NULL;
	t->length = t->room = 0;
	t->follow = 0;
}

void lw_text_string(struct lw_passage *passage, const struct lw_saved_about *about,
		    unsigned int depth, const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length, *line_end, *brace;

	if (depth < LW_TEXT_DEPTH && (brace = memchr(bytes, '{', length)) &&
	    lw_json_line(passage, about, depth + 1, lw_text_string, brace, length - (size_t)(brace - bytes)))
		return;
	for (; at < end; at = line_end + 1) {
		line_end = line_end_of(at, end);
		if (!line_end)
			line_end = end;
		if (line_end > at)
			lw_passage_add(passage, about, at, (size_t)(line_end - at));
	}
}
