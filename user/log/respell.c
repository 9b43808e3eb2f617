// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A form of the web writes a blank as '+' or "%20", a mount table as "\040", a file's name as '_', and
 * who cannot show a character puts '?' or U+FFFD; an index of words makes all letters small. None of
 * them can be listed, but each is the same throughout: what stands between two words that have one
 * blank between them in the kernel is what this log has for blanks.
 */
#include "log/respell.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "fault/cursor.h"

#define GAP LW_RESPELL_GAP

static const struct {
	const char *first, *second;
	bool escaped; /* others say it, too: it counts when the blank is escaped */
} pairs[] = {
	{ "fault", "addr", false },	  { "fault", "reason", false },
	{ "fault", "index", false },	  { "request", "device", false },
	{ "handling", "fault", false },	  { "callbacks", "suppressed", false },
	{ "dma", "read", true },	  { "dma", "write", true },
};

/* As they are printed; the driver's name last. */
static const char *const words[] = {
	"DMA Read",   "DMA Write",	 "NO_PASID",   "PASID",	     "INTR-REMAP",
	"DRHD",	      "Request device", "handling fault status reg", "fault addr", "fault index",
	"fault reason", "callbacks suppressed", "DMAR",
};

/* Letters that differ in one bit are large and small; whether they are letters tells strncasecmp(). */
static const char *find(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);
	char first = *word | 0x20, second = word[1] | 0x20;

	for (; (size_t)(end - at) >= length; at++)
		if ((*at | 0x20) == first && (at[1] | 0x20) == second && !strncasecmp(at, word, length))
			return at;
	return NULL;
}

/* How long the one thing at AT is that may stand for a blank; 0 when it is a letter or a digit. */
static size_t unit(const char *at, const char *end)
{
	struct lw_cursor c = { .at = at, .end = end };
	const char *close;

	if (lw_take(&c, "%") || lw_take(&c, "=")) {
		while (lw_take(&c, "25"))
			;
		if (lw_left(&c) > 1 && lw_digit(c.at[0]) >= 0 && lw_digit(c.at[1]) >= 0)
			return (size_t)(c.at + 2 - at);
		return 1;
	}
	if (lw_take(&c, "\\")) {
		while (lw_left(&c) && lw_digit(*c.at) >= 0 && c.at - at < 4)
			c.at++;
		return c.at - at > 1 ? (size_t)(c.at - at) : lw_left(&c) && isalpha((unsigned char)*c.at) ? 2 : 1;
	}
	if (lw_take(&c, "&")) {
		close = memchr(c.at, ';', lw_left(&c) < 12 ? lw_left(&c) : 12);
		return close ? (size_t)(close + 1 - at) : 1;
	}
	if ((unsigned char)*at >= 0x80) {
		while (lw_left(&c) && (unsigned char)*c.at >= 0x80)
			c.at++;
		return (size_t)(c.at - at);
	}
	return !isalnum((unsigned char)*at);
}

static bool is_escape(const char *gap)
{
	return strchr("%\\&=", *gap) || (unsigned char)*gap >= 0x80;
}

/* WORD stands at AT; the end of the line may cut it. */
static bool begins(const char *at, const char *end, const char *word, bool may_be_cut)
{
	size_t left = (size_t)(end - at), length = strlen(word);

	return left < length ? may_be_cut && !strncasecmp(at, word, left) :
			       !strncasecmp(at, word, length) &&
				       (left == length || !isalpha((unsigned char)at[length]));
}

/*
 * The same thing once or several times up to where WORD begins; its length in *BLANK. Or anything
 * without a blank in it, which somebody made of one thing and somebody else of that.
 */
