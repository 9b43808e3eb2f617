/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the PASIDs in use on a device, from the tables of a unit in scalable mode. */
#ifndef LUWATCH_PREFLIGHT_PASID_H
#define LUWATCH_PREFLIGHT_PASID_H

#include "collect/snapshot.h"

/*
 * Present PASID table entries of RID beside the one for requests without PASID (RID_PASID). 0 on a
 * unit in legacy mode or without an entry for RID. Negative errno when a table cannot be read, or
 * -E2BIG when there are more tables than it cares to read. Pure but for READ.
 */
int lw_pasids_in_use(const struct lw_unit_view *unit, uint64_t rid, lw_read_page read,
		     void *context);

#endif
