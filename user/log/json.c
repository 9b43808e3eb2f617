// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A reader of JSON that holds no document: it follows brackets and strings byte by byte. A cut or
 * endless document is read as far as it goes, which a parser of whole documents cannot do. A string
 * of interest waits until its object ends, because who speaks may be told behind it.
 */
#include "log/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault/cursor.h"
#include "log/coded.h"
#include "log/mark.h"

#define LEVELS	64
#define RECENT	16
#define TAIL	256
#define FOLLOW	(LW_PASSAGE_LINES - 2)
#define KEY	48
#define STRING	(8UL << 20) /* longer ones are handed over in pieces */
#define WAITING (1UL << 20) /* bytes that wait for their object's end */

struct level {
	char type; /* '{', '[' */
	bool key_next;
	bool bytes; /* '[': all of it so far are numbers below 256 */
	struct lw_saved_about about;
	size_t waiting; /* where its strings begin */
};

/* A string by digests of its last byte, its last two, ..., all of it. */
struct recent {
	size_t length;
	uint64_t digest;
	uint64_t tail[TAIL];
	bool lines; /* more than one */
};

/* In front of a string that waits. */
struct waiting {
	size_t length;
	uint64_t line;
	uint64_t field; /* a digest of its name */
};

struct lw_json_reader {
	struct lw_passage *passage;
	struct lw_saved *log;
	unsigned int nested; /* containers around this one */
	lw_json_give give;
	uint64_t given;
	uint64_t copy; /* the field of the string that was handed over last */

	struct level levels[LEVELS];
	unsigned int depth; /* levels[depth] is the innermost; 0 is the outside */
	unsigned int beyond; /* brackets deeper than LEVELS */

	char key[KEY];
	char followed[KEY]; /* of the last string of interest */
	unsigned int follow; /* so many more of that key are handed over */
	char *string;
	size_t length, room;
	bool in_string, escaped;
	unsigned int unicode; /* digits still to come */
	uint32_t code;
	char number[24];
	size_t number_length;

	/* Strings of this record: objects in objects, but not of a list. */
	struct recent recent[RECENT];
	unsigned int recent_count;

	/* Strings that wait, each behind its struct waiting. */
	char *waiting;
	size_t waiting_length, waiting_room;
};

static bool grow(char **bytes, size_t *room, size_t needed, struct lw_saved *log)
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

/* Hands over the strings of the innermost level and of those that were in it. */
static void hand_over(struct lw_json_reader *r)
{
	struct level *level = &r->levels[r->depth];
	size_t at = level->waiting;
	struct waiting head;
	bool first = true;

	for (; at < r->waiting_length; at += head.length) {
		memcpy(&head, r->waiting + at, sizeof(head));
		at += sizeof(head);
		/* Ansible's stdout and stdout_lines: another field of the record may be a copy. */
		if (!first && head.field != r->copy) {
			lw_passage_end(r->passage);
			lw_saved_next_pass(r->log);
		}
		first = false;
		r->copy = head.field;
		level->about.line = head.line;
		level->about.inside = true;
		r->give(r->passage, &level->about, r->nested, r->waiting + at, head.length);
	}
	r->waiting_length = level->waiting;
}

/*
 * Fluentd, Elastic, Graylog: the same line in two fields of one record, in one of them perhaps with a
 * syslog head in front. Strings are compared from their ends.
 */
static bool is_known(struct lw_json_reader *r, const char *bytes, size_t length)
{
	uint64_t digest = LW_MIX_SEED;
	struct recent *known, own = {};
	size_t n;

	while (length && strchr(" \r\n", bytes[length - 1]))
		length--;
	for (n = 1; n <= length; n++) {
		digest = lw_mix(digest, (unsigned char)bytes[length - n]);
		if (n <= TAIL)
			own.tail[n - 1] = digest;
		for (known = r->recent; known < r->recent + r->recent_count; known++)
			if (known->length == n && known->digest == digest &&
			    (n == length || !memchr(bytes, '\n', length)))
				return true;
	}
	own.length = length;
	own.digest = digest;
	for (known = r->recent; known < r->recent + r->recent_count; known++)
		if (length && length <= TAIL && length < known->length && !known->lines &&
		    known->tail[length - 1] == digest)
			return true;
	own.lines = memchr(bytes, '\n', length);
	if (r->recent_count < RECENT)
		r->recent[r->recent_count++] = own;
	return false;
}

