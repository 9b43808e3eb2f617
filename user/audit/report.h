/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The audit records of a hand-over's reports: verdict and digest of each revision. */
#ifndef LUWATCH_AUDIT_REPORT_H
#define LUWATCH_AUDIT_REPORT_H

#include <jansson.h>

#include "audit/audit.h"

/*
 * Appends the record of a stored report ("luwatch.report/1"): collected for revision 1, revised for
 * a later one, final for the last. Before that of revision 1 goes kexec-begun with the attempt that
 * led here and the devices that were marked. Its detail has verdict, revision and the SHA-256 of the compact,
 * key-sorted JSON, and SUMMARY (report/line.h; borrowed, may be NULL). Nothing is written when the log
 * has the report already. Errors as lw_audit_append(); they have been told already.
 */
int lw_audit_report(const struct lw_audit_config *config, const json_t *report,
		    const json_t *summary);

/* Whether the log has a record, of this boot, of hand-over ID's report with this digest. */
bool lw_audit_report_known(const struct lw_audit_config *config, const char *id, const char *sha256);

#endif
