/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_EXPLAIN_H
#define LUWATCH_EXPLAIN_H

#include "text/style.h"
#include "words/words.h"

/* Explains each word that is called NAME, upper or lower case alike; false when there is none. */
bool lw_explain(const struct lw_style *style, const char *name);

/* The same of one more table, and all of its words. */
bool lw_explain_of(const struct lw_style *style, const struct lw_word_table *table, const char *name);
void lw_explain_table(const struct lw_style *style, const struct lw_word_table *table);

/* All words of a report. */
void lw_explain_list(const struct lw_style *style);

/* Up to twelve words with PART in their name or title, if there are any. */
void lw_explain_related(const struct lw_style *style, const char *part);

#endif
