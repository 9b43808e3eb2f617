// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The signing key changes once a day, so that who takes this host today cannot sign yesterday anew:
 * the next key is made and put beside the old one, a record signed by the old one names it, then the
 * old one is overwritten. From the first public key on every later one is known from the log itself,
 * and no secret has to be kept anywhere to check it. Whatever step a crash leaves half done, the log's
 * last record says whether the next key has taken over, and the next writer goes on from there.
 */
#include "audit/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"

#define TICK_SECONDS 1
#define KEY_FILE 256 /* bytes, more than one has */

static char *next_path(const struct lw_audit_log *log)
{
	return lw_format("%s.next", log->config.key);
}

/* As far as the disk lets us: flash may keep the old blocks. */
static int overwrite(const char *path)
{
	LW_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	static const char nothing[KEY_FILE];

	if (fd < 0)
		return -errno;
	return lw_write_all(fd, nothing, sizeof(nothing)) || fsync(fd) ? -EIO : 0;
}

/* The record that names KEY is on disk: it signs from here on, whatever becomes of the files. */
static void take_over(struct lw_audit_log *log, const struct lw_audit_key *key)
{
	LW_FREE char *next = next_path(log);
	int r = overwrite(log->config.key);

	if (rename(next, log->config.key))
		r = -errno;
	if (r)
		lw_warn("the old audit key %s is not destroyed: %s", log->config.key, strerror(-r));
	log->key = *key;
	log->sign = true;
}

void lw_audit_log_finish_key(struct lw_audit_log *log)
{
	LW_FREE char *next = next_path(log);
	struct lw_audit_key key;
	int r;

	if (!lw_exists(next))
		return;
	r = lw_audit_key_read(next, &key);
	if (r) {
		/* It may be the key that has taken over: kept, and no other signs in its place. */
		log->sign = false;
		lw_warn("audit records are not signed: %s: %s", next, strerror(-r));
		return;
	}
	if (!r && key.private && log->changed_key &&
	    !memcmp(key.public, log->next_public, sizeof(key.public)))
		take_over(log, &key);
	else if (unlink(next)) /* the log does not name it: it has signed nothing */
		lw_warn("%s: %s", next, strerror(errno));
	lw_audit_key_forget(&key);
}

static bool due(const struct lw_audit_log *log)
{
	time_t now = time(NULL);
	struct stat st;

	if (!log->sign || stat(log->config.key, &st))
		return false;
	/* A file's time is finer than the clock's tick (Linux 6.13), and may be a second ahead of it. */
	if (st.st_mtime > now && st.st_mtime <= now + TICK_SECONDS)
		return false;
	/* A file from the future says nothing about its age: the clock was put back. */
	return st.st_mtime > now || (uint64_t)(now - st.st_mtime) >= log->config.key_seconds;
}

static int make_next(const struct lw_audit_log *log, struct lw_audit_key *key)
{
	LW_FREE char *next = next_path(log), *text = NULL;
	int r = lw_audit_key_make(log->key.machine, key);

	if (r)
		return r;
	text = lw_audit_key_format(key, true);
	r = lw_write_file(next, text, strlen(text), 0600);
	explicit_bzero(text, strlen(text));
	return r;
}

void lw_audit_log_change_key(struct lw_audit_log *log)
{
	struct lw_audit_key key;
	LW_FREE char *public = NULL;
	int r;

	if (!due(log))
		return;
	r = make_next(log, &key);
	if (!r) {
		public = lw_audit_key_format(&key, false);
		public[strcspn(public, "\n")] = '\0';
		r = lw_audit_log_note(log, LW_AUDIT_KEY_CHANGED,
				      json_pack("{ss}", "public", public));
	}
	if (r)
		lw_warn("the audit key %s stays: %s", log->config.key, strerror(-r));
	else
		take_over(log, &key);
	lw_audit_key_forget(&key);
}
