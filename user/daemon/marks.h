/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which devices the audit log knows as preserved: what the kernel has marked since the last look is
 * new, what it has marked no more is gone. Pure but for the file.
 */
#ifndef LUWATCH_MARKS_H
#define LUWATCH_MARKS_H

#include <jansson.h>

#include "probe/kernel.h"
#include "daemon/maps.h"

/* The same for the next boot, which has nothing else to say what a reboot did not hand over. */
#define LW_MARKS_STORED "preserved"

/* What was told, sorted by requester ID; of the arming ARMED_NS. Zero-initialised: nothing. */
struct lw_marks {
	uint64_t armed_ns;
	char boot_id[LW_BOOT_ID_TEXT]; /* of the kernel that marked them; "" when not known */
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

/*
 * What luwatchd had seen preserved in the boot BOOT_ID, from STATE; nothing when it had not, or told of
 * another boot. *RIDS is allocated, ascending; the caller frees it. How many.
 */
size_t lw_marks_of_boot(const char *state, const char *boot_id, uint64_t **rids);

#endif
