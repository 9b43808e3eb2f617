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

extern const void page_offset_base __ksym;
extern const void dmar_drhd_units __ksym __weak;
extern const void kexec_image __ksym __weak;

/* The direct map's virtual address of physical address 0. */
static __always_inline u64 lw_page_offset(void)
{
	u64 base = 0;

	bpf_probe_read_kernel(&base, sizeof(base), &page_offset_base);
	return base;
}

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

#endif
