// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of an audit log. Rotated ones carry the number of their last record in their name, so
 * that their order, and what is missing between them, shows without opening one.
 */
#include "audit/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "audit/entry.h"
#include "base/io.h"

#define NUMBER_DIGITS 12
#define READ_LIMIT    (256u << 20)
#define CHUNK	      (256u << 10)

uint64_t lw_audit_file_number(const char *path)
{
	const char *name = strrchr(path, '/'), *digits = NULL, *at;
	unsigned long long number;
	char *end;

	for (at = name ? name : path; *at; at++)
		if (*at == '-')
			digits = at + 1;
	if (!digits || strspn(digits, "0123456789") < NUMBER_DIGITS)
		return 0;
	errno = 0;
	number = strtoull(digits, &end, 10);
	if (errno || (strcmp(end, ".jsonl") && strcmp(end, ".jsonl.gz")))
		return 0;
	return number;
}

static int compare(const void *a, const void *b)
{
	const char *left = *(char *const *)a, *right = *(char *const *)b;
	uint64_t x = lw_audit_file_number(left), y = lw_audit_file_number(right);

	if (x != y)
		return x < y ? -1 : 1;
	return strcmp(left, right); /* "X.jsonl" before "X.jsonl.gz" */
}

void lw_audit_files_free(char **list, size_t count)
{
	while (count)
		free(list[--count]);
	free(list);
}

static int append(char ***list, size_t *count, char *path)
{
	char **grown = reallocarray(*list, *count + 1, sizeof(**list));

	if (!grown) {
		free(path);
		return -ENOMEM;
	}
	*list = grown;
	grown[(*count)++] = path;
	return 0;
}

static int scan(DIR *directory, const char *stem, char ***list, size_t *count)
{
	const char *base = strrchr(stem, '/') ? strrchr(stem, '/') + 1 : stem;
	size_t length = strlen(base);
	struct dirent *entry;

	while ((entry = readdir(directory))) {
		if (strncmp(entry->d_name, base, length) || entry->d_name[length] != '-' ||
		    strspn(entry->d_name + length + 1, "0123456789") < NUMBER_DIGITS ||
		    !lw_audit_file_number(entry->d_name))
			continue;
		if (append(list, count, lw_format("%s%s", stem, entry->d_name + length)))
			return -ENOMEM;
	}
	return 0;
}

int lw_audit_files_list(const char *stem, char ***list, size_t *count)
{
	LW_FREE char *copy = strdup(stem);
	size_t i, kept = 0;
	DIR *directory;
	int r;

	*list = NULL;
	*count = 0;
	if (!copy)
		return -ENOMEM;
	directory = opendir(dirname(copy));
	if (!directory)
		return -errno;
	r = scan(directory, stem, list, count);
	closedir(directory);
	if (r) {
		lw_audit_files_free(*list, *count);
		*list = NULL;
		*count = 0;
		return r;
	}
	if (*count)
		qsort(*list, *count, sizeof(**list), compare);
	for (i = 0; i < *count; i++) {
		char *path = (*list)[i];

		if (kept && lw_audit_file_number((*list)[kept - 1]) == lw_audit_file_number(path))
			free(path);
		else
			(*list)[kept++] = path;
	}
	*count = kept;
	return 0;
}

/* How reading ended: 0, also when the compressed form is broken, or a negative errno. */
static int stream_end(gzFile stream, bool *damaged)
{
	int error = Z_OK;

	gzerror(stream, &error);
	*damaged = error != Z_OK && error != Z_STREAM_END;
	if (error != Z_ERRNO)
		return 0;
	return errno ? -errno : -EIO;
}

/* gzread() passes plain files through. */
static int read_stream(gzFile stream, char **bytes, size_t *length, bool *damaged)
{
	size_t used = 0, size = 0;
	char *buffer = NULL, *grown;
	int n;

	for (;;) {
		if (used == size) {
			size = size ? size * 2 : 65536;
			grown = size > READ_LIMIT ? NULL : realloc(buffer, size + 1);
			if (!grown) {
				free(buffer);
				return size > READ_LIMIT ? -EFBIG : -ENOMEM;
			}
			buffer = grown;
		}
		n = gzread(stream, buffer + used, size - used);
		if (n <= 0)
			break;
		used += n;
	}
	n = stream_end(stream, damaged);
	if (n) {
		free(buffer);
		return n;
	}
	buffer[used] = '\0';
	*bytes = buffer;
	*length = used;
	return 0;
}

