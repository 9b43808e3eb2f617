/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel log that a test feeds, record by record or as text; *STATE is the log. */
#ifndef LUWATCH_LOG_FIXTURE_H
#define LUWATCH_LOG_FIXTURE_H

#include "fault/kernel_log.h"

#define BANNER "Linux version 6.12.0 (builder@host)"
#define FAULT                                                                                 \
	"DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x1000 [fault reason " \
	"0x06] x"

void log_feed(struct lw_kernel_log *log, const char *record);

/* The log of *STATE, empty again. */
struct lw_kernel_log *log_start(void **state);

/* For cmocka_run_group_tests(). */
int log_setup(void **state);
int log_teardown(void **state);

#endif
