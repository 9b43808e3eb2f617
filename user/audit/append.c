// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What callers of the audit log see: append one event, or rotate. A failure never stops the caller
 * and never passes in silence: it goes to standard error and, with the event in it, to the journal;
 * it is counted, and the first record that succeeds afterwards is preceded by the count.
 */
#include "audit/audit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/log.h"
#include "audit/mirror.h"
#include "base/exit.h"
#include "base/io.h"
#include "base/message.h"

static struct {
	uint64_t count;
	enum lw_audit_kind first_kind;
	int first_error;
} lost;

uint64_t lw_audit_lost(void)
{
	return lost.count;
}

static void tell_failure(const struct lw_audit_log *log, const struct lw_audit_event *event,
			 int error)
{
	struct lw_audit_event full = *event;
	struct lw_audit_actor self;
	struct lw_audit_stamp stamp;
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE char *record = NULL;

	if (!lost.count++) {
		lost.first_kind = event->kind;
		lost.first_error = error;
	}
	lw_error("\"%s\" could not be written to the audit log %s: %s%s",
		 lw_audit_kind_name(event->kind), log->config.path, strerror(-error),
		 error == -ETIMEDOUT ? " (another luwatch holds the lock; is it stopped?)" : lw_advice(error));
	if (!full.actor) {
		lw_audit_actor_read(0, &self);
		full.actor = &self;
	}
	lw_audit_log_stamp(log, &stamp);
	stamp.seq = 0;
	record = lw_audit_record_format(&stamp, &full, NULL, hash);
	lw_audit_journal_failed(log->config.path, event->kind, error, record);
}

/* What earlier events of this process met, before the first that can be written again. */
static int write_lost(struct lw_audit_log *log)
{
	int r;

	if (!lost.count)
		return 0;
	r = lw_audit_log_note(log, LW_AUDIT_LOG_LOST,
			      json_pack("{sI, ss, ss}", "count", (json_int_t)lost.count,
					"first_kind", lw_audit_kind_name(lost.first_kind),
					"first_error", strerror(-lost.first_error)));
	if (!r)
		lost.count = 0;
	return r;
}

static int ready(const struct lw_audit_config *config, struct lw_audit_log *log)
{
	int r = lw_audit_log_open(config, log);

	if (!r)
		r = lw_audit_log_find_end(log);
	if (!r)
		r = lw_audit_log_prepare(log);
	return r ? r : write_lost(log);
}

/*
 * The folder is synced every time, not only when this process made the entry: the one that did may
 * have been killed before it could.
 */
static int settle(struct lw_audit_log *log, struct lw_audit_result *result)
{
	int r = lw_audit_log_sync_directory(log);

	if (log->opened)
		lw_audit_log_compress(log);
	if (!r && result && log->closed_count)
		result->closed = log->closed[log->closed_count - 1].anchor;
	return r;
}

/* Lets the next writer in, then says what there is to say. */
static void finish(struct lw_audit_log *log, const struct lw_audit_event *event, int error)
{
	size_t i;

	lw_audit_log_unlock(log);
	for (i = 0; i < log->closed_count; i++) {
		LW_FREE char *note = lw_audit_log_checkpoint(log, log->closed[i].anchor.seq);

		lw_audit_journal_anchor(log->config.path, log->closed[i].kind, event->handover,
					&log->closed[i].anchor, note);
	}
	if (error)
		tell_failure(log, event, error);
	lw_audit_log_close(log);
}

int lw_audit_append(const struct lw_audit_config *config, const struct lw_audit_event *event,
		    struct lw_audit_result *result)
{
	struct lw_audit_log log;
	int r;

	if (result)
		*result = (struct lw_audit_result){ 0 };
	r = ready(config, &log);
	if (!r)
		r = lw_audit_log_write(&log, event, result ? &result->record : NULL);
	if (!r)
		r = settle(&log, result);
	finish(&log, event, r);
	return r;
}

int lw_audit_rotate(const struct lw_audit_config *config, struct lw_audit_result *result)
{
	const struct lw_audit_event event = { .kind = LW_AUDIT_LOG_ROTATED };
	struct lw_audit_log log;
	int r;

	if (result)
		*result = (struct lw_audit_result){ 0 };
	r = ready(config, &log);
	if (!r)
		r = lw_audit_log_rotate(&log, "asked");
	if (!r)
		r = settle(&log, result);
	if (!r && result)
		result->record = result->closed;
	finish(&log, &event, r);
	return r;
}
