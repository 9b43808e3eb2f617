// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What terminals, browsers, mailers and log daemons leave in a line. Each rule takes one escaped
 * thing at the cursor; where none fits the byte stands for itself. Only lines of interest come here,
 * so the rules may be generous: a tag or an escape more that is removed hides no fault, because a
 * fault has no such bytes in it.
 */
#include "log/clean.h"

#include <string.h>

#include "fault/cursor.h"
#include "log/coded.h"
#include "log/mark.h"

/* The rest of an escape sequence behind ESC, whatever way ESC itself was spelled. */
static void skip_parameters(struct lw_cursor *c)
{
	while (lw_left(c) && (unsigned char)*c->at >= 0x20 && (unsigned char)*c->at < 0x40)
		c->at++;
	if (lw_left(c) && (unsigned char)*c->at >= 0x40 && (unsigned char)*c->at < 0x7f)
		c->at++;
}

static void skip_sequence(struct lw_cursor *c)
{
	if (lw_take(c, "[")) {
		skip_parameters(c);
	} else if (lw_take(c, "]")) {
		/* A title, a link. Without its end it is none: what follows is the line. */
		const char *begin = c->at;

		while (lw_left(c) && *c->at != '\a' && *c->at != '\x1b' && *c->at != '\n')
			c->at++;
		if (lw_take(c, "\x1b"))
			lw_take(c, "\\");
		else if (!lw_take(c, "\a"))
			c->at = begin;
	} else if (lw_left(c) && strchr("()*+#%", *c->at) && *c->at) {
		c->at++;
		c->at += lw_left(c) > 0;
	} else if (lw_left(c) && (unsigned char)*c->at >= 0x30 && (unsigned char)*c->at < 0x7f) {
		c->at++;
	}
}

/* A character by its number: a line end, a blank, nothing, or itself if plain. */
static int plain(uint64_t code)
{
	if (code == '\n' || code == '\r')
		return '\n';
	if (code == '\t' || code == 0xa0)
		return ' ';
	return code >= ' ' && code < 0x7f ? (int)code : -1;
}

struct spelling {
	const char *text;
	char as; /* 0: nothing */
};

/* Characters of UTF-8 that look like a blank, or like nothing, and names of HTML. */
static const struct spelling spellings[] = {
	{ "=C2=A0", ' ' },
	{ "\xc2\xa0", ' ' },	 { "\xe2\x80\xaf", ' ' }, { "\xe2\x80\x87", ' ' },
	{ "\xe2\x80\x82", ' ' }, { "\xe2\x80\x83", ' ' }, { "\xe2\x80\x89", ' ' },
	{ "\xe3\x80\x80", ' ' }, { "\xe2\x80\x8b", 0 },	  { "\xe2\x80\x8c", 0 },
	{ "\xe2\x80\x8d", 0 },	 { "\xe2\x80\x8e", 0 },	  { "\xe2\x80\x8f", 0 },
	{ "\xe2\x81\xa0", 0 },	 { "\xef\xbb\xbf", 0 },	  { "\xc2\xad", 0 },
	/* The no-break space of UTF-8, read as Latin-1. */
	{ "\xc3\x82\xc2\xa0", ' ' }, { "\xc3\x82 ", ' ' },
	{ "\xe2\x94\x82", '|' },
	{ "\xe2\x80\xa8", '\n' }, { "\xe2\x80\xa9", '\n' },
	{ "&gt;", '>' },	 { "&lt;", '<' },	  { "&amp;", '&' },
	{ "&quot;", '"' },	 { "&apos;", '\'' },	  { "&nbsp;", ' ' },
	{ "&lsqb;", '[' },	 { "&rsqb;", ']' },	  { "&lbrack;", '[' },
	{ "&rbrack;", ']' },	 { "&colon;", ':' },	  { "&period;", '.' },
	{ "&Tab;", ' ' },	 { "&NewLine;", '\n' },	  { "&lowbar;", '_' },
	{ "\\n", '\n' },	 { "\\r", '\n' },	  { "\\t", ' ' },
	{ "#012", '\n' },	 { "#015", '\n' },	  { "#011", ' ' },
};

static bool take_spelling(struct lw_cursor *c, char **out)
{
	size_t i;

	if (!((unsigned char)*c->at >= 0x80 || strchr("&\\#=", *c->at)))
		return false;
	/* The wide forms of ASCII, U+FF01 to U+FF5E. */
	if (lw_left(c) > 2 && *c->at == '\xef' &&
	    ((c->at[1] == '\xbc' && (unsigned char)c->at[2] > 0x80) ||
	     (c->at[1] == '\xbd' && (unsigned char)c->at[2] < 0x9f))) {
		*(*out)++ = (char)(((unsigned char)c->at[2] & 0x3f) + (c->at[1] == '\xbc' ? 0x20 : 0x60));
		c->at += 3;
		return true;
	}
	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		if (!lw_take(c, spellings[i].text))
			continue;
		if (spellings[i].as)
			*(*out)++ = spellings[i].as;
		return true;
	}
	return false;
}

