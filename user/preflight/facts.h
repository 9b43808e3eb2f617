/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a machine before a hand-over: its devices, its units, what is to be preserved,
 * what is armed. Plain data, read by user/preflight/read.c from sysfs, the tables and the pinned
 * maps, or written down by a test; user/preflight/judge.c works on nothing else.
 */
#ifndef LUWATCH_PREFLIGHT_FACTS_H
#define LUWATCH_PREFLIGHT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "correlate/evidence.h"

/* Bits of context tables: bus << 1 | half, as the root table has them; legacy mode: half 0. */
#define LW_TABLE_WORDS 8

struct lw_flight_device {
	const struct lw_device *pci;
	const char *unit; /* "dmar0"; NULL when no unit translates for it */
	int group;	  /* IOMMU group, -1 when it is in none */
	bool declared, marked;
	bool incoming;	   /* preserved by the kernel before, and not retrieved since */
	bool is_virtual;   /* a virtual function (SR-IOV) */
	bool config_known; /* the next three were read */
	bool bridge, bus_master;
	int ats;    /* 1 on, 0 off, negative errno when it is not known */
	int pasids; /* in use beside the one for requests without PASID; negative errno: not known
		     */
};

struct lw_flight_unit {
	const char *name;
	uint32_t segment;
	bool translating, scalable;
	uint64_t present[LW_TABLE_WORDS]; /* context tables that the root table points to */
	uint64_t kept[LW_TABLE_WORDS];	  /* those that the kernel has preserved */
	bool kept_known;		  /* the kernel says which */
	bool marked;			  /* the kernel preserves something behind it */
};

struct lw_flight_facts {
	const struct lw_flight_device *devices; /* sorted by requester ID */
	size_t device_count;
	const struct lw_flight_unit *units;
	size_t unit_count;
	const uint64_t *declared, *marked; /* ascending; also of devices that are gone */
	size_t declared_count, marked_count;
	bool declared_known;   /* a set was declared, perhaps an empty one */
	bool marks_supported;  /* this kernel marks what it preserves */
	const char *not_ready; /* why a kexec now would not be fully recorded, or NULL */
	bool no_image;	       /* it is known that no kexec image is loaded */
	const char *uncollected; /* what is still to be done about this boot, or NULL */
	const char *unread[8]; /* what could not be looked at, and why */
	size_t unread_count;
};

#endif
