/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PCI functions that the kernel has, and what it says itself of their preservation. The hooks see
 * only what is marked while they are attached; the marks in the kernel's own structures (the live-update
 * series' dev_iommu.device_ser and iommu_device.outgoing_preserved_state) are there for whoever looks.
 */
#ifndef LUWATCH_DEVICES_BPF_H
#define LUWATCH_DEVICES_BPF_H

#include "memory.bpf.h"

extern const void pci_root_buses __ksym __weak;

/* Requester ID of a device behind VT-d, from the driver's private data (device_domain_info). */
static __always_inline int lw_rid_of(struct device *dev, u64 *rid)
{
	struct dev_iommu *iommu = LW_READ(dev, iommu);
	struct device_domain_info *info = iommu ? LW_READ(iommu, priv) : NULL;

	if (!info)
		return -1;
	*rid = LW_RID(LW_READ(info, segment), LW_READ(info, bus), LW_READ(info, devfn));
	return 0;
}

/*
 * PCI segments have 16 bits. Those above are made by VMD controllers for what is behind them; it sends
 * as the controller (pci_real_dma_dev()) and has no context entry of its own.
 */
static __always_inline bool lw_is_behind_vmd(u64 rid)
{
	return LW_RID_SEGMENT(rid) > 0xffff;
}

#define LW_BUS_DEPTH 32
/* Steps of one walk: a function or a bus each. */
#define LW_DEVICE_STEPS (1 << 17)

/* Where a walk over all buses stands: the functions of one bus, and the buses on each level above. */
struct lw_device_walk {
	u64 device, devices;	/* next list element, and the list's head */
	u64 bus[LW_BUS_DEPTH], buses[LW_BUS_DEPTH];
	u32 depth;
	u32 too_deep;		/* buses were left out */
	u32 complete;		/* the end was reached, and nothing was left out */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct lw_device_walk);
} device_walk SEC(".maps");

static __always_inline struct lw_device_walk *lw_get_device_walk(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&device_walk, &zero);
}

/* The VMD controller that PDEV is behind, or NULL (is_vmd(), arch/x86/pci). */
static __always_inline struct pci_dev *lw_vmd_of(struct pci_dev *pdev)
{
	struct pci_sysdata *sd;

	if (!bpf_core_field_exists(struct pci_sysdata, vmd_dev))
		return NULL;
	sd = BPF_CORE_READ(pdev, bus, sysdata);
	return sd ? BPF_CORE_READ(sd, vmd_dev) : NULL;
}

/* False when this kernel does not show its buses. */
static __always_inline bool lw_first_device(void)
{
	struct lw_device_walk *w = lw_get_device_walk();

	if (!w || !&pci_root_buses)
		return 0;
	w->device = w->devices = 0;
	w->depth = w->too_deep = w->complete = 0;
	w->buses[0] = (u64)&pci_root_buses;
	w->bus[0] = 0;
	bpf_probe_read_kernel(&w->bus[0], sizeof(w->bus[0]), &pci_root_buses);
	return 1;
}

/*
 * One step: 1 with a function in *PDEV, 0 without, -1 at the end. Virtual functions stand on buses
 * that no bridge leads to, so buses are found through their parents' lists.
 */
static __always_inline int lw_next_device(struct lw_device_walk *w, struct pci_dev **pdev)
{
	u32 depth = w->depth & (LW_BUS_DEPTH - 1);
	struct pci_bus *bus;

	if (w->device && w->device != w->devices) {
		*pdev = (void *)(w->device - bpf_core_field_offset(struct pci_dev, bus_list));
		w->device = (u64)BPF_CORE_READ(*pdev, bus_list.next);
		return 1;
	}
	if (!w->bus[depth] || w->bus[depth] == w->buses[depth]) {
		w->depth = depth - 1;
		w->complete = !depth && !w->too_deep;
		return depth ? 0 : -1;
	}
	bus = (void *)(w->bus[depth] - bpf_core_field_offset(struct pci_bus, node));
	w->bus[depth] = (u64)BPF_CORE_READ(bus, node.next);
	w->devices = (u64)bus + bpf_core_field_offset(struct pci_bus, devices);
	w->device = (u64)BPF_CORE_READ(bus, devices.next);
	if (depth + 1 < LW_BUS_DEPTH) {
		w->depth = depth + 1;
		w->buses[depth + 1] = (u64)bus + bpf_core_field_offset(struct pci_bus, children);
		w->bus[depth + 1] = (u64)BPF_CORE_READ(bus, children.next);
	} else {
		w->too_deep = 1;
	}
	return 0;
}

