/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON Schema of a report with its words: where user/report/report.schema.json says
 * "words": KIND, the names of that table of words/ stand as "enum".
 */
#include <errno.h>
#include <string.h>

#include "base/message.h"
#include "manual/manual.h"
#include "words/words.h"

static const struct lw_word_table *table_of(const char *kind)
{
	const struct lw_word_table *table;
	size_t i;

	for (i = 0; (table = lw_word_table(i)); i++)
		if (kind && !strcmp(table->kind, kind))
			return table;
	return NULL;
}

static int fill_words(json_t *object, const json_t *kind)
{
	const struct lw_word_table *table = table_of(json_string_value(kind));
	json_t *names = json_array();
	size_t i;

	for (i = 0; table && i < table->count; i++)
		if (table->words[i].name)
			json_array_append_new(names, json_string(table->words[i].name));
	if (!table)
		lw_error("the schema asks for the words of \"%s\", which are none",
			 json_is_string(kind) ? json_string_value(kind) : "?");
	json_object_set_new(object, "enum", names);
	json_object_del(object, "words");
	return table ? 0 : -ENOENT;
}

int lw_manual_schema(json_t *node)
{
	const json_t *kind = json_object_get(node, "words");
	const char *key;
	json_t *child;
	size_t i;
	int r = 0;

	/* A field of a report may be called "words", too. */
	if (json_is_string(kind))
		r = fill_words(node, kind);
	json_object_foreach(node, key, child)
		r = r ? r : lw_manual_schema(child);
	json_array_foreach(node, i, child)
		r = r ? r : lw_manual_schema(child);
	return r;
}
