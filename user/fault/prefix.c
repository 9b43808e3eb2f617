// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds where the kernel's own words begin in a log line. Kept apart from what the words mean,
 * because there are many ways to save a log and each can be had in front of each message. The
 * grammar is strict: an unknown prefix is left in place, so that text which merely quotes the
 * kernel does not begin like the kernel.
 */
#include "fault/prefix.h"

#include "fault/cursor.h"

#define NS_PER_S  1000000000ULL
#define NS_PER_US 1000ULL
#define NO_LIMIT  UINT64_MAX

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
				      "Aug", "Sep", "Oct", "Nov", "Dec", NULL };

static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", NULL };

/* dmesg -x: index = syslog facility. */
static const char *const facilities[] = { "kern", "user", "mail", "daemon", "auth", "syslog",
					  "lpr",  "news", "uucp", "cron",   NULL };

/* Takes one of NAMES; returns its index or -1. */
static int take_name(struct lw_cursor *c, const char *const *names)
{
	int i;

	for (i = 0; names[i]; i++)
		if (lw_take(c, names[i]))
			return i;
	return -1;
}

static bool take_digits(struct lw_cursor *c, size_t min, size_t max)
{
	uint64_t unused;

	return lw_take_number(c, 10, min, max, NO_LIMIT, &unused);
}

/* "12.345678": seconds and up to nine digits of their fraction, in nanoseconds. */
static bool take_seconds(struct lw_cursor *c, uint64_t *ns)
{
	struct lw_cursor at = *c;
	uint64_t seconds, fraction;
	const char *point;
	size_t digits;

	if (!lw_take_number(&at, 10, 1, 12, UINT64_MAX / NS_PER_S - 1, &seconds) ||
	    !lw_take(&at, "."))
		return false;
	point = at.at;
	if (!lw_take_number(&at, 10, 1, 9, NO_LIMIT, &fraction))
		return false;
	for (digits = (size_t)(at.at - point); digits < 9; digits++)
		fraction *= 10;
	*ns = seconds * NS_PER_S + fraction;
	*c = at;
	return true;
}

/* "15:38:31", with a fraction after '.' or ','; COMMA says that it was ','. */
static bool take_clock(struct lw_cursor *c, bool *comma)
{
	struct lw_cursor at = *c;

	*comma = false;
	if (!take_digits(&at, 2, 2) || !lw_take(&at, ":") || !take_digits(&at, 2, 2) ||
	    !lw_take(&at, ":") || !take_digits(&at, 2, 2))
		return false;
	if (lw_take(&at, ",")) {
		*comma = true;
		if (!take_digits(&at, 1, 9))
			return false;
	} else if (lw_take(&at, ".") && !take_digits(&at, 1, 9)) {
		return false;
	}
	*c = at;
	return true;
}

/* "2026-05-01", a 'T' or blank, the clock, and a zone: "Z", "+0000", "+00:00" or nothing. */
static bool take_iso(struct lw_cursor *c, bool *comma)
{
	struct lw_cursor at = *c;

	if (!take_digits(&at, 4, 4) || !lw_take(&at, "-") || !take_digits(&at, 2, 2) ||
	    !lw_take(&at, "-") || !take_digits(&at, 2, 2) ||
	    (!lw_take(&at, "T") && !lw_take(&at, " ")) || !take_clock(&at, comma))
		return false;
	if (lw_take(&at, "+") || lw_take(&at, "-")) {
		if (!take_digits(&at, 2, 2) && !take_digits(&at, 4, 4))
			return false;
		if (lw_take(&at, ":") && !take_digits(&at, 2, 2))
			return false;
	} else {
		lw_take(&at, "Z");
	}
	*c = at;
	return true;
}

/* "Feb 01 15:38:31" or "Feb  1 15:38:31.123456". */
static bool take_syslog_time(struct lw_cursor *c)
{
	struct lw_cursor at = *c;
	bool comma;

	if (take_name(&at, months) < 0 || !lw_take_blanks(&at) || !take_digits(&at, 1, 2) ||
	    !lw_take_blanks(&at) || !take_clock(&at, &comma) || comma)
		return false;
	*c = at;
	return true;
}

/* Inside the brackets: "Fri May  1 09:46:33 2026" (-T) or "May 1 09:46" / "May01 09:46" (-e). */
static bool take_dmesg_date(struct lw_cursor *c)
{
	struct lw_cursor at = *c;
	bool comma;

	if (take_name(&at, weekdays) >= 0) {
		lw_take_blanks(&at);
		if (take_name(&at, months) < 0 || !lw_take_blanks(&at) || !take_digits(&at, 1, 2) ||
		    !lw_take_blanks(&at) || !take_clock(&at, &comma) || !lw_take_blanks(&at) ||
		    !take_digits(&at, 4, 4))
			return false;
	} else {
		if (take_name(&at, months) < 0)
			return false;
		lw_take_blanks(&at);
		if (!take_digits(&at, 1, 2) || !lw_take_blanks(&at) || !take_digits(&at, 2, 2) ||
		    !lw_take(&at, ":") || !take_digits(&at, 2, 2))
			return false;
	}
	*c = at;
	return true;
}

/* "[T49880]" or "[  C3]": CONFIG_PRINTK_CALLER. */
static void take_caller(struct lw_cursor *c)
{
	struct lw_cursor at = *c;

	if (!lw_take(&at, "["))
		return;
	lw_take_blanks(&at);
	if ((lw_take(&at, "T") || lw_take(&at, "C")) && take_digits(&at, 1, 10) &&
	    lw_take(&at, "]"))
		*c = at;
}

