// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads an audit record's line in the one form in which it is written. Whatever is not plainly that
 * form is left to the JSON parser, so that nothing here has to decide what is valid.
 */
#include "audit/scan.h"

#include <string.h>

#define DEPTH	8
#define KEYS	16
#define DIGITS	18 /* fit an int64_t whatever they are */

struct scan {
	const char *at, *end;
};

struct span {
	const char *text;
	size_t length;
};

static bool take(struct scan *s, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length))
		return false;
	s->at += length;
	return true;
}

/* What stands between the quotes, escapes as they are; PLAIN: there must be none. */
static bool string(struct scan *s, bool plain, struct span *span)
{
	if (!take(s, "\""))
		return false;
	span->text = s->at;
	for (; s->at < s->end && *s->at != '"'; s->at++) {
		if ((unsigned char)*s->at < ' ' || (unsigned char)*s->at >= 0x80)
			return false;
		if (*s->at != '\\')
			continue;
		s->at++;
		if (plain || s->at == s->end || !*s->at || !strchr("\"\\/bfnrt", *s->at))
			return false;
	}
	span->length = (size_t)(s->at - span->text);
	return take(s, "\"");
}

static bool text(struct scan *s, char *to, size_t size)
{
	struct span span;

	if (!string(s, true, &span) || span.length >= size)
		return false;
	memcpy(to, span.text, span.length);
	to[span.length] = '\0';
	return true;
}

static bool integer(struct scan *s, int64_t *value)
{
	bool minus = take(s, "-");
	const char *first = s->at;

	*value = 0;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9' && s->at - first < DIGITS)
		*value = *value * 10 + (*s->at++ - '0');
	if (s->at == first || (*first == '0' && s->at - first > 1))
		return false;
	if (minus)
		*value = -*value;
	/* Longer, or no integer. */
	return s->at == s->end || !memchr("0123456789.eE", *s->at, 13);
}

static bool value(struct scan *s, unsigned int depth);

static bool array(struct scan *s, unsigned int depth)
{
	if (take(s, "]"))
		return true;
	do {
		if (!value(s, depth + 1))
			return false;
	} while (take(s, ","));
	return take(s, "]");
}

static bool object(struct scan *s, unsigned int depth)
{
	struct span keys[KEYS];
	size_t count = 0, i;

	if (take(s, "}"))
		return true;
	do {
		if (count == KEYS || !string(s, true, &keys[count]) || !take(s, ":"))
			return false;
		for (i = 0; i < count; i++)
			if (keys[i].length == keys[count].length &&
			    !memcmp(keys[i].text, keys[count].text, keys[i].length))
				return false;
		count++;
		if (!value(s, depth + 1))
			return false;
	} while (take(s, ","));
	return take(s, "}");
}

static bool value(struct scan *s, unsigned int depth)
{
	struct span span;
	int64_t number;

	if (depth > DEPTH)
		return false;
	if (take(s, "{"))
		return object(s, depth);
	if (take(s, "["))
		return array(s, depth);
	return take(s, "null") || take(s, "true") || take(s, "false") || string(s, false, &span) ||
	       integer(s, &number);
}

bool lw_audit_scan(const char *covered, size_t length, struct lw_audit_said *said)
{
	struct scan s = { covered, covered + length };
	struct span span;

	if (!take(&s, "{\"schema\":\"luwatch.audit/1\",\"seq\":") || !integer(&s, &said->seq) ||
	    !take(&s, ",\"time\":") || !text(&s, said->time, sizeof(said->time)) ||
	    !take(&s, ",\"boot_ns\":") || !integer(&s, &said->boot_ns) ||
	    !take(&s, ",\"boot_id\":") || !text(&s, said->boot_id, sizeof(said->boot_id)) ||
	    !take(&s, ",\"machine\":") || !value(&s, 0) || !take(&s, ",\"kind\":") ||
	    !text(&s, said->kind, sizeof(said->kind)) || !take(&s, ",\"handover\":") ||
	    !value(&s, 0) || !take(&s, ",\"devices\":") || !value(&s, 0) ||
	    !take(&s, ",\"actor\":") || !value(&s, 0) ||
	    (take(&s, ",\"clock\":") && !value(&s, 0)) || !take(&s, ",\"detail\":") ||
	    !value(&s, 0) || !take(&s, ",\"prev\":") || !text(&s, said->prev, sizeof(said->prev)))
		return false;
	return s.at == s.end ||
	       (take(&s, ",\"signature\":") && string(&s, true, &span) && s.at == s.end);
}
