// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kinds of audit records as one table: their names, and whether a record of the kind closes
 * something, so that its hash goes where the host's root cannot take it back.
 */
#include "audit/kind.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	bool closes;
} kinds[LW_AUDIT_KINDS] = {
	[LW_AUDIT_LOG_STARTED] = { "log-started", false },
	[LW_AUDIT_LOG_OPENED] = { "log-opened", false },
	[LW_AUDIT_LOG_ROTATED] = { "log-rotated", true },
	[LW_AUDIT_LOG_REPAIRED] = { "log-repaired", false },
	[LW_AUDIT_LOG_DAMAGED] = { "log-damaged", true },
	[LW_AUDIT_LOG_LOST] = { "log-lost", false },
	[LW_AUDIT_KEY_CREATED] = { "key-created", true },
	[LW_AUDIT_ARMED] = { "armed", false },
	[LW_AUDIT_DISARMED] = { "disarmed", false },
	[LW_AUDIT_SET_CHANGED] = { "set-changed", false },
	[LW_AUDIT_PRESERVED] = { "preserved", false },
	[LW_AUDIT_UNPRESERVED] = { "unpreserved", false },
	[LW_AUDIT_KEXEC_BEGUN] = { "kexec-begun", true },
	[LW_AUDIT_KEXEC_ABORTED] = { "kexec-aborted", true },
	[LW_AUDIT_NOT_HANDED_OVER] = { "not-handed-over", true },
	[LW_AUDIT_COLLECTED] = { "collected", true },
	[LW_AUDIT_REVISED] = { "revised", true },
	[LW_AUDIT_FINAL] = { "final", true },
	[LW_AUDIT_ALERT_SENT] = { "alert-sent", false },
	[LW_AUDIT_AGENT_STARTED] = { "agent-started", false },
	[LW_AUDIT_AGENT_STOPPED] = { "agent-stopped", false },
	[LW_AUDIT_AGENT_DEAD] = { "agent-dead", false },
	[LW_AUDIT_CONFIGURATION_CHANGED] = { "configuration-changed", false },
	[LW_AUDIT_NOTE] = { "note", false },
};

const char *lw_audit_kind_name(enum lw_audit_kind kind)
{
	return (unsigned int)kind < LW_AUDIT_KINDS ? kinds[kind].name : "?";
}

int lw_audit_kind_parse(const char *name, enum lw_audit_kind *kind)
{
	int i;

	for (i = 0; i < LW_AUDIT_KINDS; i++) {
		if (!strcmp(name, kinds[i].name)) {
			*kind = i;
			return 0;
		}
	}
	return -EINVAL;
}

bool lw_audit_kind_closes(enum lw_audit_kind kind)
{
	return (unsigned int)kind < LW_AUDIT_KINDS && kinds[kind].closes;
}
