// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pulling bytes out of a descriptor or out of a member of an archive, for a stream or for libarchive.
 */
#include "log/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define SPOOL_MAX (1UL << 30)

static ssize_t pull_new(struct lw_origin *o, const void **bytes)
{
	ssize_t n;
	size_t size;
	la_int64_t offset;
	int r;

	if (o->fd < 0 && !o->member)
		return 0;
	if (o->fd >= 0) {
		do
			n = read(o->fd, o->block, LW_ORIGIN_BLOCK);
		while (n < 0 && errno == EINTR);
		*bytes = o->block;
		return n < 0 ? -errno : n;
	}
	do
		r = o->lib->archive_read_data_block(o->member, bytes, &size, &offset);
	while (r == ARCHIVE_RETRY || (r == ARCHIVE_OK && !size));
	if (r == ARCHIVE_EOF)
		return 0;
	return r == ARCHIVE_OK || r == ARCHIVE_WARN ? (ssize_t)size : -EBADMSG;
}

ssize_t lw_origin_pull(struct lw_origin *o, const void **bytes)
{
	ssize_t n;

	if (o->head_length) {
		n = (ssize_t)o->head_length;
		*bytes = o->head;
		o->head_length = 0;
		return n;
	}
	n = pull_new(o, bytes);
	if (n < 0)
		o->error = (int)n;
	return n;
}

la_ssize_t lw_origin_read(struct archive *archive, void *context, const void **bytes)
{
	struct lw_origin *o = context;
	ssize_t n = lw_origin_pull(o, bytes);

	if (n >= 0)
		return n;
	o->lib->archive_set_error(archive, (int)-n, "%s", strerror((int)-n));
	return -1;
}

la_int64_t lw_origin_seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct lw_origin *o = context;
	off_t at;

	o->head_length = 0;
	at = lseek(o->fd, offset, whence);
	if (at >= 0)
		return at;
	o->lib->archive_set_error(archive, errno, "%s", strerror(errno));
	return ARCHIVE_FATAL;
}

int lw_origin_spool(struct lw_origin *o, char **path)
{
	const char *folder = getenv("TMPDIR");
	const void *bytes;
	size_t total = 0;
	ssize_t n = 0;
	int r = 0, fd;

	*path = lw_format("%s/luwatch-XXXXXX", folder && *folder ? folder : "/tmp");
	fd = *path ? mkostemp(*path, O_CLOEXEC) : -1;
	if (fd < 0)
		return -errno;
	while (!r && (n = lw_origin_pull(o, &bytes)) > 0) {
		total += (size_t)n;
		r = total > SPOOL_MAX ? -EFBIG : lw_write_all(fd, bytes, (size_t)n);
	}
	r = r ? r : n < 0 ? (int)n : lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
	if (!r)
		return fd;
	close(fd);
	unlink(*path);
	return r;
}
