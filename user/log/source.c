// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The edge of this room: with origin.c the only file that opens something. libarchive takes off
 * compression and archives, one in the other; what is left is a stream. Only a journal and what 7-Zip
 * made are written to disk when they are inside something else, and nothing is opened that could hang
 * or act on being opened.
 */
#include "log/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "log/origin.h"
#include "log/stream.h"

#define NESTED	4 /* archives in archives */
#define FOLDERS 32

static void damaged(struct lw_saved *log, const char *name, const char *why)
{
	const struct lw_saved_about about = { .times = 1 };
	LW_FREE char *text = lw_format("%s: %s", name, why ? why : "damaged");

	lw_saved_left_out(log, &about, LW_SAVED_DAMAGED, text, strlen(text));
}

static void read_stream(struct lw_saved *log, struct lw_origin *o)
{
	struct lw_stream *stream = malloc(sizeof(*stream));
	const void *bytes;
	ssize_t n;

	if (!stream) {
		log->error = -ENOMEM;
		return;
	}
	lw_stream_init(stream, log);
	while ((n = lw_origin_pull(o, &bytes)) > 0)
		lw_stream_push(stream, bytes, (size_t)n);
	lw_stream_end(stream);
	free(stream);
}

/* A journal file inside something else. The library maps a file and refuses one without a name. */
static void read_inner_journal(struct lw_saved *log, struct lw_origin *o)
{
	LW_FREE char *path = NULL;
	LW_CLOSE int fd = lw_origin_spool(o, &path);
	int r = fd < 0 ? fd : lw_source_journal(log, fd);

	if (fd >= 0)
		unlink(path);
	if (r)
		damaged(log, o->name, strerror(-r));
}

static bool is_archive(const unsigned char *head, size_t length)
{
	static const struct {
		unsigned int offset, length;
		const char *bytes;
	} magics[] = {
		{ 0, 2, "\x1f\x8b" },	 { 0, 6, "\xfd" "7zXZ\0" }, { 0, 4, "\x28\xb5\x2f\xfd" },
		{ 0, 3, "BZh" },	 { 0, 4, "\x04\x22\x4d\x18" }, { 0, 2, "\x1f\x9d" },
		{ 0, 4, "PK\3\4" },	 { 257, 5, "ustar" },
		{ 0, 8, "!<arch>\n" },	 { 0, 6, "070701" },	    { 0, 6, "070702" },
		{ 0, 5, "\x5d\0\0\x80\0" }, { 0, 5, "\x5d\0\0\0\1" }, { 0, 4, "LZIP" },
		{ 0, 4, "\x02\x21\x4c\x18" }, { 0, 6, "070707" },
	};
	size_t i;

	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (length >= magics[i].offset + magics[i].length &&
		    !memcmp(head + magics[i].offset, magics[i].bytes, magics[i].length))
			return true;
	return false;
}

static void read_origin(struct lw_saved *log, struct lw_origin *o);

static void read_members(struct lw_saved *log, struct lw_origin *o, struct archive *archive)
{
	const struct lw_archive *lib = o->lib;
	struct archive_entry *entry;
	bool raw;
	int r;

	while ((r = lib->archive_read_next_header(archive, &entry)) == ARCHIVE_OK ||
	       r == ARCHIVE_WARN || r == ARCHIVE_RETRY) {
		const char *name = lib->archive_entry_pathname(entry);
		struct lw_origin member = {
			.fd = -1, .member = archive, .lib = lib, .nested = o->nested + 1
		};
		LW_FREE char *full = NULL;

		if (r == ARCHIVE_RETRY)
			continue;
		raw = lib->archive_format(archive) == ARCHIVE_FORMAT_RAW;
		/* ar(1) does not say what a member is. */
		if (!raw && lib->archive_entry_filetype(entry) && lib->archive_entry_filetype(entry) != AE_IFREG)
			continue;
		full = raw ? strdup(o->name) : lw_format("%s:%s", o->name, name ? name : "?");
		member.name = full ? full : "?";
		if (!raw)
			lw_saved_file(log, member.name);
		read_origin(log, &member);
		if (member.error) {
			damaged(log, member.name, lib->archive_error_string(archive));
			return;
		}
	}
	if (r != ARCHIVE_EOF && !o->error)
		damaged(log, o->name, lib->archive_error_string(archive));
}

static void read_archive(struct lw_saved *log, struct lw_origin *o)
{
	const struct lw_archive *lib = lw_archive_load();
	struct archive *archive;

	if (!lib) {
		damaged(log, o->name, "compressed or an archive: install libarchive (Debian: apt install libarchive13), or unpack it");
		return;
	}
	o->lib = lib;
	archive = lib->archive_read_new();
	if (!archive) {
		log->error = -ENOMEM;
		return;
	}
	lib->archive_read_support_filter_gzip(archive);
	lib->archive_read_support_filter_xz(archive);
	lib->archive_read_support_filter_lzma(archive);
	lib->archive_read_support_filter_lzip(archive);
	lib->archive_read_support_filter_zstd(archive);
	lib->archive_read_support_filter_bzip2(archive);
	lib->archive_read_support_filter_lz4(archive);
	lib->archive_read_support_filter_compress(archive);
	lib->archive_read_support_format_tar(archive);
	lib->archive_read_support_format_zip_streamable(archive);
	lib->archive_read_support_format_cpio(archive);
	lib->archive_read_support_format_ar(archive);
	lib->archive_read_support_format_7zip(archive);
	lib->archive_read_support_format_raw(archive);
	if (o->seeks)
		lib->archive_read_set_seek_callback(archive, lw_origin_seek);
	if (lib->archive_read_open(archive, o, NULL, lw_origin_read, NULL) == ARCHIVE_OK)
		read_members(log, o, archive);
	else
		damaged(log, o->name, lib->archive_error_string(archive));
	lib->archive_read_free(archive);
}

