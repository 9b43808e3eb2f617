/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program of [hooks] on-verdict is told, and which way it is started. */
#include "daemon/verdict_hook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/io.h"
#include "report/line.h"

char **lw_verdict_hook_environment(const struct lw_journal_entry *e, const json_t *report)
{
	char **list = calloc(e->count + 4, sizeof(*list));
	const char *message = lw_journal_field(e, "MESSAGE");
	LW_FREE char *line = lw_report_line_text(report);
	size_t count = 0;
	int i;

	/* Its own three, what the entry has, and the end. */
	if (!list || !line)
		goto failed;
	list[count++] = lw_format("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	for (i = 0; i < e->count; i++)
		if (!strncmp(e->fields[i].iov_base, "LUWATCH_", 8))
			list[count++] = lw_format("%s", (const char *)e->fields[i].iov_base);
	if (message)
		list[count++] = lw_format("LUWATCH_MESSAGE=%s", message);
	list[count++] = lw_format("LUWATCH_SUMMARY=%.*s", (int)strcspn(line, "\n"), line);
	return list;
failed:
	free(list);
	return NULL;
}

void lw_verdict_hook_free_environment(char **environment)
{
	char **at;

	for (at = environment; at && *at; at++)
		free(*at);
	free(environment);
}

int lw_verdict_hook_start(const struct lw_verdict_hook *hook)
{
	return sd_booted() > 0 ? lw_verdict_hook_start_unit(hook)
			       : lw_verdict_hook_start_process(hook);
}

int lw_verdict_hook_tell(const struct lw_config *config, const struct lw_journal_entry *entry,
			 const json_t *report)
{
	LW_FREE char *unit = NULL;
	struct lw_verdict_hook hook;
	int r;

	if (!*config->hook)
		return 0;
	unit = lw_format("luwatch-verdict-%s-%s.service",
			 lw_journal_field(entry, "LUWATCH_HANDOVER"),
			 lw_journal_field(entry, "LUWATCH_REVISION"));
	hook = (struct lw_verdict_hook){ .program = config->hook,
					 .user = config->hook_user,
					 .seconds = config->hook_timeout_s,
					 .unit = unit,
					 .environment =
						 lw_verdict_hook_environment(entry, report) };
	r = hook.environment ? lw_verdict_hook_start(&hook) : -ENOMEM;
	lw_verdict_hook_free_environment(hook.environment);
	return r;
}
