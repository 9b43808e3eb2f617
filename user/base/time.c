/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/time.h"

#define SECOND 1000000000ULL
#define DAY    86400

static uint64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * SECOND + t.tv_nsec;
}

uint64_t lw_boot_clock(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

uint64_t lw_wall_clock(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t lw_tai_offset(void)
{
	int64_t offset = (int64_t)(read_clock(CLOCK_TAI) - lw_wall_clock());

	/* A whole number of seconds; the rest passed between the two looks. */
	return offset / (int64_t)SECOND * (int64_t)SECOND;
}

uint64_t lw_time_unit(const char *word, size_t length)
{
	static const struct {
		const char *name;
		uint64_t seconds;
	} units[] = {
		{ "s", 1 },	   { "sec", 1 },     { "second", 1 }, { "seconds", 1 },
		{ "m", 60 },	   { "min", 60 },    { "minute", 60 }, { "minutes", 60 },
		{ "h", 3600 },	   { "hour", 3600 }, { "hours", 3600 }, { "d", DAY },
		{ "day", DAY },	   { "days", DAY },  { "w", 7 * DAY }, { "week", 7 * DAY },
		{ "weeks", 7 * DAY },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == length && !strncmp(units[i].name, word, length))
			return units[i].seconds;
	return 0;
}

/* "10m", "10 min", "1h30m", with BLANKS between them or none; moves *TEXT behind it. */
static int parse_units(const char **text, const char *blanks, uint64_t *seconds)
{
	uint64_t count, unit;
	const char *word;
	char *end;

	*seconds = 0;
	do {
		if (!isdigit((unsigned char)**text))
			return -EINVAL;
		errno = 0;
		count = strtoull(*text, &end, 10);
		word = end + strspn(end, blanks);
		*text = word + strspn(word, "abcdefghijklmnopqrstuvwxyz");
		unit = lw_time_unit(word, *text - word);
		if (errno || !unit || __builtin_mul_overflow(count, unit, &count) ||
		    __builtin_add_overflow(*seconds, count, seconds))
			return -EINVAL;
		*text += strspn(*text, blanks);
	} while (isdigit((unsigned char)**text));
	return 0;
}

int lw_duration_parse(const char *text, uint64_t *seconds)
{
	return parse_units(&text, "", seconds) || *text ? -EINVAL : 0;
}

/* "10m", "-10m", "10 min ago", "1h30m". */
static int parse_before(const char *text, uint64_t now, uint64_t *when)
{
	bool minus = *text == '-';
	uint64_t seconds;

	text += minus;
	if (parse_units(&text, " ", &seconds))
		return -EINVAL;
	if (*text && (minus || strcmp(text, "ago")))
		return -EINVAL;
	if (seconds > now / SECOND)
		return -EINVAL;
	*when = now - seconds * SECOND;
	return 0;
}

/* Exactly two digits below LIMIT; moves *TEXT on. */
static int two_digits(const char **text, int limit)
{
	const char *t = *text;
	int value;

	if (!isdigit((unsigned char)t[0]) || !isdigit((unsigned char)t[1]))
		return -1;
	value = (t[0] - '0') * 10 + t[1] - '0';
	*text += 2;
	return value < limit ? value : -1;
}

/* "HH:MM" or "HH:MM:SS"; moves *TEXT behind it. */
static int parse_clock(const char **text, struct tm *tm)
{
	tm->tm_hour = two_digits(text, 24);
	if (tm->tm_hour < 0 || *(*text)++ != ':')
		return -EINVAL;
	tm->tm_min = two_digits(text, 60);
	if (tm->tm_min < 0)
		return -EINVAL;
	tm->tm_sec = 0;
	if (**text != ':')
		return 0;
	(*text)++;
	tm->tm_sec = two_digits(text, 61);
	return tm->tm_sec < 0 ? -EINVAL : 0;
}

static int take(time_t seconds, uint64_t nanoseconds, uint64_t *when)
{
	if (seconds < 0 || (uint64_t)seconds > UINT64_MAX / SECOND - 1)
		return -EINVAL;
	*when = (uint64_t)seconds * SECOND + nanoseconds;
	return 0;
}

static int parse_time_of_day(const char *text, uint64_t now, uint64_t *when)
{
	time_t seconds = now / SECOND;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || parse_clock(&text, &tm) || *text)
		return -EINVAL;
	seconds = timegm(&tm);
	return take(seconds > (time_t)(now / SECOND) ? seconds - DAY : seconds, 0, when);
}

/* ".5" and more digits as nanoseconds; moves *TEXT on. */
static uint64_t parse_fraction(const char **text)
{
	uint64_t value = 0, weight = SECOND / 10;

	if (**text != '.' || !isdigit((unsigned char)(*text)[1]))
		return 0;
	for ((*text)++; isdigit((unsigned char)**text); (*text)++, weight /= 10)
		value += (**text - '0') * weight;
	return value;
}

/* "Z", "+01:00" or nothing, which is UTC: seconds east of it. */
static int parse_zone(const char *text, long *east)
{
	bool west = *text == '-';
	int hours, minutes;

	*east = 0;
	if (!*text || ((*text == 'Z' || *text == 'z') && !text[1]))
		return 0;
	if (*text != '+' && *text != '-')
		return -EINVAL;
	text++;
	hours = two_digits(&text, 24);
	if (hours < 0 || *text++ != ':')
		return -EINVAL;
	minutes = two_digits(&text, 60);
	if (minutes < 0 || *text)
		return -EINVAL;
	*east = (hours * 3600L + minutes * 60L) * (west ? -1 : 1);
	return 0;
}

static int parse_date(const char *text, uint64_t *when)
{
	struct tm tm = {}, given;
	uint64_t fraction = 0;
	const char *end;
	time_t seconds;
	long east = 0;

	end = strptime(text, "%Y-%m-%d", &tm);
	if (!end || end != text + strlen("2026-11-22"))
		return -EINVAL;
	text = end;
	if (*text && *text != 'T' && *text != 't' && *text != ' ')
		return -EINVAL;
	if (*text) {
		text++;
		if (parse_clock(&text, &tm))
			return -EINVAL;
		fraction = parse_fraction(&text);
		if (parse_zone(text, &east))
			return -EINVAL;
	}
	given = tm;
	seconds = timegm(&tm);
	/* The library takes the 31st of a short month for the first of the next. */
	if (tm.tm_mday != given.tm_mday)
		return -EINVAL;
	return take(seconds - east, fraction, when);
}

int lw_time_read(const char *text, uint64_t *when)
{
	size_t length = strlen(text);

	return length > 10 && text[10] == 'T' && text[length - 1] == 'Z' ? parse_date(text, when)
									 : -EINVAL;
}

int lw_time_parse(const char *text, uint64_t now, uint64_t *when)
{
	if (strlen(text) > 4 && text[4] == '-')
		return parse_date(text, when);
	return strchr(text, ':') ? parse_time_of_day(text, now, when) :
				   parse_before(text, now, when);
}

static bool is_known(uint64_t when)
{
	return when && when != UINT64_MAX;
}

char *lw_time_utc(uint64_t when, int digits, char text[LW_TIME_TEXT])
{
	time_t seconds = when / SECOND;
	char fraction[12];
	struct tm tm;
	size_t length;

	text[0] = '\0';
	if (!is_known(when) || !gmtime_r(&seconds, &tm))
		return text;
	length = strftime(text, LW_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(fraction, sizeof(fraction), ".%09u", (unsigned int)(when % SECOND));
	snprintf(text + length, LW_TIME_TEXT - length, "%.*sZ", digits ? digits + 1 : 0, fraction);
	return text;
}
