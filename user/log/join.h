/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults over several lines. Pure. */
#ifndef LUWATCH_LOG_JOIN_H
#define LUWATCH_LOG_JOIN_H

#include "log/passage.h"
#include "log/wrap.h"

/*
 * The rest of the fault that the first line has from START on and that its end cuts off. True when
 * it was found; the lines that hold it are then marked as taken.
 */
bool lw_join(struct lw_passage *passage, size_t start, struct lw_fault *fault,
	     char words[LW_SAVED_WORDS]);

#endif
