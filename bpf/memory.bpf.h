/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel memory, registers and tables: what every program needs that looks at a unit.
 */
#ifndef LUWATCH_MEMORY_BPF_H
#define LUWATCH_MEMORY_BPF_H

#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "luwatch/control.h"
#include "luwatch/vtd.h"

#ifndef LW_OWN_SYMBOLS /* tests/walk has a list of units and a memory of its own */
extern const void page_offset_base __ksym __weak;
extern const void dmar_drhd_units __ksym __weak;
extern const void kexec_image __ksym __weak;
#endif

/* arch/x86/include/asm/page_64_types.h: __PAGE_OFFSET_BASE_L4 */
#define LW_PAGE_OFFSET_FIXED 0xffff888000000000ULL

/*
 * The direct map's virtual address of physical address 0. A kernel without
 * CONFIG_DYNAMIC_MEMORY_LAYOUT has no variable for it: there it is fixed, and paging has four levels,
 * because both memory randomisation and five levels select that option.
 */
static __always_inline u64 lw_page_offset(void)
{
	u64 base = 0;

	if (!&page_offset_base)
		return LW_PAGE_OFFSET_FIXED;
	bpf_probe_read_kernel(&base, sizeof(base), &page_offset_base);
	return base;
}

/*
 * Words are loaded where they lie when the kernel can: it then takes an address as a pointer to a type
 * that it knows (bpf_rdonly_cast(), since 6.2), of which struct pt_regs is one that begins with fifteen
 * words. Set by the agent before loading: that type's number, 0 where words have to be copied.
 */
const volatile __u32 lw_words_type = 0;

extern void *bpf_rdonly_cast(const void *address, __u32 type) __ksym __weak;

/* Up to fifteen words from ADDRESS on, only with lw_words_type. What cannot be read is 0. */
static __always_inline const u64 *lw_words_at(u64 address)
{
	return bpf_rdonly_cast((const void *)address, lw_words_type);
}

/* As BPF_CORE_READ(), of one member. */
#define LW_READ(pointer, member)                                                          \
	({                                                                                \
		typeof((pointer)->member) lw_value;                                       \
		if (lw_words_type)                                                        \
			lw_value = *(typeof(&(pointer)->member))lw_words_at(              \
				(u64)&(pointer)->member);                                 \
		else                                                                      \
			lw_value = BPF_CORE_READ(pointer, member);                        \
		lw_value;                                                                 \
	})

static __always_inline u32 lw_read32(const void *reg, u32 offset)
{
	u32 value = ~0U;

	bpf_probe_read_kernel(&value, sizeof(value), reg + offset);
	return value;
}

static __always_inline u64 lw_read64(const void *reg, u32 offset)
{
	u64 value = ~0ULL;

	bpf_probe_read_kernel(&value, sizeof(value), reg + offset);
	return value;
}

/* The same of a register that is mapped for certain, by a load where the kernel can. */
static __always_inline u32 lw_load32(const void *reg, u32 offset)
{
	return lw_words_type ? *(const volatile u32 *)lw_words_at((u64)reg + offset) :
			       lw_read32(reg, offset);
}

static __always_inline u64 lw_load64(const void *reg, u32 offset)
{
	return lw_words_type ? *(const volatile u64 *)lw_words_at((u64)reg + offset) :
			       lw_read64(reg, offset);
}

/*
 * The unit after *NEXT (a struct list_head *) in the driver's list, NULL at its end; *NEXT moves on.
 * Start with lw_first_drhd().
 */
static __always_inline struct dmar_drhd_unit *lw_next_drhd(u64 *next)
{
	struct dmar_drhd_unit *drhd;

	if (!*next || *next == (u64)&dmar_drhd_units)
		return NULL;
	drhd = (void *)(*next - bpf_core_field_offset(struct dmar_drhd_unit, list));
	*next = (u64)BPF_CORE_READ(drhd, list.next);
	return drhd;
}

static __always_inline u64 lw_first_drhd(void)
{
	u64 next = 0;

	bpf_probe_read_kernel(&next, sizeof(next), &dmar_drhd_units);
	return next;
}

/* The image that kexec -e would start, NULL when none is loaded or this kernel has no kexec. */
static __always_inline struct kimage *lw_loaded_image(void)
{
	struct kimage *image = NULL;

	bpf_probe_read_kernel(&image, sizeof(image), &kexec_image);
	return image;
}

#endif
