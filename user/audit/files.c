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
#define TOO_LONG      (LW_AUDIT_LINE_MAX + (size_t)1) /* told of a line that no record has */

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

/* Takes what was read last: LENGTH bytes, 0 at the end. Non-zero ends the reading. */
typedef int (*taker)(const char *bytes, size_t length, void *data);

/*
 * The one way in which a log's file is read. gzread() passes plain files through. *DAMAGED is set before
 * TAKE is told of the end.
 */
static int pump(const char *path, taker take, void *data, bool *damaged)
{
	LW_FREE char *buffer = malloc(CHUNK);
	int fd = open(path, O_RDONLY | O_CLOEXEC), n, r = 0;
	gzFile stream;

	*damaged = false;
	if (fd < 0)
		return -errno;
	stream = buffer ? gzdopen(fd, "rb") : NULL;
	if (!stream) {
		close(fd);
		return -ENOMEM;
	}
	errno = 0;
	while (!r && (n = gzread(stream, buffer, CHUNK)) > 0)
		r = take(buffer, (size_t)n, data);
	if (!r)
		r = stream_end(stream, damaged);
	if (!r)
		r = take(NULL, 0, data);
	gzclose(stream);
	return r;
}

/* What was read and not yet told; never more than a line of a record and a chunk. */
struct splitter {
	lw_audit_line_taker take;
	void *data;
	char *line;
	size_t used, room;
	bool skip; /* the rest of a line that is too long */
};

static int keep(struct splitter *s, const char *bytes, size_t length)
{
	size_t room = s->room ? s->room : CHUNK;
	char *grown;

	while (room < s->used + length)
		room *= 2;
	if (room != s->room) {
		grown = realloc(s->line, room);
		if (!grown)
			return -ENOMEM;
		s->line = grown;
		s->room = room;
	}
	memcpy(s->line + s->used, bytes, length);
	s->used += length;
	return 0;
}

/* The end of a line, which may have begun in an earlier chunk. */
static int end_line(struct splitter *s, const char *bytes, size_t length, bool torn)
{
	bool skip = s->skip;
	int r;

	s->skip = false;
	if (skip)
		return 0;
	if (!s->used)
		return s->take(bytes, length, torn, s->data);
	r = keep(s, bytes, length);
	if (!r)
		r = s->take(s->line, s->used < TOO_LONG ? s->used : TOO_LONG, torn, s->data);
	s->used = 0;
	return r;
}

static int split(const char *bytes, size_t length, void *data)
{
	struct splitter *s = data;
	const char *end, *newline;
	int r = 0;

	if (!length)
		return s->used ? end_line(s, "", 0, true) : 0;
	end = bytes + length;
	while (!r && (newline = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		r = end_line(s, bytes, (size_t)(newline - bytes), false);
		bytes = newline + 1;
	}
	if (r || s->skip || bytes == end)
		return r;
	r = keep(s, bytes, (size_t)(end - bytes));
	if (r || s->used <= LW_AUDIT_LINE_MAX)
		return r;
	r = s->take(s->line, TOO_LONG, false, s->data);
	s->used = 0;
	s->skip = true;
	return r;
}

int lw_audit_file_each_line(const char *path, lw_audit_line_taker take, void *data, bool *damaged)
{
	struct splitter splitter = { .take = take, .data = data };
	int r = pump(path, split, &splitter, damaged);

	free(splitter.line);
	return r;
}

struct whole {
	char *bytes;
	size_t length, room;
};

static int collect(const char *bytes, size_t length, void *data)
{
	struct whole *w = data;
	char *grown;

	if (w->length + length > READ_LIMIT)
		return -EFBIG;
	while (w->room <= w->length + length) {
		grown = realloc(w->bytes, w->room ? w->room * 2 : CHUNK);
		if (!grown)
			return -ENOMEM;
		w->bytes = grown;
		w->room = w->room ? w->room * 2 : CHUNK;
	}
	if (length)
		memcpy(w->bytes + w->length, bytes, length);
	w->length += length;
	w->bytes[w->length] = '\0';
	return 0;
}

int lw_audit_file_read(const char *path, char **bytes, size_t *length, bool *damaged)
{
	struct whole whole = {};
	int r = pump(path, collect, &whole, damaged);

	if (r) {
		free(whole.bytes);
		return r;
	}
	*bytes = whole.bytes;
	*length = whole.length;
	return 0;
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
