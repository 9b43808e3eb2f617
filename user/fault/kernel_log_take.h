/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two ways of feeding a kernel log share. Private to kernel_log.c and kernel_log_text.c.
 */
#ifndef LUWATCH_KERNEL_LOG_TAKE_H
#define LUWATCH_KERNEL_LOG_TAKE_H

#include "fault/kernel_log.h"

/* What follows is another kernel's log, or the first one. */
void lw_kernel_log_begin_boot(struct lw_kernel_log *log);

/* Counts gaps; false for a record that was there before. */
bool lw_kernel_log_in_order(struct lw_kernel_log *log, uint64_t sequence);

/* Puts what LINE says into LOG, or counts it as rejected. 0 or -ENOMEM. */
int lw_kernel_log_take(struct lw_kernel_log *log, const struct lw_line *line);

#endif
