// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Explaining a word, and the list of all.
 */
#include "text/explain.h"

#include <string.h>
#include <strings.h>

#define RELATED 12

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

static void explain(const struct lw_style *style, const struct lw_word_table *table,
		    const struct lw_word *word)
{
	lw_style_put(style, LW_TONE_STRONG, word->name);
	fprintf(style->out, " (%s)  %s\n", table->kind, word->title);
	part(style, "Meaning", word->story);
	part(style, "Rests on", word->basis);
	part(style, "What to do", word->action);
}

static void row(const struct lw_style *style, const struct lw_word *word)
{
	size_t length = strlen(word->name);

	fputs("  ", style->out);
	lw_style_cell(style, LW_TONE_PLAIN, word->name, 20);
	fputc(' ', style->out);
	lw_style_wrap(style, LW_TONE_PLAIN, length < 20 ? 23 : length + 4, 23, word->title);
}

static void list(const struct lw_style *style, const struct lw_word_table *table)
{
	size_t j;

	lw_style_put(style, LW_TONE_STRONG, table->heading);
	fputc('\n', style->out);
	for (j = 0; j < table->count; j++)
		if (table->words[j].name)
			row(style, &table->words[j]);
}

/* Whether NAME is a plural that stands in HEADING: "codes" of "Exit codes". */
static bool is_plural_in(const char *heading, const char *name)
{
	size_t length, size = strlen(name);
	const char *at = heading;

	if (size < 5 || (name[size - 1] != 's' && name[size - 1] != 'S'))
		return false;
	for (; *at; at += length + (at[length] == ' ')) {
		length = strcspn(at, " ");
		if (length == size && !strncasecmp(at, name, length))
			return true;
	}
	return false;
}

/* "invariant", "Invariants", "states" of all that begin so, and "codes" of "Exit codes". */
static bool names_kind(const struct lw_word_table *table, const char *name)
{
	size_t first = strcspn(table->heading, " ");

	return !strcasecmp(name, table->kind) || !strcasecmp(name, table->heading) ||
	       (strlen(name) == first && !strncasecmp(name, table->heading, first)) ||
	       is_plural_in(table->heading, name);
}

bool lw_explain_of(const struct lw_style *style, const struct lw_word_table *table, const char *name)
{
	const struct lw_word *word = lw_word_of(table, name);

	if (word)
		explain(style, table, word);
	else if (names_kind(table, name))
		list(style, table);
	else
		return false;
	return true;
}

bool lw_explain(const struct lw_style *style, const char *name)
{
	const struct lw_word_table *table;
	const struct lw_word *word;
	bool any = false;
	size_t i;

	for (i = 0; (table = lw_word_table(i)); i++) {
		if (any && (lw_word_of(table, name) || names_kind(table, name)))
			fputc('\n', style->out);
		any |= lw_explain_of(style, table, name);
	}
	if (any)
		return true;
	/* Only now: 10 is an exit code before it is the decimal of 0x0a. */
	word = lw_reason_of(name);
	if (word)
		explain(style, &lw_reasons, word);
	return word;
}

void lw_explain_table(const struct lw_style *style, const struct lw_word_table *table)
{
	fputc('\n', style->out);
	list(style, table);
}

void lw_explain_list(const struct lw_style *style)
{
	const struct lw_word_table *table;
	size_t i;

	for (i = 0; (table = lw_word_table(i)); i++) {
		if (i)
			fputc('\n', style->out);
		list(style, table);
	}
}

void lw_explain_related(const struct lw_style *style, const char *part)
{
	const struct lw_word_table *table;
	unsigned int left = RELATED;
	size_t i, j;

	if (strlen(part) < 3)
		return;
	for (i = 0; (table = lw_word_table(i)); i++) {
		for (j = 0; j < table->count && left; j++) {
			const struct lw_word *word = &table->words[j];

			if (!word->name || (!strcasestr(word->name, part) && !strcasestr(word->title, part)))
				continue;
			if (left-- == RELATED)
				fputs("These speak of it:\n", style->out);
			row(style, word);
		}
	}
}
