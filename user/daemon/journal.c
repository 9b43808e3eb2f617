/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building entries field by field. A field that does not fit is left out and noted, never cut. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "daemon/journal.h"

#define FIELD_LIMIT 2000

const struct lw_message_kind lw_message_kinds[LW_MESSAGE_KINDS] = {
#define X(name, id, priority) { id, priority },
	LW_MESSAGES(X)
#undef X
};

/* Takes over VALUE, which may be NULL when there was no memory. */
static void add(struct lw_journal_entry *e, const char *prefix, const char *name, char *value)
{
	char *field = NULL;
	int length;

	if (!value || e->count == LW_JOURNAL_FIELDS) {
		e->lost = true;
		free(value);
		return;
	}
	length = asprintf(&field, "%s%s=%s", prefix, name, value);
	free(value);
	if (length < 0) {
		e->lost = true;
		return;
	}
	e->fields[e->count++] = (struct iovec){ field, length };
}

static char *number_text(uint64_t number)
{
	char *text = NULL;

	return asprintf(&text, "%" PRIu64, number) < 0 ? NULL : text;
}

void lw_journal_begin(struct lw_journal_entry *e, enum lw_message kind, const char *format, ...)
{
	const struct lw_message_kind *k = &lw_message_kinds[kind];
	char *message = NULL;
	va_list args;
	int length;

	memset(e, 0, sizeof(*e));
	va_start(args, format);
	length = vasprintf(&message, format, args);
	va_end(args);
	add(e, "", "MESSAGE", length < 0 ? NULL : lw_escape(message, length, FIELD_LIMIT));
	if (length >= 0)
		free(message);
	add(e, "", "MESSAGE_ID", strdup(k->id));
	add(e, "", "PRIORITY", number_text(k->priority));
	add(e, "", "SYSLOG_IDENTIFIER", strdup("luwatch"));
}

void lw_journal_text(struct lw_journal_entry *e, const char *name, const char *text)
{
	if (text && *text)
		add(e, "LUWATCH_", name, lw_escape(text, strlen(text), FIELD_LIMIT));
}

void lw_journal_number(struct lw_journal_entry *e, const char *name, uint64_t number)
{
	add(e, "LUWATCH_", name, number_text(number));
}

void lw_journal_priority(struct lw_journal_entry *e, int priority)
{
	int i;

	for (i = 0; i < e->count; i++) {
		char *field = e->fields[i].iov_base;

		if (!strncmp(field, "PRIORITY=", 9)) {
			field[9] = '0' + (priority & 7);
			return;
		}
	}
}

const char *lw_journal_field(const struct lw_journal_entry *e, const char *name)
{
	size_t length = strlen(name);
	int i;

	for (i = 0; i < e->count; i++) {
		const char *field = e->fields[i].iov_base;

		if (!strncmp(field, name, length) && field[length] == '=')
			return field + length + 1;
	}
	return NULL;
}

void lw_journal_end(struct lw_journal_entry *e)
{
	while (e->count)
		free(e->fields[--e->count].iov_base);
}
