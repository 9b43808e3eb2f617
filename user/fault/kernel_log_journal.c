// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The beginning of the kernel log out of the journal, for when the kernel's own buffer has already
 * been written over. What journald kept becomes records of /dev/kmsg again, numbered so that they
 * end where those begin that the kernel still has; where journald says that it missed some, a number
 * is left out, which is a gap like any other.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "base/io.h"
#include "fault/kernel_log.h"

#define MISSED_ID "e9bf28e6e834481bb6f48f548ad13606" /* SD_MESSAGE_JOURNAL_MISSED */

struct first {
	uint64_t sequence, time_us;
	const char *message;
	size_t length;
};

/* The head of the first record in RAW: "PRIORITY,SEQUENCE,TIME,FLAGS;MESSAGE". */
static bool read_first(const struct lw_kmsg_raw *raw, struct first *first)
{
	const char *semicolon = raw->length ? memchr(raw->bytes, ';', raw->length) : NULL;
	const char *newline = raw->length ? memchr(raw->bytes, '\n', raw->length) : NULL;
	char head[128];

	if (!semicolon || !newline || semicolon > newline ||
	    (size_t)(semicolon - raw->bytes) >= sizeof(head))
		return false;
	memcpy(head, raw->bytes, semicolon - raw->bytes);
	head[semicolon - raw->bytes] = '\0';
	first->message = semicolon + 1;
	first->length = newline - first->message;
	return sscanf(head, "%*u,%" SCNu64 ",%" SCNu64, &first->sequence, &first->time_us) == 2;
}

/* One record without its head, escaped as the kernel does it. */
struct kept {
	unsigned int priority;
	uint64_t time_us;
	char *text;
};

struct list {
	struct kept *kept;
	size_t count, room, bytes;
};

static char *as_kmsg(const char *message, size_t length)
{
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (i = 0; i < length; i++) {
		unsigned char c = message[i];

		if (c < ' ' || c >= 127 || c == '\\')
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	return fclose(out) ? NULL : text;
}

/* The value of FIELD in the present entry; NULL when it has none. Lives until the next call. */
static const char *field(sd_journal *journal, const char *name, size_t *length)
{
	const void *data;
	size_t skip = strlen(name) + 1;

	if (sd_journal_get_data(journal, name, &data, length) < 0 || *length < skip)
		return NULL;
	*length -= skip;
	return (const char *)data + skip;
}

static bool number(sd_journal *journal, const char *name, uint64_t most, uint64_t *value)
{
	size_t length;
	const char *text = field(journal, name, &length);
	char digits[24], *end;

	if (!text || !length || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	*value = strtoull(digits, &end, 10);
	return !*end && *value <= most;
}

/* 1: taken; 0: here begins what the kernel still has; -EBADMSG: no record; -ENOMEM. */
static int take(sd_journal *journal, const struct first *first, struct list *list)
{
	uint64_t priority, facility, time_us;
	const char *message;
	struct kept *k;
	size_t length;
	char *text;

	if (!number(journal, "_SOURCE_MONOTONIC_TIMESTAMP", UINT64_MAX / 1000, &time_us) ||
	    !number(journal, "PRIORITY", 7, &priority) ||
	    !number(journal, "SYSLOG_FACILITY", 127, &facility))
		return -EBADMSG;
	message = field(journal, "MESSAGE", &length);
	text = message ? as_kmsg(message, length) : NULL;
	if (!text)
		return message ? -ENOMEM : -EBADMSG;
	if (time_us > first->time_us ||
	    (time_us == first->time_us && strlen(text) == first->length &&
	     !memcmp(text, first->message, first->length))) {
		free(text);
		return 0;
	}
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 1024;

		k = realloc(list->kept, room * sizeof(*k));
		if (!k) {
			free(text);
			return -ENOMEM;
		}
		list->kept = k;
		list->room = room;
	}
	list->kept[list->count++] = (struct kept){ 8 * facility + priority, time_us, text };
	list->bytes += strlen(text) + 64;
	return 1;
}

static int match(sd_journal *journal, const char *name, const char *value)
{
	LW_FREE char *text = lw_format("%s=%s", name, value);

	return sd_journal_add_match(journal, text, 0);
}

/* Whether journald says that it missed records of the kernel in this boot. */
static bool has_missed(sd_journal *journal, const char *boot)
{
	sd_journal_flush_matches(journal);
	return match(journal, "_BOOT_ID", boot) < 0 || match(journal, "MESSAGE_ID", MISSED_ID) < 0 ||
	       sd_journal_seek_head(journal) < 0 || sd_journal_next(journal) != 0;
}

static int take_all(sd_journal *journal, const char *boot, const struct first *first,
		    struct list *list, bool *hole)
{
	int r = match(journal, "_BOOT_ID", boot);

	if (r >= 0)
		r = match(journal, "_TRANSPORT", "kernel");
	if (r >= 0)
		r = sd_journal_seek_head(journal);
	while (r >= 0 && list->bytes < LW_KMSG_RAW_LIMIT && (r = sd_journal_next(journal)) > 0) {
		r = take(journal, first, list);
		if (!r)
			break;
		*hole |= r == -EBADMSG;
		if (r == -EBADMSG)
			r = 1;
	}
	*hole |= list->bytes >= LW_KMSG_RAW_LIMIT;
	return r < 0 ? r : 0;
}

/* The records in order, numbered up to the first one of the kernel's own. */
static int write_out(const struct list *list, const struct first *first, bool hole,
		     struct lw_kmsg_raw *raw)
{
	uint64_t count = list->count + hole, number, from;
	FILE *out = open_memstream(&raw->bytes, &raw->length);
	size_t i;

	if (!out)
		return -ENOMEM;
	from = first->sequence > count ? first->sequence - count : 0;
	for (i = 0; i < list->count; i++) {
		number = from + i;
		fprintf(out, "%u,%" PRIu64 ",%" PRIu64 ",-;%s\n", list->kept[i].priority, number,
			list->kept[i].time_us, list->kept[i].text);
	}
	return fclose(out) ? -ENOMEM : 0;
}

int lw_kernel_log_read_journal(const char **files, const char *boot_id,
			       const struct lw_kmsg_raw *kmsg, struct lw_kmsg_raw *raw)
{
	char boot[33] = "";
	struct list list = {};
	sd_journal *journal;
	struct first first;
	bool hole = false;
	size_t i, n = 0;
	int r;

	memset(raw, 0, sizeof(*raw));
	if (!read_first(kmsg, &first))
		return -ENODATA;
	for (i = 0; boot_id[i] && n < sizeof(boot) - 1; i++)
		if (boot_id[i] != '-')
			boot[n++] = boot_id[i];
	r = files ? sd_journal_open_files(&journal, files, 0)
		  : sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (r < 0)
		return r;
	r = take_all(journal, boot, &first, &list, &hole);
	if (!r && !list.count)
		r = -ENODATA;
	if (!r)
		r = write_out(&list, &first, hole || has_missed(journal, boot), raw);
	sd_journal_close(journal);
	for (i = 0; i < list.count; i++)
		free(list.kept[i].text);
	free(list.kept);
	return r;
}
