/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-over id (128 random bits, 32 hexadecimal digits in text) and the text of requester IDs
 * ("ssss:bb:dd.f"; a five-digit segment keeps its five digits).
 */
#ifndef LUWATCH_ID_H
#define LUWATCH_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_ID_TEXT	33	/* with the terminator */
#define LW_RID_TEXT	16	/* "fffff:ff:1f.7" and the terminator */

struct lw_id {
	uint64_t high, low;
};

bool lw_id_equal(struct lw_id a, struct lw_id b);
bool lw_id_is_zero(struct lw_id id);

/* Writes exactly 32 digits and a terminator; returns TEXT. */
char *lw_id_format(struct lw_id id, char text[LW_ID_TEXT]);

/* Takes exactly 32 hexadecimal digits; -EINVAL for anything else. */
int lw_id_parse(const char *text, struct lw_id *id);

/* A boot id's text ("xxxxxxxx-xxxx-…") as 128 bits; zero when it is none. */
struct lw_id lw_id_of_boot(const char *boot_id);

/* Writes "ssss:bb:dd.f", "other" for LW_RID_OTHER; returns TEXT. */
char *lw_rid_format(uint64_t rid, char text[LW_RID_TEXT]);

/*
 * Takes "bb:dd.f" (segment 0) or "ssss:bb:dd.f" with 4 or 5 segment digits, hexadecimal, device up
 * to 1f, function up to 7. -EINVAL for anything else, trailing characters included.
 */
int lw_rid_parse(const char *text, uint64_t *rid);

/* As lw_rid_parse(), and "other" for LW_RID_OTHER. */
int lw_rid_or_other(const char *text, uint64_t *rid);

/* Orders requester IDs for qsort() and bsearch(). */
int lw_rid_compare(const void *a, const void *b);

/* Whether RID is among COUNT ascending ones; RIDS may be NULL when COUNT is 0. */
bool lw_rid_in(const uint64_t *rids, size_t count, uint64_t rid);

#endif
