/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The declared set: the requester IDs that the operator or orchestrator says must be preserved. A
 * text, one "ssss:bb:dd.f" a line, # begins a comment. It is taken as a whole or not at all.
 */
#ifndef LUWATCH_DECLARED_H
#define LUWATCH_DECLARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_declared {
	bool known;		/* a set was declared, perhaps an empty one */
	uint64_t *rids;		/* ascending; allocated */
	size_t count;
};

/* More would not fit a baseline. */
#define LW_DECLARED_MAX 4096

/*
 * Parses TEXT. Each bad line is told to SAY with its number, and -EINVAL returned after the last
 * one; duplicates are bad lines too. On success the caller owns SET->rids.
 */
int lw_declared_parse(const char *text, size_t length, struct lw_declared *set,
		      void (*say)(int line, const char *problem, void *data), void *data);

/* The set as text; the caller frees it. */
char *lw_declared_format(const struct lw_declared *set);

/* Loads and saves the set below STATE ("/var/lib/luwatch"). A missing file: .known is false. */
int lw_declared_load(const char *state, struct lw_declared *set);
int lw_declared_save(const char *state, const struct lw_declared *set);

void lw_declared_free(struct lw_declared *set);

/* Adds or removes one requester ID: -EEXIST or -ENOENT when there is nothing to do. */
int lw_declared_add(struct lw_declared *set, uint64_t rid);
int lw_declared_remove(struct lw_declared *set, uint64_t rid);

#endif
