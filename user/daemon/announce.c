/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling: journal and status line. Single faults are told at once as long as the rate
 * allows; everything else waits for its turn, which comes ten seconds after the first and then less
 * and less often while a storm goes on.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>

#include "base/fields.h"
#include "base/io.h"
#include "carry/carrier.h"
#include "daemon/daemon.h"
#include "daemon/verdict_hook.h"

#define FIRST_S	     10
#define LONGEST_S    600
#define REPORT_LIMIT (256UL << 20)
#define SECOND_NS    1000000000ULL

static struct lw_journal_context journal_context(const struct lw_daemon *d)
{
	return (struct lw_journal_context){
		.handover = *d->watch.id ? d->watch.id : NULL,
		.addresses = d->config.addresses,
	};
}

/* An alert is what somebody should be woken for, and sending one is an act for the audit log. */
static json_t *alert_of(const struct lw_journal_entry *e, struct lw_id *handover)
{
	const char *priority = lw_journal_field(e, "PRIORITY");
	const char *id = lw_journal_field(e, "LUWATCH_HANDOVER");

	if (!priority || *priority > '0' + LOG_ERR)
		return NULL;
	if (!id || lw_id_parse(id, handover))
		*handover = (struct lw_id){};
	return json_pack("{ss, ss*, ss*}", "message_id", lw_journal_field(e, "MESSAGE_ID"),
			 "message", lw_journal_field(e, "MESSAGE"), "rid",
			 lw_journal_field(e, "LUWATCH_RID"));
}

void lw_daemon_send(struct lw_daemon *d, struct lw_journal_entry *e)
{
	struct lw_id handover;
	json_t *alert = alert_of(e, &handover);
	int r = lw_journal_send(e);

	if (!alert)
		return;
	json_object_set_new(alert, "to", json_string(r ? "standard error" : "journal"));
	lw_daemon_audit(d, LW_AUDIT_ALERT_SENT, handover, alert);
}

void lw_daemon_tell_cannot_write(struct lw_daemon *d, const char *what, int error, int *told)
{
	struct lw_journal_entry entry;

	if (error == *told)
		return;
	*told = error;
	lw_journal_cannot_write(&entry, what, error);
	lw_daemon_send(d, &entry);
}

static json_t *load_revision(const struct lw_daemon *d, uint32_t revision)
{
	LW_FREE char *folder = lw_handover_folder(d->state, d->watch.gathered.id);
	LW_FREE char *path = lw_format("%s/report-%" PRIu32 ".json", folder, revision);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (lw_read_file(path, REPORT_LIMIT, &bytes, &length))
		return NULL;
	return json_loadb((char *)bytes, length, 0, NULL);
}

/* Whoever stored them may have died, or met a full disk, before audit log and summary had them. */
void lw_daemon_record_reports(struct lw_daemon *d)
{
	uint32_t revision;
	json_t *report;

	for (revision = 1; d->watch.loaded && revision <= d->watch.revision; revision++) {
		report = load_revision(d, revision);
		if (report)
			lw_daemon_audit_report(d, report);
		json_decref(report);
	}
}

/* Tells journal and hook of one stored revision. False when its file cannot be read. */
static bool tell_revision(struct lw_daemon *d, uint32_t revision)
{
	json_t *report = load_revision(d, revision);
	struct lw_journal_entry entry, failed;
	int r;

	if (report) {
		lw_journal_report(&entry, report);
		r = lw_verdict_hook_tell(&d->config, &entry, report);
		if (r)
			lw_journal_hook_failed(&failed, &entry, d->config.hook, r);
		lw_daemon_send(d, &entry);
		if (r)
			lw_daemon_send(d, &failed);
	}
	json_decref(report);
	return report;
}

/* Every revision that no daemon of this boot has told, from the first on. */
void lw_daemon_tell_report(struct lw_daemon *d)
{
	const struct lw_watch *w = &d->watch;

	if (strcmp(d->told.id, w->id)) {
		strcpy(d->told.id, w->id);
		d->told.revision = 0;
	}
	while (d->told.revision < w->revision) {
		d->told.revision++;
		if (tell_revision(d, d->told.revision))
			lw_told_save(&d->told, LW_TOLD_FILE);
	}
	lw_daemon_changed(d);
}

void lw_daemon_tell_aborted(struct lw_daemon *d, uint32_t attempt, int64_t result)
{
	const struct lw_control *c = d->pins.control;
	struct lw_journal_entry entry;
	char id[LW_ID_TEXT];

	if (attempt <= d->told.attempts)
		return;
	lw_id_format((struct lw_id){ c->handover[0], c->handover[1] }, id);
	lw_journal_aborted(&entry, id, result);
	lw_daemon_send(d, &entry);
	/* Nothing ran in user space when it began. */
	lw_daemon_audit(d, LW_AUDIT_KEXEC_BEGUN,
			(struct lw_id){ c->handover[0], c->handover[1] },
			json_pack("{si}", "attempt", (int)attempt));
	lw_daemon_audit(
		d, LW_AUDIT_KEXEC_ABORTED, (struct lw_id){ c->handover[0], c->handover[1] },
		json_pack("{si so}", "attempt", (int)attempt, "result",
			  result == LW_RESULT_UNKNOWN ? json_null() : json_integer(result)));
	d->told.attempts = attempt;
	lw_told_save(&d->told, LW_TOLD_FILE);
}

