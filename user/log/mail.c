// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mailers send text with a letter beyond ASCII, and every attachment, in base64, where no search finds
 * a word. A header that says so begins a part; its lines are decoded until one is something else. A
 * mail holds its text twice, plain and as HTML, so each part may be a copy of the one before.
 */
#include "log/mail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log/text.h"

#define LINE 1024 /* RFC 2045 allows 76 */

static int value_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool is_base64(const char *line, size_t length)
{
	size_t i = 0;

	while (length && strchr(" \t", line[length - 1]))
		length--;
	while (i < length && value_of(line[i]) >= 0)
		i++;
	return length && length < LINE && length - i <= 2 &&
	       (i == length || (line[i] == '=' && line[length - 1] == '='));
}

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

static bool is_header(const char *line, size_t length)
{
	return *line == ' ' || *line == '\t' || memchr(line, ':', length);
}

static void begin(struct lw_text *t)
{
	struct lw_mail *mail = &t->mail;

	mail->state = LW_MAIL_BODY;
	mail->bits = mail->count = 0;
	mail->begun = mail->ended = false;
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

/* An attachment that is no text is told: what is in it nobody knows. */
static void tell_packed(struct lw_text *t, const char *bytes, size_t length)
{
	static const struct {
		size_t length;
		const char *bytes;
	} magics[] = { { 2, "\x1f\x8b" }, { 4, "\xfd" "7zX" }, { 4, "\x28\xb5\x2f\xfd" }, { 3, "BZh" } };
	static const char words[] = "a compressed attachment: save it and decode that file";
	size_t i;

	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (length >= magics[i].length && !memcmp(bytes, magics[i].bytes, magics[i].length))
			lw_saved_left_out(t->log, &t->about, LW_SAVED_DAMAGED, words, sizeof(words) - 1);
}

static void decode(struct lw_text *t, const char *line, size_t length)
{
	struct lw_mail *mail = &t->mail;
	uint64_t lines = t->log->lines;
	char bytes[LINE];
	size_t n = 0, i;
	int value;

	for (i = 0; i < length && (value = value_of(line[i])) >= 0; i++) {
		mail->bits = mail->bits << 6 | (uint32_t)value;
		mail->count += 6;
		if (mail->count >= 8) {
			mail->count -= 8;
			bytes[n++] = (char)(mail->bits >> mail->count & 0xff);
		}
	}
	mail->ended = memchr(line, '=', length);
	if (!mail->begun)
		tell_packed(t, bytes, n);
	mail->begun = true;
	mail->reader->push(mail->part, bytes, n);
	t->log->lines = lines;
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
	lw_saved_next_pass(t->log);
	t->log->lines = lines;
}

static bool body_line(struct lw_text *t, const char *line, size_t length)
{
	static const char words[] = "what should be base64 is something else";
	struct lw_mail *mail = &t->mail;

	if (!length && !mail->begun)
		return true;
	if (length && !mail->ended && is_base64(line, length)) {
		decode(t, line, length);
		return true;
	}
	if (length && !mail->ended &&
	    (length < 2 || memcmp(line, "--", 2)))
		lw_saved_left_out(t->log, &t->about, LW_SAVED_DAMAGED, words, sizeof(words) - 1);
	lw_mail_end(t);
	return false;
}

bool lw_mail_line(struct lw_text *t, const char *line, size_t length)
{
	struct lw_mail *mail = &t->mail;

	switch (mail->state) {
	case LW_MAIL_NONE:
		if (t->depth < LW_TEXT_DEPTH && says_base64(line, length))
			mail->state = LW_MAIL_HEADERS;
		return false;
	case LW_MAIL_HEADERS:
		if (!length)
			begin(t);
		else if (!is_header(line, length))
			mail->state = LW_MAIL_NONE;
		return false;
	case LW_MAIL_BODY:
		break;
	}
	return body_line(t, line, length);
}
