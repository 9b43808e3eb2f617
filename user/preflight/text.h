/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Warnings as text and as JSON. */
#ifndef LUWATCH_PREFLIGHT_TEXT_H
#define LUWATCH_PREFLIGHT_TEXT_H

#include <jansson.h>

#include "preflight/judge.h"
#include "text/style.h"

void lw_preflight_text(const struct lw_style *style, const struct lw_flight_facts *facts,
		       const struct lw_warnings *warnings);

/*
 * "luwatch.preflight/1": {schema, outcome (clean, incomplete, violation), counts: {violation,
 * incomplete, warning, notice}, devices, iommus, preserved: {declared, marked}, warnings:
 * [{severity, topic, subject, name, iommu, message, reason, action, related: [rid…] (at most 8),
 * related_count}]}. The caller
 * releases the result.
 */
json_t *lw_preflight_json(const struct lw_flight_facts *facts, const struct lw_warnings *warnings);

#endif