void lw_daemon_tell_singles(struct lw_daemon *d)
{
	struct lw_journal_context context = journal_context(d);
	struct lw_journal_entry entry;
	uint64_t now = lw_boot_clock(), held;
	size_t i;

	for (i = 0; i < d->single_count; i++) {
		const struct lw_fault *fault = &d->singles[i];
		struct lw_limit *limit = lw_shows_damage(fault->class) ? &d->damage_limit
								       : &d->limit;

		if (!d->config.events_rate.count || lw_books_knows(&d->books, fault) ||
		    !lw_limit_take(limit, now))
			continue;
		lw_journal_fault(&entry, &context, fault);
		held = lw_limit_held(limit);
		if (held)
			lw_journal_number(&entry, "SUPPRESSED", held);
		lw_daemon_send(d, &entry);
		lw_books_told(&d->books, fault);
	}
	d->single_count = 0;
}

/* One entry for each device and class with faults that had none of their own. */
static bool tell_faults(struct lw_daemon *d, uint64_t seconds)
{
	struct lw_journal_context context = journal_context(d);
	struct lw_journal_entry entry;
	bool any = false;
	size_t i;

	for (i = 0; i < d->books.untold_count; i++) {
		const struct lw_untold *untold = &d->books.untold[i];

		if (!untold->count)
			continue;
		lw_journal_faults(&entry, &context, &untold->like, untold->count, seconds);
		lw_daemon_send(d, &entry);
		any = true;
	}
	d->books.untold_count = 0;
	memset(d->books.untold, 0, sizeof(d->books.untold));
	return any;
}

static bool tell_losses(struct lw_daemon *d)
{
	struct lw_journal_entry entry;
	uint64_t losses[LW_LOSSES];

	lw_daemon_losses(d, losses);
	if (!lw_journal_losses(&entry, losses, d->losses_told))
		return false;
	lw_daemon_send(d, &entry);
	memcpy(d->losses_told, losses, sizeof(losses));
	return true;
}

/* What is waiting; then waits longer as long as there is more. */
void lw_daemon_tell_waiting(struct lw_daemon *d)
{
	uint64_t now = lw_boot_clock();
	uint64_t seconds = d->told_ns ? (now - d->told_ns + SECOND_NS / 2) / SECOND_NS : 0;
	bool any = tell_faults(d, seconds);

	any |= tell_losses(d);
	d->told_ns = now;
	if (!any) {
		d->tell_interval_s = 0;
		return;
	}
	d->tell_interval_s = d->tell_interval_s ? 2 * d->tell_interval_s : FIRST_S;
	if (d->tell_interval_s > LONGEST_S)
		d->tell_interval_s = LONGEST_S;
	lw_daemon_timer(d->tell_timer, d->tell_interval_s);
}

/* "armed, 15 of 15 probes, carriers pages and trace; 12 faults; last hand-over: CLEAN SO FAR" */
void lw_daemon_status(struct lw_daemon *d)
{
	const struct lw_control *c = d->pins.control;
	LW_FREE char *armed = NULL, *refused = lw_refusal_text(&d->refusal);
	LW_FREE char *carriers = d->armed ? lw_carriers_armed(c, " and ") : NULL;
	struct lw_fields fields = {};

	if (carriers)
		armed = lw_format("armed%s, %d of %d probes, carriers %s; %" PRIu64 " faults",
				  c->probes_only ? " (level probes: no hand-over is recorded)" : "",
				  __builtin_popcountll(c->probes), __builtin_popcountll(c->exists),
				  c->carriers ? carriers : "none",
				  (uint64_t)c->faults);
	if (!armed)
		armed = lw_format("not armed%s%s", d->off ? ": recording is off, " : "",
				  d->off ? d->off : "");
	sd_notifyf(0, "STATUS=%s%s%s%s%s%s", refused ? "configuration refused, the one before is in "
						       "force (" : "",
		   refused ? refused : "", refused ? "); " : "", armed,
		   d->watch.report ? "; last hand-over: " : "",
		   d->watch.report ? lw_field_text(&fields, d->watch.report, "headline", "?") : "");
	lw_fields_release(&fields);
}

/* Something is new: whoever waits for it hears of it soon, but not again and again. */
void lw_daemon_changed(struct lw_daemon *d)
{
	uint64_t age = (lw_boot_clock() - d->textfile_ns) / SECOND_NS;
	uint64_t interval = d->config.textfile_interval_s;

	lw_daemon_status(d);
	/* From quiet: what is told next is about the time from now on. */
	if (!d->tell_interval_s && d->told_ns) {
		d->tell_interval_s = FIRST_S;
		d->told_ns = lw_boot_clock();
	}
	lw_daemon_timer(d->tell_timer, d->tell_interval_s ? d->tell_interval_s : FIRST_S);
	if (*d->config.textfile)
		lw_daemon_timer(d->textfile_timer, age < interval ? interval - age : 0);
}

void lw_daemon_tell_armed(struct lw_daemon *d)
{
	struct lw_journal_entry entry;

	if (!d->armed)
		return;
	lw_journal_armed(&entry, d->pins.control);
	lw_daemon_send(d, &entry);
}
