// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Journal entries as text. Who speaks stands in fields that only journald writes, before or behind
 * the message; so an entry is judged when it is over. A value with line ends in it has its length in
 * front: what a program wrote into one is no entry.
 */
#include "log/entries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault/cursor.h"
#include "log/json.h"
#include "log/mark.h"
#include "log/text.h"

#define FIELD_MAX (64UL << 20)

static const struct lw_saved_about nothing = { .facility = -1, .time_ns = UINT64_MAX, .times = 1 };

static bool is_name(const char *at, const char *end)
{
	const char *begin = at;

	while (at < end && (*at == '_' || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9')))
		at++;
	return at > begin && at == end;
}

bool lw_entries_is(const char *bytes, size_t length, bool *verbose)
{
	const char *end = bytes + length, *line_end, *equals;

	*verbose = false;
	while (bytes < end && (*bytes == '\n' || *bytes == '\r'))
		bytes++;
	line_end = memchr(bytes, '\n', (size_t)(end - bytes));
	if (!line_end)
		return false;
	if (end - bytes > 9 && !memcmp(bytes, "__CURSOR=", 9))
		return true;
	if (memmem(bytes, (size_t)(line_end - bytes), "[s=", 3) && line_end + 4 < end &&
	    !memcmp(line_end + 1, "    ", 4)) {
		equals = memchr(line_end + 5, '=', (size_t)(end - line_end - 5));
		*verbose = equals && is_name(line_end + 5, equals);
	}
	return *verbose;
}

void lw_entries_init(struct lw_entries *e, struct lw_passage *passage, bool verbose)
{
	*e = (struct lw_entries){
		.passage = passage,
		.log = passage->log,
		.verbose = verbose,
		.about = nothing,
		.line = 1,
	};
}

static void end_entry(struct lw_entries *e)
{
	if (e->message && lw_mark_find(e->message, e->message + e->message_length))
		lw_text_string(e->passage, &e->about, 0, e->message, e->message_length);
	free(e->message);
	e->message = NULL;
	e->about = nothing;
}

static void take_field(struct lw_entries *e, const char *name, size_t name_length,
		       const char *value, size_t length)
{
	char key[64];

	if (name_length == 7 && !memcmp(name, "MESSAGE", 7)) {
		free(e->message);
		e->message = malloc(length + 1);
		if (!e->message) {
			e->log->error = -ENOMEM;
			return;
		}
		memcpy(e->message, value, length);
		e->message_length = length;
		e->about.line = e->line;
	} else if (name_length < sizeof(key)) {
		memcpy(key, name, name_length);
		key[name_length] = '\0';
		lw_json_field(&e->about, key, value, length);
	}
}

static void count_line(struct lw_entries *e)
{
	e->line++;
	e->log->lines++;
}

/* A line end in a value is followed by blanks up to where the value began. */
static void more_message(struct lw_entries *e, const char *text, size_t length)
{
	char *grown = e->message ? realloc(e->message, e->message_length + length + 2) : NULL;

	if (!grown)
		return;
	e->message = grown;
	grown[e->message_length] = '\n';
	memcpy(grown + e->message_length + 1, text, length);
	e->message_length += length + 1;
}

/* "Sun 2026-11-22 10:00:00.123450 CET [s=…]" or "    NAME=value". */
static void take_verbose(struct lw_entries *e, const char *at, const char *end)
{
	const char *equals, *margin;

	if (at < end && *at != ' ' && *at != '\t') {
		end_entry(e);
		equals = memmem(at, (size_t)(end - at), " [s=", 4);
		if (equals && (size_t)(equals - at) < sizeof(e->about.when)) {
			memcpy(e->about.when, at, (size_t)(equals - at));
			e->about.when[equals - at] = '\0';
		}
		return;
	}
	margin = at;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at >= end)
		return;
	equals = memchr(at, '=', (size_t)(end - at));
	if (at - margin > 4)
		more_message(e, at, (size_t)(end - at));
	else if (equals && is_name(at, equals))
		take_field(e, at, (size_t)(equals - at), equals + 1, (size_t)(end - equals - 1));
}

/* A value with its length in front; its end, or NULL when not all of it is there yet. */
static const char *take_binary(struct lw_entries *e, const char *name, const char *name_end,
			       const char *end)
{
	const char *at = name_end + 1;
	uint64_t length = 0;
	int i;

	if (end - at < 8)
		return NULL;
	for (i = 7; i >= 0; i--)
		length = length << 8 | (uint8_t)at[i];
	at += 8;
	if (length > FIELD_MAX) {
		e->lost = true;
		return NULL;
	}
	if ((uint64_t)(end - at) < length + 1)
		return NULL;
	if (at[length] != '\n') {
		e->lost = true;
		return NULL;
	}
	take_field(e, name, (size_t)(name_end - name), at, length);
	return at + length + 1;
}

/* Returns where the first field begins that is not whole. */
static const char *take_fields(struct lw_entries *e, const char *at, const char *end)
{
	const char *line_end, *equals;

	while (at < end && !e->lost) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		if (!line_end)
			break;
		if (e->verbose) {
			take_verbose(e, at, line_end);
		} else if (line_end == at) {
			end_entry(e);
		} else {
			equals = memchr(at, '=', (size_t)(line_end - at));
			if (!equals) {
				const char *next = take_binary(e, at, line_end, end);

				if (!next)
					break;
				at = next;
				count_line(e);
				continue;
			}
			take_field(e, at, (size_t)(equals - at), equals + 1,
				   (size_t)(line_end - equals - 1));
		}
		count_line(e);
		at = line_end + 1;
	}
	return at;
}

void lw_entries_push(struct lw_entries *e, const char *bytes, size_t length)
{
	const char *rest;
	char *grown;

	if (e->lost)
		return;
	if (!length)
		return;
	if (e->room < e->length + length) {
		grown = realloc(e->buffer, e->length + length);
		if (!grown) {
			e->log->error = -ENOMEM;
			return;
		}
		e->buffer = grown;
		e->room = e->length + length;
	}
	memcpy(e->buffer + e->length, bytes, length);
	e->length += length;
	rest = take_fields(e, e->buffer, e->buffer + e->length);
	e->length -= (size_t)(rest - e->buffer);
	memmove(e->buffer, rest, e->length);
	if (e->length > FIELD_MAX + 4096)
		e->lost = true;
}

void lw_entries_end(struct lw_entries *e)
{
	struct lw_saved_about about = e->about;
	const char *newline = e->length ? memchr(e->buffer, '\n', e->length) : NULL;

	/* The last line may lack its end. */
	if (!e->lost && e->length && !newline)
		lw_entries_push(e, "\n", 1);
	about.line = e->line;
	if (e->lost || (e->length && newline))
		lw_saved_left_out(e->log, &about, LW_SAVED_DAMAGED, "journal entry", 13);
	end_entry(e);
	free(e->buffer);
	e->buffer = NULL;
}