/* A character that UTF-8 has more than a byte for: as a spelling, or itself. */
static void put_wide(const char *bytes, size_t length, char **out)
{
	struct lw_cursor c = { .at = bytes, .end = bytes + length };

	if (take_spelling(&c, out))
		return;
	memcpy(*out, bytes, length);
	*out += length;
}

static void put_code(uint64_t code, char **out)
{
	int as = plain(code);
	char bytes[3];

	if (as >= 0)
		*(*out)++ = (char)as;
	if (as >= 0 || code < 0xa0 || code > 0xffff)
		return;
	bytes[0] = (char)(code < 0x800 ? 0xc0 | code >> 6 : 0xe0 | code >> 12);
	bytes[1] = (char)(0x80 | (code < 0x800 ? code & 0x3f : code >> 6 & 0x3f));
	bytes[2] = (char)(0x80 | (code & 0x3f));
	put_wide(bytes, code < 0x800 ? 2 : 3, out);
}

static bool take_digits(struct lw_cursor *c, size_t count, uint64_t *code)
{
	struct lw_cursor digits = { .at = c->at, .end = c->at + count };

	if (lw_left(c) < count || !lw_take_number(&digits, 16, count, count, 0xffff, code))
		return false;
	c->at += count;
	return true;
}

/* "\xc2\xa0": the bytes of one character. */
static bool take_bytes(struct lw_cursor *c, char **out)
{
	struct lw_cursor at = *c, next;
	char bytes[4];
	size_t n = 0;
	uint64_t code;

	for (next = at; n < sizeof(bytes) && lw_take(&next, "\\x") && take_digits(&next, 2, &code); at = next) {
		if (code < 0x80 || (n && code >= 0xc0))
			break;
		bytes[n++] = (char)code;
	}
	if (!n)
		return false;
	if (n == 1 && (unsigned char)*bytes == 0xa0)
		*bytes = ' ';
	put_wide(bytes, n, out);
	*c = at;
	return true;
}

/* "&#91;", "&#x5b;", "\x0a", "\u001b", "\033", "#033": a character by its number. */
static bool take_code(struct lw_cursor *c, char **out)
{
	struct lw_cursor at = *c;
	uint64_t code;

	if (take_bytes(c, out))
		return true;
	if (lw_take(&at, "&#x") || lw_take(&at, "&#X")) {
		if (!lw_take_number(&at, 16, 1, 6, 0x10ffff, &code) || !lw_take(&at, ";"))
			return false;
	} else if (lw_take(&at, "&#")) {
		if (!lw_take_number(&at, 10, 1, 7, 0x10ffff, &code) || !lw_take(&at, ";"))
			return false;
	} else if (lw_take(&at, "\\x")) {
		if (!take_digits(&at, 2, &code))
			return false;
	} else if (lw_take(&at, "\\u")) {
		if (!take_digits(&at, 4, &code))
			return false;
	} else if (lw_take(&at, "\\033") || lw_take(&at, "#033") || lw_take(&at, "\\e[") ||
		   lw_take(&at, "^[[")) {
		code = 0x1b;
		if (at.at[-1] == '[')
			at.at--;
	} else {
		return false;
	}
	*c = at;
	if (code == 0x1b)
		skip_sequence(c);
	else
		put_code(code, out);
	return true;
}

