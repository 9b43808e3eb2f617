/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices the audit log knows as preserved: what the kernel has marked since the last look is
 * new, what it has marked no more is gone. Pure but for the file.
 */
#ifndef LUWATCH_MARKS_H
#define LUWATCH_MARKS_H

#include <jansson.h>

#include "daemon/maps.h"

/* What was told, sorted by requester ID; of the arming ARMED_NS. Zero-initialised: nothing. */
struct lw_marks {
	uint64_t armed_ns;
	struct lw_map_mark *list;
	size_t count;
};

struct lw_marks_change {
	uint64_t *added, *removed; /* requester IDs, allocated */
	size_t added_count, removed_count;
	json_t *detail; /* of the added ones: who asked, and when (boot clock) */
};

/* What differs between BEFORE and NOW. 0 or -ENOMEM; release with lw_marks_change_free(). */
int lw_marks_compare(const struct lw_marks *before, const struct lw_marks *now,
		     struct lw_marks_change *change);
void lw_marks_change_free(struct lw_marks_change *change);

/* The requester IDs of what was told, in a file; a missing or damaged one is as an empty one. */
int lw_marks_load(struct lw_marks *marks, const char *path);
int lw_marks_save(const struct lw_marks *marks, const char *path);

#endif
