/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a log's bytes are pulled from. */
#ifndef LUWATCH_LOG_ORIGIN_H
#define LUWATCH_LOG_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "log/archive.h"

#define LW_ORIGIN_BLOCK (256UL << 10)

/* Something that bytes are pulled from: a descriptor, or a member of an archive. */
struct lw_origin {
	const char *name;
	unsigned int nested;
	const struct lw_archive *lib; /* of .member, or that opens this as one */
	int fd;			/* -1: a member, or bytes in memory */
	struct archive *member;
	char *block;		/* for a descriptor */
	const void *head;	/* what was looked at and is still to be given */
	size_t head_length;
	bool seeks;		/* .fd is a file, from its beginning on */
	int error;
};

/* The next bytes, which live until the next call: how many, 0 at the end, or a negative errno. */
ssize_t lw_origin_pull(struct lw_origin *origin, const void **bytes);

/* For libarchive, which opens this origin as an archive of its own: its bytes, and any place in a file. */
la_ssize_t lw_origin_read(struct archive *archive, void *origin, const void **bytes);
la_int64_t lw_origin_seek(struct archive *archive, void *origin, la_int64_t offset, int whence);

/*
 * All of it as a file, open at its beginning: the descriptor, with its name in *PATH to be removed; or a
 * negative errno. *PATH is the caller's in any case.
 */
int lw_origin_spool(struct lw_origin *origin, char **path);

#endif