/* "<b>", "</span>", "<br />": those that end a line in a browser end one here. */
static bool take_tag(struct lw_cursor *c, char **out)
{
	static const char *const breaking[] = { "br", "p",  "/p",  "div", "/div", "li",	 "/li",
						"tr", "/tr", "pre", "/pre", "w:br", "/w:p", "w:cr" };
	const char *at = c->at + 1, *name = at, *close;
	size_t i, length;

	while (at < c->end && (*at == '/' || *at == ':' || (*at >= '0' && *at <= '9' && at > name) ||
			       (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z')))
		at++;
	length = (size_t)(at - name);
	if (!length || (*name == '/' && length == 1) || at == c->end ||
	    !strchr(" />\t", *at) || !*at)
		return false;
	if (length > 1 && name[length - 1] == '/')
		length--;
	for (close = at; close < c->end && close - at < 1024 && *close != '>' && *close != '<';)
		close++;
	if (close == c->end || *close != '>')
		return false;
	/* An attribute that holds what is searched. */
	if (lw_mark_find(at, close))
		return false;
	if (length == 2 && (!strncasecmp(name, "td", 2) || !strncasecmp(name, "th", 2)))
		*(*out)++ = '\t';
	for (i = 0; i < sizeof(breaking) / sizeof(breaking[0]); i++)
		if (strlen(breaking[i]) == length && !strncasecmp(breaking[i], name, length)) {
			*(*out)++ = '\n';
			break;
		}
	c->at = close + 1;
	return true;
}

/* "=?UTF-8?B?RE1BUg==?=", "=?UTF-8?Q?DMAR=3A_?=": a header's words (RFC 2047). */
static bool take_header_word(struct lw_cursor *c, char **out)
{
	struct lw_cursor at = *c, code;
	struct lw_coded coded = { .coding = LW_CODED_BASE64 };
	const char *end;
	uint64_t byte;
	ssize_t n;
	char how;

	if (!lw_take(&at, "=?"))
		return false;
	while (lw_left(&at) && *at.at != '?' && *at.at > ' ')
		at.at++;
	if (!lw_take(&at, "?") || lw_left(&at) < 4 || at.at[1] != '?')
		return false;
	how = *at.at & ~0x20;
	at.at += 2;
	end = memmem(at.at, lw_left(&at), "?=", 2);
	if (!end || (how != 'B' && how != 'Q'))
		return false;
	if (how == 'B') {
		n = lw_coded_line(&coded, at.at, (size_t)(end - at.at), *out);
		if (n < 0)
			return false;
		*out += n;
	}
	while (how == 'Q' && at.at < end) {
		code = (struct lw_cursor){ .at = at.at + 1, .end = at.at + 3 < end ? at.at + 3 : end };
		if (*at.at == '=' && lw_take_number(&code, 16, 2, 2, 0xff, &byte)) {
			*(*out)++ = byte >= ' ' ? (char)byte : ' ';
			at.at += 3;
		} else {
			*(*out)++ = *at.at == '_' ? ' ' : *at.at;
			at.at++;
		}
	}
	c->at = end + 2;
	return true;
}

/* How much at the end of what was written so far is what a program shows for ESC. */
static size_t shown_escape(const char *to, const char *out)
{
	static const char *const shown[] = {
		"<ESC>", "ESC", "<1b>", "\xe2\x86\x90", "\xe2\x90\x9b", "\xef\xbf\xbd", "?",
	};
	size_t i, length;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		length = strlen(shown[i]);
		if ((size_t)(out - to) >= length && !memcmp(out - length, shown[i], length))
			return length;
	}
	return 0;
}

/*
 * "[01;31m", "[K": colours whose ESC was lost or is shown. Without a number ("[mem", "[KVM]") they are some
 * behind an ESC or another one (which ended at LAST), or where no word begins.
 */
static bool take_lost_sequence(struct lw_cursor *c, const char *to, char **out, const char *last)
{
	size_t escape = shown_escape(to, *out);
	const char *at = c->at + 1;

	while (at < c->end && ((*at >= '0' && *at <= '9') || *at == ';'))
		at++;
	if (at == c->end || (*at != 'm' && *at != 'K'))
		return false;
	if (at == c->at + 1 && at + 1 < c->end && (at[1] | 0x20) >= 'a' && (at[1] | 0x20) <= 'z' && c->at != last &&
	    escape < 3 && !(escape && c->at - 1 == last))
		return false;
	*out -= escape;
	c->at = at + 1;
	return true;
}

/* Most bytes: no rule begins with them. */
static bool stands_for_itself(unsigned char byte)
{
	return byte >= ' ' && byte < 0x7f && byte != '<' && byte != '&' && byte != '\\' && byte != '#' &&
	       byte != '^' && byte != '=';
}

size_t lw_clean(const char *text, size_t length, char *to)
{
	struct lw_cursor c = { .at = text, .end = text + length };
	const char *last = NULL;
	char *out = to;

	while (lw_left(&c)) {
		unsigned char byte = (unsigned char)*c.at;

		if (byte == '[' && take_lost_sequence(&c, to, &out, last)) {
			last = c.at;
		} else if (stands_for_itself(byte)) {
			c.at++;
			*out++ = (char)byte;
		} else if (byte == 0x1b) {
			c.at++;
			skip_sequence(&c);
		} else if (lw_take(&c, "\xc2\x9b") ||
			   (byte == 0x9b && (c.at == text || (unsigned char)c.at[-1] < 0x80))) {
			/* ESC and '[' in one, where it is no part of another character. */
			c.at += byte == 0x9b;
			skip_parameters(&c);
		} else if (byte == '\b') {
			c.at++;
			out -= out > to && out[-1] != '\n';
		} else if (byte == '\n' || byte == '\r') {
			c.at++;
			*out++ = '\n';
		} else if (byte == '\t') {
			c.at++;
			*out++ = '\t';
		} else if (byte == 0xa0 && (out == to || (unsigned char)out[-1] < 0x80)) {
			/* The blank that is none, in Latin-1 and of UTF-16. */
			c.at++;
			*out++ = ' ';
		} else if (byte < ' ' || byte == 0x7f) {
			c.at++;
		} else if (byte == '<' && take_tag(&c, &out)) {
			;
		} else if (strchr("&\\#^", byte) && take_code(&c, &out)) {
			;
		} else if (byte == '=' && take_header_word(&c, &out)) {
			;
		} else if (take_spelling(&c, &out)) {
			;
		} else if (byte == '\\' && lw_left(&c) > 1 && strchr("[]_*\"'.:-()<>#`/\\ ", c.at[1])) {
			/* Markdown and quoting put it before what they would else take. */
			c.at++;
		} else {
			*out++ = *c.at++;
		}
	}
	return (size_t)(out - to);
}
