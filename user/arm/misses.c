/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>

#include <bpf/bpf.h>

#include "arm/complaints.h"
#include "arm/misses.h"
#include "arm/pins.h"
#include "base/io.h"
#include "probe/programs.h"

/*
 * The kernel's struct bpf_link_info for a kprobe, up to .missed (Linux 6.7); older headers end
 * before it. The kernel says how much it filled. Since the same version a kprobe's program that is
 * skipped because another program runs is counted too (recursion_misses).
 */
struct kprobe_link_info {
	uint32_t type, id, prog_id, pad;
	uint32_t event_type, pad2;
	uint64_t function, name_length_and_offset, address, missed;
};

#define EVENT_KPROBE	3 /* BPF_PERF_EVENT_KPROBE and, one more, KRETPROBE */
#define LINK_PERF_EVENT 7 /* BPF_LINK_TYPE_PERF_EVENT */

static uint64_t misses_of_program(uint32_t id, const char *name, uint64_t *complaints)
{
	LW_CLOSE int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	if (fd >= 0)
		*complaints += lw_complaints_take(fd, name);
	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.recursion_misses;
}

static void add_link(struct lw_misses *misses, const char *path, const char *name,
		     uint64_t *complaints)
{
	LW_CLOSE int fd = bpf_obj_get(path);
	struct kprobe_link_info info = {};
	uint32_t size = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return;
	misses->runs += misses_of_program(info.prog_id, name, complaints);
	if (info.type != LINK_PERF_EVENT)
		return;
	if (size < sizeof(info))
		misses->uncounted++;
	else if (info.event_type == EVENT_KPROBE || info.event_type == EVENT_KPROBE + 1)
		misses->runs += info.missed;
}

struct lw_misses lw_misses_count(struct lw_control *c)
{
	LW_FREE char *folder = lw_format(LW_PIN_ROOT "/links-%u", c->generation);
	struct lw_misses misses = { .runs = c->program_misses_before };
	DIR *directory = opendir(folder);
	struct dirent *entry;
	uint64_t complaints = 0;

	while (directory && (entry = readdir(directory))) {
		LW_FREE char *path = lw_format("%s/%s", folder, entry->d_name);

		if (entry->d_name[0] != '.')
			add_link(&misses, path, entry->d_name, &complaints);
	}
	if (directory)
		closedir(directory);
	c->program_misses = misses.runs;
	/* Reading takes them out: two agents that read at once have each a part. */
	misses.complaints = __atomic_add_fetch(&c->complaints, complaints, __ATOMIC_RELAXED);
	return misses;
}
