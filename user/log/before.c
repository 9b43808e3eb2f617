// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading backwards. There are more ways to put something in front of a log line than anyone can
 * list, so nothing here must match: each fact is looked for by its own shape, and the only ones that
 * can refuse a line are those that say who speaks.
 */
#include "log/before.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fault/cursor.h"
#include "log/clock.h"

#define US 1000ULL

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool contains(const char *text, size_t length, const char *word)
{
	return memmem(text, length, word, strlen(word));
}

size_t lw_before_driver(const char *text, size_t length)
{
	size_t at = length, begin;

	for (;;) {
		begin = at;
		while (begin && is_blank(text[begin - 1]))
			begin--;
		if (begin < 5 || strncasecmp(text + begin - 5, "dmar:", 5))
			return at;
		at = begin - 5;
	}
}

size_t lw_before_quotes(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && (is_blank(text[at]) || text[at] == '>' || text[at] == '|'))
		at++;
	return at;
}

/* Source code and mail headers repeat what a log said; they are no log. */
static bool is_quoted(const char *head, size_t length)
{
	size_t at = lw_before_quotes(head, length);

	head += at;
	length -= at;
	return (length > 1 && head[0] == '*' && is_blank(head[1])) ||
	       (length > 1 && head[0] == '/' && (head[1] == '*' || head[1] == '/')) ||
	       (length > 8 && !strncasecmp(head, "Subject:", 8));
}

/* "      3  " of uniq -c; no date and no processor. */
uint64_t lw_before_count(const char *head, size_t length)
{
	struct lw_cursor c = { .at = head, .end = head + length };
	size_t blanks = lw_take_blanks(&c);
	const char *word;
	uint64_t n;

	word = c.at;
	/* Nobody who counts pads with zeroes. */
	if (!lw_take_number(&c, 10, 1, 9, UINT32_MAX, &n) || *word == '0' || (lw_left(&c) && !lw_take(&c, " ")))
		return 0;
	lw_take_blanks(&c);
	if (!lw_left(&c))
		return n;
	if (!blanks)
		return 0;
	/* "22 nov. 10:00:00", "22 Nov 2026" and "11 22 10:00:00" are dates. */
	for (word = c.at; lw_left(&c) && isdigit((unsigned char)*c.at);)
		c.at++;
	if (c.at > word && lw_take_blanks(&c) && lw_left(&c) > 2 && c.at[2] == ':')
		return 0;
	for (c.at = word; lw_left(&c) && (isalpha((unsigned char)*c.at) || *c.at == '.' ||
					  (unsigned char)*c.at >= 0x80);)
		c.at++;
	if (c.at > word && lw_take_blanks(&c) && lw_left(&c) > 3 && isdigit((unsigned char)*c.at) &&
	    isdigit((unsigned char)c.at[1]) &&
	    (c.at[2] == ':' || isdigit((unsigned char)c.at[2])))
		return 0;
	return n;
}

/* "message repeated 2 times: [ " */
static uint64_t repeated(const char *head, size_t length)
{
	static const char words[] = "message repeated ";
	struct lw_cursor c = { .at = memmem(head, length, words, sizeof(words) - 1),
			       .end = head + length };
	uint64_t n;

	if (!c.at)
		return 1;
	c.at += sizeof(words) - 1;
	return lw_take_number(&c, 10, 1, 9, UINT32_MAX, &n) && n && lw_take(&c, " times") ? n : 1;
}

uint64_t lw_before_times(const char *rest, size_t length)
{
	const char *words = memmem(rest, length, " Time(s)", 8), *at = words;
	struct lw_cursor c;
	uint64_t n;

	while (at && at > rest && isdigit((unsigned char)at[-1]))
		at--;
	c = (struct lw_cursor){ .at = at, .end = words };
	return at && at > rest && at[-1] == ' ' && lw_take_number(&c, 10, 1, 9, UINT32_MAX, &n) && n ? n : 1;
}

static const char *const facilities[] = {
	"kern", "user", "mail",	    "daemon", "auth",	"syslog", "lpr",    "news",   "uucp",
	"cron", "authpriv", "ftp",  "local0", "local1", "local2", "local3", "local4", "local5",
	"local6", "local7",
};

/* Most words differ in their first letter. */
static bool is_word(const char *word, const char *text, size_t length)
{
	return !((*word ^ *text) & ~0x20) && strlen(word) == length && !strncasecmp(word, text, length);
}

/* WORD has at least one byte. */
static int facility_of(const char *word, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++)
		if (is_word(facilities[i], word, length))
			return (int)i;
	return -1;
}

