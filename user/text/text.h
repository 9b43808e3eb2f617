/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text report: a view over a stored report ("luwatch.report/1"), so that a report of any age
 * can be shown. It reads nothing but the report.
 */
#ifndef LUWATCH_TEXT_H
#define LUWATCH_TEXT_H

#include <stdbool.h>

#include <jansson.h>

#include "text/style.h"

/*
 * Writes REPORT in STYLE; VERBOSE adds every entry, every fault and every invariant. Fields that
 * are missing or of a wrong type are shown as "?" or left out, strings are escaped. Returns 0,
 * -EBADMSG when the report is damaged (it says so and shows what it can), -EIO when writing failed.
 * For the exit code see report/stored.h.
 */
int lw_text_report(const struct lw_style *style, const json_t *report, bool verbose);

#endif
