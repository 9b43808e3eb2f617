// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each coding is a row: it takes a line whole or not at all. What makes a block of lines one, where no
 * header or offset says so, is that its beginning is text or something compressed: anything else that looks like
 * base64 or like numbers is left alone.
 */
#include "log/coded.h"

#include <ctype.h>
#include <string.h>

#include "fault/cursor.h"

#define SHORTEST 60 /* of a line of base64 that announces itself; a fault takes more than a line */
#define CELLS	 16

static int value_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static void trim(struct lw_cursor *c)
{
	while (lw_left(c) && strchr(" \t\r", c->end[-1]) && c->end[-1])
		c->end--;
}

static ssize_t base64(struct lw_coded *coded, struct lw_cursor c, char *out)
{
	const char *at, *padding;
	size_t n = 0;
	int value;

	for (padding = c.at; padding < c.end && value_of(*padding) >= 0;)
		padding++;
	if (coded->pieces && coded->ended)
		*coded = (struct lw_coded){ .coding = coded->coding, .pieces = true };
	if (!lw_left(&c) || coded->ended || c.end - padding > 2 ||
	    (padding < c.end && (*padding != '=' || c.end[-1] != '=')))
		return -1;
	for (at = c.at; at < padding; at++) {
		value = value_of(*at);
		coded->bits = coded->bits << 6 | (uint32_t)value;
		coded->count += 6;
		if (coded->count >= 8) {
			coded->count -= 8;
			out[n++] = (char)(coded->bits >> coded->count & 0xff);
		}
	}
	coded->ended = padding < c.end;
	return (ssize_t)n;
}

