/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables that are written between the walks, at every moment, with every kind of words. */
#ifndef LUWATCH_WALK_WRITTEN_H
#define LUWATCH_WALK_WRITTEN_H

#include "bench.h"

/* COUNT machines from SEED on; prints a result. */
bool written(struct bench *bench, const char *how, bool scalable, uint64_t seed, uint64_t count);

#endif
