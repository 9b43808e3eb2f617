/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of audit records. Names stand in the log: they are never changed or used again. */
#ifndef LUWATCH_AUDIT_KIND_H
#define LUWATCH_AUDIT_KIND_H

#include <stdbool.h>

enum lw_audit_kind {
	/* The log's own. They are written by lw_audit_append() where they are due. */
	LW_AUDIT_LOG_STARTED,  /* first record of all */
	LW_AUDIT_LOG_OPENED,   /* first record of a file after another */
	LW_AUDIT_LOG_ROTATED,  /* last record of a file */
	LW_AUDIT_LOG_REPAIRED, /* a torn tail was kept aside */
	LW_AUDIT_LOG_DAMAGED,  /* the line before is no record; it was left as it is */
	LW_AUDIT_LOG_LOST,     /* earlier events could not be written */

	LW_AUDIT_KEY_CREATED,
	LW_AUDIT_ARMED,
	LW_AUDIT_DISARMED,
	LW_AUDIT_SET_CHANGED, /* declared set */
	LW_AUDIT_PRESERVED,   /* the kernel marked a device */
	LW_AUDIT_UNPRESERVED,
	LW_AUDIT_KEXEC_BEGUN,
	LW_AUDIT_KEXEC_ABORTED,
	LW_AUDIT_NOT_HANDED_OVER, /* was armed, then came a reboot, reset or power loss */
	LW_AUDIT_COLLECTED,	  /* verdict and digest of revision 1 */
	LW_AUDIT_REVISED,	  /* of a later revision */
	LW_AUDIT_FINAL,		  /* of the last one */
	LW_AUDIT_ALERT_SENT,
	LW_AUDIT_AGENT_STARTED,
	LW_AUDIT_AGENT_STOPPED,
	LW_AUDIT_AGENT_DEAD,
	LW_AUDIT_CONFIGURATION_CHANGED,
	LW_AUDIT_NOTE, /* a person's remark */

	LW_AUDIT_KINDS,
};

/* "armed", "log-rotated"...; "?" for what is no kind. */
const char *lw_audit_kind_name(enum lw_audit_kind kind);

/* -EINVAL when there is no such name. */
int lw_audit_kind_parse(const char *name, enum lw_audit_kind *kind);

/* Closes a hand-over or a file: its sequence number and hash are worth keeping elsewhere. */
bool lw_audit_kind_closes(enum lw_audit_kind kind);

#endif