static void wait_for_end(struct lw_json_reader *r, const char *bytes, size_t length)
{
	struct waiting head = { .length = length, .line = r->levels[0].about.line };
	const char *name;

	if (lw_mark_find(bytes, bytes + length)) {
		r->given++;
		r->follow = FOLLOW;
		memcpy(r->followed, r->key, KEY);
	} else if (!length || !r->follow || strcmp(r->followed, r->key) ||
		   (length >= 10 && strspn(bytes, "0123456789") >= length)) {
		return;
	} else {
		/* It may hold the rest of a line that was wrapped before it became JSON. */
		r->follow--;
	}
	if (r->levels[r->depth].type == '{' && is_known(r, bytes, length))
		return;
	if (!grow(&r->waiting, &r->waiting_room, r->waiting_length + sizeof(head) + length, r->log))
		return;
	for (name = r->key; *name; name++)
		head.field = lw_mix(head.field, (unsigned char)*name);
	memcpy(r->waiting + r->waiting_length, &head, sizeof(head));
	memcpy(r->waiting + r->waiting_length + sizeof(head), bytes, length);
	r->waiting_length += sizeof(head) + length;
	if (r->waiting_length > WAITING || r->depth == 0)
		hand_over(r);
}

/* A guest agent's output, a secret, a ConfigMap: base64 in a string. */
static void end_value(struct lw_json_reader *r)
{
	char *bytes = NULL;
	ssize_t n = -1;

	if (!r->length)
		return;
	if (!lw_mark_find(r->string, r->string + r->length) && (bytes = malloc(r->length + 16)))
		n = lw_coded_string(r->string, r->length, bytes);
	if (n > 0 && (r->log->unpack || lw_coded_is_packed(bytes, (size_t)n)))
		lw_saved_unpack(r->log, &r->levels[0].about, bytes, (size_t)n);
	else if (n > 0)
		wait_for_end(r, bytes, (size_t)n);
	else
		wait_for_end(r, r->string, r->length);
	free(bytes);
}

static void value(struct lw_json_reader *r, const char *bytes, size_t length)
{
	struct level *level = &r->levels[r->depth];

	if (level->type == '{')
		lw_json_field(&level->about, r->key, bytes, length);
}

static void end_string(struct lw_json_reader *r)
{
	struct level *level = &r->levels[r->depth];
	size_t length;

	if (level->type == '{' && level->key_next) {
		length = r->length < KEY ? r->length : KEY - 1;
		if (length)
			memcpy(r->key, r->string, length);
		r->key[length] = '\0';
	} else {
		if (r->length && grow(&r->string, &r->room, r->length + 1, r->log)) {
			r->string[r->length] = '\0';
			value(r, r->string, r->length);
		}
		end_value(r);
	}
	level->bytes = false;
	r->length = 0;
}

/* journalctl writes a message with control characters as an array of its bytes. */
static void end_number(struct lw_json_reader *r)
{
	struct level *level = &r->levels[r->depth];
	unsigned long n;

	if (!r->number_length)
		return;
	r->number[r->number_length] = '\0';
	if (level->type == '{') {
		value(r, r->number, r->number_length);
	} else if (level->bytes) {
		n = strtoul(r->number, NULL, 10);
		level->bytes = n < 256 && isdigit((unsigned char)*r->number);
		if (level->bytes && grow(&r->string, &r->room, r->length + 2, r->log))
			r->string[r->length++] = (char)n;
		else
			r->length = 0;
	}
	r->number_length = 0;
}

static void put(struct lw_json_reader *r, uint32_t code)
{
	if (!grow(&r->string, &r->room, r->length + 5, r->log))
		return;
	if (code < 0x80) {
		r->string[r->length++] = (char)code;
	} else if (code < 0x800) {
		r->string[r->length++] = (char)(0xc0 | code >> 6);
		r->string[r->length++] = (char)(0x80 | (code & 0x3f));
	} else {
		r->string[r->length++] = (char)(0xe0 | code >> 12);
		r->string[r->length++] = (char)(0x80 | (code >> 6 & 0x3f));
		r->string[r->length++] = (char)(0x80 | (code & 0x3f));
	}
}

static void open_level(struct lw_json_reader *r, char type)
{
	struct level *outer = &r->levels[r->depth], *level;

	if (r->depth + 1 == LEVELS) {
		r->beyond++;
		return;
	}
	outer->bytes = false;
	if (outer->type != '{')
		r->recent_count = 0;
	level = &r->levels[++r->depth];
	*level = (struct level){
		.type = type,
		.key_next = type == '{',
		.bytes = type == '[',
		.about = outer->about,
		.waiting = r->waiting_length,
	};
	r->length = 0;
}

