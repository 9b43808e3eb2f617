/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pinned under /sys/fs/bpf/luwatch: maps/NAME, and links-GENERATION/PROGRAM (bpffs takes no dots). The pins are
 * the armed state; nothing else has to be alive.
 */
#ifndef LUWATCH_PINS_H
#define LUWATCH_PINS_H

#include <stdbool.h>
#include <stdint.h>

#include "luwatch/control.h"
#include "probe/programs.h"

enum lw_pins_state {
	LW_PINS_NONE,		/* not armed */
	LW_PINS_COMPLETE,	/* armed */
	LW_PINS_REPAIRABLE,	/* maps are whole, links are not: a half-done arm or upgrade */
	LW_PINS_BROKEN,		/* maps are missing, or of a layout this build does not know */
};

struct lw_pins {
	enum lw_pins_state state;
	char problem[160];		/* what is wrong; "" when nothing is */
	struct lw_shared_maps maps;	/* open file descriptors, -1 when absent */
	struct lw_control *control;	/* mapped and live when the maps are whole, else NULL */
	uint32_t area_pages;		/* size of the map "area" */
};

/* Looks at what is pinned. Never fails: a problem is a state. Close with lw_pins_close(). */
void lw_pins_open(struct lw_pins *pins);
void lw_pins_close(struct lw_pins *pins);

/* Calls TAKE for each element of the map "preserved" until it returns an error, which is returned.
 */
int lw_each_preserved(const struct lw_pins *pins,
		      int (*take)(void *context, uint64_t rid,
				  const struct lw_preserved *preserved),
		      void *context);

/* How many devices are declared and marked. */
void lw_count_preserved(const struct lw_pins *pins, uint64_t *declared, uint64_t *marked);

/* Maps the control map: what is written there the programs see at once. NULL on error. */
struct lw_control *lw_control_map(int fd);
void lw_control_unmap(struct lw_control *control);

/* Pins the maps of freshly loaded programs. 0 or negative errno. */
int lw_pin_maps(struct lw_programs *programs);

/* Puts another map "area" in the place of the pinned one. 0 or negative errno. */
int lw_repin_area(int fd);

/* Pins the links of GENERATION. 0 or negative errno. */
int lw_pin_links(struct lw_programs *programs, uint32_t generation);

/* Removes the links of all generations but KEEP (0 = of all). */
void lw_unpin_links(uint32_t keep);

/* Removes everything. */
void lw_unpin_all(void);

/* Whether the links of GENERATION are all there for the probes in PROBES. */
bool lw_links_complete(uint32_t generation, uint64_t probes);

#endif
