/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one kernel tells the next about devices whose translation goes on (names as in the series
 * "IOMMU live update"), and the switches with which the tests choose its version and its mistakes.
 * Everything lives in one block of memory that KHO preserves; addresses in it are physical.
 */
#ifndef _LINUX_IOMMU_LIVEUPDATE_H
#define _LINUX_IOMMU_LIVEUPDATE_H

#include <linux/types.h>

struct device;
struct intel_iommu;
struct iommu_device;
struct iommu_domain;

#define IOMMU_SER_FLAG_DELETED BIT(0)
#define IOMMU_SER_FLAG_INCOMING BIT(1)

struct iommu_hdr_ser {
	u32 ref_count;
	u32 flags;
};

struct iommu_domain_ser {
	struct iommu_hdr_ser hdr;
	u64 top_table_phys;
	u32 top_level;		/* 0: its entries are leaves */
	u32 first_stage;
	u64 restored_domain;	/* in the next kernel: it has been taken over */
};

struct device_domain_iommu_ser {
	u32 attachment_id;	/* the domain id in the unit's tables; 0: pass-through */
	u32 reserved;
	u64 domain_phys;
	u64 iommu_phys;
};

struct iommu_device_ser {
	struct iommu_hdr_ser hdr;
	u64 token;
	u32 devid;
	u32 pci_domain_nr;
	struct device_domain_iommu_ser domain_iommu_ser;
	u64 pasid_dir_phys;	/* scalable mode */
	u32 pasid_dir_order;
	u32 max_pasid;
};

enum iommu_type_ser { IOMMU_INVALID, IOMMU_INTEL };

struct iommu_intel_ser {
	u64 phys_addr;
	u64 root_table;
	u64 context_tables_bitmap[8];	/* bit bus << 1 | devfn >> 7 */
};

struct iommu_hw_ser {
	struct iommu_hdr_ser hdr;	/* ref_count: preserved devices behind this unit */
	u64 token;
	u32 type;
	u32 reserved;
	struct iommu_intel_ser intel;
};

#define IOMMU_SER_DEVICES 256
#define IOMMU_SER_UNITS 16

struct iommu_flb_ser {
	u32 nr_devices, nr_domains, nr_units, reserved;
	struct iommu_hw_ser units[IOMMU_SER_UNITS];
	struct iommu_domain_ser domains[IOMMU_SER_DEVICES];
	struct iommu_device_ser devices[IOMMU_SER_DEVICES];
};

/* drivers/iommu/liveupdate.c */
int iommu_preserve_device(struct iommu_domain *domain, struct device *dev, u64 token);
void iommu_unpreserve_device(struct iommu_domain *domain, struct device *dev);
void iommu_finish_device(struct device *dev);
bool dev_iommu_preserved(struct device *dev);
struct iommu_device_ser *iommu_incoming_device(struct device *dev);
struct iommu_hw_ser *iommu_incoming_unit(u64 token);
struct iommu_flb_ser *iommu_incoming(void);

/* drivers/iommu/intel/liveupdate.c */
int intel_iommu_preserve(struct iommu_device *unit, struct iommu_hw_ser *ser);
void intel_iommu_unpreserve(struct iommu_device *unit, struct iommu_hw_ser *ser);
int intel_iommu_preserve_device(struct device *dev, struct iommu_domain *domain,
				struct iommu_device_ser *ser, struct iommu_domain_ser *domain_ser);
void intel_iommu_unpreserve_device(struct device *dev, struct iommu_device_ser *ser);
#ifndef CONFIG_IOMMU_LU_OLD
void clear_unpreserved_context_entries(struct intel_iommu *iommu);
#endif
bool intel_lu_adopt(struct intel_iommu *iommu);
void intel_lu_probe(struct device *dev);
void intel_lu_restore_pasid_table(struct device *dev);
struct iommu_domain *intel_lu_restore_domain(struct device *dev, struct iommu_domain *domain);

/* drivers/iommu/intel/lu_dump.c */
void intel_lu_dump(const char *phase);
u64 *intel_lu_words(struct intel_iommu *iommu, u16 rid, bool pasid);
void intel_lu_spoil(void);

/* drivers/iommu/lu_busy.c, lu_test.c */
void lu_busy_start(void);
extern unsigned int lu_version;
extern bool lu_dump;
bool lu_mistake(const char *name);
bool lu_mistake_at(const char *name, u32 rid);
bool lu_mistake_rid(const char *name, u32 *rid);

#endif
