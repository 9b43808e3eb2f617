/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's words with something else between them than blanks, or in other letters. Pure.
 */
#ifndef LUWATCH_LOG_RESPELL_H
#define LUWATCH_LOG_RESPELL_H

#include <stddef.h>

#define LW_RESPELL_GAP	  24 /* between two words */
#define LW_RESPELL_ROUNDS 3  /* "%252520" */

/* What the log has for a blank, and what that has: as the last line with two whole words had it. */
struct lw_respell {
	unsigned int rounds;
	struct {
		char text[LW_RESPELL_GAP];
		size_t length;
	} blanks[LW_RESPELL_ROUNDS];
};

/*
 * Two words of the kernel's about a fault in [AT, END), whatever their letters and whatever the one
 * thing that parts them; the end may cut the second one. Returns where the first begins, NULL when
 * there are none; *LENGTH: of both.
 */
const char *lw_respell_find(const char *at, const char *end, size_t *length);

/*
 * Gives TEXT the kernel's blanks and letters back where it has neither. In place; returns the length,
 * which is never more than before. LIKE: zero at first, of the lines before later.
 */
size_t lw_respell(struct lw_respell *like, char *text, size_t length);

#endif
