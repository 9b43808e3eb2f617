/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `luwatch explain` knows beside the words of a report: the alerts, as docs/alerts.md has them,
 * the metrics, as the agent itself writes them, and the keys of the configuration, from their table.
 */
#ifndef LUWATCH_COMMAND_TOPICS_H
#define LUWATCH_COMMAND_TOPICS_H

#include <stddef.h>

#include "words/words.h"

/* The table number INDEX, from 0; NULL when there is none, or no memory. Lives for ever. */
const struct lw_word_table *lw_topics(size_t index);

/* Of the text of docs/alerts.md: a table that lives for ever, or NULL. Pure. */
const struct lw_word_table *lw_topics_of_alerts(const char *text);

#endif
