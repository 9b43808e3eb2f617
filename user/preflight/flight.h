/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judging files of user/preflight/ share; nobody else includes it. */
#ifndef LUWATCH_FLIGHT_H
#define LUWATCH_FLIGHT_H

#include "preflight/judge.h"

struct flight {
	const struct lw_flight_facts *facts;
	struct lw_warnings *out;
};

void lw_warn_devices(struct flight *f); /* what belongs to one device */
void lw_warn_units(struct flight *f);	/* units and their tables */
void lw_warn_sets(struct flight *f);	/* declared and marked set, readiness */

/*
 * Adds a warning; the caller fills in what ABOUT does not say. NULL without memory. The message is
 * formatted.
 */
struct lw_warning *lw_foresee(struct flight *f, struct lw_warning about, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A warning's head for a device. */
struct lw_warning lw_about_device(const struct lw_flight_device *device, enum lw_severity severity,
				  const char *topic);

/* To be preserved: marked by the kernel or declared. */
static inline bool lw_planned(const struct lw_flight_device *device)
{
	return device->declared || device->marked;
}

const struct lw_flight_device *lw_flight_device(const struct lw_flight_facts *facts, uint64_t rid);
const struct lw_flight_unit *lw_flight_unit(const struct lw_flight_facts *facts, const char *name);

/* Whether the unit will go on translating: something behind it is preserved. */
bool lw_unit_stays_on(const struct lw_flight_facts *facts, const char *unit);

/* Whether this device's requests carry RID. */
bool lw_sends_as(const struct lw_device *device, uint64_t rid);

/* Adds a device to the warning's list of related ones. WARNING may be NULL. */
void lw_relate(struct lw_warning *warning, uint64_t rid);

#endif
