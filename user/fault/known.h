/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults that somebody knows and wants no alarm for: a requester ID, and perhaps a reason. They are
 * counted and shown, in `luwatch decode` like any other. Pure but for lw_known_read().
 */
#ifndef LUWATCH_KNOWN_H
#define LUWATCH_KNOWN_H

#include "fault/fault.h"

#define LW_KNOWN_FAULTS 256

struct lw_known {
	struct {
		uint64_t rid;
		int reason; /* -1: any */
	} faults[LW_KNOWN_FAULTS];
	size_t count;
};

/* "RID" or "RID:REASON", a reason like 0x06. 0, -EINVAL, or -ENOSPC when there are too many. */
int lw_known_add(struct lw_known *known, const char *text);

/*
 * The TEXT of a file: one a line, with '#' before a comment. 0, or the number of the first line
 * that is wrong.
 */
unsigned int lw_known_parse(struct lw_known *known, const char *text);

/*
 * Adds what stands in the file PATH (known_read.c). A negative errno; -EINVAL when *LINE of it (0: all of it) is
 * wrong.
 */
int lw_known_read(struct lw_known *known, const char *path, unsigned int *line);

/* A fault whose segment its source did not tell is taken for one of segment 0. */
bool lw_known_has(const struct lw_known *known, const struct lw_fault *fault);

#endif
