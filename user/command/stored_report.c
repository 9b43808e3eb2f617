// SPDX-License-Identifier: GPL-2.0-or-later
/* Which stored report a command's ID means, and what is said when there is none. */
#include "command/stored_report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/exit.h"
#include "base/folders.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "command/options.h"
#include "report/store.h"

/* When this kernel was started, as RFC 3339. */
static void boot_time(char text[LW_TIME_TEXT])
{
	lw_time_utc(lw_wall_clock() - lw_boot_clock(), 0, text);
}

int lw_load_report(const char *state, const char *prefix, const char *boot_id, json_t **report)
{
	char booted[LW_TIME_TEXT];

	if (prefix)
		return lw_store_load(state, prefix, report);
	boot_time(booted);
	return lw_store_load_boot(state, boot_id, booted, report);
}

int lw_no_report(const char *state, const char *prefix, int r)
{
	LW_FREE char *id = prefix ? lw_escape(prefix, strlen(prefix), 40) : NULL;
	const char *shown = id ? id : "?";

	switch (r) {
	case -ENOENT:
		if (strcmp(state, LW_STATE_DIR) && !lw_exists(state)) {
			lw_error("there is no folder %s", state);
			return LW_EXIT_ERROR;
		}
		if (prefix) {
			lw_error("no hand-over \"%s\" is stored in %s; luwatch report --list shows "
				 "what is",
				 shown, state);
			return LW_EXIT_ERROR;
		}
		lw_error("no hand-over of this boot is stored in %s: if this kernel was started by "
			 "kexec, run luwatch collect; luwatch report --list shows earlier ones",
			 state);
		return LW_EXIT_NO_HANDOVER;
	case -EINVAL:
		lw_error("\"%s\" is no hand-over id: give its first hexadecimal digits, as luwatch "
			 "report --list shows them",
			 shown);
		return LW_EXIT_USAGE;
	case -ENOTUNIQ:
		lw_error("several hand-overs begin with \"%s\": give more digits", shown);
		return LW_EXIT_ERROR;
	case -ENODATA:
		lw_error("evidence of this hand-over is in %s, but no report: run luwatch collect",
			 state);
		return LW_EXIT_ERROR;
	case -EBADMSG:
		lw_error(
			"the report is damaged (no JSON, or another hand-over's): do not take this "
			"hand-over for clean; the raw evidence lies beside it in %s",
			state);
		return LW_EXIT_ERROR;
	case -EACCES:
	case -EPERM:
		lw_error("reading %s is not permitted: " LW_BE_MEMBER, state);
		return LW_EXIT_NOT_POSSIBLE;
	default:
		lw_error("cannot read the reports in %s: %s", state, strerror(-r));
		return LW_EXIT_ERROR;
	}
}
