/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of the armed kernel again and again: readiness, both sets, every loss. */
#include <string.h>

#include "arm/arm.h"
#include "arm/misses.h"
#include "arm/ready.h"
#include "carry/carrier.h"
#include "daemon/daemon.h"

static bool is_ready(const struct lw_daemon *d)
{
	struct lw_loaded loaded;
	bool ready;

	if (d->armed)
		lw_arm_refresh_clocks(d->pins.control);
	lw_loaded_look(d->inspect, &loaded);
	if (d->armed)
		lw_loaded_note(d->pins.control, &loaded);
	ready = !lw_not_ready(d->armed ? &d->pins : NULL, &loaded, d->off);
	lw_loaded_free(&loaded);
	return ready;
}

struct lw_daemon_facts lw_daemon_facts(struct lw_daemon *d)
{
	struct lw_daemon_facts facts = { .ready = is_ready(d) };

	lw_daemon_check_loaded(d); /* also where no program tells of a load */
	if (d->armed)
		lw_count_preserved(&d->pins, &facts.declared, &facts.marked);
	return facts;
}

unsigned int lw_control_losses(struct lw_control *c, uint64_t losses[LW_LOSSES])
{
	struct lw_misses misses = lw_misses_count(c);

	memset(losses, 0, LW_LOSSES * sizeof(*losses));
	losses[LW_LOSS_FAULTS_UNSEEN] = c->faults_unseen;
	losses[LW_LOSS_FAULT_OVERFLOWS] = c->overflows;
	losses[LW_LOSS_PAGE_REQUESTS] = c->page_request_overflows;
	losses[LW_LOSS_FAULTS_LOST] = c->faults_lost;
	losses[LW_LOSS_EVENTS_LOST] = c->events_lost;
	losses[LW_LOSS_MARKS_LOST] = c->marks_lost;
	losses[LW_LOSS_RECORDS_DROPPED] = lw_carriers_dropped(c);
	losses[LW_LOSS_JOURNAL] = c->events_held;
	losses[LW_LOSS_PROGRAM_MISSES] = misses.runs;
	losses[LW_LOSS_PROGRAM_COMPLAINTS] = misses.complaints;
	losses[LW_LOSS_FAULTS_GROUPED] = c->details_other + c->devices_other;
	losses[LW_LOSS_MAPS_BUSY] = c->maps_busy;
	return misses.uncounted;
}

void lw_daemon_losses(struct lw_daemon *d, uint64_t losses[LW_LOSSES])
{
	memset(losses, 0, LW_LOSSES * sizeof(*losses));
	if (d->armed)
		d->uncounted_probes = lw_control_losses(d->pins.control, losses);
	losses[LW_LOSS_FAULTS_STUCK] = d->stuck.found;
	losses[LW_LOSS_LOG_GAPS] = d->log.lost;
	losses[LW_LOSS_LOG_SUPPRESSED] = d->log.suppressed;
	losses[LW_LOSS_JOURNAL] += d->limit.held_total + d->damage_limit.held_total;
}
