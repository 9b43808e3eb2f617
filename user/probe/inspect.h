/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at the running kernel's units, tables and kexec image through programs that the agent
 * runs itself (bpf/inspect.bpf.c). Needs no arming.
 */
#ifndef LUWATCH_INSPECT_H
#define LUWATCH_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "luwatch/control.h"

struct lw_inspect;

/*
 * Loads the programs. 0 or a negative errno: -EPERM without privileges, -ENOTSUP when this kernel
 * cannot load them; lw_kernel_reason() then says why.
 */
int lw_inspect_open(struct lw_inspect **inspect);
void lw_inspect_close(struct lw_inspect *inspect);

/*
 * Lists the units, their registers and root tables, in the order of dmar_drhd_units. *VIEWS is
 * allocated; the caller frees it. Returns their number or a negative errno; 0 when there is none.
 */
int lw_inspect_units(struct lw_inspect *inspect, struct lw_unit_view **views);

/* What the kernel itself says of its devices. */
struct lw_inspect_devices {
	struct lw_device_view *views; /* those that are marked or have aliases of their own */
	uint32_t count;
	bool marks_readable; /* this kernel has a place for its marks */
	bool complete;	     /* every bus was looked at, and there was room for all of them */
};

/* Lists them. .views is allocated; the caller frees it. 0 or a negative errno. */
int lw_inspect_devices(struct lw_inspect *inspect, struct lw_inspect_devices *devices);

/*
 * Whether the kernel never switches the unit off: iommu_disable_translation() returns at once for a
 * graphics unit that drains, under a quirk. 1, 0, or -1 when that cannot be known.
 */
int lw_unit_never_off(const struct lw_unit_view *view);

/* Reads the 4,096 bytes at a page-aligned physical address of RAM. 0 or negative errno. */
int lw_inspect_page(struct lw_inspect *inspect, uint64_t address, uint64_t words[512]);

/* The loaded kexec image; .image is 0 when none is loaded. 0 or negative errno. */
int lw_inspect_image(struct lw_inspect *inspect, struct lw_image_view *image);

/* Present root entry halves of a unit; the root table must be readable. */
uint32_t lw_populated_tables(const struct lw_unit_view *view);

#endif
