/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of user/arm/ share while they arm; nobody else includes it. */
#ifndef LUWATCH_ARMING_H
#define LUWATCH_ARMING_H

#include <jansson.h>

#include "arm/arm.h"
#include "arm/declared.h"
#include "arm/pins.h"
#include "base/time.h"
#include "carry/carrier.h"
#include "probe/inspect.h"

struct arming {
	struct lw_control *control;	/* mapped */
	struct lw_shared_maps maps;
	struct lw_area area;
	struct lw_programs programs;
	struct lw_unit_view *units;
	uint32_t unit_count;
	struct lw_inspect_devices devices; /* what the kernel itself has marked, and its aliases */
	struct lw_image_view image;
	struct lw_declared declared;
	struct lw_map_sizes sizes;
	uint32_t functions;	/* PCI functions of this machine */
};

/* One agent arms or disarms at a time: as lw_lock(), and told also when another one does. */
int lw_arm_lock(int *lock);

/* Looks at the machine: units, image, declared set. 0 or a negative errno, told. */
int lw_arm_look(struct arming *a, const struct lw_arm_options *options);

/* Takes the pinned state over into A: maps, control, area. -ESTALE: half-way to another area. */
int lw_arm_adopt(struct arming *a, struct lw_pins *pins);

/* Frees what A holds. What is not pinned is detached. */
void lw_arm_finish(struct arming *a);

/* Loads and attaches the programs as GENERATION. 0 or a negative errno, told. */
int lw_attach(struct arming *a, const struct lw_arm_options *options, uint32_t generation);

/* The attached and pinned programs take over from those before them. */
void lw_activate(struct arming *a, uint32_t generation);

/* New programs on the old maps: attached and pinned before the old ones go. */
int lw_replace_programs(struct arming *a, const struct lw_arm_options *options);

/* An array map that can be mapped into memory; its file descriptor, or -1 with errno. */
int lw_new_map(const char *name, uint32_t value_size, uint32_t entries);

uint32_t lw_count_functions(void);

/* .sizes: how many elements the programs' maps have on this machine. */
void lw_size_maps(struct arming *a);

/* Quotas, and with them the pages that baseline and log need. */
void lw_area_size(struct arming *a, struct lw_control *c);

/*
 * A map large enough that some neighbouring frames are in it, and the area chosen from them; without
 * such frames the smallest map and no pages carrier.
 */
int lw_area_new(struct arming *a, struct lw_control *c);

/* Writes the order of the area's pages into map "area_pages". */
int lw_area_fill_pages(const struct arming *a, int fd);

/* Whether the first page of the mapped area says that it is what the control map means. */
bool lw_area_is_whole(const struct arming *a);

/* A larger map in the place of the old one, and programs that write to it. */
int lw_area_replace(struct arming *a, const struct lw_arm_options *options);

/* The loaded image covers the area: moves it, so that the image can be loaded again. */
int lw_area_move(struct arming *a, const struct lw_arm_options *options);

/*
 * Puts the declared set into the map, and a new baseline into the carriers and on disk (fsync)
 * unless the one there says the same.
 */
int lw_write_baseline(struct arming *a, const struct lw_arm_options *options);

/*
 * audit.c: the record of an arming that changed something. A failure has been told: an armed kernel
 * without a record is better than one not armed.
 */
void lw_arm_audit(const struct lw_arm_options *options, const struct lw_arm_result *result);

/* Adds "tsc" to a record of the audit log: by it a later boot knows whether the machine was reset. */
void lw_arm_note_counter(json_t *detail);

#endif
