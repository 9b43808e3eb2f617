// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Times. Every form has a clock in it, "10:00:00", and around that a date in some order and
 * language: so the clock is what is searched. The time is kept as it is spelled, because a log seldom
 * says its zone or its year, and a guess would be shown as a fact.
 */
#include "log/clock.h"

#include <ctype.h>
#include <stdbool.h>

#include "fault/cursor.h"

#define NS_PER_S 1000000000ULL

static bool digit(const char *at)
{
	return *at >= '0' && *at <= '9';
}

/* "12.345678" at the cursor, at most nine digits of fraction. */
static bool take_seconds(struct lw_cursor *c, uint64_t *ns)
{
	uint64_t seconds, fraction;
	const char *point;
	size_t digits;

	if (!lw_take_number(c, 10, 1, 10, UINT32_MAX, &seconds) || !lw_take(c, "."))
		return false;
	point = c->at;
	if (!lw_take_number(c, 10, 3, 9, NS_PER_S, &fraction))
		return false;
	for (digits = (size_t)(c->at - point); digits < 9; digits++)
		fraction *= 10;
	*ns = seconds * NS_PER_S + fraction;
	return true;
}

uint64_t lw_clock_stamp(const char *text, size_t length)
{
	const char *end = text + length, *at;
	uint64_t stamp = UINT64_MAX, ns;
	struct lw_cursor c;

	for (at = text; at < end; at++) {
		if (!digit(at) || (at > text && !strchr(" [\t", at[-1])))
			continue;
		c = (struct lw_cursor){ .at = at, .end = end };
		if (!take_seconds(&c, &ns))
			continue;
		lw_take_blanks(&c);
		/* journalctl -o short-delta puts the step behind it. */
		if (lw_take(&c, "<"))
			while (lw_left(&c) && strchr("0123456789. >", *c.at))
				c.at++;
		if (lw_take(&c, "]"))
			stamp = ns;
		at = c.at - 1;
	}
	return stamp;
}

static bool is_clock(const char *at, const char *end)
{
	return end - at >= 8 && digit(at) && digit(at + 1) && at[2] == ':' && digit(at + 3) &&
	       digit(at + 4) && at[5] == ':' && digit(at + 6) && digit(at + 7);
}

/* The beginning of the word of a date that ends before AT; AT itself when it is none. */
static const char *date_word(const char *text, const char *at)
{
	const char *word = at;
	bool digits = false, letters = false;

	while (word > text && (isalnum((unsigned char)word[-1]) || strchr("-/.,", word[-1]) ||
			       (unsigned char)word[-1] >= 0x80)) {
		word--;
		digits |= digit(word);
		letters |= isalpha((unsigned char)*word) || (unsigned char)*word >= 0x80;
	}
	if (word == at || at - word > 12 || (!digits && !letters))
		return at;
	/* "22/Nov/2026" and "2026-11-22" mix; "node07" does not count. */
	if (digits && letters && !memchr(word, '/', (size_t)(at - word)) &&
	    !memchr(word, '-', (size_t)(at - word)))
		return at;
	return word;
}

static const char *date_before(const char *text, const char *clock)
{
	const char *begin = clock, *at = clock, *word;
	int words;

	for (words = 0; words < 3; words++) {
		while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
			at--;
		if (at > text && at == clock && (at[-1] == 'T' || at[-1] == ':' || at[-1] == '_'))
			at--;
		word = date_word(text, at);
		if (word == at)
			break;
		begin = at = word;
		/* "2026-11-22" is all of a date. */
		if (memchr(word, '-', 5) || memchr(word, '/', 5))
			break;
	}
	return begin;
}

static const char *clock_end(const char *clock, const char *end)
{
	struct lw_cursor c = { .at = clock + 8, .end = end };
	struct lw_cursor zone;
	uint64_t n;

	if (lw_left(&c) > 1 && (*c.at == '.' || *c.at == ',') && digit(c.at + 1))
		for (c.at++; lw_left(&c) && digit(c.at);)
			c.at++;
	zone = c;
	if (lw_take(&c, "Z"))
		return c.at;
	if ((lw_take(&zone, "+") || lw_take(&zone, "-")) && lw_left(&zone) && digit(zone.at)) {
		while (lw_left(&zone) && (digit(zone.at) || *zone.at == ':'))
			zone.at++;
		return zone.at;
	}
	/* " UTC 2026", " 2026" */
	zone = c;
	lw_take_blanks(&zone);
	while (lw_left(&zone) && isupper((unsigned char)*zone.at))
		zone.at++;
	lw_take_blanks(&zone);
	if (lw_take_number(&zone, 10, 4, 4, 9999, &n) && n > 1969)
		return zone.at;
	return c.at;
}

/* "1795341600.123450" or "+0.000021" */
static const char *find_seconds(const char *text, const char *end, size_t *length)
{
	struct lw_cursor c;
	const char *at;
	uint64_t n, ns;

	for (at = text; at < end; at++) {
		c = (struct lw_cursor){ .at = at, .end = end };
		if (at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '.'))
			continue;
		if ((lw_take(&c, "+") && take_seconds(&c, &ns)) ||
		    (c.at = at, digit(at) && lw_take_number(&c, 10, 10, 19, UINT64_MAX, &n))) {
			if (*at != '+' && lw_left(&c) > 1 && *c.at == '.' && digit(c.at + 1))
				for (c.at++; lw_left(&c) && digit(c.at);)
					c.at++;
			*length = (size_t)(c.at - at);
			return at;
		}
	}
	return NULL;
}

const char *lw_clock_when(const char *text, size_t length, size_t *when_length)
{
	const char *end = text + length, *at, *begin;

	for (at = text; at < end; at++) {
		if (!is_clock(at, end))
			continue;
		begin = date_before(text, at);
		*when_length = (size_t)(clock_end(at, end) - begin);
		return begin;
	}
	return find_seconds(text, end, when_length);
}
