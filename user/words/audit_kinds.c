// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kinds of audit records. One that closes something has its hash put where the host's root
 * cannot take it back.
 */
#include "words/words.h"

#define KIND(kind, word, text) [LW_AUDIT_##kind] = { .name = word, .title = text }
#define CLOSING(kind, word, text) \
	[LW_AUDIT_##kind] = { .name = word, .title = text, .closes = true }

static const struct lw_word kinds[LW_AUDIT_KINDS] = {
	KIND(LOG_STARTED, "log-started", "the first record of an audit log"),
	KIND(LOG_OPENED, "log-opened", "the first record of a file after another"),
	CLOSING(LOG_ROTATED, "log-rotated", "the last record of a file"),
	KIND(LOG_REPAIRED, "log-repaired", "a torn end of the log was kept aside"),
	CLOSING(LOG_DAMAGED, "log-damaged", "the line before is no record; it was left as it is"),
	KIND(LOG_LOST, "log-lost", "earlier events could not be written"),
	CLOSING(KEY_CREATED, "key-created", "a key to sign the log with was made"),
	KIND(ARMED, "armed", "the programs are attached: a kexec would be recorded"),
	KIND(DISARMED, "disarmed", "the programs were taken away"),
	KIND(SET_CHANGED, "set-changed", "the declared set was changed"),
	KIND(PRESERVED, "preserved", "the kernel marked a device as preserved"),
	KIND(UNPRESERVED, "unpreserved", "the kernel took the mark of a device away"),
	CLOSING(KEXEC_BEGUN, "kexec-begun", "an attempt at a kexec began"),
	CLOSING(KEXEC_ABORTED, "kexec-aborted",
		"an attempt at a kexec was refused, and the machine runs on"),
	CLOSING(NOT_HANDED_OVER, "not-handed-over",
		"the kernel was armed, then came a reboot, a reset or a loss of power"),
	CLOSING(COLLECTED, "collected",
		"the first verdict of a hand-over, with the digest of its report"),
	CLOSING(REVISED, "revised", "a later verdict of a hand-over"),
	CLOSING(FINAL, "final", "the last verdict of a hand-over: the watch is over"),
	KIND(ALERT_SENT, "alert-sent", "whoever is on call was called"),
	KIND(AGENT_STARTED, "agent-started", "the agent began to watch"),
	KIND(AGENT_STOPPED, "agent-stopped", "the agent was stopped"),
	KIND(AGENT_DEAD, "agent-dead", "the agent had ended without a word"),
	KIND(CONFIGURATION_CHANGED, "configuration-changed",
	     "the agent runs with another configuration"),
	KIND(NOTE, "note", "a person's remark"),
	KIND(RETENTION, "retention",
	     "evidence and reports of an old hand-over were removed, as [state] keep says"),
	CLOSING(KEY_CHANGED, "key-changed", "the next key to sign the log with took over"),
	CLOSING(ACKNOWLEDGED, "acknowledged", "a person has looked at a verdict: its alerts end"),
	KIND(APPROVED, "approved", "the next hand-over belongs to a change that was approved"),
	KIND(KEXEC_LOADED, "kexec-loaded", "an image that kexec would start was loaded"),
	KIND(HEARTBEAT, "heartbeat", "the agent lives, whatever else happened or did not"),
};

const struct lw_word_table lw_audit_kinds = { "kind of audit record", "Kinds of audit records",
					      kinds, LW_AUDIT_KINDS };
