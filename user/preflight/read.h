/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the facts of this machine: sysfs (devices, groups, configuration space), units and tables
 * through the inspecting programs, the declared set of the state folder, the marked set of the
 * armed programs.
 */
#ifndef LUWATCH_PREFLIGHT_READ_H
#define LUWATCH_PREFLIGHT_READ_H

#include "preflight/facts.h"

struct lw_flight_read;

/*
 * Reads what is below SYSFS ("/sys") and STATE. What cannot be read is named in .unread of the
 * facts; only memory (-ENOMEM) and a damaged declared set (its errno) make it fail. The facts live
 * until lw_flight_read_free().
 */
int lw_flight_read(const char *sysfs, const char *state, struct lw_flight_read **read);
const struct lw_flight_facts *lw_flight_read_facts(const struct lw_flight_read *read);
void lw_flight_read_free(struct lw_flight_read *read);

#endif
