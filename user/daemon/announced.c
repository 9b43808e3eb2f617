/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the journal was told in this boot, so that a restarted daemon neither repeats a verdict nor
 * leaves one out. It stands in /run: a new boot begins with nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "daemon/daemon.h"

void lw_told_load(struct lw_told *told, const char *path)
{
	unsigned int running = 0;
	char line[128];

	memset(told, 0, sizeof(*told));
	if (lw_read_line(path, line, sizeof(line)) <= 0)
		return;
	told->any = sscanf(line, "%u %" SCNu32 " %" SCNu32 " %32[0-9a-f]", &running,
			   &told->attempts, &told->revision, told->id) >= 3;
	told->running = running;
}

int lw_told_save(const struct lw_told *told, const char *path)
{
	LW_FREE char *line = lw_format("%d %" PRIu32 " %" PRIu32 " %s\n", told->running,
				       told->attempts, told->revision, told->id);

	return lw_write_file(path, line, strlen(line), 0600);
}
