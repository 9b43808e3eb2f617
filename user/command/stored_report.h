/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report that a command's optional ID means. */
#ifndef LUWATCH_STORED_REPORT_H
#define LUWATCH_STORED_REPORT_H

#include <jansson.h>

/*
 * Loads the report of the hand-over whose id begins with PREFIX, or without one that of the boot
 * BOOT_ID. Errors of lw_store_load() and lw_store_load_boot(). The caller releases *REPORT.
 */
int lw_load_report(const char *state, const char *prefix, const char *boot_id, json_t **report);

/* Says why there is none and what to do; returns the exit code. */
int lw_no_report(const char *state, const char *prefix, int r);

#endif