/* "<3>" anywhere, "kern  :err   :", "kern.err", "3,439,13396476,-;": the last one counts. */
static void read_facility(const char *head, size_t length, struct lw_saved_about *about)
{
	const char *end = head + length, *at, *word;
	struct lw_cursor c;
	uint64_t n, sequence, us;
	int facility;

	for (at = head; at < end; at++) {
		c = (struct lw_cursor){ .at = at + 1, .end = end };
		if (*at == '<' && lw_take_number(&c, 10, 1, 3, 191, &n) && lw_take(&c, ">"))
			about->facility = (int)(n >> 3);
		if (at > head && isalnum((unsigned char)at[-1]))
			continue;
		c.at = at;
		if (isdigit((unsigned char)*at) &&
		    lw_take_number(&c, 10, 1, 4, 1023, &n) && lw_take(&c, ",") &&
		    lw_take_number(&c, 10, 1, 20, UINT64_MAX, &sequence) && lw_take(&c, ",") &&
		    lw_take_number(&c, 10, 1, 17, UINT64_MAX, &us) && lw_take(&c, ",") &&
		    memchr(c.at, ';', lw_left(&c))) {
			about->facility = (int)(n >> 3);
			about->time_ns = us * US;
		}
		if (!isalpha((unsigned char)*at))
			continue;
		for (word = at; at < end && isalnum((unsigned char)*at); at++)
			;
		facility = facility_of(word, (size_t)(at - word));
		c.at = at--;
		if (facility < 0 || !lw_left(&c))
			continue;
		if (*c.at == '.' && lw_left(&c) > 2 && isalpha((unsigned char)c.at[1])) {
			about->facility = facility;
		} else {
			lw_take_blanks(&c);
			if (!lw_take(&c, ":"))
				continue;
			lw_take_blanks(&c);
			for (word = c.at; lw_left(&c) && isalpha((unsigned char)*c.at);)
				c.at++;
			if (c.at > word && (lw_take_blanks(&c), lw_take(&c, ":")))
				about->facility = facility;
		}
	}
}

/* A word of the line and whether a colon ends it. */
struct token {
	const char *at;
	size_t length;
	bool colon, process; /* "name:", "name[123]:" */
};

static bool next_token(struct lw_cursor *c, struct token *t)
{
	const char *bracket;

	while (lw_left(c) && (is_blank(*c->at) || strchr("\",;|'", *c->at)))
		c->at++;
	*t = (struct token){ .at = c->at };
	while (lw_left(c) && !is_blank(*c->at) && !strchr("\",;|'", *c->at))
		c->at++;
	t->length = (size_t)(c->at - t->at);
	if (!t->length)
		return false;
	if (t->at[t->length - 1] == ':') {
		t->colon = true;
		t->length--;
	}
	bracket = memchr(t->at, '[', t->length);
	if (bracket && bracket > t->at && t->at[t->length - 1] == ']') {
		t->process = true;
		t->length = (size_t)(bracket - t->at);
	}
	return true;
}

static bool is_one_of(const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (t->length && is_word(*words, t->at, t->length))
			return true;
	return false;
}

/* Those that pass the kernel's words on under their own name. */
static bool is_kernel(const struct token *t)
{
	static const char *const words[] = { "kernel",	   "klogd",	"vmunix",  "kern", "dmesg",
					     "netconsole", "conserver", "console", "tty",  "printk",
					     "kmsg",	   "ipmi",	NULL };

	return is_one_of(t, words);
}

/* What stands where a host name could and is none. */
static bool is_no_host(const struct token *t)
{
	static const char *const words[] = {
		"emerg", "alert", "crit",   "err",    "error", "warn", "warning", "notice", "info",
		"debug", "fatal", "stdout", "stderr", "F",     "P",    "-",	  "Z",	    NULL
	};
	const char *point = memchr(t->at, '.', t->length);

	/* A colon that stands alone is a word of no length. */
	if (!t->length)
		return true;
	return is_one_of(t, words) || *t->at == '[' || *t->at == ']' || *t->at == '<' ||
	       t->at[t->length - 1] == ']' || t->at[t->length - 1] == '>' ||
	       (point > t->at && facility_of(t->at, (size_t)(point - t->at)) >= 0);
}

/* A processor, as kernels with PREEMPT_RT put it: "003:". */
static bool is_number(const struct token *t)
{
	size_t i;

	for (i = 0; i < t->length && isdigit((unsigned char)t->at[i]); i++)
		;
	return i == t->length;
}

static void set_host(struct lw_saved_about *about, const struct token *t)
{
	if (*about->host || t->length >= sizeof(about->host))
		return;
	memcpy(about->host, t->at, t->length);
	about->host[t->length] = '\0';
}

