/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a table of hand-overs: what a kernel does, and what is to be said of it. Each mistake is
 * caught by exactly the invariants it breaks, in legacy and in scalable mode.
 */
#ifndef LUWATCH_MISTAKES_H
#define LUWATCH_MISTAKES_H

#include "synth.h"

#define BIT(invariant) (1U << (invariant))

struct row {
	const char *name;
	void (*setup)(struct synth *s); /* before the kexec */
	synth_change before_shutdown, after_clear, invalidate, after_flush, at_last_look;
	const char *verdict;
	uint32_t fails, unknowns;
	uint64_t rid;
	const char *state;
	const char *found; /* in a finding's message */
	bool legacy_only;
};

#define CLEAN		 .verdict = "clean"
#define VIOLATION(mask)	 .verdict = "violation", .fails = mask
#define INCOMPLETE(mask) .verdict = "incomplete", .unknowns = mask

/* Runs the rows as a group of tests; returns what cmocka_run_group_tests() does. */
int run_rows(const struct row *rows, size_t count);

/* Mistakes that more than one table has. */
uint64_t *entry(struct synth *s, uint64_t rid);
void rewrite(struct synth *s, uint64_t rid);
void leak_sibling(struct synth *s);
void lose(struct synth *s);
void alter_table(struct synth *s);

#endif
