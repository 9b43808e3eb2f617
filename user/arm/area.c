/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The area: which frames carry the records across, how many, and what to do when the loaded image
 * covers them.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arm/arm.h"
#include "arm/arming.h"
#include "base/message.h"
#include "luwatch.skel.h"
#include "luwatch/vtd.h"

/* PCI functions of this machine: no more than these can be preserved. */
uint32_t lw_count_functions(void)
{
	DIR *folder = opendir("/sys/bus/pci/devices");
	struct dirent *item;
	uint32_t count = 0;

	while (folder && (item = readdir(folder)))
		count += item->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return count;
}

/* Entries of one walk that are carried in full: of what is preserved, and of what is odd. */
#define QUOTA	  128
#define QUOTA_MAX 4160

/* Slots of a preserved device: its mark, its entry then, before and after; PASID tables likewise. */
static uint32_t slots_each(const struct arming *a)
{
	uint32_t i;

	for (i = 0; i < a->unit_count; i++)
		if (VTD_RTADDR_MODE(a->units[i].rtaddr) == VTD_MODE_SCALABLE)
			return 7;
	return 4;
}

static uint32_t populated_tables(const struct arming *a)
{
	uint32_t tables = 0, i;

	for (i = 0; i < a->unit_count; i++)
		tables += lw_populated_tables(&a->units[i]);
	return tables;
}

/* Room for what is plugged in, or made as a virtual function, after this. */
#define UNITS_MORE     4
#define FUNCTIONS_MORE 1024

static uint32_t at_most(uint32_t number, uint32_t limit)
{
	return number < limit ? number : limit;
}

void lw_size_maps(struct arming *a)
{
	uint32_t tables = populated_tables(a);

	a->sizes = (struct lw_map_sizes){
		.copies = tables + tables / 2 + 16,
		.units = at_most(a->unit_count + UNITS_MORE, LW_MAX_UNITS),
		.preserved = at_most(2 * a->functions + a->declared.count + FUNCTIONS_MORE,
				     LW_MAX_PRESERVED),
		.fault_devices = at_most(2 * a->functions + FUNCTIONS_MORE, LW_MAX_FAULTS),
		.faults = at_most(LW_FAULT_DETAILS * a->functions + 2 * FUNCTIONS_MORE,
				  LW_MAX_FAULTS),
	};
}

/* What of the area's pages is left for the log, and for how many preserved devices that is. */
static void share_out(const struct arming *a, struct lw_control *c)
{
	uint32_t tables = populated_tables(a), fixed, fit;

	fixed = 64 + LW_DRIFT_SLOTS + c->invalidation_quota + 17 * a->unit_count + 5 * tables +
		3 * c->fault_quota + a->functions / LW_CLEARED;
	c->log_slots = (c->area_count - 2 * c->baseline_pages) * (LW_PAGE_RECORDS - 1);
	fit = c->log_slots > fixed ? (c->log_slots - fixed) / slots_each(a) : 0;
	c->preserved_fit = fit < c->entry_quota ? fit : c->entry_quota;
}

/* What is carried grows with units, populated buses, and with what may be preserved. */
void lw_area_size(struct arming *a, struct lw_control *c)
{
	uint32_t tables = populated_tables(a), slots, pages;

	c->entry_quota = a->functions + 64 > QUOTA ? a->functions + 64 : QUOTA;
	if (c->entry_quota > QUOTA_MAX)
		c->entry_quota = QUOTA_MAX;
	c->fault_quota = 96;
	/* Two of each device, where the kernel does it device by device. */
	c->invalidation_quota = 64 + 2 * at_most(a->functions, 256);
	slots = 128 + LW_DRIFT_SLOTS + c->invalidation_quota + 17 * a->unit_count + 5 * tables +
		a->functions / LW_CLEARED + 2 * QUOTA + slots_each(a) * (c->entry_quota - QUOTA) + 3 * c->fault_quota;
	c->baseline_pages = 3 + (a->unit_count * 2 + a->declared.count / 4 + a->functions / 8) /
					(LW_PAGE_RECORDS - 1);
	pages = (slots + LW_PAGE_RECORDS - 2) / (LW_PAGE_RECORDS - 1) + 2 * c->baseline_pages;
	for (c->area_count = 16; c->area_count < pages && c->area_count < LW_MAX_AREA_PAGES;
	     c->area_count *= 2)
		;
	share_out(a, c);
}

