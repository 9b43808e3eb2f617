/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The longer story behind every word a report uses: invariants, states of entries and units,
 * classes and windows of faults, results, verdicts, exit codes, warnings of preflight.
 */
#ifndef LUWATCH_TOPIC_H
#define LUWATCH_TOPIC_H

#include <stddef.h>

struct lw_topic {
	const char *name;   /* "I4", "leaked", "10" */
	const char *title;  /* one line, no full stop; also used by reports */
	const char *story;  /* what it means and why it matters; paragraphs end with '\n' */
	const char *basis;  /* section of the specification, kernel function */
	const char *action; /* what to do about it */
};

struct lw_topic_group {
	const char *kind;    /* "invariant" */
	const char *heading; /* "Invariants" */
	const struct lw_topic *topics;
	size_t count;
};

/* The groups one after another, from INDEX 0; NULL behind the last one. */
const struct lw_topic_group *lw_topic_group(size_t index);

/* The topic NAME (upper or lower case alike), and its group if GROUP is not NULL; NULL if unknown.
 */
const struct lw_topic *lw_topic_find(const char *name, const struct lw_topic_group **group);

/* The tables, each in a file of its own. */
extern const struct lw_topic_group lw_topics_invariants;
extern const struct lw_topic_group lw_topics_entry_states;
extern const struct lw_topic_group lw_topics_unit_states;
extern const struct lw_topic_group lw_topics_fault_classes;
extern const struct lw_topic_group lw_topics_causes;
extern const struct lw_topic_group lw_topics_windows;
extern const struct lw_topic_group lw_topics_results;
extern const struct lw_topic_group lw_topics_verdicts;
extern const struct lw_topic_group lw_topics_exit_codes;
extern const struct lw_topic_group lw_topics_words;
extern const struct lw_topic_group lw_topics_preflight;

#endif
