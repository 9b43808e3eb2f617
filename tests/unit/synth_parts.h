/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the synthetic machine share. */
#ifndef LUWATCH_SYNTH_PARTS_H
#define LUWATCH_SYNTH_PARTS_H

#include "synth.h"

#define SYNTH_REALTIME	     1790000000000000000ULL /* wall clock at boot clock 0 of the old kernel */
#define SYNTH_BASELINE_PAGES 8

void synth_baseline(struct synth *s);
uint64_t synth_digest(const uint64_t *words); /* of a page */
uint64_t synth_digest_once(struct synth_digest *seen, const uint64_t *words);
/* Notes what was written to what the walk before saw since the last global invalidation. */
void synth_note_writes(struct synth_unit *unit);
void synth_walk(struct synth *s, unsigned int phase, unsigned int where);

#endif