/* Everything that printk or dmesg put between the first brackets, and one blank after them. */
static bool take_brackets(struct lw_cursor *c, struct lw_prefix *prefix)
{
	struct lw_cursor at = *c;
	uint64_t ns = UINT64_MAX, delta;

	if (!lw_take(&at, "["))
		return false;
	lw_take_blanks(&at);
	if (lw_take(&at, "+") || lw_take(&at, "<")) {
		lw_take_blanks(&at);
		if (!take_seconds(&at, &delta))
			return false;
		lw_take(&at, ">");
	} else if (take_seconds(&at, &ns)) {
		lw_take_blanks(&at);
		if (lw_take(&at, "<")) {
			lw_take_blanks(&at);
			if (!take_seconds(&at, &delta) || !lw_take(&at, ">"))
				return false;
		}
	} else if (!take_dmesg_date(&at)) {
		return false;
	}
	if (!lw_take(&at, "]"))
		return false;
	take_caller(&at);
	lw_take(&at, " ");
	prefix->time_ns = ns;
	*c = at;
	return true;
}

/* "kernel: " or "HOST kernel: ", and perhaps printk's stamp after it. */
static bool take_tag(struct lw_cursor *c, struct lw_prefix *prefix)
{
	struct lw_cursor at = *c;

	if (!lw_take(&at, "kernel: ")) {
		while (at.at<at.end && * at.at> ' ' && *at.at != ':')
			at.at++;
		if (at.at == c->at || !lw_take(&at, " kernel: "))
			return false;
	}
	take_brackets(&at, prefix);
	*c = at;
	return true;
}

/* "3,439,13396476,-;" with more fields before the semicolon in newer kernels ("caller=T1"). */
static bool take_kmsg(struct lw_cursor *c, struct lw_prefix *prefix)
{
	struct lw_cursor at = *c;
	uint64_t priority, sequence, us;
	const char *flags;

	if (!lw_take_number(&at, 10, 1, 10, UINT32_MAX, &priority) || !lw_take(&at, ",") ||
	    !lw_take_number(&at, 10, 1, 20, NO_LIMIT, &sequence) || !lw_take(&at, ",") ||
	    !lw_take_number(&at, 10, 1, 20, UINT64_MAX / NS_PER_US, &us) || !lw_take(&at, ","))
		return false;
	flags = at.at;
	while (at.at < at.end && *at.at != ';' && *at.at != '\n')
		at.at++;
	if (!lw_take(&at, ";"))
		return false;
	prefix->kmsg = true;
	prefix->facility = (int)(priority >> 3);
	prefix->sequence = sequence;
	prefix->time_ns = us * NS_PER_US;
	prefix->fragment = *flags == '+' || *flags == 'c';
	*c = at;
	return true;
}

/* "<3>" of a log buffer, or "kern  :err   : " of dmesg -x. */
static void take_priority(struct lw_cursor *c, struct lw_prefix *prefix)
{
	struct lw_cursor at = *c;
	uint64_t value;
	int facility;

	if (lw_take(&at, "<")) {
		if (!lw_take_number(&at, 10, 1, 4, NO_LIMIT, &value) || !lw_take(&at, ">"))
			return;
		lw_take(&at, " ");
		prefix->facility = (int)(value >> 3);
		*c = at;
		return;
	}
	facility = take_name(&at, facilities);
	if (facility == 4 && lw_take(&at, "priv")) /* "authpriv" begins like "auth" */
		facility = 10;
	else if (facility < 0 && lw_take(&at, "ftp"))
		facility = 11;
	else if (facility < 0 && lw_take(&at, "local") && lw_take_number(&at, 10, 1, 1, 7, &value))
		facility = 16 + (int)value;
	if (facility < 0)
		return;
	lw_take_blanks(&at);
	if (!lw_take(&at, ":"))
		return;
	while (at.at < at.end && *at.at >= 'a' && *at.at <= 'z')
		at.at++;
	lw_take_blanks(&at);
	if (!lw_take(&at, ": "))
		return;
	prefix->facility = facility;
	*c = at;
}

/* The times of syslog, of the journal and of dmesg --time-format iso. */
static bool take_time(struct lw_cursor *c, struct lw_prefix *prefix)
{
	struct lw_cursor at = *c;
	uint64_t unused;
	bool comma, day;

	if (take_clock(&at, &comma)) {
		lw_take_blanks(&at);
		*c = at;
		return true;
	}
	if (!take_syslog_time(&at) && !take_seconds(&at, &unused)) {
		day = take_name(&at, weekdays) >= 0;
		if (day)
			lw_take(&at, " ");
		if (!take_iso(&at, &comma))
			return false;
		/* Only dmesg writes a comma, and it shows the kernel alone. */
		if (comma && lw_take(&at, " ")) {
			*c = at;
			return true;
		}
		if (day && lw_take(&at, " ")) /* journalctl -o short-full: a zone's name */
			while (at.at < at.end && *at.at >= 'A' && *at.at <= 'Z')
				at.at++;
	}
	if (!lw_take_blanks(&at) || !take_tag(&at, prefix))
		return false;
	*c = at;
	return true;
}

void lw_prefix_parse(const char *text, size_t length, struct lw_prefix *prefix)
{
	struct lw_cursor c = { .at = text, .end = text + length };
	struct lw_cursor after;

	*prefix = (struct lw_prefix){ .facility = -1, .time_ns = UINT64_MAX };
	if (!take_kmsg(&c, prefix)) {
		take_priority(&c, prefix);
		after = c;
		if (take_brackets(&c, prefix)) {
			after = c;
			if (take_tag(&after, prefix)) /* journalctl -o short-monotonic */
				c = after;
		} else if (!take_tag(&c, prefix)) {
			take_time(&c, prefix);
		}
	}
	prefix->length = (size_t)(c.at - text);
}
