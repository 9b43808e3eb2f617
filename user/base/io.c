/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files. Evidence and state must survive a power cut at any moment, so writing is always temporary
 * file, fsync, rename, fsync of the directory; reading always has a limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

void lw_free_pointer(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}

void lw_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

char *lw_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		fputs("luwatch: out of memory\n", stderr);
		exit(1);
	}
	return text;
}

bool lw_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int lw_read_line(const char *path, char *text, size_t size)
{
	LW_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strlen(text);
}

int lw_read_number(const char *path, uint64_t *number)
{
	char text[32], *end;
	int r = lw_read_line(path, text, sizeof(text));

	if (r < 0)
		return r;
	errno = 0;
	*number = strtoull(text, &end, 0);
	if (errno || end == text || *end)
		return -EINVAL;
	return 0;
}

static bool is_handed_over(const char *path)
{
	return !strncmp(path, "/dev/fd/", 8) || !strncmp(path, "/proc/self/fd/", 14);
}

int lw_open_ordinary(const char *path, int flags)
{
	int fd, r = 0;
	struct stat status;

	/* A socket cannot be opened by name. */
	if (!strcmp(path, "/dev/stdin"))
		return (fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) < 0 ? -errno : fd;
	if (is_handed_over(path))
		return (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0 ? -errno : fd;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status))
		r = -errno;
	else if (!S_ISREG(status.st_mode))
		r = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	if (!r)
		return fd;
	close(fd);
	return r;
}

static int read_all(int fd, size_t limit, uint8_t **bytes, size_t *length)
{
	LW_FREE uint8_t *buffer = NULL;
	size_t used = 0, size = 0;
	ssize_t n;

	for (;;) {
		if (used == size) {
			uint8_t *grown;

			if (size > limit)
				return -EFBIG;
			size = size ? size * 2 : 65536;
			grown = realloc(buffer, size + 1);
			if (!grown)
				return -ENOMEM;
			buffer = grown;
		}
		n = read(fd, buffer + used, size - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += n;
		if (used > limit)
			return -EFBIG;
	}
	buffer[used] = '\0';
	*bytes = buffer;
	*length = used;
	buffer = NULL;
	return 0;
}

int lw_read_file(const char *path, size_t limit, uint8_t **bytes, size_t *length)
{
	LW_CLOSE int fd = lw_open_ordinary(strcmp(path, "-") ? path : "/dev/stdin", 0);

	return fd < 0 ? fd : read_all(fd, limit, bytes, length);
}

int lw_read_own_file(const char *path, size_t limit, uint8_t **bytes, size_t *length)
{
	LW_CLOSE int fd = lw_open_ordinary(path, O_NOFOLLOW);

	if (fd == -EINVAL || fd == -EISDIR || fd == -ELOOP)
		return -EBADMSG;
	return fd < 0 ? fd : read_all(fd, limit, bytes, length);
}

int lw_write_all(int fd, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;
	ssize_t n;

	while (length) {
		n = write(fd, from, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		length -= n;
	}
	return 0;
}

static int sync_directory_of(const char *path)
{
	LW_FREE char *copy = strdup(path);
	LW_CLOSE int fd = -1;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		return -errno;
	return 0;
}

int lw_write_file_by(const char *path, int (*write)(FILE *file, void *context), void *context, unsigned int mode)
{
	LW_FREE char *temporary = lw_format("%s.%d.new", path, getpid());
	FILE *file;
	int fd, r;

	/* Never what somebody else put there; of ours, what a crash left. */
	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (!file) {
		r = -errno;
		close(fd);
		unlink(temporary);
		return r;
	}
	r = write(file, context);
	/* The mode is meant, whatever the umask: metrics are for everybody. */
	if (!r && (fflush(file) || fchmod(fd, mode) || fsync(fd)))
		r = -errno;
	if (fclose(file) && !r)
		r = -errno;
	if (!r && rename(temporary, path))
		r = -errno;
	if (r) {
		unlink(temporary);
		return r;
	}
	return sync_directory_of(path);
}

struct bytes {
	const void *bytes;
	size_t length;
};

static int write_bytes(FILE *file, void *context)
{
	const struct bytes *b = context;

	return fwrite(b->bytes, 1, b->length, file) == b->length ? 0 : -errno;
}

int lw_write_file(const char *path, const void *bytes, size_t length, unsigned int mode)
{
	struct bytes b = { bytes, length };

	return lw_write_file_by(path, write_bytes, &b, mode);
}

int lw_make_directory(const char *path)
{
	LW_FREE char *copy = strdup(path);
	char *at;

	if (!copy)
		return -ENOMEM;
	for (at = copy + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0750) && errno != EEXIST)
			return -errno;
		*at = '/';
	}
	if (mkdir(copy, 0750) && errno != EEXIST)
		return -errno;
	return 0;
}
