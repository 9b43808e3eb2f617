/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUWATCH_EXPLAIN_H
#define LUWATCH_EXPLAIN_H

#include "text/style.h"
#include "words/topic.h"

/* Writes one topic, or the list of all. */
void lw_explain_topic(const struct lw_style *style, const struct lw_topic_group *group,
		      const struct lw_topic *topic);
void lw_explain_list(const struct lw_style *style);

#endif