static const char *behind_gap(const char *gap, const char *end, const char *word, size_t *blank)
{
	size_t length = gap < end ? unit(gap, end) : 0;
	const char *at;

	if (!length || length > GAP)
		return NULL;
	*blank = length;
	for (at = gap; at - gap < GAP && (size_t)(end - at) >= length && !memcmp(at, gap, length);) {
		at += length;
		if (begins(at, end, word, *gap != ' '))
			return at;
	}
	for (at = gap; at < end && at - gap < GAP && *at != ' ' && *at != '\t' && *at != '\n'; at++)
		if (begins(at, end, word, *gap != ' ')) {
			*blank = (size_t)(at - gap);
			return at;
		}
	return NULL;
}

/* Two words that somebody else says as well: what the kernel has around them must be there, too. */
static bool is_drivers(const char *begin, const char *first, const char *behind, const char *end)
{
	size_t gap = behind < end ? unit(behind, end) : 0;

	return (first > begin && first[-1] == '[') ||
	       (gap && behind + gap < end && (behind[gap] == '[' || lw_digit(behind[gap]) >= 0));
}

/* Two words. */
struct pair {
	const char *first, *gap;
	size_t length, gap_length;
	bool cut;
};

static bool find_pair(const char *begin, const char *end, struct pair *pair)
{
	int dma = -1; /* whether it is about such a line at all; not known yet */
	const char *at, *first, *gap, *second;
	size_t i, gap_length, left, length;

	pair->first = NULL;
	while (end > begin && end[-1] == '=') /* a soft line end */
		end--;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		for (at = begin; (first = find(at, end, pairs[i].first)); at = first + 1) {
			gap = first + strlen(pairs[i].first);
			second = behind_gap(gap, end, pairs[i].second, &gap_length);
			if (!second || (pairs[i].escaped && !is_escape(gap)))
				continue;
			left = (size_t)(end - second);
			length = strlen(pairs[i].second);
			if (dma < 0)
				dma = find(begin, end, "dma") || find(begin, end, "intr");
			if (!dma && (*gap == ' ' || left < length ||
				     !is_drivers(begin, first, second + length, end)))
				continue;
			if (pair->first && (left < length || first > pair->first) && !pair->cut)
				break;
			*pair = (struct pair){
				.first = first,
				.gap = gap,
				.gap_length = gap_length,
				.cut = left < length,
				.length = (size_t)(second - first) + (left < length ? left : length),
			};
			break;
		}
	}
	return pair->first;
}

const char *lw_respell_find(const char *at, const char *end, size_t *length)
{
	struct pair pair;

	if (!find_pair(at, end, &pair))
		return NULL;
	*length = pair.length;
	return pair.first;
}

/* "%5B" and "\133": characters by their numbers. '+' is a blank where blanks are. */
static size_t decode(char *text, size_t length, char mark, bool plus)
{
	int base = mark == '%' || mark == '=' ? 16 : 8, digits = base == 16 ? 2 : 3, code, i;
	char *out = text;
	size_t at;

	for (at = 0; at < length; at++) {
		code = -1;
		if (text[at] == mark && at + (size_t)digits < length) {
			for (code = 0, i = 1; i <= digits && code >= 0; i++) {
				int digit = lw_digit(text[at + (size_t)i]);

				code = digit < 0 || digit >= base ? -1 : code * base + digit;
			}
		}
		if (code < 0 || code > 0xff || !code) {
			*out++ = plus && text[at] == '+' ? ' ' : text[at];
			continue;
		}
		*out++ = (char)(code == '\r' ? '\n' : code == 0xa0 ? ' ' : code);
		at += (size_t)digits;
	}
	return (size_t)(out - text);
}

static size_t put_blanks(char *text, size_t length, const char *blank, size_t blank_length)
{
	char *out = text, *at = text, *end = text + length;
	bool high = (unsigned char)*blank >= 0x80;

	while (at < end) {
		if (high && (unsigned char)*at >= 0x80) {
			at += unit(at, end);
			*out++ = ' ';
		} else if (!high && (size_t)(end - at) >= blank_length && !memcmp(at, blank, blank_length)) {
			at += blank_length;
			*out++ = ' ';
		} else {
			*out++ = *at++;
		}
	}
	return (size_t)(out - text);
}

