/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of several tables, taken apart: what reads a log has to know only LW_REC_TABLE. */
#ifndef LUWATCH_EXPAND_H
#define LUWATCH_EXPAND_H

#include <stddef.h>

#include "luwatch/record.h"

/*
 * A copy of RECORDS in the same order, with a LW_REC_TABLE for each table of a LW_REC_TABLES; those
 * that come from one record have its number and time. Returns it, *MADE long, or NULL without memory;
 * the caller frees it. Pure.
 */
struct lw_record *lw_expand_tables(const struct lw_record *records, size_t count, size_t *made);

#endif