/* A blank at the end of the line may be gone: what is missing counts as one. */
static ssize_t uu(struct lw_coded *coded, struct lw_cursor c, char *out)
{
	size_t size, needed, n = 0, i;
	unsigned int bits = 0;

	if (coded->ended || !lw_left(&c) || *c.at < ' ' || *c.at > '`')
		return -1;
	size = (size_t)(*c.at++ - ' ') & 63;
	needed = (size + 2) / 3 * 4;
	if (lw_left(&c) > needed + 2 || (size && lw_left(&c) + 3 < needed))
		return -1;
	coded->ended = !size;
	for (i = 0; i < needed && n < size; i++) {
		char digit = c.at + i < c.end ? c.at[i] : ' ';

		if (digit < ' ' || digit > '`')
			return -1;
		bits = bits << 6 | ((unsigned int)(digit - ' ') & 63);
		if (i % 4 && n < size)
			out[n++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
	}
	return (ssize_t)n;
}

static bool take_byte(struct lw_cursor *c, char *out)
{
	if (lw_left(c) < 2 || lw_digit(c->at[0]) < 0 || lw_digit(c->at[1]) < 0)
		return false;
	*out = (char)(lw_digit(c->at[0]) << 4 | lw_digit(c->at[1]));
	c->at += 2;
	return true;
}

static ssize_t hex(struct lw_cursor c, char *out)
{
	size_t n = 0;

	if (!lw_left(&c) || lw_left(&c) % 2)
		return -1;
	while (take_byte(&c, &out[n]))
		n++;
	return lw_left(&c) ? -1 : (ssize_t)n;
}

/* Tokens of DIGITS digits in BASE, each one byte or a word. The text behind them is not looked at. */
static ssize_t tokens(struct lw_cursor c, size_t digits, int base, char *out)
{
	size_t n = 0, gap;
	uint64_t value;

	/* What is behind a full row or more blanks than between bytes is the text. */
	while ((gap = lw_take_blanks(&c)), lw_left(&c) && *c.at != '|' && *c.at != '>' && n < CELLS &&
					   (!n || gap < 3)) {
		if (!lw_take_number(&c, base, digits, digits, 0xffff, &value) ||
		    (lw_left(&c) && *c.at != ' ' && *c.at != '\t'))
			return -1;
		out[n++] = (char)(value & 0xff);
		if (digits > 2)
			out[n++] = (char)(value >> 8);
	}
	return (ssize_t)n;
}

/* xxd: two blanks end the groups. */
static ssize_t groups(struct lw_cursor c, char *out)
{
	size_t n = 0;

	while (lw_left(&c)) {
		if (!take_byte(&c, &out[n]))
			return -1;
		n++;
		if (lw_take(&c, "  "))
			break;
		lw_take(&c, " ");
	}
	return (ssize_t)n;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Cells of four columns. Blanks at the end of a line may be gone. */
static ssize_t chars(struct lw_cursor c, char *out)
{
	static const char from[] = "0abtnvfr", to[] = "\0\a\b\t\n\v\f\r";
	const char *cell, *known;
	size_t n;

	for (n = 0; n < CELLS; n++) {
		size_t left = lw_left(&c), width = left < 4 ? left : 4;

		cell = c.at;
		c.at += width;
		while (width > 1 && *cell == ' ') {
			cell++;
			width--;
		}
		known = width == 2 && *cell == '\\' && cell[1] ? strchr(from, cell[1]) : NULL;
		if (!width)
			out[n] = ' ';
		else if (width == 1)
			out[n] = *cell;
		else if (known)
			out[n] = to[known - from];
		else if (width == 3 && is_octal(cell[0]) && is_octal(cell[1]) && is_octal(cell[2]))
			out[n] = (char)((cell[0] - '0') << 6 | (cell[1] - '0') << 3 | (cell[2] - '0'));
		else
			return -1;
	}
	return lw_left(&c) ? -1 : (ssize_t)n;
}

/* Takes the offset that a row of a dump begins with. */
static bool take_offset(struct lw_cursor *c, bool colon)
{
	const char *begin;

	lw_take(c, "0x");
	begin = c->at;
	while (lw_left(c) && lw_digit(*c->at) >= 0)
		c->at++;
	return c->at - begin >= 4 && c->at - begin <= 16 && lw_take(c, ":") == colon &&
	       (!lw_left(c) || *c->at == ' ' || *c->at == '\t');
}

static ssize_t dump(enum lw_coding coding, struct lw_cursor c, char *out)
{
	if (lw_left(&c) == 1 && *c.at == '*') /* rows like the one before: no text repeats for 16 bytes */
		return 0;
	if (!take_offset(&c, coding == LW_CODED_GROUPS))
		return -1;
	if (!lw_left(&c))
		return 0;
	switch (coding) {
	case LW_CODED_BYTES:
		return tokens(c, 2, 16, out);
	case LW_CODED_WORDS:
		return tokens(c, 4, 16, out);
	case LW_CODED_OCTAL:
		return tokens(c, 6, 8, out);
	case LW_CODED_CHARS:
		return chars(c, out);
	default:
		lw_take_blanks(&c);
		return groups(c, out);
	}
}

/* "NAME: ", in front of the first line: YAML, an assignment. */
static void skip_name(const struct lw_coded *coded, struct lw_cursor *c)
{
	const char *blank = lw_left(c) ? memrchr(c->at, ' ', lw_left(c)) : NULL;

	if (coded->count || coded->ended || !blank || blank == c->at || !strchr(":=", blank[-1]) ||
	    c->end - blank <= SHORTEST)
		return;
	c->at = blank + 1;
	if (lw_take(c, "\"") && lw_left(c) && c->end[-1] == '"')
		c->end--;
}

ssize_t lw_coded_line(struct lw_coded *coded, const char *line, size_t length, char *out)
{
	struct lw_cursor c = { .at = line, .end = line + length };

	while (lw_left(&c) && strchr("> \t|", *c.at) && *c.at && coded->coding != LW_CODED_UU)
		c.at++;
	if (coded->coding != LW_CODED_CHARS && coded->coding != LW_CODED_UU)
		trim(&c);
	else if (lw_left(&c) && c.end[-1] == '\r')
		c.end--;
	if (coded->coding == LW_CODED_BASE64) {
		skip_name(coded, &c);
		return base64(coded, c, out);
	}
	if (lw_left(&c) >= LW_CODED_ROW)
		return -1;
	if (coded->coding == LW_CODED_UU)
		return uu(coded, c, out);
	return coded->coding == LW_CODED_HEX ? hex(c, out) : dump(coded->coding, c, out);
}

bool lw_coded_is_packed(const char *bytes, size_t length)
{
	static const struct {
		size_t length;
		const char *bytes;
	} magics[] = { { 2, "\x1f\x8b" }, { 4, "\xfd" "7zX" }, { 4, "\x28\xb5\x2f\xfd" },
		       { 3, "BZh" },	  { 4, "PK\3\4" },     { 4, "7z\xbc\xaf" },
		       { 4, "\x04\x22\x4d\x18" }, { 8, "LPKSHHRH" } };
	size_t i;

	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (length >= magics[i].length && !memcmp(bytes, magics[i].bytes, magics[i].length))
			return true;
	return false;
}

/* Text in any of the ways that it comes: UTF-16 has a NUL at each letter. */
static bool is_text(const char *bytes, size_t length)
{
	size_t good = 0, printed = 0, i, more;

	for (i = 0; i < length; i += more + 1) {
		unsigned char byte = (unsigned char)bytes[i];
		unsigned int tail = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc2 ? 1 : 0;

		for (more = 0; more < tail && i + more + 1 < length &&
			       ((unsigned char)bytes[i + more + 1] & 0xc0) == 0x80;)
			more++;
		if (isprint(byte) || (tail && more == tail))
			printed += more + 1;
		else if (strchr("\n\r\t\x1b", bytes[i]))
			good++;
	}
	return (good + printed) * 10 >= length * 9 && printed * 3 > length;
}

enum lw_coding lw_coded_begins(const char *line, size_t length, const char *next, size_t next_length)
{
	char bytes[LW_CODED_ROW], more[LW_CODED_ROW];
	enum lw_coding coding;

	if (lw_coded_is_uu(line, length))
		return LW_CODED_UU;
	for (coding = LW_CODED_HEX; coding <= LW_CODED_CHARS; coding++) {
		struct lw_coded coded = { .coding = coding };
		ssize_t n = length < LW_CODED_ROW ? lw_coded_line(&coded, line, length, bytes) : -1;

		if (n < 8 || (coding == LW_CODED_HEX && n < SHORTEST / 2) || next_length >= LW_CODED_ROW)
			continue;
		if (coding >= LW_CODED_BYTES && !next_length && strncmp(line, "000000", 6))
			continue;
		if (next_length && lw_coded_line(&coded, next, next_length, more) < 0)
			continue;
		if (coding == LW_CODED_GROUPS || coding == LW_CODED_BYTES || is_text(bytes, (size_t)n) ||
		    lw_coded_is_packed(bytes, (size_t)n))
			return coding;
	}
	if (length >= SHORTEST) {
		struct lw_coded coded = { .coding = LW_CODED_BASE64 };
		ssize_t n = lw_coded_line(&coded, line, length < LW_CODED_ROW ? length : LW_CODED_ROW, bytes);

		if (n > 0 && (is_text(bytes, (size_t)n) || lw_coded_is_packed(bytes, (size_t)n)))
			return LW_CODED_BASE64;
	}
	return LW_CODED_NONE;
}

bool lw_coded_is_uu(const char *line, size_t length)
{
	struct lw_cursor c = { .at = line, .end = line + length };
	uint64_t mode;

	return lw_take(&c, "begin ") && lw_take_number(&c, 10, 3, 4, 7777, &mode) && lw_take(&c, " ") &&
	       lw_left(&c);
}

ssize_t lw_coded_string(const char *string, size_t length, char *out)
{
	struct lw_coded coded = { .coding = LW_CODED_BASE64 };
	const char *at = string, *end = string + length, *line_end;
	ssize_t n, sum = 0;

	if (length < SHORTEST)
		return -1;
	for (; at < end; at = line_end + 1) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		line_end = line_end ? line_end : end;
		if (line_end == at)
			continue;
		n = lw_coded_line(&coded, at, (size_t)(line_end - at), out + sum);
		if (n < 0)
			return -1;
		sum += n;
	}
	return is_text(out, sum < 256 ? (size_t)sum : 256) || lw_coded_is_packed(out, (size_t)sum) ? sum : -1;
}
