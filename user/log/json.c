// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A reader of JSON that holds no document: it follows brackets and strings byte by byte. A cut or
 * endless document is read as far as it goes, which a parser of whole documents cannot do.
 * json_strings.c has what becomes of the strings.
 */
#include "log/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault/cursor.h"
#include "log/json_strings.h"

#define LEVELS	64
#define KEY	LW_JSON_KEY
#define STRING	(8UL << 20) /* longer ones are handed over in pieces that end with a line */
#define LINE	(64UL << 20) /* or, without a line end, anywhere */

struct level {
	char type; /* '{', '[' */
	bool key_next;
	bool bytes; /* '[': all of it so far are numbers below 256 */
	struct lw_saved_about about;
	size_t waiting; /* where its strings begin */
};

struct lw_json_reader {
	struct lw_saved *log;
	struct lw_json_strings strings;
	unsigned int nested; /* containers around this one */

	struct level levels[LEVELS];
	unsigned int depth; /* levels[depth] is the innermost; 0 is the outside */
	unsigned int beyond; /* brackets deeper than LEVELS */

	char key[KEY];
	char *string;
	size_t length, room;
	bool in_string, escaped;
	unsigned int unicode; /* digits still to come */
	uint32_t code;
	char number[24];
	size_t number_length;
};

/* The strings of the innermost level and of those that were in it. */
static void hand_over(struct lw_json_reader *r)
{
	struct level *level = &r->levels[r->depth];

	lw_json_strings_give(&r->strings, level->waiting, &level->about);
}

static void take(struct lw_json_reader *r)
{
	struct level *level = &r->levels[r->depth];

	if (!r->length)
		return;
	if (lw_json_strings_take(&r->strings, r->key, r->levels[0].about.line, level->type == '{', r->string,
				 r->length) ||
	    r->depth == 0)
		hand_over(r);
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
		if (r->length && lw_json_grow(&r->string, &r->room, r->length + 1, r->log)) {
			r->string[r->length] = '\0';
			value(r, r->string, r->length);
		}
		take(r);
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
		if (level->bytes && lw_json_grow(&r->string, &r->room, r->length + 2, r->log))
			r->string[r->length++] = (char)n;
		else
			r->length = 0;
	}
	r->number_length = 0;
}

static void put(struct lw_json_reader *r, uint32_t code)
{
	if (!lw_json_grow(&r->string, &r->room, r->length + 5, r->log))
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
		r->strings.recent_count = 0;
	level = &r->levels[++r->depth];
	*level = (struct level){
		.type = type,
		.key_next = type == '{',
		.bytes = type == '[',
		.about = outer->about,
		.waiting = r->strings.length,
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
		take(r);
		r->length = 0;
		return;
	}
	/* Strings of a list belong to the object around it. */
	if (type == '{' || r->depth == 1)
		hand_over(r);
	r->depth--;
}

/* Of a string that has no end. */
static void end_piece(struct lw_json_reader *r)
{
	if (r->length > STRING && (r->string[r->length - 1] == '\n' || r->length > LINE))
		end_string(r);
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
			end_piece(r);
		}
	} else if (c == '\\') {
		r->escaped = true;
	} else if (c == '"') {
		r->in_string = false;
		end_string(r);
	} else if (lw_json_grow(&r->string, &r->room, r->length + 2, r->log)) {
		r->string[r->length++] = c;
		end_piece(r);
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
	r->log = passage->log;
	r->nested = depth;
	lw_json_strings_init(&r->strings, passage, depth, give);
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
	given = r->strings.given;
	free(r->string);
	free(r->strings.bytes);
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
