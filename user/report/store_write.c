// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing into the folder of stored hand-overs. What is written once stays: the same content again
 * is no error (collect may run twice), other content under the same name is refused.
 */
#include "report/store.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
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

struct text {
	char *bytes;
	size_t length, room;
};

/* What is large is moved by the kernel, not copied; json_dumps() copies, and takes four times as much. */
static int append(const char *bytes, size_t length, void *to)
{
	struct text *text = to;
	char *grown;

	if (text->room - text->length < length + 1) {
		text->room = 2 * text->room + length + 4096;
		grown = realloc(text->bytes, text->room);
		if (!grown)
			return -1;
		text->bytes = grown;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
	return 0;
}

char *lw_store_text(const json_t *report)
{
	struct text text = {};

	if (json_dump_callback(report, append, &text, JSON_INDENT(1)) || append("\n", 1, &text)) {
		free(text.bytes);
		return NULL;
	}
	return text.bytes;
}

int lw_store_save(const char *state, const char *id, uint32_t revision, const json_t *report)
{
	LW_FREE char *name = lw_format("report-%u.json", revision);
	LW_FREE char *text = NULL;

	if (!lw_store_is_id(id) || !revision || strcmp(lw_field_raw(report, "id"), id))
		return -EINVAL;
	text = lw_store_text(report);
	if (!text)
		return -ENOMEM;
	return write_once(state, id, name, text, strlen(text));
}

int lw_store_save_evidence(const char *state, const char *id, const char *name, const void *bytes,
			   size_t length)
{
	if (!lw_store_is_id(id) || !is_evidence_name(name))
		return -EINVAL;
	return write_once(state, id, name, bytes, length);
}
