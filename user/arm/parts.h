/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of user/arm/ share while they arm; nobody else includes it. */
#ifndef LUWATCH_ARM_PARTS_H
#define LUWATCH_ARM_PARTS_H

#include "arm/arm.h"
#include "arm/declared.h"
#include "arm/pins.h"
#include "carry/carrier.h"
#include "probe/inspect.h"

struct arming {
	struct lw_control *control;	/* mapped */
	struct lw_shared_maps maps;
	struct lw_area area;
	struct lw_programs programs;
	struct lw_unit_view *units;
	uint32_t unit_count;
	struct lw_image_view image;
	struct lw_declared declared;
	uint32_t copies;
};

/* CLOCK_BOOTTIME and CLOCK_REALTIME, nanoseconds. */
uint64_t lw_boot_clock(void);
uint64_t lw_wall_clock(void);

/*
 * Puts the declared set into the map, and a new baseline into the carriers and on disk (fsync)
 * unless the one there says the same.
 */
int lw_write_baseline(struct arming *a, const struct lw_arm_options *options);

/* Reads the order of the area's pages back from map "area_pages". */
int lw_area_restore(struct lw_area *area, int area_pages_fd, const struct lw_control *control);

#endif
