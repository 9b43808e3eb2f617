/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the metrics show at this moment: read when somebody asks, and only then. */
#include <string.h>

#include "arm/misses.h"
#include "arm/ready.h"
#include "carry/carrier.h"
#include "daemon/daemon.h"
#include "probe/kernel.h"

static bool is_ready(const struct lw_daemon *d)
{
	struct lw_image_view image;
	bool known = d->inspect && !lw_inspect_image(d->inspect, &image);

	return !lw_not_ready(d->armed ? &d->pins : NULL, known ? &image : NULL, d->off);
}

struct lw_daemon_facts lw_daemon_facts(struct lw_daemon *d)
{
	struct lw_daemon_facts facts = { .ready = is_ready(d) };

	if (d->armed)
		lw_map_count_preserved(&d->pins, &facts.declared, &facts.marked);
	return facts;
}

void lw_daemon_losses(struct lw_daemon *d, uint64_t losses[LW_LOSSES])
{
	struct lw_control *c = d->pins.control;
	struct lw_misses misses;

	memset(losses, 0, LW_LOSSES * sizeof(*losses));
	losses[LW_LOSS_LOG_GAPS] = d->log.lost;
	losses[LW_LOSS_LOG_SUPPRESSED] = d->log.suppressed;
	losses[LW_LOSS_JOURNAL] = d->limit.held_total + d->damage_limit.held_total;
	if (!d->armed)
		return;
	losses[LW_LOSS_FAULTS_UNSEEN] = c->faults_unseen;
	losses[LW_LOSS_FAULT_OVERFLOWS] = c->overflows;
	losses[LW_LOSS_FAULTS_LOST] = c->faults_lost;
	losses[LW_LOSS_EVENTS_LOST] = c->events_lost;
	losses[LW_LOSS_MARKS_LOST] = c->marks_lost;
	losses[LW_LOSS_RECORDS_DROPPED] = c->dropped;
	losses[LW_LOSS_JOURNAL] += c->events_held;
	misses = lw_misses_count(c);
	losses[LW_LOSS_PROGRAM_MISSES] = misses.runs;
	d->uncounted_probes = misses.uncounted;
	losses[LW_LOSS_FAULTS_GROUPED] = c->details_other + c->devices_other;
	losses[LW_LOSS_MAPS_BUSY] = c->maps_busy;
}

static void fill_carriers(const struct lw_daemon *d, struct lw_metrics *m)
{
	const struct lw_control *c = d->pins.control;
	const struct lw_carrier *const *carrier;

	for (carrier = lw_carriers; *carrier && m->carrier_count < LW_METRICS_CARRIERS; carrier++) {
		size_t i = m->carrier_count++;

		m->carriers[i].name = (*carrier)->name;
		m->carriers[i].armed = d->armed &&
				       ((*carrier == &lw_pages_carrier && c->area_base) ||
					(*carrier == &lw_trace_carrier && c->trace_on));
	}
}

char *lw_daemon_metrics(void *context, size_t *length)
{
	struct lw_daemon *d = context;
	struct lw_metrics_handover handover;
	struct lw_daemon_facts facts;
	struct lw_metrics m = {
		.version = LW_VERSION,
		.kernel = lw_kernel_release(),
		.account = &d->books.account,
	};

	lw_daemon_check_pins(d);
	m.armed = d->armed;
	m.level = d->off ? LW_LEVEL_OFF : d->config.level;
	if (d->armed)
		m.level = d->pins.control->probes_only ? LW_LEVEL_PROBES : LW_LEVEL_FULL;
	m.labels = d->config.labels;
	m.label_count = d->config.label_count;
	lw_daemon_look(d);
	if (d->stale)
		lw_daemon_judge(d, false);
	facts = lw_daemon_facts(d);
	m.ready = facts.ready;
	m.declared = facts.declared;
	m.marked = facts.marked;
	if (d->armed) {
		m.probes = d->pins.control->probes;
		m.fault_interrupts = d->pins.control->fault_interrupts;
	}
	fill_carriers(d, &m);
	lw_daemon_losses(d, m.losses);
	m.uncounted_probes = d->armed ? d->uncounted_probes : 0;
	m.audit_sequence = lw_daemon_audit_sequence(d);
	m.audit_write_errors = d->audit_errors;
	if ((d->watch.handed_over || d->watch.report) &&
	    lw_metrics_of_report(d->watch.report, &handover))
		m.handover = &handover;
	return lw_metrics_text(&m, length);
}