/* What 7-Zip makes has its list at the end. */
static void read_from_end(struct lw_saved *log, struct lw_origin *o)
{
	struct lw_origin file = { .name = o->name, .nested = o->nested, .seeks = true };
	LW_FREE char *path = NULL;
	LW_CLOSE int fd = -1;

	if (o->fd >= 0 && !lseek(o->fd, 0, SEEK_SET)) {
		o->head_length = 0;
		o->seeks = true;
		read_archive(log, o);
		return;
	}
	fd = lw_origin_spool(o, &path);
	if (fd < 0) {
		damaged(log, o->name, strerror(-fd));
		return;
	}
	unlink(path);
	file.fd = fd;
	file.block = malloc(LW_ORIGIN_BLOCK);
	if (file.block)
		read_archive(log, &file);
	else
		log->error = -ENOMEM;
	free(file.block);
}

static bool is_7zip(const void *head, size_t length)
{
	return length >= 6 && !memcmp(head, "7z\xbc\xaf\x27\x1c", 6);
}

/* By what its bytes begin with. */
static void read_origin(struct lw_saved *log, struct lw_origin *o)
{
	const void *head;
	ssize_t n = lw_origin_pull(o, &head);

	if (n <= 0)
		return;
	o->head = head;
	o->head_length = (size_t)n;
	if (lw_source_is_journal(head, (size_t)n))
		read_inner_journal(log, o);
	else if (o->nested < NESTED && is_7zip(head, (size_t)n))
		read_from_end(log, o);
	else if (o->nested < NESTED && is_archive(head, (size_t)n))
		read_archive(log, o);
	else
		read_stream(log, o);
}

/* What was compressed in something else. */
static void unpack(struct lw_saved *log, const char *bytes, size_t length)
{
	struct lw_origin o = {
		.name = "what is in it", .fd = -1, .nested = 1, .head = bytes, .head_length = length
	};

	if (log->unpacking == NESTED)
		log->unpack = NULL; /* bombs are made of more */
	log->unpacking++;
	read_origin(log, &o);
	log->unpacking--;
	log->unpack = unpack;
}

static int read_descriptor(struct lw_saved *log, int fd, const char *name)
{
	struct lw_origin o = { .name = name, .fd = fd };
	char magic[8];
	int r;

	lw_saved_file(log, name);
	log->unpack = unpack;
	if (pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	    lw_source_is_journal(magic, sizeof(magic))) {
		r = lw_source_journal(log, fd);
		if (r)
			damaged(log, name, strerror(-r));
		return 0;
	}
	o.block = malloc(LW_ORIGIN_BLOCK);
	if (!o.block)
		return -ENOMEM;
	read_origin(log, &o);
	free(o.block);
	if (o.error)
		damaged(log, name, strerror(-o.error));
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int read_folder(struct lw_saved *log, const char *path, unsigned int depth);

/* Links are not followed: what they lead to is elsewhere in the folder, or not of it. */
static void read_entry(struct lw_saved *log, const char *path, unsigned int depth)
{
	struct stat status;
	int fd;

	if (lstat(path, &status)) {
		damaged(log, path, strerror(errno));
		return;
	}
	if (S_ISDIR(status.st_mode)) {
		if (depth < FOLDERS)
			read_folder(log, path, depth + 1);
		else
			damaged(log, path, "too many folders in one another");
		return;
	}
	if (!S_ISREG(status.st_mode))
		return;
	fd = lw_open_ordinary(path, O_NOFOLLOW);
	if (fd < 0) {
		damaged(log, path, strerror(-fd));
		return;
	}
	read_descriptor(log, fd, path);
	close(fd);
}

static int read_folder(struct lw_saved *log, const char *path, unsigned int depth)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, by_name), i;

	if (n < 0) {
		if (depth)
			damaged(log, path, strerror(errno));
		return -errno;
	}
	for (i = 0; i < n; i++) {
		if (strcmp(entries[i]->d_name, ".") && strcmp(entries[i]->d_name, "..")) {
			LW_FREE char *entry = lw_format("%s/%s", path, entries[i]->d_name);

			read_entry(log, entry, depth);
		}
		free(entries[i]);
	}
	free(entries);
	return 0;
}

int lw_source_read(struct lw_saved *log, const char *path)
{
	struct stat status;
	int fd, r;

	if (strcmp(path, "-") && !stat(path, &status) && S_ISDIR(status.st_mode))
		return read_folder(log, path, 0);
	fd = lw_open_ordinary(strcmp(path, "-") ? path : "/dev/stdin", 0);
	if (fd < 0)
		return fd;
	r = read_descriptor(log, fd, path);
	close(fd);
	return r;
}
