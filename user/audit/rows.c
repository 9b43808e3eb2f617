// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the files of an audit log into one row of records. Files are put in order by the records in
 * them, not by name: a copy that a shipper renamed is as good as the original.
 */
#include "audit/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

struct reader {
	struct lw_audit_file *file;
	size_t size;
};

int lw_audit_each_line(const char *text, size_t length, lw_audit_line_taker take, void *data)
{
	const char *end = text + length, *newline;
	int r = 0;

	while (text < end && !r) {
		newline = memchr(text, '\n', (size_t)(end - text));
		r = take(text, (size_t)((newline ? newline : end) - text), !newline, data);
		text = newline ? newline + 1 : end;
	}
	return r;
}

static int take_line(const char *bytes, size_t length, bool torn, void *data)
{
	struct reader *reader = data;
	struct lw_audit_file *file = reader->file;
	struct lw_audit_line *grown, *line, whole = { 0 };

	if (file->count == reader->size) {
		reader->size = reader->size ? reader->size * 2 : 256;
		grown = reallocarray(file->lines, reader->size, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		file->lines = grown;
	}
	line = &file->lines[file->count++];
	line->file = 0; /* join() knows better */
	line->number = file->count;
	lw_audit_line_parse(bytes, length, line);
	line->torn = torn;
	/* Not torn in a good file, but in one whose last byte somebody changed, or whose packing
	 * broke. */
	if (torn && !line->valid)
		line->newline_broken = file->damaged ||
				       !lw_audit_line_parse(bytes, length - 1, &whole);
	return 0;
}

static int read_one(const char *path, struct lw_audit_file *file)
{
	struct reader reader = { .file = file };

	file->path = strdup(path);
	if (!file->path)
		return -ENOMEM;
	file->number = lw_audit_file_number(path);
	return lw_audit_file_each_line(path, take_line, &reader, &file->damaged);
}

/* Number the first line has or, when it is damaged, would have. */
static uint64_t begins_with(const struct lw_audit_file *file)
{
	size_t i;

	for (i = 0; i < file->count; i++)
		if (file->lines[i].valid)
			return file->lines[i].seq > i ? file->lines[i].seq - i : 0;
	return file->number ? file->number : UINT64_MAX;
}

static int compare(const void *a, const void *b)
{
	const struct lw_audit_file *left = a, *right = b;
	uint64_t x = begins_with(left), y = begins_with(right);

	if (x != y)
		return x < y ? -1 : 1;
	return strcmp(left->path, right->path);
}

static int join(struct lw_audit_rows *rows)
{
	size_t i, k, count = 0;

	if (rows->file_count == 1 && rows->files[0].count) { /* however large it is, once is enough */
		rows->lines = rows->files[0].lines;
		rows->count = rows->files[0].count;
		rows->files[0].lines = NULL;
		return 0;
	}
	for (i = 0; i < rows->file_count; i++)
		count += rows->files[i].count;
	rows->lines = calloc(count ? count : 1, sizeof(*rows->lines));
	if (!rows->lines)
		return -ENOMEM;
	for (i = 0; i < rows->file_count; i++) {
		for (k = 0; k < rows->files[i].count; k++) {
			rows->lines[rows->count] = rows->files[i].lines[k];
			rows->lines[rows->count++].file = i;
		}
		free(rows->files[i].lines);
		rows->files[i].lines = NULL;
	}
	return 0;
}

int lw_audit_rows_sign(struct lw_audit_rows *rows, const struct lw_audit_key *given)
{
	struct lw_audit_key *keys;
	size_t count = 0, i, k;
	const struct lw_audit_key *key;

	for (key = given; key; key = key->next)
		count++;
	keys = calloc(count, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (key = given, k = 0; key; key = key->next)
		keys[k++] = *key;
	for (i = 0; i < rows->count; i++) {
		struct lw_audit_line *line = &rows->lines[i];

		for (k = 0; line->has_signature && k < count && !line->signature_good; k++) {
			line->signature_good =
				lw_audit_signed(&keys[k], line->signed_hash, line->signature);
			if (!line->signature_good)
				continue;
			if (line->changes_key)
				memcpy(keys[k].public, line->next_public, sizeof(keys[k].public));
			rows->key = keys[k];
		}
	}
	free(keys);
	return 0;
}

int lw_audit_rows_read(char *const *paths, size_t count, const struct lw_audit_key *key,
		       struct lw_audit_rows *rows, const char **failed)
{
	size_t i;
	int r = 0;

	*rows = (struct lw_audit_rows){ 0 };
	rows->files = calloc(count ? count : 1, sizeof(*rows->files));
	if (!rows->files)
		return -ENOMEM;
	for (i = 0; i < count && !r; i++) {
		rows->file_count++;
		r = read_one(paths[i], &rows->files[i]);
		if (r && failed)
			*failed = paths[i];
	}
	if (!r)
		qsort(rows->files, rows->file_count, sizeof(*rows->files), compare);
	if (!r)
		r = join(rows);
	if (!r && key)
		r = lw_audit_rows_sign(rows, key);
	if (r)
		lw_audit_rows_free(rows);
	return r;
}

void lw_audit_rows_free(struct lw_audit_rows *rows)
{
	while (rows->file_count) {
		free(rows->files[--rows->file_count].path);
		free(rows->files[rows->file_count].lines);
	}
	free(rows->files);
	free(rows->lines);
	*rows = (struct lw_audit_rows){ 0 };
}
