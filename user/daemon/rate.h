/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rate limit that counts what it holds back: a bucket of .count tokens that fills evenly within
 * .seconds, full at the beginning. Pure: the time is handed in.
 */
#ifndef LUWATCH_RATE_H
#define LUWATCH_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

struct lw_limit {
	struct lw_rate rate;
	uint64_t level; /* tokens times nanoseconds a token takes */
	uint64_t last_ns;
	bool started;
	uint64_t held; /* since lw_limit_held() */
	uint64_t held_total;
};

void lw_limit_init(struct lw_limit *limit, struct lw_rate rate);

/* Whether one more may pass at NOW (nanoseconds of any monotonic clock). */
bool lw_limit_take(struct lw_limit *limit, uint64_t now_ns);

/* How many were held back since this was asked last. */
uint64_t lw_limit_held(struct lw_limit *limit);

#endif
