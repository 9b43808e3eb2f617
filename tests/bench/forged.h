/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon judges before it arms: whatever a carrier or a log holds must not keep it from arming. Hand-overs
 * with COUNT of something that only who writes records or log lines makes so many of, one line for each KIND.
 */
#ifndef LUWATCH_BENCH_FORGED_H
#define LUWATCH_BENCH_FORGED_H

#include "../unit/synth.h"

/*
 * forged	of one kind, latched and in the log, and then all once more, of which none is known
 * marks	of devices, each found by the scan
 * labels	each of which says that it is as long as a length can be
 * segmentless	faults without a segment, and as many requester IDs in several segments
 *
 * The evidence is made, and not judged. NULL for another KIND; the caller frees it, and *FAULTS behind it.
 */
struct synth *forged(const char *kind, size_t count, struct lw_fault **faults);

#endif
