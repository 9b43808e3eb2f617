/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Following /dev/kmsg. A gap in the sequence numbers is a record nobody read; a facility other than
 * the kernel's is a program that says it was the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "daemon/kmsg.h"
#include "fault/line.h"

#define RECORD_SIZE 8192

int lw_log_open(struct lw_log *log)
{
	*log = (struct lw_log){ .fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC) };
	return log->fd < 0 ? -errno : 0;
}

void lw_log_close(struct lw_log *log)
{
	lw_close_fd(&log->fd);
	log->fd = -1;
}

/* What was saved needs not be read again. */
static void note_sequence(struct lw_log *log, uint64_t sequence)
{
	uint64_t before = log->sequence_known ? log->sequence : log->saved;

	if ((log->sequence_known || log->saved_known) && sequence > before + 1) {
		log->lost += sequence - before - 1;
		log->missed += sequence - before - 1;
	}
	log->sequence = sequence;
	log->sequence_known = true;
}

void lw_log_take(struct lw_log *log, const char *record, size_t length, lw_log_fault take,
		 void *context)
{
	struct lw_line line;

	lw_line_parse(record, length, &line);
	if (line.kmsg)
		note_sequence(log, line.sequence);
	if (line.kind == LW_LINE_OTHER)
		return;
	if (line.facility) {
		log->rejected += line.kind == LW_LINE_FAULT || line.kind == LW_LINE_INTERRUPT_FAULT;
		return;
	}
	if (line.kind == LW_LINE_SUPPRESSED) {
		log->suppressed += line.suppressed;
		if (!log->saved_known || line.sequence > log->saved)
			log->missed += line.suppressed;
	} else if (line.kind == LW_LINE_FAULT || line.kind == LW_LINE_INTERRUPT_FAULT) {
		take(context, &line.fault, line.sequence);
	}
}

int lw_log_read(struct lw_log *log, lw_log_fault take, void *context)
{
	char record[RECORD_SIZE];
	ssize_t n;

	for (;;) {
		n = read(log->fd, record, sizeof(record));
		if (n > 0)
			lw_log_take(log, record, n, take, context);
		else if (!n || errno == EAGAIN)
			return 0;
		/* Overwritten, or too long for any fault: the next number shows what is missing. */
		else if (errno != EPIPE && errno != EINVAL && errno != EINTR)
			return -errno;
	}
}
