/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving evidence: whole or not at all, and what was read only once is never lost. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/entry.h"
#include "base/io.h"
#include "base/message.h"
#include "collect/save.h"
#include "report/store.h"

#define COLLECTING "collecting"

static int told(const char *path, int r)
{
	lw_error("%s: %s", path, strerror(-r));
	return r;
}

static int sync_folder(const char *path)
{
	LW_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? -errno : 0;
}

/* Files only: nobody but us puts anything there. */
static void remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *item;

	while (folder && (item = readdir(folder))) {
		LW_FREE char *file = lw_format("%s/%s", path, item->d_name);

		if (item->d_name[0] != '.')
			unlink(file);
	}
	if (folder)
		closedir(folder);
	rmdir(path);
}

static char *try_path(const struct lw_saving *s, int n)
{
	return lw_format("%s.%d", s->folder, n);
}

/* A try that was cut off gets a number. The last place is used again when all are taken. */
static int set_aside(struct lw_saving *s)
{
	int n;

	for (n = 1; n <= LW_TRIES; n++) {
		LW_FREE char *path = try_path(s, n);

		if (!lw_exists(path))
			return rename(s->folder, path) ? -errno : 0;
	}
	remove_folder(s->folder);
	return 0;
}

static void count_tries(struct lw_saving *s)
{
	int n;

	for (n = 1; n <= LW_TRIES; n++) {
		LW_FREE char *path = try_path(s, n);

		if (lw_exists(path))
			s->tries = n;
	}
}

int lw_saving_lock(struct lw_saving *s, const char *state, const char *boot)
{
	LW_FREE char *above = lw_format("%s/" COLLECTING, state);
	LW_FREE char *lock = lw_format("%s/lock", above);
	int r;

	*s = (struct lw_saving){ .lock = -1,
				 .state = strdup(state),
				 .boot = strdup(boot),
				 .folder = lw_format("%s/%s", above, boot),
				 .files = json_object() };
	r = lw_make_directory(above);
	if (r)
		return told(above, r);
	s->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return s->lock < 0 || flock(s->lock, LOCK_EX) ? told(lock, -errno) : 0;
}

int lw_saving_begin(struct lw_saving *s)
{
	LW_FREE char *evidence = lw_format("%s/" LW_EVIDENCE, s->folder);
	int r = 0;

	if (lw_exists(evidence)) {
		count_tries(s);
		return 1;
	}
	if (lw_exists(s->folder))
		r = set_aside(s);
	count_tries(s);
	if (!r && mkdir(s->folder, 0750))
		r = -errno;
	s->begun = !r;
	return r ? told(s->folder, r) : 0;
}

static void note_file(struct lw_saving *s, const char *name, const void *bytes, size_t length)
{
	uint8_t hash[LW_AUDIT_HASH];
	char text[LW_AUDIT_HASH_TEXT];

	lw_audit_hash(bytes, length, hash);
	json_object_set_new(s->files, name,
			    json_pack("{sI ss}", "bytes", (json_int_t)length, "sha256",
				      lw_audit_hash_text(hash, text)));
}

int lw_saving_add(struct lw_saving *s, const char *name, const void *bytes, size_t length)
{
	LW_FREE char *path = lw_format("%s/%s", s->folder, name);
	int r = lw_write_file(path, bytes, length, 0640);

	if (r)
		return told(path, r);
	note_file(s, name, bytes, length);
	return 0;
}

uint8_t *lw_saving_map(struct lw_saving *s, const char *name, size_t size)
{
	LW_FREE char *path = lw_format("%s/%s", s->folder, name);
	LW_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	void *at = MAP_FAILED;

	if (fd >= 0) {
		errno = posix_fallocate(fd, 0, size);
		if (!errno && !fsync(fd))
			at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (at != MAP_FAILED)
		return at;
	told(path, -errno);
	/* Nothing was taken yet. */
	if (fd >= 0)
		unlink(path);
	return NULL;
}

int lw_saving_mapped(struct lw_saving *s, const char *name, uint8_t *at, size_t size, size_t length)
{
	LW_FREE char *path = lw_format("%s/%s", s->folder, name);
	LW_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int r = 0;

	note_file(s, name, at, length);
	s->taken |= length > 0;
	munmap(at, size);
	if (fd < 0 || ftruncate(fd, length) || fsync(fd))
		r = -errno;
	if (!r && !length) {
		unlink(path);
		json_object_del(s->files, name);
	}
	return r ? told(path, r) : 0;
}

int lw_saving_kept(const struct lw_saving *s, int n, const char *name, uint8_t **bytes,
		   size_t *length)
{
	LW_FREE char *folder = try_path(s, n);
	LW_FREE char *path = lw_format("%s/%s", folder, name);

	return lw_read_own_file(path, LW_EVIDENCE_MAX, bytes, length);
}

int lw_saving_write(struct lw_saving *s, json_t *evidence)
{
	LW_FREE char *path = lw_format("%s/" LW_EVIDENCE, s->folder);
	LW_FREE char *text = NULL;
	int r;

	json_object_set(evidence, "files", s->files);
	text = json_dumps(evidence, JSON_INDENT(1));
	r = text ? lw_write_file(path, text, strlen(text), 0640) : -ENOMEM;
	return r ? told(path, r) : 0;
}

/* What stands where the evidence belongs is not evidence of this boot: it stays, under another
 * name. */
static int make_room(const char *target)
{
	int n;

	for (n = 1; lw_exists(target); n++) {
		LW_FREE char *aside = lw_format("%s.earlier-%d", target, n);

		if (!lw_exists(aside))
			return rename(target, aside) ? -errno : 0;
	}
	return 0;
}

int lw_saving_replace(struct lw_saving *s, const char *id)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/%s", s->state, id);
	int r = make_room(path);

	return r ? told(path, r) : 0;
}

int lw_saving_finish(struct lw_saving *s, const char *id)
{
	LW_FREE char *above = lw_format("%s/" LW_STORE_FOLDER, s->state);
	LW_FREE char *target = lw_format("%s/%s", above, id);
	int r = lw_make_directory(above);

	if (!r)
		r = make_room(target);
	if (!r)
		r = sync_folder(s->folder);
	if (!r && rename(s->folder, target))
		r = -errno;
	if (!r)
		r = sync_folder(above);
	if (!r)
		r = sync_folder(s->state);
	return r ? told(target, r) : 0;
}

void lw_saving_close(struct lw_saving *s)
{
	if (s->begun && !s->taken) {
		LW_FREE char *evidence = lw_format("%s/" LW_EVIDENCE, s->folder);

		if (!lw_exists(evidence))
			remove_folder(s->folder);
	}
	lw_close_fd(&s->lock);
	json_decref(s->files);
	free(s->folder);
	free(s->state);
	free(s->boot);
	*s = (struct lw_saving){ .lock = -1 };
}
