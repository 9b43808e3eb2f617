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
#include "probe/common_trace.h"
#include "probe/reason.h"

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

/* Each function that this kernel has and that is not probed all the same. R: required ones are among them. */
static void say_refused(const struct lw_programs *programs, int r)
{
	const struct lw_hook_state *s;
	int i;

	for (i = 0; i < lw_hook_count; i++) {
		s = &programs->hooks[i];
		if (s->attached || s->hook->need == LW_NEED_FALLBACK)
			continue;
		if (s->hook->need == LW_NEED_REQUIRED && r)
			lw_error("%s cannot be probed: %s; see `luwatch check`", s->hook->name, s->reason);
		else if (s->exists && s->mode == LW_ATTACH_NONE)
			lw_warn("%s is not probed: %s; it serves %s", s->hook->name, s->reason, s->hook->serves);
	}
	if (programs->common_trace)
		lw_warn("each record is also in the kernel's common trace buffer, at the price of a second line; " LW_COMMON_TRACE_EVENT
			" cannot be written: %s", strerror(-programs->common_trace));
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

	if (!r || r == -ENOTSUP)
		say_refused(&a->programs, r);
	else
		lw_error("the programs cannot be loaded: %s",
			 lw_kernel_reason(r));
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
