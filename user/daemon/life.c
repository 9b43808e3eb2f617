/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon tells about itself: that it lives, what it found when it started, each sign of
 * life to the watchdog, and that it stops.
 */
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/io.h"
#include "daemon/daemon.h"
#include "probe/kernel.h"

/* What a centre wants to know of a host that has not handed over yet, or not for long. */
static json_t *sign_of_life(struct lw_daemon *d)
{
	return json_pack("{ss, ss, ss*, so}", "version", LW_VERSION, "kernel", lw_kernel_release(), "ring",
			 *d->config.ring ? d->config.ring : NULL, "configured", lw_daemon_configured(d));
}

void lw_daemon_heartbeat(struct lw_daemon *d)
{
	json_t *detail = sign_of_life(d);

	json_object_set_new(detail, "armed", json_boolean(d->armed));
	lw_daemon_audit(d, LW_AUDIT_HEARTBEAT, (struct lw_id){}, detail);
	lw_daemon_timer(d->heartbeat_timer, d->config.heartbeat_s);
}

void lw_daemon_tell_alive(struct lw_daemon *d)
{
	lw_told_load(&d->told, LW_TOLD_FILE);
	if (d->told.running)
		lw_daemon_audit(d, LW_AUDIT_AGENT_DEAD, (struct lw_id){}, NULL);
	lw_daemon_audit(d, LW_AUDIT_AGENT_STARTED, (struct lw_id){}, sign_of_life(d));
	lw_daemon_timer(d->heartbeat_timer, d->config.heartbeat_s);
	lw_marks_load(&d->marks, LW_MARKS_FILE);
	d->marks_stale = true;
	d->told.running = true;
	lw_told_save(&d->told, LW_TOLD_FILE);
}

static void tell_reset(struct lw_daemon *d)
{
	const struct lw_gathered *g = &d->watch.gathered;
	LW_FREE char *baseline = lw_armed_path(d->state, g->old_boot_id);
	struct lw_audit_event event = { .kind = LW_AUDIT_NOT_HANDED_OVER, .handover = g->id };
	LW_FREE uint64_t *rids = NULL;
	struct lw_journal_entry entry;
	char id[LW_ID_TEXT];

	if (d->told.any || !g->armed_before)
		return;
	event.rid_count = lw_marks_of_boot(d->state, g->old_boot_id, &rids);
	event.rids = rids;
	lw_journal_reset(&entry, lw_id_format(g->id, id), g->old_boot_id, event.rid_count);
	lw_daemon_send(d, &entry);
	/* Recorded once; the baseline on disk has then done its duty. */
	if (!lw_daemon_audit_event(d, &event))
		unlink(baseline);
}

void lw_daemon_tell_start(struct lw_daemon *d)
{
	tell_reset(d);
	lw_daemon_tell_armed(d);
	lw_daemon_tell_report(d);
	lw_daemon_look(d);
	lw_daemon_tell_waiting(d);
	lw_daemon_write_textfile(d);
	lw_daemon_keep(d);
}

/*
 * With every sign of life to the watchdog: a look at what changes without an event, so that the
 * textfile is not wrong for longer than that.
 */
void lw_daemon_pulse(struct lw_daemon *d)
{
	struct lw_daemon_facts now;

	sd_notify(0, "WATCHDOG=1");
	d->marks_stale = true;
	lw_daemon_check_pins(d);
	lw_daemon_look(d);
	if (!*d->config.textfile)
		return;
	now = lw_daemon_facts(d);
	if (now.ready != d->facts.ready || now.declared != d->facts.declared ||
	    now.marked != d->facts.marked)
		lw_daemon_write_textfile(d);
}

void lw_daemon_tell_stop(struct lw_daemon *d)
{
	lw_daemon_tell_waiting(d);
	lw_daemon_audit(d, LW_AUDIT_AGENT_STOPPED, (struct lw_id){},
			json_pack("{sb}", "armed", d->armed));
	d->told.running = false;
	lw_told_save(&d->told, LW_TOLD_FILE);
	lw_daemon_write_textfile(d);
}
