/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs have counted, and what they go on counting. The counters are looked at, not the
 * ring buffer of single faults: that has one reader, the daemon, and a rate; what is taken out of it
 * is gone for all others. So any number may follow, and a storm costs them no fault.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/message.h"
#include "base/time.h"
#include "command/command.h"
#include "command/faults.h"
#include "daemon/maps.h"
#include "fault/registers.h"

#define LOOK_NS	    200000000L
#define LOOKS_A_PIN 10 /* how often it is asked whether the kernel is still armed */

int64_t lw_faults_counted(const struct lw_faults_options *o, const struct lw_pins *pins,
			  struct lw_counted *counted)
{
	struct lw_shown_fault shown;
	struct lw_map_fault *faults;
	struct lw_fault fault;
	int64_t total = 0, more;
	int count, i;

	count = lw_map_faults(pins->maps.faults, &faults);
	if (count < 0) {
		lw_error("the fault counters cannot be read: %s", strerror(-count));
		return count;
	}
	for (i = 0; i < count; i++) {
		more = lw_counted_delta(counted, &faults[i].key, faults[i].value.count);
		if (more <= 0)
			continue;
		lw_fault_of_count(&faults[i].key, &faults[i].value, &fault);
		fault.count = more;
		shown = lw_faults_of_boot(&fault);
		if (lw_faults_show(o, &shown))
			total += more;
	}
	free(faults);
	return total;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = 1;
}

int lw_faults_follow(const struct lw_faults_options *o, const struct lw_pins *pins,
		     struct lw_counted *counted)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	struct sigaction action = { .sa_handler = stop };
	const volatile uint64_t *faults = (const uint64_t *)&pins->control->faults;
	uint32_t map = lw_map_id(pins->maps.control);
	uint64_t seen = 0;
	unsigned int look;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (look = 1; !stopped; look++) {
		/* Counted a moment before it is in the map: seen again at the next look. */
		if (*faults != seen || look % LOOKS_A_PIN == 0) {
			seen = *faults;
			if (lw_faults_counted(o, pins, counted) < 0)
				return LW_EXIT_ERROR;
		}
		if (fflush(stdout))
			return LW_EXIT_ERROR;
		if (look % LOOKS_A_PIN == 0 && lw_map_pinned_id("control") != map) {
			lw_error("somebody disarmed this kernel or armed it anew; start again");
			return LW_EXIT_ERROR;
		}
		nanosleep(&pause, NULL);
	}
	return LW_EXIT_CLEAN;
}
