/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading and attaching the programs while arming, and one generation taking over from another.
 */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arm/arm.h"
#include "arm/arming.h"
#include "arm/misses.h"
#include "base/message.h"
#include "carry/carrier.h"
#include "carry/session.h"
#include "luwatch.skel.h"

/* Tells the programs which unit is which, so that a fault before the first walk has its number. */
static void number_units(struct arming *a)
{
	int fd = bpf_map__fd(a->programs.skeleton->maps.unit_index);
	uint32_t i, number = 0;
	uint64_t key;

	for (i = 0; i < a->unit_count; i++) {
		if (a->units[i].ignored)
			continue;
		key = a->units[i].iommu;
		bpf_map_update_elem(fd, &key, &number, BPF_ANY);
		number++;
	}
}

/* What the luo carrier is prepared in; programs that cannot write it have none. */
static void take_luo_maps(struct arming *a)
{
#define TAKE(number) a->maps.luo[number] = bpf_map__fd(a->programs.skeleton->maps.luo_##number);
	a->area.luo = NULL;
	if (!a->programs.with_luo) {
		a->control->carriers &= ~(1U << LW_CARRIER_LUO);
		return;
	}
	LW_LUO_MAPS(TAKE)
	a->area.luo = a->maps.luo;
}

/* Loads, attaches and reports what could not be. */
int lw_attach(struct arming *a, const struct lw_arm_options *options, uint32_t generation)
{
	/* Who says nothing about it, as an upgrade, changes nothing. */
	bool kprobe = options->force_kprobe || (!options->attach_wanted && a->control->attach);
	struct lw_programs_options how = {
		.force_kprobe = kprobe,
		.end_early = lw_carriers_end_early(a->control),
		.generation = generation,
		.sizes = &a->sizes,
		.maps = &a->maps,
		.luo = generation == 1 ? lw_session_outgoing() >= 0 : a->maps.luo[0] >= 0,
	};
	int r = lw_programs_attach(&a->programs, &how);
	int i;

	if (r == -ENOTSUP)
		for (i = 0; i < lw_hook_count; i++)
			if (a->programs.hooks[i].hook->need == LW_NEED_REQUIRED &&
			    !a->programs.hooks[i].attached)
				lw_error("%s cannot be probed: %s; see `luwatch check`",
					 a->programs.hooks[i].hook->name, a->programs.hooks[i].reason);
	if (r && r != -ENOTSUP)
		lw_error("the programs cannot be loaded: %s",
			 lw_libbpf_reason()[0] ? lw_libbpf_reason() : strerror(-r));
	if (!r) {
		number_units(a);
		take_luo_maps(a);
		a->control->attach = kprobe;
	}
	return r;
}

/* The attached and pinned programs take over from those before them. */
void lw_activate(struct arming *a, uint32_t generation)
{
	a->control->program_misses_before = lw_misses_count(a->control).runs;
	a->control->probes = a->programs.attached;
	a->control->exists = a->programs.exists;
	a->control->programs = lw_programs_digest();
	__atomic_store_n(&a->control->generation, generation, __ATOMIC_RELEASE);
	lw_unpin_links(generation);
}

/* New programs on the old maps: attached and pinned before the old ones go. */
int lw_replace_programs(struct arming *a, const struct lw_arm_options *options)
{
	uint32_t generation = a->control->generation + 1;
	int r = lw_attach(a, options, generation);

	if (!r)
		r = lw_pin_links(&a->programs, generation);
	if (!r)
		lw_activate(a, generation);
	return r;
}