static void close_level(struct lw_json_reader *r, char type)
{
	struct level *level = &r->levels[r->depth];

	if (r->beyond) {
		r->beyond--;
		return;
	}
	end_number(r);
	if (!r->depth || level->type != type)
		return;
	if (level->bytes && r->length) {
		r->depth--;
		wait_for_end(r, r->string, r->length);
		r->length = 0;
		return;
	}
	/* Strings of a list belong to the object around it. */
	if (type == '{' || r->depth == 1)
		hand_over(r);
	r->depth--;
}

static void in_string(struct lw_json_reader *r, char c)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *known;

	if (r->unicode) {
		int digit = lw_digit(c);

		r->code = r->code << 4 | (uint32_t)(digit < 0 ? 0 : digit);
		if (!--r->unicode)
			put(r, r->code);
	} else if (r->escaped) {
		r->escaped = false;
		known = strchr(from, c);
		if (c == 'u') {
			r->unicode = 4;
			r->code = 0;
		} else {
			/* What JSON does not have was put into it later: "\040" for a blank. */
			if (!known && !strchr("\"\\/", c))
				put(r, '\\');
			put(r, (unsigned char)(c && known ? to[known - from] : c));
		}
	} else if (c == '\\') {
		r->escaped = true;
	} else if (c == '"') {
		r->in_string = false;
		end_string(r);
	} else if (grow(&r->string, &r->room, r->length + 2, r->log)) {
		r->string[r->length++] = c;
		if (r->length > STRING && c == '\n')
			end_string(r);
	}
}

static void outside(struct lw_json_reader *r, char c)
{
	struct level *level = &r->levels[r->depth];

	if (isdigit((unsigned char)c) || (strchr("+-.eE", c) && c && r->number_length)) {
		if (r->number_length < sizeof(r->number) - 1)
			r->number[r->number_length++] = c;
		return;
	}
	switch (c) {
	case '"':
		r->in_string = true;
		r->length = 0;
		break;
	case ':':
		level->key_next = false;
		break;
	case ',':
		end_number(r);
		level->key_next = level->type == '{';
		break;
	case '{':
	case '[':
		open_level(r, c);
		break;
	case '}':
		close_level(r, '{');
		break;
	case ']':
		close_level(r, '[');
		break;
	default:
		if (!isspace((unsigned char)c) && c != '\x1e')
			level->bytes = false;
	}
}

void lw_json_push(struct lw_json_reader *r, const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (bytes[i] == '\n' && !r->nested) {
			r->levels[0].about.line++;
			r->log->lines++;
		}
		if (r->in_string)
			in_string(r, bytes[i]);
		else
			outside(r, bytes[i]);
	}
}

struct lw_json_reader *lw_json_new(struct lw_passage *passage, const struct lw_saved_about *about,
				   unsigned int depth, lw_json_give give)
{
	struct lw_json_reader *r = calloc(1, sizeof(*r));

	if (!r) {
		passage->log->error = -ENOMEM;
		return NULL;
	}
	r->passage = passage;
	r->log = passage->log;
	r->nested = depth;
	r->give = give;
	r->levels[0].about = *about;
	return r;
}

uint64_t lw_json_end(struct lw_json_reader *r)
{
	uint64_t given;

	if (!r)
		return 0;
	/* A document that was cut: what it had so far counts. */
	if (r->in_string && r->length && !r->levels[r->depth].key_next) {
		r->in_string = false;
		end_string(r);
	}
	for (;; r->depth--) {
		hand_over(r);
		if (!r->depth)
			break;
	}
	given = r->given;
	free(r->string);
	free(r->waiting);
	free(r);
	return given;
}

uint64_t lw_json_line(struct lw_passage *passage, const struct lw_saved_about *about,
		      unsigned int depth, lw_json_give give, const char *bytes, size_t length)
{
	struct lw_saved_about inner = *about;
	struct lw_json_reader *r;

	if (!lw_json_is(bytes, length))
		return 0;
	r = lw_json_new(passage, &inner, depth, give);
	if (!r)
		return 0;
	lw_json_push(r, bytes, length);
	return lw_json_end(r);
}

bool lw_json_is(const char *bytes, size_t length)
{
	struct lw_cursor c = { .at = bytes, .end = bytes + length };
	bool list;

	while (lw_left(&c) && (isspace((unsigned char)*c.at) || *c.at == '\x1e'))
		c.at++;
	list = lw_take(&c, "[");
	if (!list && !lw_take(&c, "{"))
		return false;
	while (lw_left(&c) && isspace((unsigned char)*c.at))
		c.at++;
	return lw_left(&c) && (*c.at == '"' || (list && (*c.at == '{' || *c.at == '[')));
}
