/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the machine share. */
#ifndef LUWATCH_HISTORY_PARTS_H
#define LUWATCH_HISTORY_PARTS_H

#include "collect/earlier.h"
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

/* others.c */
void others_begin(struct world *w);
void others_end_kernel(struct world *w, bool kexec);
void others_note_arming(struct world *w);
int others_tell(const struct world *w, enum lw_teller teller, struct lw_earlier_list *list);
void others_count(const struct world *w, struct lw_counts *counts);

/* world.c */
void make_id(struct world *w, struct lw_id *id);
uint64_t wall(const struct world *w);
uint64_t counter(const struct world *w);

#endif
