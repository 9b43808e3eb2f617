/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending entries. sd_journal_sendv() says nothing when there is no journald at all, so that is
 * looked for first: an event that matters goes to standard error then, never nowhere.
 */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <stdio.h>
#include <systemd/sd-journal.h>

#include "base/io.h"
#include "base/message.h"
#include "daemon/journal.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

static void say(const struct lw_journal_entry *e)
{
	const char *message = lw_journal_field(e, "MESSAGE");
	const char *priority = lw_journal_field(e, "PRIORITY");

	if (!message)
		return;
	if (priority && *priority <= '3')
		lw_error("%s", message);
	else if (priority && *priority == '4')
		lw_warn("%s", message);
	else
		fprintf(stderr, "luwatch: %s\n", message);
}

int lw_journal_send(struct lw_journal_entry *e)
{
	int r = lw_exists(JOURNAL_SOCKET) ? sd_journal_sendv(e->fields, e->count) : 1;

	if (r)
		say(e);
	lw_journal_end(e);
	return r;
}
