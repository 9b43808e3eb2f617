/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pins. The order in which they come and go makes any moment a kill can hit either armed, not
 * armed, or recognisably half-way: maps first, then links, then the generation in the control map.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arm/pins.h"
#include "base/io.h"
#include "luwatch.skel.h"

#define MAPS LW_PIN_ROOT "/maps"

static int open_map(const char *name)
{
	LW_FREE char *path = lw_format(MAPS "/%s", name);

	return bpf_obj_get(path);
}

struct lw_control *lw_control_map(int fd)
{
	struct lw_control *control;

	control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return control == MAP_FAILED ? NULL : control;
}

void lw_control_unmap(struct lw_control *control)
{
	if (control)
		munmap(control, sizeof(*control));
}

static int map_info(int fd, struct bpf_map_info *info)
{
	uint32_t size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size);
}

static void path_of_links(uint32_t generation, char path[64])
{
	snprintf(path, 64, LW_PIN_ROOT "/links-%u", generation);
}

/* In one of the two ways: as fentry programs or as kprobe programs. */
static bool hook_is_pinned(const struct lw_hook *hook, const char *directory)
{
	const char *const *ways[] = { hook->fentry, hook->kprobe };
	int way, i;

	for (way = 0; way < 2; way++) {
		for (i = 0; ways[way][i]; i++) {
			LW_FREE char *path = lw_format("%s/%s", directory, ways[way][i]);

			if (!lw_exists(path))
				break;
		}
		if (i && !ways[way][i])
			return true;
	}
	return false;
}

bool lw_links_complete(uint32_t generation, uint64_t probes)
{
	char directory[64];
	int i;

	path_of_links(generation, directory);
	for (i = 0; i < lw_hook_count; i++)
		if (probes >> lw_hooks[i].bit & 1 && !hook_is_pinned(&lw_hooks[i], directory))
			return false;
	return true;
}

/* What the maps themselves say; links come after. */
static enum lw_pins_state examine(struct lw_pins *p)
{
	struct lw_shared_maps *m = &p->maps;
	struct bpf_map_info info;

#define MISSING(name) || m->name < 0
	if (false LW_SHARED_MAPS(MISSING)) {
		snprintf(p->problem, sizeof(p->problem), "pinned maps are missing");
		return LW_PINS_BROKEN;
	}
	if (!map_info(m->control, &info) && info.value_size == sizeof(*p->control))
		p->control = lw_control_map(m->control);
	if (!p->control || p->control->layout != LW_CONTROL_LAYOUT) {
		snprintf(p->problem, sizeof(p->problem),
			 "the pinned maps are those of another luwatch version");
		return LW_PINS_BROKEN;
	}
	if (map_info(m->area, &info))
		return LW_PINS_BROKEN;
	p->area_pages = info.max_entries;
	if (!p->control->generation ||
	    !lw_links_complete(p->control->generation, p->control->probes)) {
		snprintf(p->problem, sizeof(p->problem), "some links are not pinned");
		return LW_PINS_REPAIRABLE;
	}
	return LW_PINS_COMPLETE;
}

void lw_pins_open(struct lw_pins *p)
{
	memset(p, 0, sizeof(*p));
	p->maps = LW_NO_MAPS;
	if (!lw_exists(LW_PIN_ROOT))
		return;
#define OPEN(name) p->maps.name = open_map(#name);
	LW_SHARED_MAPS(OPEN)
#define OPEN_LUO(number) p->maps.luo[number] = open_map("luo_" #number);
	LW_LUO_MAPS(OPEN_LUO)
	p->state = examine(p);
}

void lw_pins_close(struct lw_pins *p)
{
	lw_control_unmap(p->control);
	p->control = NULL;
#define CLOSE(name) lw_close_fd(&p->maps.name);
	LW_SHARED_MAPS(CLOSE)
#define CLOSE_LUO(number) lw_close_fd(&p->maps.luo[number]);
	LW_LUO_MAPS(CLOSE_LUO)
}

