/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pinned maps of an armed kernel say: fault counts, what is to be preserved, which runs of
 * the programs were skipped. Only reading.
 */
#ifndef LUWATCH_MAPS_H
#define LUWATCH_MAPS_H

#include "arm/pins.h"
#include "correlate/live.h"

struct lw_map_fault {
	struct lw_fault_key key;
	struct lw_fault_value value;
};

/*
 * Reads map "faults", what has a count. *LIST is allocated; the caller frees it. Returns their number or a negative
 * errno.
 */
int lw_map_faults(int fd, struct lw_map_fault **list);

struct lw_preserved_now {
	struct lw_live_preserved *rids; /* with DMA aliases; allocated */
	size_t count;
};

/*
 * Reads map "preserved": what a hand-over now would preserve. Marks count where the kernel has
 * them, else what is declared. Aliases come from DEVICES. 0 or a negative errno.
 */
int lw_map_preserved(const struct lw_pins *pins, const struct lw_device *devices,
		     size_t device_count, struct lw_preserved_now *set);

/* A device that the kernel has marked, and who asked for it. */
struct lw_map_mark {
	uint64_t rid;
	uint64_t marked_ns; /* boot clock */
	uint32_t pid;
	char comm[17];
	uint64_t token;				/* of its file in a live-update session */
	char session[LW_SESSION_BYTES + 1];	/* name of that; "": not known, and no token then */
};

/* The marked devices, sorted. *LIST is allocated; the caller frees it. Number or negative errno. */
int lw_map_marks(const struct lw_pins *pins, struct lw_map_mark **list);

/* The kernel's number of a map: of an open one, and of the one pinned under NAME; 0 = none. */
uint32_t lw_map_id(int fd);
uint32_t lw_map_pinned_id(const char *name);

#endif
