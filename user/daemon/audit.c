/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon adds to the audit log: its own life, attempts that were refused, configuration,
 * and the revisions of reports that it stores. Arming leaves its record itself. A log that cannot
 * be written stops nothing; the failure is counted, and the audit code says it loudly.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/fields.h"
#include "base/io.h"
#include "daemon/daemon.h"
#include "report/tell.h"

#define WAIT_MS	  1000
#define TAIL_SIZE 65536

/* Names of the keys whose values differ. */
static json_t *changed_keys(const struct lw_config *config, const struct lw_config *other)
{
	json_t *changed = json_array();
	size_t i;

	for (i = 0; i < lw_config_key_count; i++) {
		const struct lw_config_key *key = &lw_config_keys[i];

		if (!lw_config_same(config, other, key))
			json_array_append_new(changed,
					      json_sprintf("[%s] %s", key->section, key->name));
	}
	if (config->label_count != other->label_count ||
	    memcmp(config->labels, other->labels, sizeof(other->labels)))
		json_array_append_new(changed, json_string("[" LW_CONFIG_LABEL_SECTION "]"));
	return changed;
}

int lw_daemon_audit_event(struct lw_daemon *d, const struct lw_audit_event *event)
{
	struct lw_audit_config config = { .wait_ms = WAIT_MS };
	struct lw_audit_result result;
	int r = lw_audit_append(&config, event, &result);

	if (r)
		d->audit_errors++;
	else
		d->audit_sequence = result.record.seq;
	return r;
}

int lw_daemon_audit(struct lw_daemon *d, enum lw_audit_kind kind, struct lw_id handover,
		    json_t *detail)
{
	struct lw_audit_event event = { .kind = kind, .handover = handover, .detail = detail };
	int r = lw_daemon_audit_event(d, &event);

	json_decref(detail);
	return r;
}

static int audit_change(struct lw_daemon *d, const struct lw_marks_change *change)
{
	const struct lw_control *c = d->pins.control;
	struct lw_audit_event event = {
		.kind = LW_AUDIT_UNPRESERVED,
		.handover = { c->handover[0], c->handover[1] },
		.rids = change->removed,
		.rid_count = change->removed_count,
	};
	int r = change->removed_count ? lw_daemon_audit_event(d, &event) : 0;

	event.kind = LW_AUDIT_PRESERVED;
	event.rids = change->added;
	event.rid_count = change->added_count;
	event.detail = change->detail;
	return r || !change->added_count ? r : lw_daemon_audit_event(d, &event);
}

static void save_marks(const struct lw_daemon *d)
{
	LW_FREE char *stored = lw_format("%s/" LW_MARKS_STORED, d->state);

	lw_marks_save(&d->marks, LW_MARKS_FILE);
	lw_marks_save(&d->marks, stored);
}

/* What the kernel has marked, and no longer marks, since this was recorded last. */
void lw_daemon_audit_marks(struct lw_daemon *d)
{
	struct lw_marks_change change;
	struct lw_marks now = { .armed_ns = d->armed_ns };
	int count;

	if (!d->armed || !d->marks_stale)
		return;
	count = lw_map_marks(&d->pins, &now.list);
	if (count < 0)
		return;
	now.count = count;
	snprintf(now.boot_id, sizeof(now.boot_id), "%s", lw_boot_id());
	/* Another arming forgot what was marked before it; nobody unpreserved anything. */
	if (d->marks.armed_ns != now.armed_ns)
		d->marks.count = 0;
	if (lw_marks_compare(&d->marks, &now, &change)) {
		free(now.list);
		return;
	}
	/* Not written: tried again at the next pulse or mark, not at every look. */
	d->marks_stale = false;
	if (audit_change(d, &change)) {
		free(now.list);
	} else {
		free(d->marks.list);
		d->marks = now;
		if (change.added_count || change.removed_count)
			save_marks(d);
	}
	lw_marks_change_free(&change);
}

/* Names of the keys that do not have their default. */
json_t *lw_daemon_configured(const struct lw_daemon *d)
{
	struct lw_config defaults;

	lw_config_defaults(&defaults);
	return changed_keys(&d->config, &defaults);
}

void lw_daemon_audit_report(void *context, const json_t *report)
{
	struct lw_daemon *d = context;

	d->audit_errors += !!lw_report_tell(NULL, report);
}

void lw_daemon_audit_config(struct lw_daemon *d, const struct lw_config *old)
{
	json_t *changed = changed_keys(&d->config, old);

	if (json_array_size(changed))
		lw_daemon_audit(d, LW_AUDIT_CONFIGURATION_CHANGED, (struct lw_id){},
				json_pack("{sO}", "changed", changed));
	json_decref(changed);
}

/* Number of the last complete record in the file; other processes write into it, too. */
uint64_t lw_daemon_audit_sequence(struct lw_daemon *d)
{
	LW_CLOSE int fd = open(LW_AUDIT_PATH, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	LW_FREE char *tail = malloc(TAIL_SIZE + 1);
	struct stat status;
	ssize_t length = -1;
	const char *found;
	off_t from;
	char *line;

	if (fd >= 0 && tail && !fstat(fd, &status)) {
		from = status.st_size > TAIL_SIZE ? status.st_size - TAIL_SIZE : 0;
		length = pread(fd, tail, TAIL_SIZE, from);
	}
	if (length <= 0 || tail[length - 1] != '\n')
		return d->audit_sequence;
	tail[length - 1] = '\0';
	line = memrchr(tail, '\n', length - 1);
	found = strstr(line ? line : tail, "\"seq\":");
	if (found)
		d->audit_sequence = strtoull(found + 6, NULL, 10);
	return d->audit_sequence;
}