/* The kernel's names that have a '_' of their own. */
static void put_underlines(char *text, size_t length)
{
	static const char *const names[] = { "NO PASID", "dmar fault" };
	char *at;
	size_t i;

	for (i = 0; i < 2; i++)
		for (at = text; (at = (char *)find(at, text + length, names[i])); at++)
			at[strcspn(names[i], " ")] = '_';
}

/* A word that the end of the line cuts. */
static bool put_cut(char *begin, char *end, const char *word)
{
	size_t n = strlen(word) - 1;

	while (end > begin && strchr("= ", end[-1]))
		end--;
	for (; n > 1; n--)
		if ((size_t)(end - begin) > n && !strncasecmp(end - n, word, n) &&
		    !isalpha((unsigned char)end[-1 - (long)n])) {
			memcpy(end - n, word, n);
			return true;
		}
	return false;
}

/* All letters of a line behind the driver's name are large, or small: a program made them so. */
static void put_letters(char *line, char *end)
{
	char *begin = (char *)find(line, end, "dma"), *at;
	bool upper = false, lower = false, any = false;
	size_t i, length;

	if (!begin)
		begin = (char *)find(line, end, "intr");
	if (!begin)
		begin = line;
	for (at = begin; at < end && !(upper && lower); at++) {
		upper |= isupper((unsigned char)*at);
		lower |= islower((unsigned char)*at);
	}
	if (upper == lower)
		return;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		length = strlen(words[i]);
		/* Prose has the driver's name, too. */
		if (!any && i == sizeof(words) / sizeof(words[0]) - 1)
			return;
		for (at = begin; (at = (char *)find(at, end, words[i])); at += length, any = true)
			memcpy(at, words[i], length);
		any |= put_cut(begin, end, words[i]);
	}
	for (at = begin; (at = (char *)find(at, end, "0X")); at += 2)
		at[1] = 'x';
	for (at = begin; (at = (char *)find(at, end, "DMAR_fault")); at += 10)
		memcpy(at, "dmar", 4);
}

static size_t undo(char *text, size_t length, const char *blank, size_t size)
{
	if (*blank == '%' || *blank == '+' || (*blank == '=' && size == 3))
		length = decode(text, length, *blank == '=' ? '=' : '%', *blank == '+');
	else if (*blank == '\\' && size == 4)
		length = decode(text, length, '\\', false);
	else
		length = put_blanks(text, length, blank, size);
	put_underlines(text, length);
	return length;
}

/* One line in which the kernel's blanks and letters are as they were printed: nearly every one. */
static bool is_as_printed(const char *text, size_t length)
{
	static const char words[] = "] Request device [";

	return memmem(text, length, words, sizeof(words) - 1) && !memchr(text, '\n', length);
}

size_t lw_respell(struct lw_respell *like, char *text, size_t length)
{
	struct lw_respell own = {};
	char *at, *end, *line_end;
	struct pair pair;
	unsigned int i;

	if (is_as_printed(text, length)) {
		*like = own;
		return length;
	}
	while (own.rounds < LW_RESPELL_ROUNDS && find_pair(text, text + length, &pair) && !pair.cut &&
	       *pair.gap != ' ') {
		i = own.rounds++;
		own.blanks[i].length = pair.gap_length;
		memcpy(own.blanks[i].text, pair.gap, pair.gap_length);
		length = undo(text, length, own.blanks[i].text, pair.gap_length);
	}
	if (own.rounds || (pair.first && !pair.cut))
		*like = own;
	else
		for (i = 0; i < like->rounds; i++)
			length = undo(text, length, like->blanks[i].text, like->blanks[i].length);
	for (at = text, end = text + length; at < end; at = line_end + 1) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		line_end = line_end ? line_end : end;
		put_letters(at, line_end);
	}
	return length;
}
