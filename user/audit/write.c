// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes one record at the end of the log. It is one write() of a whole line and one fsync(); when
 * either fails the file is cut back to where it was, so that a full disk leaves no torn line and a
 * page that the kernel could not write is written again with the next record.
 */
#include "audit/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "audit/files.h"
#include "base/io.h"
#include "base/message.h"

/* What whoever sets the clock (chrony, ntpd, timesyncd) told the kernel of it. */
static int64_t clock_error_us(void)
{
	struct timex clock = { .modes = 0 };

	return adjtimex(&clock) == TIME_ERROR || clock.status & STA_UNSYNC ? -1 : clock.maxerror;
}

void lw_audit_log_stamp(const struct lw_audit_log *log, struct lw_audit_stamp *stamp)
{
	struct timespec boot;

	*stamp = (struct lw_audit_stamp){ .seq = log->last.seq + 1 };
	memcpy(stamp->prev, log->last.hash, LW_AUDIT_HASH);
	clock_gettime(CLOCK_REALTIME, &stamp->time);
	stamp->clock_error_us = clock_error_us();
	clock_gettime(CLOCK_BOOTTIME, &boot);
	stamp->boot_ns = (uint64_t)boot.tv_sec * 1000000000 + (uint64_t)boot.tv_nsec;
	lw_read_line("/proc/sys/kernel/random/boot_id", stamp->boot_id, sizeof(stamp->boot_id));
	lw_read_line("/etc/machine-id", stamp->machine, sizeof(stamp->machine));
}

static int put(struct lw_audit_log *log, const char *line, size_t length)
{
	int r = lw_write_all(log->fd, line, length);

	if (!r && fsync(log->fd))
		r = -errno;
	if (!r) {
		log->size += length;
		return 0;
	}
	if (ftruncate(log->fd, (off_t)log->size) || fsync(log->fd))
		lw_warn("%s: a torn line may remain: %s", log->config.path, strerror(errno));
	return r;
}

int lw_audit_log_write(struct lw_audit_log *log, const struct lw_audit_event *event,
		       struct lw_audit_anchor *anchor)
{
	struct lw_audit_event full = *event;
	struct lw_audit_actor self;
	struct lw_audit_stamp stamp;
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE char *line = NULL;
	size_t length;
	int r;

	if (!full.actor) {
		lw_audit_actor_read(0, &self);
		full.actor = &self;
	}
	lw_audit_log_stamp(log, &stamp);
	line = lw_audit_record_format(&stamp, &full, log->sign ? &log->key : NULL, hash);
	if (!line)
		return full.rid_count > LW_AUDIT_DEVICES_MAX ? -E2BIG : -ENOMEM;
	length = strlen(line);
	if (length > LW_AUDIT_LINE_MAX)
		return -E2BIG;
	r = put(log, line, length);
	if (r)
		return r;
	log->last.seq = stamp.seq;
	memcpy(log->last.hash, hash, sizeof(hash));
	if (anchor)
		*anchor = log->last;
	if (lw_audit_kinds.words[event->kind].closes && log->closed_count < LW_AUDIT_CLOSED_MAX) {
		log->closed[log->closed_count].anchor = log->last;
		log->closed[log->closed_count++].kind = event->kind;
	}
	return 0;
}

int lw_audit_log_note(struct lw_audit_log *log, enum lw_audit_kind kind, json_t *detail)
{
	struct lw_audit_event event = { .kind = kind, .detail = detail };
	int r = lw_audit_log_write(log, &event, NULL);

	json_decref(detail);
	return r;
}
