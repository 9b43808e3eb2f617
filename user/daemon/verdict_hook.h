/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program of [hooks] on-verdict. It is told of one revision of a report by its environment and
 * runs apart from the daemon: as another user, with a time limit, its output in the journal.
 * systemd does all that with a transient unit; where systemd is not the first process a supervisor
 * of our own does, on the daemon's standard error.
 */
#ifndef LUWATCH_VERDICT_HOOK_H
#define LUWATCH_VERDICT_HOOK_H

#include <jansson.h>

#include "config/config.h"
#include "daemon/journal.h"

struct lw_verdict_hook {
	const char *program, *user; /* user "" = one that owns nothing */
	uint64_t seconds;	    /* it is killed then */
	const char *unit;	    /* "luwatch-verdict-ID-REVISION.service" */
	char **environment;	    /* "NAME=value", NULL at the end */
};

/*
 * The environment: PATH, every LUWATCH_ field of ENTRY, its message as LUWATCH_MESSAGE, and the
 * report's line of luwatch.summary/1 as LUWATCH_SUMMARY. NULL without memory. Pure.
 */
char **lw_verdict_hook_environment(const struct lw_journal_entry *entry, const json_t *report);
void lw_verdict_hook_free_environment(char **environment);

/* Starts it and returns at once: 0, also when it runs already, or a negative errno. */
int lw_verdict_hook_start(const struct lw_verdict_hook *hook);

/* The two ways (verdict_hook_unit.c, verdict_hook_process.c). */
int lw_verdict_hook_start_unit(const struct lw_verdict_hook *hook);
int lw_verdict_hook_start_process(const struct lw_verdict_hook *hook);

/* Of CONFIG, for the revision that ENTRY tells of; 0 when there is none to be started. */
int lw_verdict_hook_tell(const struct lw_config *config, const struct lw_journal_entry *entry,
			 const json_t *report);

#endif
