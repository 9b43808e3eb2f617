/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that are no faults but tell what log this is. Pure. */
#ifndef LUWATCH_OTHERS_H
#define LUWATCH_OTHERS_H

#include "log/passage.h"

/*
 * "DRHD: handling fault status reg 3" and "dmar_fault: 30 callbacks suppressed" at START. What the
 * line is not is UINT64_MAX.
 */
bool lw_others_number(const struct lw_passage_line *line, size_t start, uint64_t *status,
		      uint64_t *suppressed, size_t *end);

/* The beginning of a boot, the driver's words at boot, what a function is. */
void lw_others_take(struct lw_saved *log, const struct lw_passage_line *line);

/* "last message repeated 2 times": of the old syslogd, about the line before. */
void lw_others_repetition(struct lw_passage *p, const struct lw_passage_line *line);

#endif