/* RFC 5424: "HOST APP PROCID MSGID [structured data]" behind the time. */
static void read_5424(struct lw_cursor c, struct lw_saved_about *about)
{
	struct token host, app;

	if (!next_token(&c, &host) || !next_token(&c, &app))
		return;
	if (!is_no_host(&host))
		set_host(about, &host);
	about->program |= !is_kernel(&app) && !is_no_host(&app);
}

/*
 * Host and speaker behind a time (TIMED) or at the beginning of the line. The tag nearest to the
 * kernel's words says who speaks. Without a time a word with a colon is a file, a host or prose, and
 * only "name[123]:" is a program.
 */
static void read_speaker(struct lw_cursor c, bool timed, bool stamped, struct lw_saved_about *about)
{
	struct token t, host = {}, tag = {};
	bool kernel = false, stamp_behind_tag = false;
	unsigned int words = 0;

	while (next_token(&c, &t)) {
		if (*t.at == '[' && !t.process) {
			/* A stamp: pass over what its brackets hold. */
			while ((!t.length || t.at[t.length - 1] != ']') && next_token(&c, &t))
				;
			stamp_behind_tag = tag.length;
			continue;
		}
		if (t.colon && !is_no_host(&t) && !is_number(&t)) {
			tag = t;
			kernel = is_kernel(&t);
			stamp_behind_tag = false;
			if (kernel && host.length)
				set_host(about, &host);
			continue;
		}
		if (!t.colon && !is_no_host(&t) && (words++ == 0 || !timed))
			host = t;
	}
	if (timed && words == 1 && host.length)
		set_host(about, &host);
	if (!tag.length || kernel)
		return;
	if (tag.process)
		about->program = true;
	else if (timed && !(stamp_behind_tag && !host.length))
		about->program = true;
	else if (stamped && !words)
		set_host(about, &tag);
}

/* "TIME HOST " and nothing else: the driver's name stands where syslog has a program's. */
static bool is_tag_missing(struct lw_cursor c)
{
	struct token t = {};

	if (!lw_take_blanks(&c))
		return false;
	t.at = c.at;
	while (lw_left(&c) && !is_blank(*c.at) && !strchr("\",;|'[]<>:", *c.at))
		c.at++;
	t.length = (size_t)(c.at - t.at);
	return t.length && !is_no_host(&t) && lw_take_blanks(&c) && !lw_left(&c);
}

static bool is_5424(const char *head, size_t length)
{
	struct lw_cursor c = { .at = head, .end = head + length };
	uint64_t n;

	c.at += lw_before_quotes(head, length);
	return lw_take(&c, "<") && lw_take_number(&c, 10, 1, 3, 191, &n) && lw_take(&c, ">1 ");
}

void lw_before_read(const char *head, size_t length, struct lw_saved_about *about)
{
	bool told = about->facility >= 0 || about->program;
	struct lw_saved_about read = *about;
	struct lw_cursor rest = { .at = head, .end = head + length };
	struct token first;
	const char *when, *repeat = memmem(head, length, "message repeated ", 17);
	size_t when_length;

	about->other_system |= contains(head, length, "(XEN)") ||
			       (length >= 6 && contains(head + length - 6, 6, "[VT-D]"));
	about->quoted |= is_quoted(head, length);
	about->times *= repeated(head, length);
	if (about->time_ns == UINT64_MAX)
		about->time_ns = lw_clock_stamp(head, length);
	read_facility(head, length, &read);
	if (about->time_ns == UINT64_MAX)
		about->time_ns = read.time_ns;
	when = lw_clock_when(head, length, &when_length);
	if (repeat)
		rest.end = repeat;
	if (when && when + when_length <= rest.end) {
		rest.at = when + when_length;
		if (!*about->when && when_length < sizeof(about->when))
			memcpy(about->when, when, when_length);
	}
	if (when && is_tag_missing(rest) && about->time_ns == UINT64_MAX)
		read.program = true;
	if (is_5424(head, length))
		read_5424(rest, &read);
	else
		read_speaker(rest, when, about->time_ns != UINT64_MAX, &read);
	memcpy(about->host, read.host, sizeof(about->host));
	/* "NODE: kern: err: [TIME]: " */
	rest = (struct lw_cursor){ .at = head, .end = when ? when : head };
	if (!*about->host && next_token(&rest, &first) && first.colon && !first.process &&
	    !is_kernel(&first) && !is_no_host(&first))
		set_host(about, &first);
	if (told)
		return;
	about->facility = read.facility;
	about->program = read.program;
}
