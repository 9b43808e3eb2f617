/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of the programs against those of the model. */
#ifndef LUWATCH_WALK_COMPARE_H
#define LUWATCH_WALK_COMPARE_H

#include "bench.h"

/*
 * The records of the log of SYNTH that the walk writes, one for one against those of the programs; prints the
 * first that differs. Adds to *RECORDS how many there were, to *WRITTEN how many records of the programs.
 */
bool compare_records(struct bench *bench, const struct synth *s, uint64_t *records, uint64_t *written);

/* Whether LW_INV_ENTRY_* of the model are expected in the programs' records. */
extern bool compare_entries_looked_at;

#endif
