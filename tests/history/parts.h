/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the machine share. */
#ifndef LUWATCH_HISTORY_PARTS_H
#define LUWATCH_HISTORY_PARTS_H

#include "world.h"

#define AREA_PAGES     24
#define BASELINE_PAGES 2
#define WALL	       (1790000000ULL * SECOND)

/* memory.c */
void wipe(struct world *w, uint64_t address);
void put_area(struct world *w);
void to_trace(struct world *w, const struct lw_record *records, size_t count);
void empty_trace(struct world *w);

/* arming.c: hand-overs, clean and leaked; a kexec's records behind those that are there. */
extern struct synth *templates[2];
void make_templates(void);
void add_log(struct world *w, const struct lw_record *records, size_t count);

/* world.c */
void make_id(struct world *w, struct lw_id *id);
uint64_t wall(const struct world *w);
uint64_t counter(const struct world *w);

#endif