int lw_new_map(const char *name, uint32_t value_size, uint32_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t), value_size, entries,
			      &options);
}

/* No pages carrier: the smallest map, so that the programs still load. */
static int no_area(struct arming *a, struct lw_control *c)
{
	c->area_base = 0;
	c->area_count = 0;
	c->log_slots = 0;
	a->maps.area = lw_new_map("area", LW_PAGE_SIZE, 1);
	return a->maps.area < 0 ? -errno : lw_area_open(a->maps.area, 1, &a->area);
}

/*
 * A map large enough that some neighbouring frames are in it, and the area chosen from them. The
 * map grows by four until it succeeds; the frames of the last try stay ours.
 */
static int try_area(struct arming *a, struct lw_control *c)
{
	uint32_t pages;
	int r = -ENOSPC, fd;

	for (pages = 8 * c->area_count; pages <= 32768; pages *= 4) {
		fd = lw_new_map("area", LW_PAGE_SIZE, pages);
		if (fd < 0)
			return -errno;
		r = lw_area_open(fd, pages, &a->area);
		if (!r)
			r = lw_area_choose(&a->area, c->area_count, &a->image);
		if (!r) {
			a->maps.area = fd;
			c->area_base = a->area.base;
			return 0;
		}
		lw_area_close(&a->area);
		close(fd);
		if (r != -ENOSPC)
			break;
	}
	return r;
}

int lw_area_new(struct arming *a, struct lw_control *c)
{
	int r;

	if (c->probes_only)
		return no_area(a, c);
	r = try_area(a, c);
	/* Less room is better than none: `status` says for how many devices it is. */
	while (r == -ENOSPC && c->area_count > 64) {
		c->area_count /= 2;
		share_out(a, c);
		r = try_area(a, c);
	}
	if (!r)
		return 0;
	lw_warn("no pages carrier: %s", r == -ENOSPC ? "no neighbouring frames were found" :
							strerror(-r));
	return no_area(a, c);
}

int lw_area_fill_pages(const struct arming *a, int fd)
{
	uint32_t i;
	int r = 0;

	for (i = 0; !r && i < a->area.count; i++)
		r = bpf_map_update_elem(fd, &i, &a->area.order[i], 0);
	return r;
}

/* Whether the first page of the mapped area says that it is what the control map means. */
bool lw_area_is_whole(const struct arming *a)
{
	const struct lw_record *head;

	if (!a->area.count)
		return true;
	head = (const struct lw_record *)(a->area.pages + (size_t)a->area.order[0] * LW_PAGE_SIZE);
	return head->type == LW_REC_PAGE && head->page.base == a->control->area_base &&
	       head->handover[0] == a->control->handover[0];
}

/*
 * The image covers every frame of the map: a larger map, and programs that write to it. Killed on
 * the way, the area is no longer whole (see lw_arm_adopt()), and the next arm does it again.
 */
int lw_area_replace(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_control *c = a->control;
	uint32_t generation = c->generation + 1;
	int r;

	lw_programs_close(&a->programs);
	lw_area_close(&a->area);
	r = lw_area_new(a, c);
	if (!r)
		r = lw_attach(a, options, generation);
	if (!r)
		r = lw_pin_links(&a->programs, generation);
	if (!r)
		r = lw_repin_area(a->maps.area);
	if (!r)
		lw_carriers_prepare(c, &a->area);
	if (!r)
		r = lw_area_fill_pages(a, a->maps.area_pages);
	if (!r)
		lw_activate(a, generation);
	return r;
}

/* The loaded image covers the area: moves it, so that the image can be loaded again. */
int lw_area_move(struct arming *a, const struct lw_arm_options *options)
{
	struct lw_control *c = a->control;
	int r = a->area.count ? lw_area_choose(&a->area, c->area_count, &a->image) : -ENOSPC;

	if (r == -ENOSPC) {
		r = lw_area_replace(a, options);
	} else if (!r) {
		c->area_base = a->area.base;
		lw_carriers_prepare(c, &a->area);
		r = lw_area_fill_pages(a, a->maps.area_pages);
	}
	c->area_moved++;
	if (!r)
		lw_warn("the loaded kexec image covered the records; they moved: load it again with "
			"`luwatch kexec-load`");
	return r;
}
