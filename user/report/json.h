/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report as JSON, "luwatch.report/1" (user/report/report.schema.json). Addresses, registers and
 * raw entries are "0x…" strings, counts numbers, times RFC 3339 UTC or null, requester IDs
 * "ssss:bb:dd.f".
 */
#ifndef LUWATCH_JSON_H
#define LUWATCH_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "correlate/handover.h"

/* The report of a judged hand-over; a new reference, or NULL without memory. */
json_t *lw_report_json(const struct lw_handover *handover);

/*
 * Whether REPORT says something else than PREVIOUS in the end, so that it has to become a revision
 * of its own. A previous report that is NULL or has no verdict field counts as different.
 */
bool lw_report_verdict_changed(const json_t *previous, const json_t *report);

#endif
