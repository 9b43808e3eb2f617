/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the metrics show at this moment: read when somebody asks, and only then; or written into the
 * textfile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "daemon/daemon.h"
#include "probe/kernel.h"
#include "report/acknowledged.h"

char *lw_daemon_metrics(void *context, size_t *length)
{
	struct lw_daemon *d = context;
	struct lw_metrics_handover handover;
	struct lw_daemon_facts facts;
	struct lw_program_runs programs[LW_RUNS];
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
	m.ring = d->config.ring;
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
		m.carriers = d->pins.control->carriers;
		m.fault_interrupts = d->pins.control->fault_interrupts;
	}
	if (d->armed)
		m.program_count = lw_program_runs(d->pins.control, programs);
	m.programs = programs;
	lw_daemon_losses(d, m.losses);
	m.uncounted_probes = d->armed ? d->uncounted_probes : 0;
	m.audit_sequence = lw_daemon_audit_sequence(d);
	m.audit_write_errors = d->audit_errors;
	m.configuration_refused = *d->refusal.problem;
	if ((d->watch.handed_over || d->watch.report) &&
	    lw_metrics_of_report(d->watch.report, &handover)) {
		handover.acknowledged = lw_is_acknowledged(d->state, d->watch.report);
		m.handover = &handover;
	}
	return lw_metrics_text(&m, length);
}

void lw_daemon_write_textfile(struct lw_daemon *d)
{
	LW_FREE char *text = NULL;
	size_t length;
	int r;

	if (!*d->config.textfile)
		return;
	text = lw_daemon_metrics(d, &length);
	r = text ? lw_write_file(d->config.textfile, text, length, 0644) : -ENOMEM;
	d->textfile_ns = lw_boot_clock();
	d->facts = lw_daemon_facts(d);
	if (r)
		lw_daemon_tell_cannot_write(d, d->config.textfile, r, &d->textfile_error);
	else
		d->textfile_error = 0;
}
