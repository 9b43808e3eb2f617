/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a report to the maintainers that commands of this host give: a table, and running
 * it. */
#ifndef LUWATCH_BUNDLE_PARTS_H
#define LUWATCH_BUNDLE_PARTS_H

#include <stddef.h>

#define LW_PARTS 16

struct lw_part {
	const char *file; /* in the archive */
	char *command;	  /* for people; allocated */
	char *text;	  /* allocated, standard error in it as it came */
	size_t length;
	int exit;	     /* -1: it has none */
	const char *missing; /* why there is no text, or NULL */
};

struct lw_parts {
	struct lw_part list[LW_PARTS];
	size_t count;
};

/* Runs them all, each for at most a minute; those that look for reports look in the folder STATE. */
void lw_parts_run(struct lw_parts *parts, const char *state);
void lw_parts_free(struct lw_parts *parts);

#endif
