// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads from /proc who a process is. After sudo the uid says root for everybody; the login uid and
 * the audit session were set once at login and name the person.
 */
#include "audit/actor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io.h"

#define UNSET	      4294967295u /* what the kernel shows for "never set" */
#define COMMAND_BYTES 65536

static char *path_of(pid_t pid, const char *name)
{
	return pid ? lw_format("/proc/%d/%s", (int)pid, name) : lw_format("/proc/self/%s", name);
}

static int64_t read_id(pid_t pid, const char *name)
{
	LW_FREE char *path = path_of(pid, name);
	uint64_t value;

	if (lw_read_number(path, &value) || value >= UNSET)
		return -1;
	return (int64_t)value;
}

static int64_t read_uid(pid_t pid)
{
	LW_FREE char *path = path_of(pid, "status");
	LW_FREE uint8_t *text = NULL;
	unsigned int uid;
	size_t length;
	const char *at;

	if (!pid)
		return getuid();
	if (lw_read_file(path, COMMAND_BYTES, &text, &length))
		return -1;
	at = strstr((char *)text, "\nUid:");
	return at && sscanf(at, "\nUid: %u", &uid) == 1 ? (int64_t)uid : -1;
}

/* The arguments with spaces between them; a kernel thread has none, only a name. */
static void read_command(pid_t pid, char command[LW_AUDIT_COMMAND])
{
	LW_FREE char *path = path_of(pid, "cmdline"), *name = path_of(pid, "comm");
	LW_FREE uint8_t *bytes = NULL;
	LW_FREE char *shown = NULL;
	size_t length = 0, i;

	if (lw_read_file(path, COMMAND_BYTES, &bytes, &length) || !length) {
		free(bytes);
		bytes = NULL;
		length = 0;
		if (lw_read_file(name, COMMAND_BYTES, &bytes, &length))
			return;
	}
	while (length && (!bytes[length - 1] || bytes[length - 1] == '\n'))
		length--;
	for (i = 0; i < length; i++)
		if (!bytes[i])
			bytes[i] = ' ';
	shown = lw_escape((char *)bytes, length, LW_AUDIT_COMMAND - 1);
	if (shown)
		snprintf(command, LW_AUDIT_COMMAND, "%s", shown);
}

void lw_audit_actor_read(pid_t pid, struct lw_audit_actor *actor)
{
	*actor = (struct lw_audit_actor){ .pid = pid ? pid : getpid() };
	actor->loginuid = read_id(pid, "loginuid");
	actor->session = read_id(pid, "sessionid");
	actor->uid = read_uid(pid);
	read_command(pid, actor->command);
}
