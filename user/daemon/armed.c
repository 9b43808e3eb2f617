/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Being armed. The pins belong to nobody: the daemon makes them when they are missing, takes over
 * what is there, and notices when another luwatch took them away or made new ones.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "arm/misses.h"
#include "base/io.h"
#include "base/message.h"
#include "config/level.h"
#include "daemon/daemon.h"

#define ARM_TRIES    10
#define LEAST_EVENTS 1 /* a second: somebody has to wake us */

void lw_daemon_give_up_pins(struct lw_daemon *d)
{
	lw_daemon_close_ring(d);
	if (d->armed) {
		/* Nobody reads the buffer now: it would only run full. */
		d->pins.control->events_rate = 0;
		lw_misses_count(d->pins.control);
		lw_pins_close(&d->pins);
	}
	d->armed = false;
	d->pins.control = NULL;
}

/* Takes over what is pinned: counters, buffer of events. */
static int adopt_pins(struct lw_daemon *d)
{
	uint32_t rate = d->config.events_rate.count;
	int r;

	lw_daemon_give_up_pins(d);
	lw_pins_open(&d->pins);
	if (d->pins.state != LW_PINS_COMPLETE) {
		lw_error("armed, but the pins cannot be used: %s", d->pins.problem);
		lw_pins_close(&d->pins);
		return -EIO;
	}
	d->armed = true;
	d->marks_stale = true;
	if (d->pins.control->armed_ns != d->armed_ns) {
		lw_counted_free(&d->books.counted);
		d->armed_ns = d->pins.control->armed_ns;
		d->faults_seen = 0;
	}
	if (!d->inspect && lw_inspect_open(&d->inspect))
		d->inspect = NULL;
	d->pins.control->events_rate = rate > LEAST_EVENTS ? rate : LEAST_EVENTS;
	r = lw_daemon_open_ring(d);
	if (r)
		lw_error("single faults cannot be read: %s", strerror(-r));
	return r;
}

void lw_daemon_check_pins(struct lw_daemon *d)
{
	uint32_t ours = d->armed ? lw_map_id(d->pins.maps.control) : 0;
	uint32_t pinned = lw_map_pinned_id("control");

	if (ours == pinned)
		return;
	if (!pinned)
		lw_warn("somebody disarmed this kernel; `systemctl reload luwatchd` arms it again");
	if (!pinned || adopt_pins(d))
		lw_daemon_give_up_pins(d);
	lw_daemon_tell_armed(d);
	lw_daemon_changed(d);
}

static void tell_not_armed(struct lw_daemon *d, int error)
{
	struct lw_journal_entry entry;

	lw_journal_not_armed(&entry, error);
	lw_daemon_send(d, &entry);
}

/* As it is configured, and with the aliases that bridges make; *ALIASES is the caller's. */
static void set_options(const struct lw_daemon *d, struct lw_arm_options *options,
			struct lw_label_texts *labels, struct lw_alias **aliases)
{
	struct lw_topology topology = {};

	options->state = d->state;
	lw_config_arming(&d->config, labels, options);
	if (!lw_topology_read("/sys", &topology) &&
	    !lw_topology_aliases(&topology, aliases, &options->alias_count))
		options->aliases = *aliases;
	lw_topology_free(&topology);
}

int lw_daemon_refresh_armed(struct lw_daemon *d)
{
	LW_FREE struct lw_alias *aliases = NULL;
	struct lw_arm_options options = {};
	struct lw_label_texts labels;

	set_options(d, &options, &labels, &aliases);
	return lw_arm_refresh(&options);
}

int lw_daemon_arm(struct lw_daemon *d)
{
	struct lw_arm_options options = { .state = d->state };
	struct lw_label_texts labels;
	LW_FREE struct lw_alias *aliases = NULL;
	struct lw_arm_result result;
	int tries, r = -EBUSY;

	d->off = lw_recording_off(&d->config);
	if (d->off) {
		lw_daemon_give_up_pins(d);
		r = lw_disarm(&options);
		/* A loaded image counts on the records: armed until it is gone, and says so. */
		if (r == -EBUSY && lw_map_pinned_id("control")) {
			d->off = NULL;
			return adopt_pins(d);
		}
		return r == -ENOENT ? 0 : r;
	}
	set_options(d, &options, &labels, &aliases);
	/* Another luwatch may be at it for a moment. */
	for (tries = 0; r == -EBUSY && tries < ARM_TRIES; tries++) {
		if (tries)
			sleep(1);
		r = lw_arm(&options, &result);
	}
	if (!r)
		r = adopt_pins(d);
	if (r)
		tell_not_armed(d, r);
	return r;
}
