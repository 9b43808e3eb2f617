/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading such an archive, which is input from outside: plain names in one folder are taken,
 * ordinary files only, and no more bytes than any evidence has.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "base/io.h"
#include "bundle/bundle.h"
#include "log/archive.h"

#define BYTES_MAX (1UL << 30)
#define FILES_MAX 1024
#define BLOCK	  (64UL << 10)

struct reading {
	const struct lw_archive *lib;
	int fd;
	char block[BLOCK];
	char *folder;
	size_t bytes, files;
};

static la_ssize_t next_block(struct archive *archive, void *context, const void **bytes)
{
	struct reading *r = context;

	*bytes = r->block;
	return read(r->fd, r->block, sizeof(r->block));
}

/* "NAME/handover/FILE": FILE, or NULL. */
static const char *file_of(const char *path)
{
	const char *slash = path ? strchr(path, '/') : NULL;
	const char *inside = LW_BUNDLE_HANDOVER "/";

	if (!slash || strncmp(slash + 1, inside, strlen(inside)))
		return NULL;
	path = slash + 1 + strlen(inside);
	return *path && *path != '.' && !strchr(path, '/') ? path : NULL;
}

/* The folder that is given back, made when the first file wants to be in it. */
static int make_folder(struct reading *r)
{
	const char *temporary = getenv("TMPDIR");
	int error;

	if (r->folder)
		return 0;
	r->folder = lw_format("%s/luwatch-bugreport-XXXXXX",
			      temporary && *temporary ? temporary : "/tmp");
	if (mkdtemp(r->folder))
		return 0;
	error = -errno;
	free(r->folder);
	r->folder = NULL;
	return error;
}

static int take(struct reading *r, struct archive *archive, const char *file)
{
	int got, e = make_folder(r);
	LW_FREE char *path = e ? NULL : lw_format("%s/%s", r->folder, file);
	LW_CLOSE int fd =
		e ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	la_int64_t offset, at = 0;
	const void *bytes;
	size_t size;

	if (e || fd < 0)
		return e ? e : errno == EEXIST ? -EBADMSG : -errno;
	while (!e && (got = r->lib->archive_read_data_block(archive, &bytes, &size, &offset)) ==
			     ARCHIVE_OK) {
		/* Ours have no holes. */
		if (offset != at)
			return -EBADMSG;
		at += (la_int64_t)size;
		r->bytes += size;
		e = r->bytes > BYTES_MAX ? -EFBIG : lw_write_all(fd, bytes, size);
	}
	return e ? e : got == ARCHIVE_EOF ? 0 : -EBADMSG;
}

/* What is passed over is unpacked all the same, and a little archive can say that it has a lot. */
static int pass_over(struct reading *r, struct archive_entry *entry)
{
	la_int64_t size = r->lib->archive_entry_size(entry);

	if (size < 0 || (uint64_t)size > BYTES_MAX - r->bytes)
		return -EFBIG;
	r->bytes += (size_t)size;
	return 0;
}

/* The same by the first member's header, in what is too short or too damaged to be an archive. */
static bool begins_as_ours(int fd)
{
	char name[101] = "";
	int copy = lseek(fd, 0, SEEK_SET) ? -1 : dup(fd);
	gzFile stream = copy < 0 ? NULL : gzdopen(copy, "rb");
	const char *end;

	if (!stream) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	if (gzread(stream, name, sizeof(name) - 1) <= 0)
		*name = '\0';
	gzclose(stream);
	end = strchr(name, '/');
	return end && !strcmp(end + 1, LW_BUNDLE_ABOUT);
}

/*
 * 1 when a hand-over was in it, 0 when it is none of ours: the first member says that. Errors are of
 * one of ours.
 */
static int take_members(struct reading *r, struct archive *archive)
{
	struct archive_entry *entry;
	int got, e = 0, found = 0;
	bool first = true, log = false;

	while (!e && (got = r->lib->archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
		const char *path = r->lib->archive_entry_pathname(entry), *file = file_of(path);
		const char *end = path ? strchr(path, '/') : NULL;

		if (first && (!end || strcmp(end + 1, LW_BUNDLE_ABOUT)))
			return 0;
		first = false;
		log |= !strcmp(end ? end + 1 : "", LW_BUNDLE_LOG) && r->lib->archive_entry_size(entry) > 0;
		if (++r->files > FILES_MAX)
			return -EFBIG;
		if (!file || r->lib->archive_entry_filetype(entry) != AE_IFREG) {
			e = pass_over(r, entry);
			continue;
		}
		e = take(r, archive, file);
		found |= !strcmp(file, "evidence.json");
	}
	if (!e && got != ARCHIVE_EOF && (!first || begins_as_ours(r->fd)))
		return -EBADMSG;
	return e ? e : found ? 1 : first ? 0 : log ? -ENODATA : -ENOMSG;
}

static int read_archive(struct reading *r)
{
	struct archive *archive = r->lib->archive_read_new();
	int found = -ENOMEM;

	if (!archive)
		return found;
	r->lib->archive_read_support_filter_gzip(archive);
	r->lib->archive_read_support_format_tar(archive);
	if (r->lib->archive_read_open(archive, r, NULL, next_block, NULL) == ARCHIVE_OK)
		found = take_members(r, archive);
	else
		found = begins_as_ours(r->fd) ? -EBADMSG : 0;
	r->lib->archive_read_free(archive);
	return found;
}

int lw_bundle_open(const char *path, char **folder)
{
	struct reading *r = calloc(1, sizeof(*r));
	int found = 0;

	*folder = NULL;
	if (!r)
		return -ENOMEM;
	r->lib = lw_archive_load();
	r->fd = r->lib ? lw_open_ordinary(path, 0) : -1;
	/* Only a compressed file can be one, and all else is not even looked into. */
	if (r->fd >= 0 && pread(r->fd, r->block, 2, 0) == 2 && !memcmp(r->block, "\x1f\x8b", 2)) {
		found = read_archive(r);
		if (found == 1)
			*folder = r->folder;
		else
			lw_bundle_forget(r->folder);
	}
	if (r->fd >= 0)
		close(r->fd);
	free(r);
	return found;
}

void lw_bundle_forget(char *folder)
{
	struct dirent *item;
	DIR *open = folder ? opendir(folder) : NULL;

	while (open && (item = readdir(open))) {
		LW_FREE char *file = lw_format("%s/%s", folder, item->d_name);

		if (item->d_name[0] != '.')
			unlink(file);
	}
	if (open)
		closedir(open);
	if (folder)
		rmdir(folder);
	free(folder);
}