static __always_inline struct device *lw_device_of(struct pci_dev *pdev)
{
	return (void *)((u64)pdev + bpf_core_field_offset(struct pci_dev, dev));
}

/* Whether the kernel has marked the device for the next live update; 2: this kernel has no marks. */
static __always_inline u32 lw_kernel_mark(struct device *dev)
{
	struct iommu_device_ser___bits *bits;
	struct iommu_device_ser *ser;
	struct dev_iommu *iommu;

	if (!bpf_core_field_exists(struct dev_iommu, device_ser))
		return 2;
	iommu = BPF_CORE_READ(dev, iommu);
	ser = iommu ? BPF_CORE_READ(iommu, device_ser) : NULL;
	if (!ser)
		return 0;
	if (bpf_core_field_exists(ser->hdr.flags))
		return !(BPF_CORE_READ(ser, hdr.flags) & (LW_SER_DELETED | LW_SER_INCOMING));
	bits = (void *)ser;
	if (bpf_core_field_exists(bits->hdr.incoming))
		return !BPF_CORE_READ_BITFIELD_PROBED(&bits->hdr, incoming);
	return 1;
}

/* Whether the kernel before has preserved the device, and nobody has taken it back since. */
static __always_inline bool lw_is_incoming(struct device *dev)
{
	struct iommu_device_ser___bits *bits;
	struct iommu_device_ser *ser;
	struct dev_iommu *iommu;

	if (!bpf_core_field_exists(struct dev_iommu, device_ser))
		return 0;
	iommu = BPF_CORE_READ(dev, iommu);
	ser = iommu ? BPF_CORE_READ(iommu, device_ser) : NULL;
	if (!ser)
		return 0;
	if (bpf_core_field_exists(ser->hdr.flags))
		return (BPF_CORE_READ(ser, hdr.flags) & (LW_SER_DELETED | LW_SER_INCOMING)) ==
		       LW_SER_INCOMING;
	bits = (void *)ser;
	return bpf_core_field_exists(bits->hdr.incoming) &&
	       BPF_CORE_READ_BITFIELD_PROBED(&bits->hdr, incoming);
}

/*
 * Reads the context entry of RID from the unit's tables into WORDS: zeroes where there is no table for
 * it. False when nobody can say.
 */
static __always_inline bool lw_read_context(struct intel_iommu *iommu, u64 rid, u64 words[4], u64 *table)
{
	u32 bus = LW_RID_BUS(rid), devfn = LW_RID_DEVFN(rid);
	u64 base = lw_page_offset(), rtaddr, at, root = 0;

	rtaddr = lw_read64(BPF_CORE_READ(iommu, reg), VTD_RTADDR_REG);
	if (rtaddr == ~0ULL || !(rtaddr & VTD_ADDRESS))
		return 0;
	at = base + (rtaddr & VTD_ADDRESS) + bus * 16;
	if (VTD_RTADDR_MODE(rtaddr) == VTD_MODE_SCALABLE)
		at += (devfn >> 7) * 8;
	if (bpf_probe_read_kernel(&root, sizeof(root), (void *)at))
		return 0;
	if (!(root & VTD_PRESENT)) {
		*table = words[0] = words[1] = words[2] = words[3] = 0;
		return 1;
	}
	*table = root & VTD_ADDRESS;
	if (VTD_RTADDR_MODE(rtaddr) == VTD_MODE_SCALABLE)
		return !bpf_probe_read_kernel(words, 32,
					      (void *)(base + *table + (devfn & 0x7f) * 32));
	return !bpf_probe_read_kernel(words, 16, (void *)(base + *table + devfn * 16));
}

/* How many devices of the unit the kernel says it preserves; 0 also when it does not say. */
static __always_inline u16 lw_count_of(struct iommu_hw_ser *state)
{
	u32 count;

	if (!state || !bpf_core_field_exists(state->hdr.ref_count))
		return 0;
	count = BPF_CORE_READ(state, hdr.ref_count);
	return count > 0xffff ? 0xffff : count;
}

#endif
