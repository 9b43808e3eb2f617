/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A place in text that other programs wrote: it may hold any byte, has no terminator and can end
 * anywhere. Every function looks only between .at and .end, moves .at past what it took, and leaves
 * it where it was when it returns false.
 */
#ifndef LUWATCH_CURSOR_H
#define LUWATCH_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct lw_cursor {
	const char *at;
	const char *end;
	bool ended; /* set once something failed only because the text stopped inside it */
};

static inline size_t lw_left(const struct lw_cursor *cursor)
{
	return (size_t)(cursor->end - cursor->at);
}

/* Takes exactly the LENGTH bytes at BYTES. */
static inline bool lw_take_bytes(struct lw_cursor *cursor, const char *bytes, size_t length)
{
	size_t left = lw_left(cursor);

	if (left < length) {
		if (!left || !memcmp(cursor->at, bytes, left))
			cursor->ended = true;
		return false;
	}
	if (memcmp(cursor->at, bytes, length))
		return false;
	cursor->at += length;
	return true;
}

static inline bool lw_take(struct lw_cursor *cursor, const char *literal)
{
	return lw_take_bytes(cursor, literal, strlen(literal));
}

static inline int lw_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Takes all digits that follow, in base 10 or 16. False when there is none, when there are fewer
 * than MIN or more than MAX (10 and 16 are filled without overflow), and for a value above LIMIT.
 */
static inline bool lw_take_number(struct lw_cursor *cursor, int base, size_t min, size_t max,
				  uint64_t limit, uint64_t *value)
{
	const char *at = cursor->at;
	uint64_t sum = 0;

	for (; at < cursor->end; at++) {
		int digit = lw_digit(*at);

		if (digit < 0 || digit >= base)
			break;
		if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)digit, &sum) ||
		    (size_t)(at - cursor->at) >= max)
			return false;
	}
	if (at == cursor->at || (size_t)(at - cursor->at) < min) {
		if (at == cursor->end)
			cursor->ended = true;
		return false;
	}
	if (sum > limit)
		return false;
	cursor->at = at;
	*value = sum;
	return true;
}

/* Takes every blank that follows (perhaps none); returns how many. */
static inline size_t lw_take_blanks(struct lw_cursor *cursor)
{
	const char *at = cursor->at;

	while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
		cursor->at++;
	return (size_t)(cursor->at - at);
}

/*
 * Takes one or more blanks or line ends: the kernel's own, those of a mail that was wrapped, and a
 * line end as /dev/kmsg (\x0a) or syslog (#012) spell it.
 */
static inline bool lw_take_space(struct lw_cursor *cursor)
{
	const char *at = cursor->at;

	while (cursor->at < cursor->end) {
		if (strchr(" \t\r\n", *cursor->at) && *cursor->at)
			cursor->at++;
		else if (!lw_take(cursor, "\\x0a") && !lw_take(cursor, "#012"))
			break;
	}
	if (cursor->at == at && cursor->at == cursor->end)
		cursor->ended = true;
	return cursor->at > at;
}

#endif
