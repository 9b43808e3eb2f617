/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The translation tables as they are now, read from the running kernel's memory. */
#ifndef LUWATCH_SNAPSHOT_H
#define LUWATCH_SNAPSHOT_H

#include <jansson.h>
#include <stdint.h>

#include "luwatch/control.h"

/* Reads the 4,096 bytes at a physical address; 0 or negative errno. */
typedef int (*lw_read_page)(void *context, uint64_t address, uint64_t words[512]);

/*
 * The tables of COUNT units as JSON ("luwatch.snapshot/1"): {schema, iommus: [{name, reg_phys,
 * segment, mode, translation, rtaddr, tables, present}], entries: [{rid, iommu, lo, hi, lo2, hi2,
 * type, domain_id, address}]}. Only present entries are listed; a table that cannot be read is
 * counted in iommus[].unreadable. Pure but for READ. The caller releases the result.
 */
json_t *lw_snapshot(const struct lw_unit_view *units, uint32_t count, lw_read_page read,
		    void *context);

#endif
