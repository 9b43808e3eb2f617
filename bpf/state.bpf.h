/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps and small helpers that all programs share. The maps are pinned by name under
 * /sys/fs/bpf/luwatch, so that they stay when the agent is gone and a newer agent finds them.
 */
#ifndef LUWATCH_STATE_BPF_H
#define LUWATCH_STATE_BPF_H

#include "memory.bpf.h"

/* Set by the agent before loading: which generation of programs this is. */
const volatile __u32 lw_generation = 0;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct lw_control);
} control SEC(".maps");

struct area_page {
	u64 words[LW_PAGE_SIZE / 8];
};

/* The pages carrier. Its size and which of its pages are used is the agent's choice. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct area_page);
} area SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_MAX_AREA_PAGES);
	__type(key, u32);
	__type(value, u32);
} area_pages SEC(".maps");

/*
 * This one, those of faults, of units and of copies the agent makes as large as the machine needs (struct
 * lw_map_sizes).
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LW_MAX_PRESERVED);
	__type(key, u64);
	__type(value, struct lw_preserved);
} preserved SEC(".maps");

/*
 * The requester IDs of "preserved" that were marked, in that order, so that kernel_kexec() does not look for
 * them in empty places, 16 ns each. Some may have lost their mark since: lw_preserved.place tells.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_MAX_PRESERVED);
	__type(key, u32);
	__type(value, u64);
} marked_rids SEC(".maps");

/*
 * Faults by device, and by kind within a device. Both preallocated (a fault comes in an interrupt),
 * neither of the kind that evicts.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LW_MAX_FAULTS);
	__type(key, u64);
	__type(value, struct lw_fault_device);
} fault_devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LW_MAX_FAULTS);
	__type(key, struct lw_fault_key);
	__type(value, struct lw_fault_value);
} faults SEC(".maps");

/* The keys of "faults" in the order they came, so that nobody has to look for them in empty places. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_MAX_FAULTS);
	__type(key, u32);
	__type(value, struct lw_fault_key);
} fault_kinds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_MAX_UNITS);
	__type(key, u32);
	__type(value, struct lw_unit_scratch);
} units SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LW_MAX_UNITS);
	__type(key, u64);
	__type(value, struct lw_kept_tables);
} kept_tables SEC(".maps");

/* Kernel address of a struct intel_iommu → index in "units". */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LW_MAX_UNITS);
	__type(key, u64);
	__type(value, u32);
} unit_index SEC(".maps");

/* Single events for an agent that listens: struct lw_record. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

/*
 * The two ways into a hook: fentry, and kprobe for kernels or functions where that cannot be used.
 * CALL is the body with what it needs of ctx and of ARGS, the function's first arguments. A hook
 * whose ways differ has its programs written out: where a return needs an argument or the result,
 * a kretprobe has no arguments, and an fexit finds the result behind them.
 */
#define LW_ON_ENTRY(function, call, args...)          \
	SEC("fentry/" #function)                      \
	int BPF_PROG(fe_##function, ##args)           \
	{                                             \
		return call;                          \
	}                                             \
	SEC("kprobe/" #function)                      \
	int BPF_KPROBE(kp_##function, ##args)         \
	{                                             \
		return call;                          \
	}

/* Of a function without arguments, or (without RESULT) of any. */
#define LW_ON_RETURN(function, call, result...)       \
	SEC("fexit/" #function)                       \
	int BPF_PROG(fx_##function, ##result)         \
	{                                             \
		return call;                          \
	}                                             \
	SEC("kretprobe/" #function)                   \
	int BPF_KRETPROBE(kr_##function, ##result)    \
	{                                             \
		return call;                          \
	}

static __always_inline struct lw_control *lw_get_control(void)
{
	u32 zero = 0;
	struct lw_control *c = bpf_map_lookup_elem(&control, &zero);

	return c && c->generation == lw_generation ? c : NULL;
}

/* As lw_get_control(), and notes that a probe fired. */
static __always_inline struct lw_control *lw_fired(enum lw_probe_bit probe)
{
	struct lw_control *c = lw_get_control();

	if (c)
		__sync_fetch_and_or(&c->fired, 1ULL << probe);
	return c;
}

/* Index in "units" of the unit at kernel address IOMMU, LW_NO_UNIT if it was never walked. */
static __always_inline u16 lw_unit_of(struct intel_iommu *iommu)
{
	u64 key = (u64)iommu;
	u32 *index = bpf_map_lookup_elem(&unit_index, &key);

	return index ? *index : LW_NO_UNIT;
}

#endif
