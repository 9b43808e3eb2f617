/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arm/runs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "arm/pins.h"
#include "base/io.h"

#define ENABLED "/proc/sys/kernel/bpf_stats_enabled"

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lw_program_runs *)a)->name,
		      ((const struct lw_program_runs *)b)->name);
}

static int read_runs(const char *path, struct lw_program_runs *runs)
{
	LW_CLOSE int link = bpf_obj_get(path);
	struct bpf_link_info info = {};
	struct bpf_prog_info program = {};
	uint32_t size = sizeof(info);
	LW_CLOSE int fd = -1;

	if (link < 0 || bpf_obj_get_info_by_fd(link, &info, &size))
		return -1;
	fd = bpf_prog_get_fd_by_id(info.prog_id);
	size = sizeof(program);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &program, &size))
		return -1;
	runs->runs = program.run_cnt;
	runs->time_ns = program.run_time_ns;
	return 0;
}

size_t lw_program_runs(const struct lw_control *c, struct lw_program_runs list[LW_RUNS])
{
	LW_FREE char *folder = lw_format(LW_PIN_ROOT "/links-%u", c->generation);
	struct dirent *entry;
	uint64_t enabled;
	size_t count = 0;
	DIR *directory;

	if (lw_read_number(ENABLED, &enabled) || !enabled)
		return 0;
	directory = opendir(folder);
	while (directory && count < LW_RUNS && (entry = readdir(directory))) {
		LW_FREE char *path = lw_format("%s/%s", folder, entry->d_name);

		if (entry->d_name[0] == '.' || read_runs(path, &list[count]))
			continue;
		snprintf(list[count].name, LW_PROGRAM_NAME, "%.*s", LW_PROGRAM_NAME - 1,
			 entry->d_name);
		count++;
	}
	if (directory)
		closedir(directory);
	qsort(list, count, sizeof(*list), by_name);
	return count;
}
