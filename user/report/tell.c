// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is told of a stored revision, and in which order. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "report/tell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

#include "audit/report.h"
#include "base/fields.h"
#include "base/io.h"
#include "base/message.h"
#include "report/line.h"

/* The message is the line itself, so that it arrives whole where fields do not. */
static void to_journal(const json_t *report, const char *line)
{
	sd_journal_send("MESSAGE=%.*s", (int)strlen(line) - 1, line, "MESSAGE_ID=" LW_SUMMARY_MESSAGE,
			"PRIORITY=%i", LOG_INFO, "SYSLOG_IDENTIFIER=luwatch-summary",
			"LUWATCH_HANDOVER=%s", lw_field_raw(report, "id"), NULL);
}

int lw_report_tell(const struct lw_audit_config *config, const json_t *report)
{
	LW_FREE char *line = lw_report_line_text(report);
	json_t *summary;
	int r, failed;

	if (!line)
		return -ENOMEM;
	if (lw_summary_file_has(LW_SUMMARY_PATH, line) > 0)
		return 0;
	summary = lw_report_line(report);
	failed = lw_audit_report(config, report, summary);
	json_decref(summary);
	to_journal(report, line);
	if (failed)
		return failed;
	r = lw_summary_file_append(LW_SUMMARY_PATH, line, LW_SUMMARY_BYTES);
	if (r)
		lw_error("the summary of this report could not be written to " LW_SUMMARY_PATH
			 ": %s; it is told again at the next start",
			 strerror(-r));
	return r;
}
