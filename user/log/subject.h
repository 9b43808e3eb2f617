/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What in a line speaks of faults. Pure. */
#ifndef LUWATCH_LOG_SUBJECT_H
#define LUWATCH_LOG_SUBJECT_H

#include "log/passage.h"

/* REST: the driver's name and the beginning of a word that the end of the line cuts off. */
enum lw_subject { LW_SUBJECT_NONE, LW_SUBJECT_FAULT, LW_SUBJECT_NUMBER, LW_SUBJECT_REST };

/* The next place at or behind FROM where the kernel's words can begin, in *START. */
enum lw_subject lw_subject_next(const struct lw_passage_line *line, size_t from, size_t *start);

/* Whether LINE speaks of faults and numbers of them, and of nothing that does not end in it. */
bool lw_subject_is_whole(const struct lw_passage_line *line);

#endif
