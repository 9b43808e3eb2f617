// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding and printing a topic. An operator who reads "I4 FAIL" at night has no specification at
 * hand, so the tool itself carries the meaning of every word it uses.
 */
#include "report/explain.h"

#include <string.h>
#include <strings.h>

static const struct lw_topic_group *const tables[] = {
	&lw_topics_verdicts,	&lw_topics_invariants,	  &lw_topics_entry_states,
	&lw_topics_unit_states, &lw_topics_fault_classes, &lw_topics_windows,
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

/* Writes the paragraphs of TEXT, each wrapped behind LABEL's column. */
static void part(const struct lw_style *style, const char *label, const char *text)
{
	const unsigned int indent = 12;
	char paragraph[2048];

	if (!text)
		return;
	fputc('\n', style->out);
	lw_style_cell(style, LW_TONE_STRONG, label, (int)indent);
	while (*text) {
		size_t length = strcspn(text, "\n");
		size_t copied = length < sizeof(paragraph) ? length : sizeof(paragraph) - 1;

		memcpy(paragraph, text, copied);
		paragraph[copied] = '\0';
		lw_style_wrap(style, LW_TONE_PLAIN, indent, indent, paragraph);
		text += length;
		text += *text == '\n';
		if (*text)
			fprintf(style->out, "%*s", (int)indent, "");
	}
}

void lw_explain_topic(const struct lw_style *style, const struct lw_topic_group *group,
		      const struct lw_topic *topic)
{
	lw_style_put(style, LW_TONE_STRONG, topic->name);
	fprintf(style->out, " (%s)  %s\n", group->kind, topic->title);
	part(style, "Meaning", topic->story);
	part(style, "Rests on", topic->basis);
	part(style, "What to do", topic->action);
}

void lw_explain_list(const struct lw_style *style)
{
	size_t i, j, length;

	for (i = 0; i < TABLES; i++) {
		if (i)
			fputc('\n', style->out);
		lw_style_put(style, LW_TONE_STRONG, tables[i]->heading);
		fputc('\n', style->out);
		for (j = 0; j < tables[i]->count; j++) {
			fputs("  ", style->out);
			lw_style_cell(style, LW_TONE_PLAIN, tables[i]->topics[j].name, 20);
			fputc(' ', style->out);
			length = strlen(tables[i]->topics[j].name);
			lw_style_wrap(style, LW_TONE_PLAIN, length < 20 ? 23 : length + 4, 23,
				      tables[i]->topics[j].title);
		}
	}
}
