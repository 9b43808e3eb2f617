/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bench on which the walk runs: a BPF map as the memory of a machine, with the units' list,
 * registers and tables in it. Functions that return bool say whether the machine fits.
 */
#ifndef LUWATCH_WALK_BENCH_H
#define LUWATCH_WALK_BENCH_H

#include "../property/trial.h"

struct bench;

/*
 * Loads the programs of OBJECT, with room for COPIES tables; LOAD_WORDS: they look at pages where they lie,
 * if this kernel can do that. NULL and errno without.
 */
struct bench *bench_open(const char *object, unsigned int copies, bool load_words);
void bench_close(struct bench *bench);

/*
 * Gives every page of the machine a place in the memory (its addresses change; what is unreadable
 * gets one that leads nowhere), copies it there, and forgets all records.
 */
void bench_reset(struct bench *bench); /* forgets them */
bool bench_begin(struct bench *bench, struct synth *s);
void bench_copy(struct bench *bench, const struct synth *s);

void bench_walk(struct bench *bench, const struct synth *s, unsigned int phase, unsigned int where);
void bench_invalidate(struct bench *bench, unsigned int unit, const struct lw_rec_invalidation *inv);
void bench_visit(struct bench *bench, const struct synth *s); /* as the callbacks note it */

size_t bench_record_count(struct bench *bench);
void bench_record(struct bench *bench, size_t index, struct lw_record *record);

#endif
