/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One revision of a report as one line, "luwatch.summary/1" (user/report/summary.schema.json), for
 * those who look at many hosts. Pure. The report is from disk and not trusted; what it does not say
 * is null, never a nought.
 */
#ifndef LUWATCH_REPORT_LINE_H
#define LUWATCH_REPORT_LINE_H

#include <jansson.h>

#define LW_LINE_MAX 2048 /* bytes, with the newline; ASCII */

/*
 * A new object, or NULL without memory. Where its line would be longer than LW_LINE_MAX the labels,
 * then the texts that grow are left out, and "left_out" names them.
 */
json_t *lw_report_line(const json_t *report);

/* The same as text with its newline; the caller frees it. */
char *lw_report_line_text(const json_t *report);

#endif
