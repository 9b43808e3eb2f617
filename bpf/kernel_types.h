/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's types that the programs read, only the members used. Every access is relocated
 * against the running kernel's BTF (CO-RE), so order and size here mean nothing; a member that some
 * kernels lack is asked for with bpf_core_field_exists() first.
 */
#ifndef LUWATCH_KERNEL_TYPES_H
#define LUWATCH_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;
typedef _Bool bool;

/* Flags of struct iommu_hdr_ser. */
#define LW_SER_DELETED	1
#define LW_SER_INCOMING 2

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next, *prev;
};

/* The live-update series, v3 and later. */
struct iommu_intel_ser {
	u64 context_tables_bitmap[8];
};

struct iommu_hdr_ser {
	u32 ref_count;
	u32 flags;
};

/* As earlier versions have it. */
struct iommu_hdr_ser___bits {
	u32 deleted : 1;
	u32 incoming : 1;
};

struct iommu_hw_ser {
	struct iommu_hdr_ser hdr; /* .ref_count: preserved devices of the unit */
	struct iommu_intel_ser intel;
};

struct iommu_device_ser {
	struct iommu_hdr_ser hdr;
};

struct iommu_device_ser___bits {
	struct iommu_hdr_ser___bits hdr;
};

struct iommu_device {
	struct iommu_hw_ser *outgoing_preserved_state;
};

struct luo_file_set {
	u64 count;
};

struct luo_session {
	char name[64];
	struct luo_file_set file_set;
};

struct intel_iommu {
	void *reg;
	u64 reg_phys;
	u64 cap;
	u64 ecap;
	int seq_id;
	u16 segment;
	char name[16];
	void *root_entry;
	struct iommu_device iommu;
};

struct dmar_drhd_unit {
	struct list_head list;
	u64 reg_base_addr;
	u16 segment;
	u8 ignored : 1;
	u8 gfx_dedicated : 1;
	struct intel_iommu *iommu;
};

struct dev_iommu {
	struct iommu_device_ser *device_ser; /* the series' mark */
	void *priv;
};

struct device {
	struct dev_iommu *iommu;
};

struct task_struct {
	struct {
		unsigned int val;
	} loginuid; /* CONFIG_AUDIT */
};

struct device_domain_info {
	u32 segment;
	u8 bus;
	u8 devfn;
	struct intel_iommu *iommu;
};

struct pci_bus {
	struct list_head node, children, devices;
	void *sysdata; /* struct pci_sysdata on x86 */
	unsigned char number;
};

struct pci_sysdata {
	struct pci_dev *vmd_dev; /* with CONFIG_VMD, since 5.6: the controller that its devices send as */
};

struct pci_dev {
	struct list_head bus_list;
	struct pci_bus *bus;
	unsigned long *dma_alias_mask;
	struct device dev;
};

/* Whole, in the kernel's order: CO-RE relocates fields, not the stride of an array (since 2.6.13). */
struct kexec_segment {
	void *buf;
	unsigned long bufsz;
	unsigned long mem;
	unsigned long memsz;
};

struct page {
	unsigned long flags;
};

struct kimage {
	unsigned long head;
	unsigned long start;
	unsigned long nr_segments;
	struct kexec_segment segment[16];
	struct page *segment_cma[16]; /* since 6.17: loaded where it will run */
	unsigned int type : 1; /* 1: for a crash */
};

#pragma clang attribute pop

#endif
