// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening the audit log for writing. All writers hold one lock, on a file of its own: the log
 * itself changes its name when it is rotated, and whoever may read the log must not be able to hold
 * its writers up, so the lock file is root's alone.
 */
#include "audit/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"

#define ROTATE_BYTES   (8u << 20)
#define ROTATE_SECONDS (90u * 24 * 3600)
#define KEY_SECONDS    (24 * 3600)
#define WAIT_MS	       5000
#define RETRY_MS       5

static void fill_defaults(const struct lw_audit_config *from, struct lw_audit_config *config)
{
	*config = from ? *from : (struct lw_audit_config){ 0 };
	if (!config->path)
		config->path = LW_AUDIT_PATH;
	if (!config->key)
		config->key = LW_AUDIT_KEY;
	if (!config->rotate_bytes)
		config->rotate_bytes = ROTATE_BYTES;
	if (!config->rotate_seconds)
		config->rotate_seconds = ROTATE_SECONDS;
	if (!config->key_seconds)
		config->key_seconds = KEY_SECONDS;
	if (!config->wait_ms)
		config->wait_ms = WAIT_MS;
}

static int split_path(struct lw_audit_log *log)
{
	const char *path = log->config.path;
	size_t length = strlen(path), suffix = strlen(".jsonl");
	LW_FREE char *copy = strdup(path);

	log->stem = strdup(path);
	log->directory = copy ? strdup(dirname(copy)) : NULL;
	if (!log->stem || !log->directory)
		return -ENOMEM;
	if (length > suffix && !strcmp(path + length - suffix, ".jsonl"))
		log->stem[length - suffix] = '\0';
	return 0;
}

static int sync_directory(const char *path)
{
	LW_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? -errno : 0;
}

int lw_audit_log_sync_directory(const struct lw_audit_log *log)
{
	return sync_directory(log->directory);
}

static int make_directory(const struct lw_audit_log *log)
{
	LW_FREE char *copy = strdup(log->directory);
	int r;

	if (!copy)
		return -ENOMEM;
	if (lw_exists(log->directory))
		return 0;
	r = lw_make_directory(log->directory);
	return r ? r : sync_directory(dirname(copy));
}

static int take_lock(struct lw_audit_log *log)
{
	LW_FREE char *path = lw_format("%s.lock", log->config.path);
	unsigned int waited;

	log->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (log->lock < 0)
		return -errno;
	for (waited = 0; flock(log->lock, LOCK_EX | LOCK_NB); waited += RETRY_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (waited >= log->config.wait_ms)
			return -ETIMEDOUT;
		usleep(RETRY_MS * 1000);
	}
	return 0;
}

static int open_current(struct lw_audit_log *log)
{
	struct stat st;

	log->fd = open(log->config.path,
		       O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (log->fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(log->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	log->size = (uint64_t)st.st_size;
	return 0;
}

/* A key that cannot be used costs the signature, not the record. */
static void read_key(struct lw_audit_log *log)
{
	char machine[LW_MACHINE_TEXT] = "";
	int r = lw_audit_key_read(log->config.key, &log->key);

	if (r == -ENOENT)
		return;
	lw_read_line("/etc/machine-id", machine, sizeof(machine));
	if (r)
		lw_warn("audit records are not signed: %s: %s", log->config.key, strerror(-r));
	else if (!log->key.private || strcmp(machine, log->key.machine))
		lw_warn("audit records are not signed: %s is not this machine's private key; "
			"`luwatch audit keygen` makes one",
			log->config.key);
	else
		log->sign = true;
}

int lw_audit_log_open(const struct lw_audit_config *config, struct lw_audit_log *log)
{
	int r;

	*log = (struct lw_audit_log){ .lock = -1, .fd = -1 };
	fill_defaults(config, &log->config);
	r = split_path(log);
	if (!r)
		r = make_directory(log);
	if (!r)
		r = take_lock(log);
	if (!r)
		r = open_current(log);
	if (!r)
		read_key(log);
	return r;
}

void lw_audit_log_unlock(struct lw_audit_log *log)
{
	if (log->lock >= 0)
		close(log->lock);
	log->lock = -1;
}

void lw_audit_log_close(struct lw_audit_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	lw_audit_log_unlock(log);
	lw_audit_key_forget(&log->key);
	free(log->directory);
	free(log->stem);
}
