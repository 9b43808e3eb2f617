/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the audit log tells the journal: anchors of closing records, and what it could not write. */
#ifndef LUWATCH_AUDIT_MIRROR_H
#define LUWATCH_AUDIT_MIRROR_H

#include "audit/audit.h"

#define LW_AUDIT_MESSAGE_ANCHOR "8cdaac6e7302493ca9dec6a0d2b34a4e"
#define LW_AUDIT_MESSAGE_FAILED "046deb04c65147f59e612434b3576865"

/* A host without a journal is no error: both do nothing there. CHECKPOINT: of the log up to there, or NULL. */
void lw_audit_journal_anchor(const char *path, enum lw_audit_kind kind, struct lw_id handover,
			     const struct lw_audit_anchor *anchor, const char *checkpoint);

/* RECORD: the record as it would have been written, with number 0; may be NULL. */
void lw_audit_journal_failed(const char *path, enum lw_audit_kind kind, int error,
			     const char *record);

#endif
