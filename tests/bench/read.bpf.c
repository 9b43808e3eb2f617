// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a comparison of the tables can cost: root and context tables of every unit are read
 * twice, and nothing is done with what was read. luwatch is held against it (tests/bench/shutdown.py).
 */
#include "memory.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct tables {
	u64 page_offset, next_drhd;
	u64 root[512], table[512];
	u32 scalable;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct tables);
} tables SEC(".maps");

static __always_inline struct tables *get_tables(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&tables, &zero);
}

static long read_half(u32 half, void *unused)
{
	struct tables *t = get_tables();
	u64 root;

	if (!t)
		return 1;
	root = t->root[half & 511];
	if (root & VTD_PRESENT)
		bpf_probe_read_kernel(t->table, LW_PAGE_SIZE,
				      (void *)(t->page_offset + (root & VTD_ADDRESS)));
	return 0;
}

static long read_unit(u32 number, void *unused)
{
	struct tables *t = get_tables();
	struct dmar_drhd_unit *drhd;
	u64 rtaddr;

	if (!t)
		return 1;
	drhd = lw_next_drhd(&t->next_drhd);
	if (!drhd)
		return 1;
	rtaddr = lw_read64(BPF_CORE_READ(drhd, iommu, reg), VTD_RTADDR_REG);
	bpf_probe_read_kernel(t->root, LW_PAGE_SIZE, (void *)(t->page_offset + (rtaddr & VTD_ADDRESS)));
	bpf_loop(512, read_half, NULL, 0);
	return 0;
}

static __always_inline int read_units(void)
{
	struct tables *t = get_tables();

	if (!t)
		return 0;
	t->page_offset = lw_page_offset();
	t->next_drhd = lw_first_drhd();
	bpf_loop(LW_MAX_UNITS, read_unit, NULL, 0);
	return 0;
}

SEC("fentry/intel_iommu_shutdown")
int BPF_PROG(read_before)
{
	return read_units();
}

SEC("fentry/machine_kexec")
int BPF_PROG(read_after)
{
	return read_units();
}
