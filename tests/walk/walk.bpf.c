/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk and the noting of invalidations as they are in bpf/, over tables that a test lays out in
 * a map. In place of the kernel's symbols there are variables of the test (LW_OWN_SYMBOLS): the list
 * of units is in that map, and so is everything that has a physical address. Everything else, every
 * read of a list, a register, a root, context or PASID table, is the same code.
 */
#include <linux/types.h>

__u64 memory_address; /* out: kernel address of the map's memory */
__u64 list_address;   /* in: kernel address of the list of units */
__u64 page_offset;    /* in: the virtual address of physical address 0 */
__u64 no_image;

/* bpf/memory.bpf.h asks whether the kernel has a symbol; a variable is always there. */
#pragma clang diagnostic ignored "-Wpointer-bool-conversion"

#define LW_OWN_SYMBOLS
#define page_offset_base page_offset
#define dmar_drhd_units	 (*(struct list_head *)list_address)
#define kexec_image	 no_image

#include "walk.bpf.h"
#include "invalidate.bpf.h"

struct frame {
	u64 words[512];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct frame);
} memory SEC(".maps");

/* Arguments of the programs. */
__u32 phase, where, unit, flags;
int result;
__u64 iommu, descriptor[4];

char LICENSE[] SEC("license") = "GPL";

SEC("syscall")
int locate(void *ctx)
{
	u32 zero = 0;

	memory_address = (u64)bpf_map_lookup_elem(&memory, &zero);
	return 0;
}

SEC("syscall")
int walk(void *ctx)
{
	lw_walk(phase, where);
	return 0;
}

SEC("syscall")
int invalidate(void *ctx)
{
	struct lw_control *c = lw_get_control();

	if (!c)
		return 0;
	if (flags & LW_INV_REGISTER) {
		lw_note_flush(c, (void *)iommu, descriptor[1], descriptor[2], descriptor[0],
			      flags & LW_INV_IOTLB);
		return 0;
	}
	lw_note_descriptor(c, (void *)iommu, descriptor[0], descriptor[1], descriptor[2],
			   descriptor[3]);
	lw_flush_pending(unit, flags, result);
	return 0;
}
