// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mailers send text with a letter beyond ASCII, and every attachment, in base64, where no search finds
 * a word; and people paste dumps. A header says that a part begins, or the lines themselves do; they
 * are decoded until one is something else. A mail holds its text twice, plain and as HTML, so each part
 * may be a copy of the one before.
 */
#include "log/mail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log/text.h"

#define PACKED_MAX (64UL << 20)

static bool says_base64(const char *line, size_t length)
{
	static const char name[] = "Content-Transfer-Encoding:";
	size_t at = sizeof(name) - 1;

	if (length < at + 6 || strncasecmp(line, name, at))
		return false;
	while (at < length && strchr(" \t\"", line[at]))
		at++;
	return length - at >= 6 && !strncasecmp(line + at, "base64", 6);
}

/* "CurrentDmesg: base64", a value of an apport report: each line behind it is a piece. */
static bool says_pieces(const char *line, size_t length)
{
	static const char end[] = ": base64";
	size_t at = sizeof(end) - 1;

	return length > at && !memcmp(line + length - at, end, at) && !memchr(line, ' ', length - at);
}

static bool is_header(const char *line, size_t length)
{
	return *line == ' ' || *line == '\t' || memchr(line, ':', length);
}

void lw_mail_begin(struct lw_text *t, enum lw_coding coding)
{
	struct lw_mail *mail = &t->mail;

	if (t->depth >= LW_TEXT_DEPTH)
		return;
	mail->announced = mail->state == LW_MAIL_HEADERS;
	mail->state = LW_MAIL_BODY;
	mail->coded = (struct lw_coded){ .coding = coding };
	mail->begun = false;
	mail->part = malloc(sizeof(*mail->part));
	if (!mail->part) {
		t->log->error = -ENOMEM;
		mail->state = LW_MAIL_NONE;
		return;
	}
	lw_passage_end(t->passage);
	lw_saved_next_pass(t->log);
	mail->reader->begin(mail->part, t);
	/* Its lines are numbered in the part, as whoever numbered them did. */
	mail->part->about.line = 1;
}

static void keep_packed(struct lw_text *t, const char *bytes, size_t length)
{
	struct lw_mail *mail = &t->mail;
	size_t room = mail->packed_room ? mail->packed_room : 4096;
	char *grown;

	while (room < mail->packed_length + length)
		room *= 2;
	if (room > PACKED_MAX)
		return;
	grown = room > mail->packed_room ? realloc(mail->packed, room) : mail->packed;
	if (!grown) {
		t->log->error = -ENOMEM;
		return;
	}
	mail->packed = grown;
	mail->packed_room = room;
	memcpy(grown + mail->packed_length, bytes, length);
	mail->packed_length += length;
}

/* False when the line is none of the part. */
static bool decode(struct lw_text *t, const char *line, size_t length)
{
	struct lw_mail *mail = &t->mail;
	uint64_t lines = t->log->lines;
	char *bytes = malloc(length + 16);
	ssize_t n = bytes ? lw_coded_line(&mail->coded, line, length, bytes) : 0;

	if (!bytes)
		t->log->error = -ENOMEM;
	if (n > 0) {
		if (mail->packed || (!mail->begun && lw_coded_is_packed(bytes, (size_t)n)))
			keep_packed(t, bytes, (size_t)n);
		else
			mail->reader->push(mail->part, bytes, (size_t)n);
		mail->begun = true;
	}
	t->log->lines = lines;
	free(bytes);
	return n >= 0;
}

void lw_mail_end(struct lw_text *t)
{
	struct lw_mail *mail = &t->mail;
	uint64_t lines = t->log->lines;

	mail->state = LW_MAIL_NONE;
	if (!mail->part)
		return;
	mail->reader->end(mail->part);
	free(mail->part);
	mail->part = NULL;
	lw_passage_end(t->passage);
	if (mail->packed)
		lw_saved_unpack(t->log, &t->about, mail->packed, mail->packed_length);
	free(mail->packed);
	mail->packed = NULL;
	mail->packed_length = mail->packed_room = 0;
	lw_saved_next_pass(t->log);
	t->log->lines = lines;
}

static bool body_line(struct lw_text *t, const char *line, size_t length)
{
	static const char words[] = "what should be base64 is something else";
	struct lw_mail *mail = &t->mail;

	if (mail->state != LW_MAIL_BODY)
		return false;
	if (!length && !mail->begun)
		return true;
	if (length && decode(t, line, length))
		return true;
	if (length && mail->announced && !mail->coded.ended && (length < 2 || memcmp(line, "--", 2)))
		lw_saved_left_out(t->log, &t->about, LW_SAVED_DAMAGED, words, sizeof(words) - 1);
	lw_mail_end(t);
	return false;
}

/* Whether the line begins a part, or the headers of one. True: it is not of the text around. */
static bool begin_line(struct lw_text *t, const char *line, size_t length)
{
	struct lw_mail *mail = &t->mail;

	if (t->depth >= LW_TEXT_DEPTH)
		return false;
	if (says_base64(line, length)) {
		mail->state = LW_MAIL_HEADERS;
		return false;
	}
	if (lw_coded_is_uu(line, length)) {
		lw_mail_begin(t, LW_CODED_UU);
		return true;
	}
	if (says_pieces(line, length)) {
		lw_mail_begin(t, LW_CODED_BASE64);
		mail->coded.pieces = true;
		return true;
	}
	if (!mail->again || lw_coded_begins(line, length, "", 0) != mail->again)
		return false;
	lw_mail_begin(t, mail->again);
	return body_line(t, line, length);
}

bool lw_mail_line(struct lw_text *t, const char *line, size_t length)
{
	struct lw_mail *mail = &t->mail;

	switch (mail->state) {
	case LW_MAIL_NONE:
		return begin_line(t, line, length);
	case LW_MAIL_HEADERS:
		if (!length)
			lw_mail_begin(t, LW_CODED_BASE64);
		else if (!is_header(line, length))
			mail->state = LW_MAIL_NONE;
		return false;
	case LW_MAIL_BODY:
		break;
	}
	return body_line(t, line, length) || begin_line(t, line, length);
}
