// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding a word. An operator who reads "I4 FAIL" at night has no specification at hand, so the
 * tool itself carries the meaning of every word it uses.
 */
#include "words/words.h"

#include <string.h>
#include <strings.h>

static const struct lw_word_table *const tables[] = {
	&lw_verdicts,	   &lw_invariants, &lw_entry_states,	&lw_unit_states,
	&lw_fault_classes, &lw_causes,	   &lw_windows,		&lw_fault_sources,
	&lw_answers,	   &lw_severities, &lw_flight_warnings, &lw_terms,
	&lw_exit_codes,	   &lw_boots,	   &lw_evidence_losses, &lw_losses,
	&lw_audit_kinds,   &lw_reasons,
};

const struct lw_word_table *lw_word_table(size_t index)
{
	return index < sizeof(tables) / sizeof(tables[0]) ? tables[index] : NULL;
}

static const struct lw_word *find(const struct lw_word_table *table, const char *name,
				  int (*compare)(const char *, const char *))
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (table->words[i].name && !compare(table->words[i].name, name))
			return &table->words[i];
	return NULL;
}

const struct lw_word *lw_word_of(const struct lw_word_table *table, const char *name)
{
	return find(table, name, strcasecmp);
}

unsigned int lw_word_index(const struct lw_word_table *table, const char *name)
{
	const struct lw_word *word = find(table, name, strcmp);

	return word ? (size_t)(word - table->words) : table->count;
}

const char *lw_word_name(const struct lw_word_table *table, unsigned int index)
{
	return index < table->count && table->words[index].name ? table->words[index].name
								: "unknown";
}
