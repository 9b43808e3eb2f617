// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rotation. A file ends with a record that says so, gets its number by one rename, and the next
 * file begins with a record that links to it. Each step is one that the next writer can find half
 * done and go on from, so there is no state beside the files.
 */
#include "audit/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/files.h"
#include "base/io.h"
#include "base/message.h"

static char *rotated_path(const struct lw_audit_log *log, uint64_t seq)
{
	return lw_format("%s-%012llu.jsonl", log->stem, (unsigned long long)seq);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Not over a file of that number: only somebody who put files back by hand gets here. */
static char *free_path(const struct lw_audit_log *log)
{
	char *path = rotated_path(log, log->last.seq);
	LW_FREE char *packed = lw_format("%s.gz", path);
	unsigned int which = 1;

	if (!lw_exists(path) && !lw_exists(packed))
		return path;
	do {
		free(path);
		path = lw_format("%s.conflict-%llu.%u", log->config.path,
				 (unsigned long long)log->last.seq, which++);
	} while (lw_exists(path));
	lw_warn("there is a rotated audit log up to record %llu already; this one becomes %s",
		(unsigned long long)log->last.seq, path);
	return path;
}

int lw_audit_log_retire(struct lw_audit_log *log)
{
	LW_FREE char *path = free_path(log);

	/* The writer of the closing record may have been killed before it could sync it. */
	if (fsync(log->fd) || rename(log->config.path, path))
		return -errno;
	close(log->fd);
	log->fd = -1;
	log->size = 0;
	log->rotated = false;
	return lw_audit_log_sync_directory(log);
}

static int create_current(struct lw_audit_log *log)
{
	log->fd = open(log->config.path,
		       O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (log->fd < 0 || fchmod(log->fd, 0640))
		return -errno;
	log->size = 0;
	return 0;
}

int lw_audit_log_begin(struct lw_audit_log *log)
{
	LW_FREE char *before = rotated_path(log, log->last.seq);
	json_t *detail, *torn;
	int r = 0;

	if (log->fd < 0)
		r = create_current(log);
	if (r)
		return r;
	detail = json_pack("{ss}", "agent", LW_VERSION);
	if (log->last.seq)
		json_object_set_new(detail, "after", json_string(name_of(before)));
	torn = lw_audit_torn_list(log);
	if (torn)
		json_object_set_new(detail, "torn", torn);
	log->opened = true;
	r = lw_audit_log_note(log, log->last.seq ? LW_AUDIT_LOG_OPENED : LW_AUDIT_LOG_STARTED,
			      detail);
	return r ? r : lw_audit_log_sync_directory(log);
}

int lw_audit_log_rotate(struct lw_audit_log *log, const char *reason)
{
	LW_FREE char *path = rotated_path(log, log->last.seq + 1);
	int r = lw_audit_log_note(log, LW_AUDIT_LOG_ROTATED,
				  json_pack("{ss, ss}", "reason", reason, "file", name_of(path)));

	if (!r)
		r = lw_audit_log_retire(log);
	return r ? r : lw_audit_log_begin(log);
}

static const char *rotation_due(const struct lw_audit_log *log)
{
	struct timespec now;
	int64_t age;

	if (log->size >= log->config.rotate_bytes)
		return "size";
	clock_gettime(CLOCK_REALTIME, &now);
	age = now.tv_sec - log->begun_ns / 1000000000; /* negative when the clock went back */
	if (log->begun_ns && age > 0 && (uint64_t)age >= log->config.rotate_seconds)
		return "age";
	return NULL;
}

int lw_audit_log_prepare(struct lw_audit_log *log)
{
	json_t *torn;
	int r = 0;

	lw_audit_log_finish_key(log);
	if (log->fd >= 0 && log->rotated)
		r = lw_audit_log_retire(log);
	if (!r && (log->fd < 0 || !log->size))
		r = lw_audit_log_begin(log);
	torn = r ? NULL : lw_audit_torn_list(log);
	if (torn)
		r = lw_audit_log_note(log, LW_AUDIT_LOG_REPAIRED, json_pack("{so}", "torn", torn));
	if (!r && log->damaged)
		r = lw_audit_log_note(log, LW_AUDIT_LOG_DAMAGED,
				      json_pack("{sI}", "record", (json_int_t)log->last.seq));
	if (!r && rotation_due(log))
		r = lw_audit_log_rotate(log, rotation_due(log));
	if (!r)
		lw_audit_log_change_key(log);
	return r;
}

/* The plain file goes only when its compressed copy was read back and is the same. */
static int compress_one(const struct lw_audit_log *log, const char *path)
{
	LW_FREE char *packed = lw_format("%s.gz", path);
	LW_FREE char *bytes = NULL, *again = NULL;
	size_t length, size;
	bool damaged;
	int r = lw_audit_file_read(path, &bytes, &length, &damaged);

	if (!r)
		r = lw_audit_file_write_compressed(packed, bytes, length);
	if (!r)
		r = lw_audit_file_read(packed, &again, &size, &damaged);
	if (!r && (damaged || size != length || memcmp(bytes, again, length)))
		r = -EIO;
	if (!r)
		r = lw_audit_log_sync_directory(log);
	if (!r && unlink(path))
		r = -errno;
	return r;
}

void lw_audit_log_compress(struct lw_audit_log *log)
{
	char **list;
	size_t count, i;
	int r = lw_audit_files_list(log->stem, &list, &count);

	if (r)
		return;
	for (i = 0; i < count; i++) {
		if (!strcmp(list[i] + strlen(list[i]) - 3, ".gz"))
			continue;
		r = compress_one(log, list[i]);
		if (r)
			lw_warn("%s stays uncompressed: %s", list[i], strerror(-r));
	}
	lw_audit_files_free(list, count);
}
