/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping the books of faults: takes what the kernel's counters, the log and the report say,
 * notices what is new, gives it a class and books it once. What is new is also remembered until the
 * journal was told, by device and class, in a table of fixed size. Pure.
 */
#ifndef LUWATCH_BOOKS_H
#define LUWATCH_BOOKS_H

#include <jansson.h>

#include "correlate/live.h"
#include "daemon/account.h"
#include "daemon/maps.h"
#include "fault/known.h"

#define LW_UNTOLD 64

struct lw_untold {
	struct lw_fault like; /* the last fault of this device and class */
	uint64_t count;	      /* not yet told */
};

struct lw_books {
	struct lw_account account;
	struct lw_counted counted;  /* kernel counters */
	struct lw_counted reported; /* faults of the report */
	struct lw_untold untold[LW_UNTOLD];
	size_t untold_count;
	const struct lw_known *known; /* booked by themselves and not told; NULL: none. The caller's */
};

/* What taking something into the books brought. */
struct lw_booked {
	uint64_t faults; /* new ones */
	bool damage;	 /* some of them show damage */
};

/* Takes the kernel's counters. */
struct lw_booked lw_books_take(struct lw_books *books, const struct lw_live_context *context,
			       const struct lw_map_fault *faults, size_t count);

/* Takes one fault of the kernel log, which no counter and no report has. */
struct lw_booked lw_books_take_logged(struct lw_books *books, const struct lw_live_context *context,
				      const struct lw_fault *fault);

/* Takes what a report says of blackout and early boot; again with a later one. */
void lw_books_take_report(struct lw_books *books, const json_t *report);

/* Whether the fault is one that nobody is to be told of. */
bool lw_books_knows(const struct lw_books *books, const struct lw_fault *fault);

/* A fault like this was told singly: one less to be told. */
void lw_books_told(struct lw_books *books, const struct lw_fault *fault);

void lw_books_free(struct lw_books *books);

#endif
