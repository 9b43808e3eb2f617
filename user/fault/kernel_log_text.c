// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saved kernel logs: text in whatever form somebody kept it, for `decode`. Beyond single lines it
 * knows what a line is not: the second half of a fault, the rest of another record, a program's
 * output between the kernel's on a console, or a field of a journal entry.
 */
#include "fault/kernel_log.h"

#include <string.h>

#include "fault/cursor.h"
#include "fault/kernel_log_take.h"

#define PENDING_LINES 3

/* A line that is believed as far as text can be. */
static int take(struct lw_kernel_log *log, const struct lw_line *line)
{
	if (line->kmsg) {
		if (!line->sequence && log->sequence_known) {
			lw_kernel_log_begin_boot(log);
			log->sequence_known = false;
		}
		if (!lw_kernel_log_in_order(log, line->sequence))
			return 0;
	}
	if (line->facility <= 0 && line->fact == LW_FACT_LINUX_VERSION &&
	    !(line->kmsg && log->begins))
		lw_kernel_log_begin_boot(log);
	return lw_kernel_log_take(log, line);
}

static void drop_pending(struct lw_kernel_log *log)
{
	log->cut += log->pending_length > 0;
	log->pending_length = 0;
}

/*
 * Tries TEXT as the next physical line of the fault that waits. True when it was used; otherwise
 * the fault was cut and the line stands for itself.
 */
static bool join(struct lw_kernel_log *log, const char *text, size_t length, int *error)
{
	struct lw_line line;
	size_t offset = 0, left;

	if (!lw_line_continues(text, length, &offset))
		offset = 0;
	left = length - offset;
	if (log->pending_lines == PENDING_LINES ||
	    left >= sizeof(log->pending) - log->pending_length)
		goto cut;
	log->pending[log->pending_length] = '\n';
	memcpy(log->pending + log->pending_length + 1, text + offset, left);
	lw_line_parse(log->pending, log->pending_length + 1 + left, &line);
	if (line.incomplete) {
		log->pending_length += 1 + left;
		log->pending_lines++;
		return true;
	}
	if (line.kind == LW_LINE_OTHER)
		goto cut;
	log->pending_length = 0;
	*error = take(log, &line);
	return true;
cut:
	drop_pending(log);
	return false;
}

static int feed_line(struct lw_kernel_log *log, const char *text, size_t length)
{
	struct lw_line line;
	int error = 0;

	log->records++;
	if (log->pending_length && join(log, text, length, &error))
		return error;
	lw_line_parse(text, length, &line);
	if (line.prefixed) {
		log->prefixed = true;
	} else if (log->prefixed) {
		log->rejected += line.kind == LW_LINE_FAULT || line.kind == LW_LINE_INTERRUPT_FAULT;
		return 0;
	}
	if (line.incomplete && !line.kmsg && line.facility <= 0 && length < sizeof(log->pending)) {
		memcpy(log->pending, text, length);
		log->pending_length = length;
		log->pending_lines = 1;
		return 0;
	}
	return take(log, &line);
}

static int feed_lines(struct lw_kernel_log *log, const char *text, size_t length)
{
	const char *at = text, *end = text + length, *line_end;
	int error = 0, one;

	while (at < end) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		line_end = line_end ? line_end : end;
		one = feed_line(log, at, (size_t)(line_end - at));
		error = error ? error : one;
		at = line_end < end ? line_end + 1 : end;
	}
	drop_pending(log);
	return error;
}

/* What matters of one entry of the journal's export format. */
struct entry {
	struct lw_cursor message;
	bool any, has_message, kernel, program;
	uint64_t time_us;
};

static void take_field(struct entry *entry, struct lw_cursor name, struct lw_cursor value)
{
	uint64_t us;

	entry->any = true;
	if (lw_take(&name, "MESSAGE") && !lw_left(&name)) {
		entry->has_message = true;
		entry->message = value;
	} else if (lw_take(&name, "_TRANSPORT") && !lw_left(&name)) {
		entry->kernel = lw_take(&value, "kernel") && !lw_left(&value);
	} else if (lw_take(&name, "SYSLOG_FACILITY") && !lw_left(&name)) {
		entry->program = !lw_take(&value, "0") || lw_left(&value);
	} else if (lw_take(&name, "_SOURCE_MONOTONIC_TIMESTAMP") && !lw_left(&name)) {
		if (lw_take_number(&value, 10, 1, 20, UINT64_MAX / 1000, &us) && !lw_left(&value))
			entry->time_us = us;
	}
}

static int end_entry(struct lw_kernel_log *log, struct entry *entry)
{
	struct lw_line line;
	int error = 0;

	if (entry->any)
		log->records++;
	if (entry->has_message) {
		lw_line_parse(entry->message.at, lw_left(&entry->message), &line);
		/*
		 * Journald writes fields with a leading underscore itself: programs cannot. What
		 * they write to /dev/kmsg has that transport too, but the facility is then not 0.
		 */
		line.facility = entry->kernel && !entry->program ? 0 : 1;
		line.kmsg = false;
		if (line.time_ns == UINT64_MAX && entry->time_us != UINT64_MAX) {
			line.time_ns = entry->time_us * 1000;
			line.fault.first_ns = line.fault.last_ns = line.time_ns;
		}
		error = take(log, &line);
	}
	*entry = (struct entry){ .time_us = UINT64_MAX };
	return error;
}

/* The value of a field that has line ends in it: 64 bits of length, little endian, and the bytes.
 */
static bool take_binary(struct lw_cursor *c, struct lw_cursor *value)
{
	uint64_t length = 0;
	int i;

	if (lw_left(c) < 8)
		return false;
	for (i = 7; i >= 0; i--)
		length = length << 8 | (uint8_t)c->at[i];
	if (length > lw_left(c) - 8)
		return false;
	*value = (struct lw_cursor){ .at = c->at + 8, .end = c->at + 8 + length };
	c->at = value->end;
	return lw_take(c, "\n") || !lw_left(c);
}

static int feed_export(struct lw_kernel_log *log, struct lw_cursor c)
{
	struct entry entry = { .time_us = UINT64_MAX };
	struct lw_cursor name, value;
	const char *line_end, *equals;
	int error = 0, one;

	while (lw_left(&c)) {
		if (lw_take(&c, "\n")) {
			one = end_entry(log, &entry);
			error = error ? error : one;
			continue;
		}
		line_end = memchr(c.at, '\n', lw_left(&c));
		line_end = line_end ? line_end : c.end;
		equals = memchr(c.at, '=', (size_t)(line_end - c.at));
		name = (struct lw_cursor){ .at = c.at, .end = equals ? equals : line_end };
		c.at = line_end < c.end ? line_end + 1 : c.end;
		if (equals) {
			value = (struct lw_cursor){ .at = equals + 1, .end = line_end };
		} else if (!take_binary(&c, &value)) {
			/* Without its length nothing tells where the next field begins. */
			log->malformed++;
			return error;
		}
		take_field(&entry, name, value);
	}
	one = end_entry(log, &entry);
	return error ? error : one;
}

int lw_kernel_log_feed_text(struct lw_kernel_log *log, const char *text, size_t length)
{
	struct lw_cursor c = { .at = text, .end = text + length };
	struct lw_cursor first = c;

	while (lw_take(&first, "\n"))
		;
	if (lw_take(&first, "__CURSOR="))
		return feed_export(log, c);
	return feed_lines(log, text, length);
}
