/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Digests of the tables at a global invalidation: if one has another digest in the end, something was
 * written after it. That needs no hook on the writes themselves.
 */
#ifndef LUWATCH_DIGEST_BPF_H
#define LUWATCH_DIGEST_BPF_H

#include "walk_state.bpf.h"

struct digesting {
	u32 unit;
	u32 kind;
	u64 page_offset;
};

static long lw_digest_half(u32 half, struct digesting *d)
{
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &d->unit);
	struct walk *w = lw_get_walk();
	u32 kind = d->kind;
	u64 root;

	if (!u || !w || kind > 2)
		return 1;
	half &= 511;
	root = u->root[half];
	if (!(root & VTD_PRESENT))
		return 0;
	if (!bpf_probe_read_kernel(w->page, LW_PAGE_SIZE,
				   (void *)(d->page_offset + (root & VTD_ADDRESS))))
		u->digests[kind][half] = lw_digest(w->page);
	return 0;
}

/* Digests of the unit's root table and of every context table it had at the walk before. */
static __noinline int lw_digest_tables(u32 unit, u32 kind)
{
	struct digesting d = { .unit = unit, .kind = kind, .page_offset = lw_page_offset() };
	struct lw_unit_scratch *u = bpf_map_lookup_elem(&units, &unit);
	struct walk *w = lw_get_walk();

	if (!u || !w || kind > 2 || !u->readable)
		return 0;
	if (!bpf_probe_read_kernel(w->page, LW_PAGE_SIZE,
				   (void *)(d.page_offset + (u->rtaddr & VTD_ADDRESS))))
		u->root_digests[kind] = lw_digest(w->page);
	bpf_loop(512, lw_digest_half, &d, 0);
	u->invalidated |= 1U << kind;
	return 0;
}

#endif
