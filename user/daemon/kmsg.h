/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log, followed: faults from before the programs watched, and what the log itself lost.
 * One small buffer, whatever the kernel prints.
 */
#ifndef LUWATCH_KMSG_H
#define LUWATCH_KMSG_H

#include <stdbool.h>
#include <stdint.h>

#include "fault/fault.h"

struct lw_log {
	int fd; /* to be polled for reading; -1 = not open */
	bool sequence_known;
	uint64_t sequence;   /* of the record read last */
	bool saved_known;    /* the log was saved before … */
	uint64_t saved;	     /* … up to this record */
	uint64_t missed;     /* since then: records nobody read, lines suppressed */
	uint64_t lost;	     /* records that were overwritten before they were read */
	uint64_t suppressed; /* callbacks the kernel's rate limit suppressed */
	uint64_t rejected;   /* look like faults, but a program wrote them */
};

/* Opens /dev/kmsg at its first record. 0 or a negative errno (-EPERM without CAP_SYSLOG). */
int lw_log_open(struct lw_log *log);
void lw_log_close(struct lw_log *log);

/* Told of each fault line of the kernel's, with the number of its record. */
typedef void (*lw_log_fault)(void *context, const struct lw_fault *fault, uint64_t sequence);

/* Reads all there is now. 0 or a negative errno that reading again will not change. */
int lw_log_read(struct lw_log *log, lw_log_fault take, void *context);

/* Takes one record as /dev/kmsg gave it. Pure; part of lw_log_read(). */
void lw_log_take(struct lw_log *log, const char *record, size_t length, lw_log_fault take,
		 void *context);

#endif
