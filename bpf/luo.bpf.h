/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The luo carrier: pages of a memfd that the live-update orchestrator hands over, written through
 * uptrs (Linux 6.13). They mirror the area page by page, from kernel_kexec() on. Where the agent found
 * that this build or this kernel cannot, lw_with_luo is 0 and none of it is looked at.
 */
#ifndef LUWATCH_LUO_BPF_H
#define LUWATCH_LUO_BPF_H

#include "state.bpf.h"

/* clang before 16 drops the tag without a word; the agent looks for it in the object's BTF. */
#define __uptr __attribute__((btf_type_tag("uptr")))

/* Set by the agent before loading. */
const volatile __u32 lw_with_luo = 0;

/* A uptr is one page, and a map's value may have 11 of them. */
struct luo_pages {
	struct area_page __uptr *page[LW_LUO_EACH];
};

/* Stored with the task of PID 1, which lives until the kexec. */
#define LUO_MAP(number)                                 \
	struct {                                        \
		__uint(type, BPF_MAP_TYPE_TASK_STORAGE); \
		__uint(map_flags, BPF_F_NO_PREALLOC);   \
		__type(key, int);                       \
		__type(value, struct luo_pages);        \
	} luo_##number SEC(".maps");
LW_LUO_MAPS(LUO_MAP)

extern struct task_struct *bpf_task_from_pid(int pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *task) __ksym __weak;

/* With the whole definition of what the uptrs point to: of a forward one the kernel knows no size. */
struct area_page *luo_page_in_full;

/*
 * Copies a record, or with SLOT 0 a page, to page INDEX of what MAP has. Its place in the value must be
 * known to the verifier, so each is asked for.
 */
static __always_inline void luo_copy(void *map, struct task_struct *init, u32 index, u32 slot,
				     const void *from)
{
	struct luo_pages *pages = bpf_task_storage_get(map, init, NULL, 0);
	struct area_page *page = NULL;
	u32 i;

	if (!pages)
		return;
#pragma unroll
	for (i = 0; i < LW_LUO_EACH; i++) {
		if (index == i)
			page = pages->page[i];
		barrier_var(index);
	}
	if (!page)
		return;
	if (slot)
		bpf_probe_read_kernel(&page->words[(slot & (LW_PAGE_RECORDS - 1)) * LW_RECORD_WORDS],
				      LW_RECORD_SIZE, from);
	else
		bpf_probe_read_kernel(page, sizeof(*page), from);
}

/*
 * Page PAGE of the area, or its record SLOT, to the same place of the memfd. Without a frame of its own:
 * a kernel counts the calls of code that it then leaves out as well, and eight are all there may be.
 */
static __always_inline void luo_mirror(u32 page, u32 slot, const void *from)
{
	struct task_struct *init = bpf_task_from_pid(1);
	u32 index = page % LW_LUO_EACH;

	if (!init)
		return;
	switch (page / LW_LUO_EACH) {
#define LUO_CASE(number)                                    \
	case number:                                        \
		luo_copy(&luo_##number, init, index, slot, from); \
		break;
	LW_LUO_MAPS(LUO_CASE)
	}
	bpf_task_release(init);
}

static __always_inline bool lw_luo_armed(const struct lw_control *c)
{
	return lw_with_luo && c->carriers >> LW_CARRIER_LUO & 1;
}

static long luo_mirror_page(u32 page, void *unused)
{
	u32 *map_page = bpf_map_lookup_elem(&area_pages, &page);
	struct area_page *from = map_page ? bpf_map_lookup_elem(&area, map_page) : NULL;

	if (!from)
		return 1;
	luo_mirror(page, 0, from);
	return 0;
}

/* kernel_kexec(): heads, the baseline, and what a refused attempt has left. */
static __always_inline void lw_luo_begin(struct lw_control *c)
{
	if (lw_luo_armed(c))
		bpf_loop(c->luo_pages, luo_mirror_page, NULL, 0);
}

#endif
