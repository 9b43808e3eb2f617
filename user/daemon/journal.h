/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Journal entries: one for each event that matters, with fields that can be searched for. Building
 * is pure; lw_journal_send() is the only side effect. Whatever comes from outside (names, report
 * texts) is escaped here, in the message as in the fields, so that no entry can carry a line end or
 * a terminal sequence.
 */
#ifndef LUWATCH_JOURNAL_H
#define LUWATCH_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include <jansson.h>

#include "daemon/journal_ids.h"
#include "daemon/metrics.h"
#include "fault/fault.h"

#define LW_JOURNAL_FIELDS 40

struct lw_journal_entry {
	struct iovec fields[LW_JOURNAL_FIELDS]; /* "NAME=value", allocated */
	int count;
	bool lost; /* no memory or no room for a field */
};

/* Begins an entry: MESSAGE_ID, PRIORITY, SYSLOG_IDENTIFIER and the MESSAGE, escaped as a whole. */
void lw_journal_begin(struct lw_journal_entry *entry, enum lw_message kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds LUWATCH_NAME=TEXT, escaped; nothing when TEXT is NULL or empty. */
void lw_journal_text(struct lw_journal_entry *entry, const char *name, const char *text);
void lw_journal_number(struct lw_journal_entry *entry, const char *name, uint64_t number);
void lw_journal_priority(struct lw_journal_entry *entry, int priority);
void lw_journal_end(struct lw_journal_entry *entry);

/* The value of a field by its whole name, or NULL. For tests and for the fallback. */
const char *lw_journal_field(const struct lw_journal_entry *entry, const char *name);

/*
 * Sends the entry to journald, or prints its message on standard error where there is none, and
 * releases it. 0; 1 when there is no journald; or the negative errno of its socket.
 */
int lw_journal_send(struct lw_journal_entry *entry);

/* What entries about faults have in common. */
struct lw_journal_context {
	const char *handover; /* id of the hand-over that began this boot, or NULL */
	bool addresses;	      /* [privacy] addresses */
};

/* One fault, with class and window. */
void lw_journal_fault(struct lw_journal_entry *entry, const struct lw_journal_context *context,
		      const struct lw_fault *fault);

/* COUNT faults of a device that had no entry of their own, in the last SECONDS (0 = since arming).
 */
void lw_journal_faults(struct lw_journal_entry *entry, const struct lw_journal_context *context,
		       const struct lw_fault *like, uint64_t count, uint64_t seconds);

/* A revision of a report. */
void lw_journal_report(struct lw_journal_entry *entry, const json_t *report);

/* What was lost since it was told last; TOTALS and BEFORE by enum lw_loss. False when nothing. */
bool lw_journal_losses(struct lw_journal_entry *entry, const uint64_t totals[LW_LOSSES],
		       const uint64_t before[LW_LOSSES]);

/* This kernel is armed. */
void lw_journal_armed(struct lw_journal_entry *entry, const struct lw_control *control);
void lw_journal_not_armed(struct lw_journal_entry *entry, int error);

#define LW_RESULT_UNKNOWN 1

/* kernel_kexec() came back with RESULT: 0, a negative errno, or LW_RESULT_UNKNOWN. */
void lw_journal_aborted(struct lw_journal_entry *entry, const char *armed_id, int64_t result);

/* The kernel before this one, of boot BOOT_ID, was armed and ended without a kexec. */
void lw_journal_reset(struct lw_journal_entry *entry, const char *armed_id, const char *boot_id,
		      size_t preserved);
void lw_journal_cannot_write(struct lw_journal_entry *entry, const char *what, int error);
/* PROGRAM of [hooks] on-verdict could not be started for the revision that ABOUT tells of. */
void lw_journal_hook_failed(struct lw_journal_entry *entry, const struct lw_journal_entry *about,
			    const char *program, int error);
void lw_journal_config(struct lw_journal_entry *entry, const char *file, int line,
		       const char *problem);

#endif
