// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing into the folder of stored hand-overs. What is written once stays: the same content again
 * is no error (collect may run twice), other content under the same name is refused.
 */
#include "report/store.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fields.h"
#include "base/io.h"

#define NAME_LENGTH 64

static bool is_evidence_name(const char *name)
{
	size_t i;

	if (!*name || *name == '.' || strlen(name) > NAME_LENGTH || !strncmp(name, "report-", 7))
		return false;
	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))
			return false;
	return true;
}

static int sync_directory(const char *path)
{
	LW_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		return -errno;
	return 0;
}

/* Makes the folder of a hand-over so that it is still there after a crash. */
static int make_folder(const char *state, const char *id)
{
	LW_FREE char *handovers = lw_format("%s/" LW_STORE_FOLDER, state);
	LW_FREE char *folder = lw_format("%s/%s", handovers, id);
	int r;

	if (lw_exists(folder))
		return 0;
	r = lw_make_directory(folder);
	if (!r)
		r = sync_directory(handovers);
	return r ? r : sync_directory(state);
}

/* 0 when PATH is not there, 1 when it has just these bytes, -EEXIST when it has others. */
static int compare_existing(const char *path, const void *bytes, size_t length)
{
	LW_FREE uint8_t *there = NULL;
	struct stat status;
	size_t there_length;
	int r;

	if (lstat(path, &status))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(status.st_mode) || (size_t)status.st_size != length)
		return -EEXIST;
	r = lw_read_file(path, length, &there, &there_length);
	if (r < 0)
		return r;
	return there_length == length && !memcmp(there, bytes, length) ? 1 : -EEXIST;
}

static int write_once(const char *state, const char *id, const char *name, const void *bytes,
		      size_t length)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/%s/%s", state, id, name);
	int r;

	r = make_folder(state, id);
	if (r < 0)
		return r;
	r = compare_existing(path, bytes, length);
	if (r)
		return r < 0 ? r : 0;
	return lw_write_file(path, bytes, length, 0640);
}

/* The next LENGTH bytes of the file TO are these. */
static int compare(const char *bytes, size_t length, void *to)
{
	char there[4096];

	while (length) {
		size_t part = length < sizeof(there) ? length : sizeof(there);

		if (fread(there, 1, part, to) != part || memcmp(there, bytes, part))
			return -1;
		bytes += part;
		length -= part;
	}
	return 0;
}

/* 0 when PATH is not there, 1 when it has just this report, -EEXIST when it has something else. */
static int compare_report(const char *path, const json_t *report)
{
	LW_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	FILE *file;
	bool same;

	if (fd < 0)
		return errno == ENOENT ? 0 : errno == ELOOP ? -EEXIST : -errno;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return -EEXIST;
	file = fdopen(dup(fd), "r");
	if (!file)
		return -errno;
	same = !json_dump_callback(report, compare, file, LW_STORE_DUMP) && !compare("\n", 1, file) &&
	       fgetc(file) == EOF && !ferror(file);
	fclose(file);
	return same ? 1 : -EEXIST;
}

static int put(const char *bytes, size_t length, void *file)
{
	return fwrite(bytes, 1, length, file) == length ? 0 : -1;
}

/* The text of a report is several times its evidence: it is never there as a whole. */
static int write_report(FILE *file, void *report)
{
	errno = 0;
	if (json_dump_callback(report, put, file, LW_STORE_DUMP) || put("\n", 1, file))
		return errno ? -errno : -ENOMEM;
	return 0;
}

int lw_store_save(const char *state, const char *id, uint32_t revision, const json_t *report)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/%s/report-%u.json", state, id, revision);
	int r;

	if (!lw_store_is_id(id) || !revision || strcmp(lw_field_raw(report, "id"), id))
		return -EINVAL;
	r = make_folder(state, id);
	if (!r)
		r = compare_report(path, report);
	if (r)
		return r < 0 ? r : 0;
	return lw_write_file_by(path, write_report, (json_t *)report, 0640);
}

int lw_store_save_evidence(const char *state, const char *id, const char *name, const void *bytes,
			   size_t length)
{
	if (!lw_store_is_id(id) || !is_evidence_name(name))
		return -EINVAL;
	return write_once(state, id, name, bytes, length);
}
