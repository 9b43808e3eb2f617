/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries about the agent and the kernel it watches. Pure, as journal_events.c. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/id.h"
#include "carry/carrier.h"
#include "base/io.h"
#include "daemon/journal.h"

static const char *name_of(int error)
{
	const char *name = error < 0 && error > -4096 ? strerrorname_np(-error) : NULL;

	return name ? name : "unknown";
}

/* The same for people. */
static const char *text_of(int error)
{
	const char *text = error < 0 && error > -4096 ? strerrordesc_np(-error) : NULL;

	return text ? text : "unknown error";
}

void lw_journal_armed(struct lw_journal_entry *e, const struct lw_control *c)
{
	int attached = __builtin_popcountll(c->probes), possible = __builtin_popcountll(c->exists);
	char id[LW_ID_TEXT], field[32], names[64] = "", *at;
	int i;

	lw_id_format((struct lw_id){ c->handover[0], c->handover[1] }, id);
	lw_journal_begin(e, LW_MESSAGE_ARMED, "armed%s: %d of %d probes; the next hand-over is %s",
			 c->probes_only ? " to count faults only" : "", attached, possible, id);
	lw_journal_text(e, "LEVEL", c->probes_only ? "probes" : "full");
	lw_journal_text(e, "ARMED_AS", id);
	lw_journal_number(e, "PROBES", attached);
	lw_journal_number(e, "PROBES_POSSIBLE", possible);
	for (i = 0; i < LW_CARRIER_COUNT; i++) {
		snprintf(field, sizeof(field), "CARRIER_%s", lw_carriers[i]->name);
		for (at = field; *at; at++)
			*at = toupper((unsigned char)*at);
		lw_journal_text(e, field, lw_carrier_armed(c, i) ? "yes" : "no");
		if (lw_carrier_armed(c, i))
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
				 *names ? ", " : "", lw_carriers[i]->name);
	}
	lw_journal_text(e, "CARRIERS", *names ? names : "nothing");
	if (!c->carriers && !c->probes_only)
		lw_journal_priority(e, LOG_WARNING);
}

void lw_journal_not_armed(struct lw_journal_entry *e, int error)
{
	lw_journal_begin(e, LW_MESSAGE_NOT_ARMED,
			 "this kernel cannot be armed (%s): its hand-over will not be recorded",
			 text_of(error));
	lw_journal_text(e, "ERRNO", name_of(error));
}

void lw_journal_aborted(struct lw_journal_entry *e, const char *armed_id, int64_t result)
{
	char text[32] = "unknown";

	if (result <= 0)
		snprintf(text, sizeof(text), "%" PRId64, result);
	lw_journal_begin(e, LW_MESSAGE_ABORTED,
			 "a kexec was refused (result %s), and this kernel runs on", text);
	lw_journal_text(e, "RESULT", text);
	lw_journal_text(e, "ARMED_AS", armed_id);
}

void lw_journal_reset(struct lw_journal_entry *e, const char *armed_id, const char *boot_id,
		      size_t preserved)
{
	LW_FREE char *what = preserved ? lw_format(": %zu device%s preserved then, and nothing was handed "
						   "over",
						   preserved, preserved == 1 ? " was" : "s were")
				       : NULL;

	lw_journal_begin(e, LW_MESSAGE_RESET,
			 "the kernel before this one was armed and did not end in a kexec%s",
			 what ? what : "");
	lw_journal_text(e, "ARMED_AS", armed_id);
	lw_journal_text(e, "BOOT_OLD", boot_id);
}

void lw_journal_cannot_write(struct lw_journal_entry *e, const char *what, int error)
{
	lw_journal_begin(e, LW_MESSAGE_CANNOT_WRITE, "%s cannot be written: %s", what,
			 text_of(error));
	lw_journal_text(e, "WHAT", what);
	lw_journal_text(e, "ERRNO", name_of(error));
}

void lw_journal_hook_failed(struct lw_journal_entry *e, const struct lw_journal_entry *about,
			    const char *program, int error)
{
	lw_journal_begin(e, LW_MESSAGE_HOOK_FAILED, "%s of [hooks] on-verdict was not started: %s",
			 program, text_of(error));
	lw_journal_text(e, "WHAT", program);
	lw_journal_text(e, "ERRNO", name_of(error));
	lw_journal_text(e, "HANDOVER", lw_journal_field(about, "LUWATCH_HANDOVER"));
	lw_journal_text(e, "VERDICT", lw_journal_field(about, "LUWATCH_VERDICT"));
}

void lw_journal_config(struct lw_journal_entry *e, const char *file, int line, const char *problem)
{
	LW_FREE char *place = line ? lw_format("%s:%d", file, line) : lw_format("%s", file);

	lw_journal_begin(e, LW_MESSAGE_CONFIG_REFUSED, "the configuration is refused: %s: %s", place,
			 problem);
	lw_journal_text(e, "CONFIG_FILE", file);
	lw_journal_number(e, "CONFIG_LINE", line);
	lw_journal_text(e, "PROBLEM", problem);
}
