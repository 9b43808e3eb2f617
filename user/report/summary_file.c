// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of summaries: whole lines only, each on disk before it counts as told. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "report/tell.h"

#define MODE  0640
#define LIMIT ((size_t)8 << 20)

static char *earlier(const char *path)
{
	return lw_format("%s.1", path);
}

static int has_line(const char *path, const char *line)
{
	LW_FREE uint8_t *bytes = NULL;
	size_t length, size = strlen(line);
	const char *at;
	int r = lw_read_own_file(path, LIMIT, &bytes, &length);

	if (r)
		return r == -ENOENT ? 0 : r;
	for (at = (char *)bytes; (at = memmem(at, length - (at - (char *)bytes), line, size)); at++)
		if (at == (char *)bytes || at[-1] == '\n')
			return 1;
	return 0;
}

int lw_summary_file_has(const char *path, const char *line)
{
	LW_FREE char *before = earlier(path);
	int r = has_line(path, line);

	return r ? r : has_line(before, line);
}

static int sync_folder(const char *path)
{
	LW_FREE char *folder = strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;
	LW_CLOSE int fd = -1;

	if (!slash)
		return -ENOMEM;
	*slash = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? -errno : 0;
}

/* The current file, locked; another writer may have renamed it while this one waited. */
static int open_locked(const char *path, struct stat *status)
{
	struct stat named;
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, MODE);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX) || fstat(fd, status) || !S_ISREG(status->st_mode)) {
			close(fd);
			return -EBADMSG;
		}
		if (!lstat(path, &named) && named.st_ino == status->st_ino && status->st_nlink)
			return fd;
		close(fd);
	}
}

static int put(int fd, const char *line, off_t size)
{
	char last = '\n';
	LW_FREE char *text = NULL;
	int r;

	if (size && pread(fd, &last, 1, size - 1) != 1)
		return -EIO;
	text = lw_format("%s%s", last == '\n' ? "" : "\n", line);
	r = lw_write_all(fd, text, strlen(text));
	if (!r && fsync(fd))
		r = -errno;
	if (r && !ftruncate(fd, size))
		fsync(fd);
	return r;
}

int lw_summary_file_append(const char *path, const char *line, size_t bytes)
{
	LW_FREE char *before = earlier(path);
	struct stat status;
	LW_CLOSE int fd = open_locked(path, &status);
	int r;

	if (fd < 0)
		return fd;
	if (status.st_size && (size_t)status.st_size + strlen(line) > bytes) {
		if (rename(path, before))
			return -errno;
		close(fd);
		fd = open_locked(path, &status);
		if (fd < 0)
			return fd;
	}
	r = put(fd, line, status.st_size);
	return r ? r : sync_folder(path);
}
