// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Printing a topic, and the list of all.
 */
#include "text/explain.h"

#include <string.h>

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
	const struct lw_topic_group *group;
	size_t i, j, length;

	for (i = 0; (group = lw_topic_group(i)); i++) {
		if (i)
			fputc('\n', style->out);
		lw_style_put(style, LW_TONE_STRONG, group->heading);
		fputc('\n', style->out);
		for (j = 0; j < group->count; j++) {
			fputs("  ", style->out);
			lw_style_cell(style, LW_TONE_PLAIN, group->topics[j].name, 20);
			fputc(' ', style->out);
			length = strlen(group->topics[j].name);
			lw_style_wrap(style, LW_TONE_PLAIN, length < 20 ? 23 : length + 4, 23,
				      group->topics[j].title);
		}
	}
}
