/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The account of a log as JSON: "luwatch.log/1" (log.schema.json), and piece by piece
 * "luwatch.log-line/1" (log-line.schema.json). Pure.
 */
#ifndef LUWATCH_LOG_DOCUMENT_H
#define LUWATCH_LOG_DOCUMENT_H

#include <jansson.h>

#include "base/pci_names.h"
#include "log/saved.h"

#define LW_SAVED_SCHEMA	     "luwatch.log/1"
#define LW_SAVED_LINE_SCHEMA "luwatch.log-line/1"

/* All of it. NULL without memory; the caller releases it. NAMES may be NULL. */
json_t *lw_saved_document(const struct lw_saved *log, struct lw_pci_names *names);

/* Only what has no list: the last line of --json-lines. */
json_t *lw_saved_summary(const struct lw_saved *log);

json_t *lw_saved_fault_json(const struct lw_saved *log, const struct lw_saved_single *single,
			  uint64_t times);
json_t *lw_saved_left_json(const struct lw_saved *log, const struct lw_saved_left *left);

/* The groups, the most frequent first: log->group_count of them, to be freed. NULL without memory. */
const struct lw_saved_group **lw_saved_sorted(const struct lw_saved *log);

#endif
