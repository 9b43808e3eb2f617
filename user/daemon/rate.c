/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bucket. Its level is kept in nanoseconds, so that nothing is lost by rounding. */
#include <string.h>

#include "daemon/rate.h"

void lw_limit_init(struct lw_limit *limit, struct lw_rate rate)
{
	uint64_t held = limit->held_total;

	memset(limit, 0, sizeof(*limit));
	limit->rate = rate;
	limit->held_total = held;
}

bool lw_limit_take(struct lw_limit *limit, uint64_t now_ns)
{
	uint64_t period = limit->rate.seconds * 1000000000ULL;
	uint64_t token = limit->rate.count ? period / limit->rate.count : 0;
	uint64_t passed = now_ns > limit->last_ns ? now_ns - limit->last_ns : 0;

	if (!limit->started || passed > period)
		passed = period;
	limit->level = limit->level + passed > period ? period : limit->level + passed;
	limit->last_ns = now_ns;
	limit->started = true;
	if (token && limit->level >= token) {
		limit->level -= token;
		return true;
	}
	limit->held++;
	limit->held_total++;
	return false;
}

uint64_t lw_limit_held(struct lw_limit *limit)
{
	uint64_t held = limit->held;

	limit->held = 0;
	return held;
}
