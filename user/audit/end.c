// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the end of the audit log: the record that the next one links to. What a crash left behind
 * it is told apart from what somebody changed: bytes without a newline, or with NUL bytes in them
 * (a page that never reached the disk), were never acknowledged and are kept aside; any other line
 * that is no record stays where it is, for `audit verify` to find.
 */
#include "audit/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/files.h"
#include "base/io.h"

#define FIRST_BYTES 65536

static int read_at(int fd, uint64_t offset, char *bytes, size_t length)
{
	ssize_t n;

	while (length) {
		n = pread(fd, bytes, length, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		bytes += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return 0;
}

/*
 * The last line that ends at END. *BYTES (the caller frees it) has it without its newline, *LENGTH
 * its length; a line that does not end in a newline is *TORN.
 */
static int read_last_line(int fd, uint64_t end, char **bytes, size_t *length, bool *torn)
{
	uint64_t size = FIRST_BYTES;
	char *buffer, *newline;
	int r;

	for (;; size *= 4) {
		if (size > end)
			size = end;
		buffer = malloc(size + 1);
		if (!buffer)
			return -ENOMEM;
		r = read_at(fd, end - size, buffer, size);
		if (r) {
			free(buffer);
			return r;
		}
		*torn = buffer[size - 1] != '\n';
		newline = memrchr(buffer, '\n', *torn ? size : size - 1);
		if (newline || size == end)
			break;
		free(buffer);
	}
	*length = newline ? size - (size_t)(newline + 1 - buffer) : size;
	if (newline)
		memmove(buffer, newline + 1, *length);
	if (!*torn)
		*length -= 1;
	*bytes = buffer;
	return 0;
}

static void take(struct lw_audit_log *log, const struct lw_audit_line *line)
{
	log->last.seq = line->seq;
	memcpy(log->last.hash, line->hash, LW_AUDIT_HASH);
	log->rotated = !strcmp(line->kind, lw_audit_kind_name(LW_AUDIT_LOG_ROTATED));
	log->changed_key = line->changes_key;
	memcpy(log->next_public, line->next_public, sizeof(log->next_public));
}

/* Last good record of a text; the lines after it are counted. False when it has none. */
static bool last_good(struct lw_audit_log *log, const char *bytes, size_t length, uint64_t *after)
{
	struct lw_audit_line line = { 0 };
	const char *at = bytes, *end = bytes + length, *newline;
	bool found = false;

	for (*after = 0; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			break;
		*after += 1;
		if (lw_audit_line_parse(at, (size_t)(newline - at), &line))
			continue;
		take(log, &line);
		found = true;
		*after = 0;
	}
	return found;
}

/* Goes on from the newest rotated file. Without any the log begins with record 1. */
static int continue_from_rotated(struct lw_audit_log *log)
{
	size_t count = 0, length = 0;
	LW_FREE char *bytes = NULL;
	bool damaged = false;
	char **list = NULL;
	uint64_t after = 0;
	int r = lw_audit_files_list(log->stem, &list, &count);

	if (r || !count)
		return r;
	r = lw_audit_file_read(list[count - 1], &bytes, &length, &damaged);
	if (!r && (!last_good(log, bytes, length, &after) || after)) {
		/* Its end was damaged: the numbers go on, the link shows that something is amiss.
		 */
		log->last = (struct lw_audit_anchor){ lw_audit_file_number(list[count - 1]), {} };
	}
	log->rotated = false;
	lw_audit_files_free(list, count);
	return r;
}

/* The last line of the current file is no record, and no crash made it so: link to its bytes. */
static int link_to_damage(struct lw_audit_log *log, uint64_t end, const char *line,
			  size_t line_length)
{
	LW_FREE char *bytes = malloc(end);
	uint64_t after = 0;
	int r;

	if (!bytes)
		return -ENOMEM;
	r = read_at(log->fd, 0, bytes, end);
	if (!r && !last_good(log, bytes, end, &after))
		r = continue_from_rotated(log);
	log->last.seq += after;
	lw_audit_hash(line, line_length, log->last.hash);
	log->rotated = false;
	log->damaged = true;
	return r;
}

static void find_begin(struct lw_audit_log *log)
{
	LW_FREE char *bytes = malloc(FIRST_BYTES);
	size_t length = log->size < FIRST_BYTES ? log->size : FIRST_BYTES;
	struct lw_audit_line line = { 0 };
	char *newline;

	if (!bytes || read_at(log->fd, 0, bytes, length))
		return;
	newline = memchr(bytes, '\n', length);
	if (newline && !lw_audit_line_parse(bytes, (size_t)(newline - bytes), &line))
		log->begun_ns = line.time_ns;
}

int lw_audit_log_find_end(struct lw_audit_log *log)
{
	struct lw_audit_line line = { 0 };
	uint64_t torn_at = log->size;
	bool torn;
	int r = 0;

	while (log->fd >= 0 && torn_at) {
		LW_FREE char *bytes = NULL;
		size_t length = 0;

		r = read_last_line(log->fd, torn_at, &bytes, &length, &torn);
		if (r)
			return r;
		if (!torn && !lw_audit_line_parse(bytes, length, &line)) {
			take(log, &line);
			break;
		}
		if (!torn && !memchr(bytes, '\0', length)) {
			r = link_to_damage(log, torn_at, bytes, length);
			if (r)
				return r;
			break;
		}
		torn_at -= length + (torn ? 0 : 1);
	}
	if (log->fd < 0 || !torn_at) {
		r = continue_from_rotated(log);
		if (r)
			return r;
	}
	if (torn_at < log->size) {
		r = lw_audit_torn_keep(log, torn_at, log->size - torn_at);
		if (r)
			return r;
		log->rotated = log->damaged = false;
		return lw_audit_log_find_end(log);
	}
	if (log->size)
		find_begin(log);
	return 0;
}
