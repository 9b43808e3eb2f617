// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the log has a report already. Who tells of it may be another version than the one that
 * did, or come after one that died in between; the log itself is what both of them left.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"
#include "audit/files.h"
#include "audit/report.h"
#include "base/io.h"

struct search {
	char *handover, *digest, *boot;
	bool found, this_boot;
};

static bool has(const char *bytes, size_t length, const char *text)
{
	return memmem(bytes, length, text, strlen(text));
}

/* The newest boot's record of the hand-over with this digest; JSON as we write it has no blanks. */
static int look(const char *bytes, size_t length, bool torn, void *data)
{
	struct search *s = data;

	s->this_boot |= has(bytes, length, s->boot);
	s->found = !torn && has(bytes, length, s->handover) && has(bytes, length, s->digest) &&
		   (has(bytes, length, "\"kind\":\"collected\"") ||
		    has(bytes, length, "\"kind\":\"revised\"") ||
		    has(bytes, length, "\"kind\":\"final\""));
	return s->found;
}

/* Reports are told in the boot that collected them: older files need not be read. */
static bool search_file(const char *path, struct search *s)
{
	bool damaged;

	s->this_boot = false;
	lw_audit_file_each_line(path, look, s, &damaged);
	return s->found || !s->this_boot;
}

bool lw_audit_report_known(const struct lw_audit_config *config, const char *id, const char *sha256)
{
	const char *path = config && config->path ? config->path : LW_AUDIT_PATH;
	LW_FREE char *handover = lw_format("\"handover\":\"%s\"", id);
	LW_FREE char *digest = lw_format("\"sha256\":\"%s\"", sha256);
	LW_FREE char *stem = lw_format("%s", path), *boot = NULL;
	size_t end = strlen(stem), count = 0;
	char id_of_boot[LW_BOOT_TEXT] = "";
	struct search s = { handover, digest, NULL, false, false };
	char **list;

	lw_read_line("/proc/sys/kernel/random/boot_id", id_of_boot, sizeof(id_of_boot));
	s.boot = boot = lw_format("\"boot_id\":\"%s\"", id_of_boot);
	if (end > 6 && !strcmp(stem + end - 6, ".jsonl"))
		stem[end - 6] = '\0';
	/* The current file may have been begun a moment ago. */
	if (lw_exists(path) && search_file(path, &s) && s.found)
		return true;
	if (lw_audit_files_list(stem, &list, &count))
		return false;
	for (end = count; end && !search_file(list[end - 1], &s); end--)
		;
	lw_audit_files_free(list, count);
	return s.found;
}
