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
#include "audit/report.h"
#include "base/io.h"
#include "daemon/daemon.h"
#include "report/fields.h"

#define WAIT_MS	  1000
#define TAIL_SIZE 65536

int lw_daemon_audit(struct lw_daemon *d, enum lw_audit_kind kind, struct lw_id handover,
		    json_t *detail)
{
	struct lw_audit_config config = { .wait_ms = WAIT_MS };
	struct lw_audit_event event = { .kind = kind, .handover = handover, .detail = detail };
	struct lw_audit_result result;

	int r = lw_audit_append(&config, &event, &result);

	if (r)
		d->audit_errors++;
	else
		d->audit_sequence = result.record.seq;
	json_decref(detail);
	return r;
}

void lw_daemon_audit_report(void *context, const json_t *report)
{
	struct lw_daemon *d = context;

	d->audit_errors += !!lw_audit_report(report);
}

void lw_daemon_audit_config(struct lw_daemon *d, const struct lw_config *old)
{
	json_t *changed = json_array();
	size_t i;

	for (i = 0; i < lw_config_key_count; i++) {
		const struct lw_config_key *key = &lw_config_keys[i];

		if (!lw_config_same(&d->config, old, key))
			json_array_append_new(changed,
					      json_sprintf("[%s] %s", key->section, key->name));
	}
	if (d->config.label_count != old->label_count ||
	    memcmp(d->config.labels, old->labels, sizeof(old->labels)))
		json_array_append_new(changed, json_string("[" LW_CONFIG_LABEL_SECTION "]"));
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
