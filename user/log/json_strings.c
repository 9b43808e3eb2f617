// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What becomes of the strings of a JSON document. One may be base64, which is a file by itself.
 */
#include "log/json_strings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/coded.h"
#include "log/mark.h"

#define FOLLOW	(LW_PASSAGE_LINES - 2)
#define WAITING (1UL << 20) /* bytes that wait for their object's end */

/* In front of a string that waits. */
struct waiting {
	size_t length;
	uint64_t line;
	uint64_t field; /* a digest of its name */
};

bool lw_json_grow(char **bytes, size_t *room, size_t needed, struct lw_saved *log)
{
	size_t size = *room ? *room : 256;
	char *grown;

	while (size < needed)
		size *= 2;
	if (size <= *room)
		return true;
	grown = realloc(*bytes, size);
	if (!grown) {
		log->error = -ENOMEM;
		return false;
	}
	*bytes = grown;
	*room = size;
	return true;
}

void lw_json_strings_init(struct lw_json_strings *s, struct lw_passage *passage, unsigned int nested,
			  lw_json_give give)
{
	*s = (struct lw_json_strings){
		.passage = passage,
		.log = passage->log,
		.nested = nested,
		.give = give,
	};
}

void lw_json_strings_give(struct lw_json_strings *s, size_t from, struct lw_saved_about *about)
{
	size_t at = from;
	struct waiting head;
	bool first = true;

	for (; at < s->length; at += head.length) {
		memcpy(&head, s->bytes + at, sizeof(head));
		at += sizeof(head);
		/* Ansible's stdout and stdout_lines: another field of the record may be a copy. */
		if (!first && head.field != s->copy) {
			lw_passage_end(s->passage);
			lw_saved_next_pass(s->log);
		}
		first = false;
		s->copy = head.field;
		about->line = head.line;
		about->inside = true;
		s->give(s->passage, about, s->nested, s->bytes + at, head.length);
	}
	s->length = from;
}

/*
 * Fluentd, Elastic, Graylog: the same line in two fields of one record, in one of them perhaps with a
 * syslog head in front. Strings are compared from their ends.
 */
static bool is_known(struct lw_json_strings *s, const char *bytes, size_t length)
{
	struct lw_json_recent *known, *end = s->recent + s->recent_count, own = {};
	uint64_t digest = LW_MIX_SEED;
	size_t n;

	while (length && strchr(" \r\n", bytes[length - 1]))
		length--;
	for (n = 1; n <= length; n++) {
		digest = lw_mix(digest, (unsigned char)bytes[length - n]);
		if (n <= LW_JSON_TAIL)
			own.tail[n - 1] = digest;
		for (known = s->recent; known < end; known++)
			if (known->length == n && known->digest == digest &&
			    (n == length || !memchr(bytes, '\n', length)))
				return true;
	}
	own.length = length;
	own.digest = digest;
	for (known = s->recent; known < end; known++)
		if (length && length <= LW_JSON_TAIL && length < known->length && !known->lines &&
		    known->tail[length - 1] == digest)
			return true;
	own.lines = memchr(bytes, '\n', length);
	if (s->recent_count < LW_JSON_RECENT)
		s->recent[s->recent_count++] = own;
	return false;
}

static bool is_number(const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length && bytes[i] >= '0' && bytes[i] <= '9'; i++)
		;
	return length >= 10 && i == length;
}

/* Whether the string holds a word of interest, or may hold the rest of a line that was wrapped before. */
static bool is_of_interest(struct lw_json_strings *s, const char *key, const char *bytes, size_t length)
{
	if (lw_mark_find(bytes, bytes + length)) {
		s->given++;
		s->follow = FOLLOW;
		strcpy(s->followed, key);
		return true;
	}
	if (!s->follow || strcmp(s->followed, key) || is_number(bytes, length))
		return false;
	s->follow--;
	return true;
}

static bool put(struct lw_json_strings *s, const char *key, uint64_t line, bool in_object,
		const char *bytes, size_t length)
{
	struct waiting head = { .length = length, .line = line };
	const char *name;

	if (!is_of_interest(s, key, bytes, length) || (in_object && is_known(s, bytes, length)) ||
	    !lw_json_grow(&s->bytes, &s->room, s->length + sizeof(head) + length, s->log))
		return false;
	for (name = key; *name; name++)
		head.field = lw_mix(head.field, (unsigned char)*name);
	memcpy(s->bytes + s->length, &head, sizeof(head));
	memcpy(s->bytes + s->length + sizeof(head), bytes, length);
	s->length += sizeof(head) + length;
	return s->length > WAITING;
}

bool lw_json_strings_take(struct lw_json_strings *s, const char *key, uint64_t line, bool in_object,
			  const char *bytes, size_t length)
{
	const struct lw_saved_about about = { .line = line, .times = 1 };
	char *decoded = NULL;
	ssize_t n = -1;
	bool full;

	/* A guest agent's output, a secret, a ConfigMap. */
	decoded = malloc(length + 1);
	if (decoded) {
		n = lw_coded_string(bytes, length, decoded);
		if (n >= 0)
			decoded[n] = '\0';
	}
	if (n > 0 && (s->log->unpack || lw_coded_is_packed(decoded, (size_t)n))) {
		lw_saved_unpack(s->log, &about, decoded, (size_t)n);
		full = false;
	} else if (n > 0) {
		full = put(s, key, line, in_object, decoded, (size_t)n);
	} else {
		full = put(s, key, line, in_object, bytes, length);
	}
	free(decoded);
	return full;
}
