// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The audit log's copy in the journal. Once the journal is forwarded, a closing record's number and
 * hash are where the host's root cannot take them back; and an event that the disk refused is at
 * least there.
 */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "audit/mirror.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

#include "base/io.h"

void lw_audit_journal_anchor(const char *path, enum lw_audit_kind kind, struct lw_id handover,
			     const struct lw_audit_anchor *anchor, const char *checkpoint)
{
	LW_FREE char *text = lw_audit_anchor_format(anchor);
	const char *name = lw_audit_kind_name(kind), *hash = strchr(text, ':') + 1;
	char id[LW_ID_TEXT] = "";

	if (!lw_id_is_zero(handover))
		lw_id_format(handover, id);
	sd_journal_send("MESSAGE=luwatch: audit record %llu (%s) closes the log up to here: %s",
			(unsigned long long)anchor->seq, name, text,
			"MESSAGE_ID=" LW_AUDIT_MESSAGE_ANCHOR, "PRIORITY=%i", LOG_NOTICE,
			"SYSLOG_IDENTIFIER=luwatch", "LUWATCH_AUDIT_SEQ=%llu",
			(unsigned long long)anchor->seq, "LUWATCH_AUDIT_HASH=%s", hash,
			"LUWATCH_AUDIT_KIND=%s", name, "LUWATCH_AUDIT_FILE=%s", path,
			"LUWATCH_HANDOVER=%s", id,
			checkpoint ? "LUWATCH_AUDIT_CHECKPOINT=%s" : NULL, checkpoint, NULL);
}

void lw_audit_journal_failed(const char *path, enum lw_audit_kind kind, int error,
			     const char *record)
{
	const char *name = lw_audit_kind_name(kind);

	sd_journal_send("MESSAGE=luwatch: \"%s\" could not be written to the audit log %s: %s",
			name, path, strerror(-error), "MESSAGE_ID=" LW_AUDIT_MESSAGE_FAILED,
			"PRIORITY=%i", LOG_CRIT, "SYSLOG_IDENTIFIER=luwatch",
			"LUWATCH_AUDIT_KIND=%s", name, "LUWATCH_AUDIT_FILE=%s", path,
			"LUWATCH_AUDIT_RECORD=%s", record ? record : "", NULL);
}