int lw_each_preserved(const struct lw_pins *p,
		      int (*take)(void *context, uint64_t rid,
				  const struct lw_preserved *preserved),
		      void *context)
{
	uint64_t rid, next, *from = NULL;
	struct lw_preserved preserved;
	int fd = p->maps.preserved, r = 0;

	while (!r && fd >= 0 && !bpf_map_get_next_key(fd, from, &next)) {
		rid = next;
		from = &rid;
		if (!bpf_map_lookup_elem(fd, &rid, &preserved))
			r = take(context, rid, &preserved);
	}
	return r;
}

static int count_preserved(void *context, uint64_t rid, const struct lw_preserved *preserved)
{
	uint64_t *counts = context;

	counts[0] += !!(preserved->flags & LW_DECLARED);
	counts[1] += !!(preserved->flags & LW_MARKED);
	return 0;
}

void lw_count_preserved(const struct lw_pins *p, uint64_t *declared, uint64_t *marked)
{
	uint64_t counts[2] = {};

	lw_each_preserved(p, count_preserved, counts);
	*declared = counts[0];
	*marked = counts[1];
}

static int make_directory(const char *path)
{
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

int lw_pin_maps(struct lw_programs *programs)
{
	struct luwatch_bpf *s = programs->skeleton;
#define MAP(name) s->maps.name,
#define LUO_MAP(number) s->maps.luo_##number,
	struct bpf_map *const maps[] = { LW_SHARED_MAPS(MAP) LW_LUO_MAPS(LUO_MAP) };
	size_t count = sizeof(maps) / sizeof(maps[0]) - (programs->with_luo ? 0 : LW_LUO_MAP_COUNT), i;
	int r = make_directory(LW_PIN_ROOT);

	if (!r)
		r = make_directory(MAPS);
	for (i = 0; !r && i < count; i++) {
		LW_FREE char *path = lw_format(MAPS "/%s", bpf_map__name(maps[i]));

		r = bpf_obj_pin(bpf_map__fd(maps[i]), path) ? -errno : 0;
	}
	return r;
}

int lw_repin_area(int fd)
{
	unlink(MAPS "/area_new");
	if (bpf_obj_pin(fd, MAPS "/area_new"))
		return -errno;
	return rename(MAPS "/area_new", MAPS "/area") ? -errno : 0;
}

int lw_pin_links(struct lw_programs *programs, uint32_t generation)
{
	char directory[64];
	int i, j, r;

	path_of_links(generation, directory);
	r = make_directory(directory);
	for (i = 0; !r && i < lw_hook_count; i++) {
		const struct lw_hook_state *s = &programs->hooks[i];
		const char *const *names = s->mode == LW_ATTACH_FENTRY ? s->hook->fentry :
									   s->hook->kprobe;

		for (j = 0; !r && s->attached && names[j]; j++) {
			LW_FREE char *path = lw_format("%s/%s", directory, names[j]);

			unlink(path);
			r = bpf_link__pin(programs->links[i][j], path);
		}
	}
	return r;
}

static void remove_directory(const char *path)
{
	struct dirent *entry;
	DIR *directory = opendir(path);

	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		LW_FREE char *file = lw_format("%s/%s", path, entry->d_name);

		if (entry->d_name[0] != '.')
			unlink(file);
	}
	closedir(directory);
	rmdir(path);
}

void lw_unpin_links(uint32_t keep)
{
	struct dirent *entry;
	DIR *root = opendir(LW_PIN_ROOT);
	unsigned int generation;

	if (!root)
		return;
	while ((entry = readdir(root))) {
		LW_FREE char *path = lw_format(LW_PIN_ROOT "/%s", entry->d_name);

		if (sscanf(entry->d_name, "links-%u", &generation) == 1 && generation != keep)
			remove_directory(path);
	}
	closedir(root);
}

void lw_unpin_all(void)
{
	lw_unpin_links(0);
	remove_directory(MAPS);
	rmdir(LW_PIN_ROOT);
}
