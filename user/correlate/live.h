/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Class and window of a fault that the running kernel's programs see: the same rules as for a
 * finished hand-over, applied while it is still being watched, or long after it, or in a kernel
 * that no hand-over began. Pure.
 */
#ifndef LUWATCH_LIVE_H
#define LUWATCH_LIVE_H

#include "correlate/handover.h"

/* A requester ID that is to be preserved in the next hand-over, DMA aliases included. */
struct lw_live_preserved {
	uint64_t rid;
	uint64_t since_ns; /* boot clock; 0 = always */
};

struct lw_live_context {
	bool handed_over;		    /* a hand-over began this boot */
	const struct lw_handover *handover; /* it, or NULL when it could not be rebuilt */
	const struct lw_live_preserved *preserved;
	size_t preserved_count;
	const struct lw_device *devices; /* as they are now */
	size_t device_count;
};

/* Sets .window and .class of FAULT. */
void lw_live_classify(const struct lw_live_context *context, struct lw_fault *fault);

#endif
