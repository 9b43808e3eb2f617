/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_EXPLAIN_H
#define LUWATCH_EXPLAIN_H

#include "text/style.h"
#include "words/words.h"

/* Explains each word that is called NAME, upper or lower case alike; false when there is none. */
bool lw_explain(const struct lw_style *style, const char *name);

/* All words there are. */
void lw_explain_list(const struct lw_style *style);

/* Up to twelve words with PART in their name or title, if there are any. */
void lw_explain_related(const struct lw_style *style, const char *part);

#endif