/* Tells all whole lines of the first USED bytes; returns where the rest begins, NULL after *R. */
static const char *tell_lines(const char *buffer, size_t used, bool *skip, lw_audit_line_taker take,
			      void *data, int *r)
{
	const char *line = buffer, *end = buffer + used, *newline;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		*r = *skip ? 0 : take(line, (size_t)(newline - line), false, data);
		if (*r)
			return NULL;
		*skip = false;
		line = newline + 1;
	}
	return line;
}

static int each_line(gzFile stream, lw_audit_line_taker take, void *data, bool *damaged)
{
	size_t size = CHUNK, used = 0;
	LW_FREE char *buffer = malloc(size);
	bool skip = false; /* the rest of a line that is too long */
	const char *rest;
	char *grown;
	int n, r = 0;

	while (buffer && (n = gzread(stream, buffer + used, size - used)) > 0) {
		rest = tell_lines(buffer, used + n, &skip, take, data, &r);
		if (!rest)
			return r;
		used = (size_t)(buffer + used + n - rest);
		memmove(buffer, rest, used);
		if (used < size)
			continue;
		if (size <= LW_AUDIT_LINE_MAX) {
			size = size < LW_AUDIT_LINE_MAX ? size * 2 : size + 1;
			grown = realloc(buffer, size);
			if (!grown)
				return -ENOMEM;
			buffer = grown;
			continue;
		}
		r = skip ? 0 : take(buffer, used, false, data);
		if (r)
			return r;
		skip = true;
		used = 0;
	}
	r = buffer ? stream_end(stream, damaged) : -ENOMEM;
	return r || !used || skip ? r : take(buffer, used, true, data);
}

static int open_stream(const char *path, gzFile *stream)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*stream = gzdopen(fd, "rb");
	if (*stream)
		return 0;
	close(fd);
	return -ENOMEM;
}

int lw_audit_file_each_line(const char *path, lw_audit_line_taker take, void *data, bool *damaged)
{
	gzFile stream;
	int r = open_stream(path, &stream);

	*damaged = false;
	if (r)
		return r;
	errno = 0;
	r = each_line(stream, take, data, damaged);
	gzclose(stream);
	return r;
}

int lw_audit_file_read(const char *path, char **bytes, size_t *length, bool *damaged)
{
	gzFile stream;
	int r = open_stream(path, &stream);

	*damaged = false;
	if (r)
		return r;
	errno = 0;
	r = read_stream(stream, bytes, length, damaged);
	gzclose(stream);
	return r;
}

/* Compresses in memory: 8 MiB of log are some hundred KiB. */
static int compress_bytes(const char *bytes, size_t length, uint8_t **packed, size_t *size)
{
	z_stream stream = { 0 };
	int r;

	if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	*size = deflateBound(&stream, length);
	*packed = malloc(*size);
	stream.next_in = (uint8_t *)bytes;
	stream.avail_in = length;
	stream.next_out = *packed;
	stream.avail_out = *size;
	r = *packed ? deflate(&stream, Z_FINISH) : Z_MEM_ERROR;
	*size = stream.total_out;
	deflateEnd(&stream);
	if (r == Z_STREAM_END)
		return 0;
	free(*packed);
	*packed = NULL;
	return -ENOMEM;
}

int lw_audit_file_write(const char *temporary, const char *path, const void *bytes, size_t length)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fchmod(fd, 0640))
		r = -errno;
	if (!r)
		r = lw_write_all(fd, bytes, length);
	if (!r && fsync(fd))
		r = -errno;
	if (close(fd) && !r)
		r = -errno;
	if (!r && rename(temporary, path))
		r = -errno;
	if (r)
		unlink(temporary);
	return r;
}

int lw_audit_file_write_compressed(const char *path, const char *bytes, size_t length)
{
	LW_FREE char *temporary = lw_format("%s.new", path);
	LW_FREE uint8_t *packed = NULL;
	size_t size;
	int r = compress_bytes(bytes, length, &packed, &size);

	return r ? r : lw_audit_file_write(temporary, path, packed, size);
}
