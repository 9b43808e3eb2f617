// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding a topic. An operator who reads "I4 FAIL" at night has no specification at hand, so the tool
 * itself carries the meaning of every word it uses.
 */
#include "words/topic.h"

#include <strings.h>

static const struct lw_topic_group *const tables[] = {
	&lw_topics_verdicts,	&lw_topics_invariants,	  &lw_topics_entry_states,
	&lw_topics_unit_states, &lw_topics_fault_classes, &lw_topics_causes,
	&lw_topics_windows,
	&lw_topics_results,	&lw_topics_words,	  &lw_topics_exit_codes,
	&lw_topics_preflight,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

const struct lw_topic_group *lw_topic_group(size_t index)
{
	return index < TABLES ? tables[index] : NULL;
}

const struct lw_topic *lw_topic_find(const char *name, const struct lw_topic_group **group)
{
	size_t i, j;

	for (i = 0; i < TABLES; i++) {
		for (j = 0; j < tables[i]->count; j++) {
			if (strcasecmp(tables[i]->topics[j].name, name))
				continue;
			if (group)
				*group = tables[i];
			return &tables[i]->topics[j];
		}
	}
	return NULL;
}
