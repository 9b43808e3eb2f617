// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keeps aside what a crash left behind the last record. The file is named after the number of the
 * record that will tell of it: if the next crash comes before that record is written, the name
 * alone says that it is still owed.
 */
#include "audit/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/files.h"
#include "base/io.h"
#include "base/message.h"

#define TORN_MAX (256u << 20)

/* audit.jsonl.torn-124, audit.jsonl.torn-124.2, ... */
static char *torn_path(const struct lw_audit_log *log, unsigned int which)
{
	unsigned long long seq = log->last.seq + 1;

	if (which == 1)
		return lw_format("%s.torn-%llu", log->config.path, seq);
	return lw_format("%s.torn-%llu.%u", log->config.path, seq, which);
}

static bool has_content(const char *path, const char *bytes, size_t length)
{
	LW_FREE uint8_t *there = NULL;
	size_t size;

	return !lw_read_file(path, TORN_MAX, &there, &size) && size == length &&
	       !memcmp(there, bytes, length);
}

static int write_aside(const struct lw_audit_log *log, const char *path, const char *bytes,
		       size_t length)
{
	LW_FREE char *temporary = lw_format("%s.torn-new", log->config.path);

	return lw_audit_file_write(temporary, path, bytes, length);
}

/* Unless an earlier try got that far already. */
static int keep_bytes(const struct lw_audit_log *log, const char *bytes, size_t length)
{
	unsigned int which;

	for (which = 1;; which++) {
		LW_FREE char *path = torn_path(log, which);

		if (!lw_exists(path)) {
			lw_warn("%zu bytes of a torn record are kept in %s", length, path);
			return write_aside(log, path, bytes, length);
		}
		if (has_content(path, bytes, length))
			return 0;
	}
}

int lw_audit_torn_keep(struct lw_audit_log *log, uint64_t offset, uint64_t length)
{
	LW_FREE char *bytes = NULL;
	ssize_t n;
	int r;

	if (length > TORN_MAX)
		return -EFBIG;
	bytes = malloc(length);
	if (!bytes)
		return -ENOMEM;
	n = pread(log->fd, bytes, length, (off_t)offset);
	if (n < 0 || (uint64_t)n != length)
		return n < 0 ? -errno : -EIO;
	r = keep_bytes(log, bytes, length);
	if (!r)
		r = lw_audit_log_sync_directory(log);
	if (r)
		return r;
	/* Only now: until here a crash finds the tail where it was. */
	if (ftruncate(log->fd, (off_t)offset) || fsync(log->fd))
		return -errno;
	log->size = offset;
	return 0;
}

json_t *lw_audit_torn_list(const struct lw_audit_log *log)
{
	char hex[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];
	json_t *list = NULL;
	unsigned int which;

	for (which = 1;; which++) {
		LW_FREE char *path = torn_path(log, which);
		LW_FREE uint8_t *bytes = NULL;
		const char *name = strrchr(path, '/');
		size_t length;

		if (lw_read_file(path, TORN_MAX, &bytes, &length))
			return list;
		if (!list)
			list = json_array();
		lw_audit_hash(bytes, length, hash);
		json_array_append_new(list,
				      json_pack("{ss, sI, ss}", "file", name ? name + 1 : path,
						"bytes", (json_int_t)length, "sha256",
						lw_audit_hash_text(hash, hex)));
	}
}
