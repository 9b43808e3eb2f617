// SPDX-License-Identifier: GPL-2.0
/*
 * Live update of VT-d: which pages are preserved, what the shutdown leaves in the tables (the third
 * to fifth version of the series; the first two are in iommu.c of the older build), and how the next
 * kernel takes the same tables over and goes on writing in them.
 */
#define pr_fmt(fmt) "DMAR: liveupdate: " fmt

#include <linux/iommu-liveupdate.h>
#include <linux/kexec_handover.h>
#include <linux/pci.h>

#include "iommu.h"
#include "../iommu-pages.h"
#include "pasid.h"

#define HALF_TABLES 512 /* bus << 1 | devfn >> 7 */

/* The context table of a half bus; in legacy mode only the even halves exist. */
static struct context_entry *table_of(struct intel_iommu *iommu, unsigned int half)
{
	struct root_entry *root = &iommu->root_entry[half >> 1];
	u64 entry = half & 1 ? root->hi : root->lo;

	if ((half & 1 && !sm_supported(iommu)) || !(entry & 1))
		return NULL;
	return phys_to_virt(entry & VTD_PAGE_MASK);
}

static int keep(void *page)
{
	return kho_preserve_folio(virt_to_folio(page));
}

static int release(void *page)
{
	kho_unpreserve_folio(virt_to_folio(page));
	return 0;
}

static int take_over(void *page)
{
	return kho_restore_folio(virt_to_phys(page)) ? 0 : -ENOENT;
}

/* Every page of a page table, from the leaves up. */
static int for_each_table(u64 *table, unsigned int level, int (*fn)(void *page))
{
	int i, error;

	for (i = 0; level && i < 512; i++) {
		if (!(table[i] & 3) || table[i] & DMA_PTE_LARGE_PAGE)
			continue;
		error = for_each_table(phys_to_virt(table[i] & GENMASK_ULL(51, 12)), level - 1, fn);
		if (error)
			return error;
	}
	return fn(table);
}

/* --- preserving ----------------------------------------------------------------------------- */

/* Context tables that are in use now; called for each device, because there may be more by then. */
static int preserve_iommu_context_tables(struct intel_iommu *iommu, struct iommu_hw_ser *ser)
{
	unsigned long *bitmap = (unsigned long *)ser->intel.context_tables_bitmap;
	struct context_entry *table;
	unsigned int half;
	int error;

	for (half = 0; half < HALF_TABLES; half++) {
		table = table_of(iommu, half);
		if (!table || test_bit(half, bitmap))
			continue;
		error = keep(table);
		if (error)
			return error;
		set_bit(half, bitmap);
	}
	return 0;
}

int intel_iommu_preserve(struct iommu_device *unit, struct iommu_hw_ser *ser)
{
	struct intel_iommu *iommu = container_of(unit, struct intel_iommu, iommu);
	int error;

	if (!ser->hdr.ref_count) {
		error = keep(iommu->root_entry);
		if (error)
			return error;
		ser->token = iommu->reg_phys;
		ser->type = IOMMU_INTEL;
		ser->intel.phys_addr = iommu->reg_phys;
		ser->intel.root_table = virt_to_phys(iommu->root_entry);
	}
	return preserve_iommu_context_tables(iommu, ser);
}

void intel_iommu_unpreserve(struct iommu_device *unit, struct iommu_hw_ser *ser)
{
	struct intel_iommu *iommu = container_of(unit, struct intel_iommu, iommu);
	unsigned int half;

	for_each_set_bit(half, (unsigned long *)ser->intel.context_tables_bitmap, HALF_TABLES)
		release(table_of(iommu, half));
	memset(ser->intel.context_tables_bitmap, 0, sizeof(ser->intel.context_tables_bitmap));
	release(iommu->root_entry);
}

static int for_each_pasid_page(struct pasid_dir_entry *dir, u32 max_pasid, int (*fn)(void *page))
{
	u32 i;
	int error;

	for (i = 0; i < max_pasid >> PASID_PDE_SHIFT; i++) {
		if (!(READ_ONCE(dir[i].val) & PASID_PTE_PRESENT))
			continue;
		error = fn(phys_to_virt(dir[i].val & PDE_PFN_MASK));
		if (error)
			return error;
	}
	return fn(dir);
}

static struct pt_common *pt_of(struct dmar_domain *domain)
{
	return intel_domain_is_fs_paging(domain) ? &domain->fspt.x86_64_pt.common :
						   &domain->sspt.vtdss_pt.common;
}

int intel_iommu_preserve_device(struct device *dev, struct iommu_domain *domain,
				struct iommu_device_ser *ser, struct iommu_domain_ser *domain_ser)
{
	struct device_domain_info *info = dev_iommu_priv_get(dev);
	struct dmar_domain *paging = to_dmar_domain(domain);
	uintptr_t top;
	int error;

	ser->domain_iommu_ser.attachment_id = iommu_domain_did(domain, info->iommu);
	if (domain->type & __IOMMU_DOMAIN_PAGING && !domain_ser->hdr.ref_count) {
		top = READ_ONCE(pt_of(paging)->top_of_table);
		domain_ser->top_level = top & PT_TOP_LEVEL_MASK;
		domain_ser->top_table_phys = virt_to_phys((void *)(top & ~(uintptr_t)PT_TOP_LEVEL_MASK));
		domain_ser->first_stage = intel_domain_is_fs_paging(paging);
		error = for_each_table(phys_to_virt(domain_ser->top_table_phys),
				       domain_ser->top_level, keep);
		if (error)
			return error;
	}
	if (!info->pasid_table)
		return 0;
	ser->pasid_dir_phys = virt_to_phys(info->pasid_table->table);
	ser->max_pasid = info->pasid_table->max_pasid;
	return for_each_pasid_page(info->pasid_table->table, ser->max_pasid, keep);
}

void intel_iommu_unpreserve_device(struct device *dev, struct iommu_device_ser *ser)
{
	struct iommu_domain_ser *domain = phys_to_virt(ser->domain_iommu_ser.domain_phys);

	if (ser->pasid_dir_phys)
		for_each_pasid_page(phys_to_virt(ser->pasid_dir_phys), ser->max_pasid, release);
	if (domain->top_table_phys && domain->hdr.ref_count == 1)
		for_each_table(phys_to_virt(domain->top_table_phys), domain->top_level, release);
}

/* --- the shutdown --------------------------------------------------------------------------- */

#ifndef CONFIG_IOMMU_LU_OLD
static void clear_unpreserved_context(struct device_domain_info *info, u8 bus, u8 devfn)
{
	struct intel_iommu *iommu = info->iommu;
	struct context_entry *entry;
	u16 did;

	if (lu_mistake_at("skip", iommu->segment << 16 | PCI_DEVID(bus, devfn)))
		return;
	entry = iommu_context_addr(iommu, bus, devfn, 0);
	if (!entry)
		return;
	if (lu_version != 4) {
		did = context_domain_id(entry);
		context_clear_present(entry);
		__iommu_flush_cache(iommu, entry, sizeof(*entry));
		intel_context_flush_no_pasid(info, entry, did, PCI_DEVID(bus, devfn));
	}
	context_clear_entry(entry);
	__iommu_flush_cache(iommu, entry, sizeof(*entry));
}

static int clear_unpreserved_alias_cb(struct pci_dev *pdev, u16 alias, void *data)
{
	clear_unpreserved_context(data, PCI_BUS_NUM(alias), alias & 0xff);
	return 0;
}

/* The third version used the driver's own callback of that kind. */
static int clear_alias_of_v3(struct pci_dev *pdev, u16 alias, void *data)
{
	clear_unpreserved_context(data, PCI_BUS_NUM(alias), alias & 0xff);
	return 0;
}

static int clear_unpreserve_context_entry_fn(struct device *dev, struct iommu_device *unit, void *arg)
{
	struct device_domain_info *info = dev_iommu_priv_get(dev);
	struct context_entry *entry;

	if (!info)
		return 0;
	if (dev_iommu_preserved(dev)) {
		entry = lu_version == 4 && sm_supported(info->iommu) ?
			iommu_context_addr(info->iommu, info->bus, info->devfn, 0) : NULL;
		if (entry) {
			entry->lo &= ~BIT_ULL(4); /* PRE */
			__iommu_flush_cache(info->iommu, entry, sizeof(*entry));
		}
		return 0;
	}
	if (dev_is_pci(dev))
		pci_for_each_dma_alias(to_pci_dev(dev), lu_version == 3 ? clear_alias_of_v3 :
				       clear_unpreserved_alias_cb, info);
	else
		clear_unpreserved_context(info, info->bus, info->devfn);
	return 0;
}

struct unit_iter {
	int (*fn)(struct device *dev, struct iommu_device *unit, void *arg);
	struct iommu_device *unit;
};

static int of_unit(struct device *dev, void *data)
{
	struct unit_iter *iter = data;

	if (dev->iommu && dev->iommu->iommu_dev == iter->unit)
		return iter->fn(dev, iter->unit, NULL);
	return 0;
}

static void clear_unpreserved_context_root_entries(struct intel_iommu *iommu)
{
	struct iommu_hw_ser *ser = iommu->iommu.outgoing_preserved_state;
	unsigned int half;
	u64 *entry;

	for (half = 0; half < HALF_TABLES; half++) {
		if (!table_of(iommu, half) ||
		    test_bit(half, (unsigned long *)ser->intel.context_tables_bitmap))
			continue;
		entry = &iommu->root_entry[half >> 1].lo + (half & 1);
		*entry = 0;
		__iommu_flush_cache(iommu, entry, sizeof(*entry));
	}
}

/**
 * clear_unpreserved_context_entries - at shutdown: only preserved devices keep their translation
 * @iommu: a unit with at least one of them
 */
void clear_unpreserved_context_entries(struct intel_iommu *iommu)
{
	struct unit_iter iter = { clear_unpreserve_context_entry_fn, &iommu->iommu };
	u64 *entry;
	u32 rid;

	bus_for_each_dev(&pci_bus_type, NULL, &iter, of_unit);
	if (lu_mistake_rid("clear", &rid)) {
		entry = intel_lu_words(iommu, rid, false);
		if (entry)
			entry[0] = entry[1] = 0;
	}
	if (!lu_mistake("root-left"))
		clear_unpreserved_context_root_entries(iommu);
	if (!lu_mistake("no-context-inv"))
		iommu->flush.flush_context(iommu, 0, 0, 0, DMA_CCMD_GLOBAL_INVL);
	if (sm_supported(iommu) && !lu_mistake("no-pasid-inv"))
		qi_flush_pasid_cache(iommu, 0, QI_PC_GLOBAL, 0);
	if (!lu_mistake("no-iotlb-inv"))
		iommu->flush.flush_iotlb(iommu, 0, 0, 0, DMA_TLB_GLOBAL_FLUSH);
}
#endif

/* --- the next kernel ------------------------------------------------------------------------ */

static void reserve_domain_ids(struct intel_iommu *iommu)
{
	struct iommu_flb_ser *flb = iommu_incoming();
	struct iommu_hw_ser *unit;
	u32 i, did;

	for (i = 0; i < flb->nr_devices; i++) {
		unit = phys_to_virt(flb->devices[i].domain_iommu_ser.iommu_phys);
		did = flb->devices[i].domain_iommu_ser.attachment_id;
		if (unit->token == iommu->reg_phys && did >= IDA_START_DID)
			ida_alloc_range(&iommu->domain_ida, did, did, GFP_KERNEL);
	}
}

/* True when the unit goes on with the tables of the previous kernel. */
bool intel_lu_adopt(struct intel_iommu *iommu)
{
	struct iommu_hw_ser *ser = iommu_incoming_unit(iommu->reg_phys);
	u64 rtaddr = readq(iommu->reg + DMAR_RTADDR_REG);
	unsigned int half;

	if (!ser)
		return false;
	if (!(readl(iommu->reg + DMAR_GSTS_REG) & DMA_GSTS_TES) ||
	    (rtaddr & VTD_PAGE_MASK) != ser->intel.root_table ||
	    !!(rtaddr & DMA_RTADDR_SMT) != !!sm_supported(iommu)) {
		pr_err("%s: not as the previous kernel left it, its tables are discarded\n", iommu->name);
		return false;
	}
	iommu->root_entry = phys_to_virt(ser->intel.root_table);
	if (take_over(iommu->root_entry))
		panic("the root table of %s cannot be restored", iommu->name);
	for_each_set_bit(half, (unsigned long *)ser->intel.context_tables_bitmap, HALF_TABLES)
		if (!table_of(iommu, half) || take_over(table_of(iommu, half)))
			panic("a context table of %s cannot be restored", iommu->name);
	reserve_domain_ids(iommu);
	iommu->adopted = true;
	pr_info("%s: goes on with the tables of the previous kernel, %u devices\n", iommu->name,
		ser->hdr.ref_count);
	return true;
}

/* Is this one of the devices that the previous kernel preserved? */
void intel_lu_probe(struct device *dev)
{
	struct device_domain_info *info = dev_iommu_priv_get(dev);
	struct iommu_device_ser *ser;
	u64 *entry;

	if (!info->iommu->adopted)
		return;
	ser = iommu_incoming_device(dev);
	if (!ser)
		return;
	if (lu_mistake_at("wrong-domain", ser->pci_domain_nr << 16 | ser->devid)) {
		entry = intel_lu_words(info->iommu, ser->devid, false);
		entry[0] = entry[1] = 0;
		return;
	}
	ser->hdr.flags |= IOMMU_SER_FLAG_INCOMING;
	dev->iommu->device_ser = ser;
}

static struct iommu_device_ser *incoming(struct device *dev)
{
	struct iommu_device_ser *ser = dev->iommu->device_ser;

	return ser && ser->hdr.flags & IOMMU_SER_FLAG_INCOMING ? ser : NULL;
}

/* Scalable mode: the PASID directory is the one that the context entry has. */
void intel_lu_restore_pasid_table(struct device *dev)
{
	struct device_domain_info *info = dev_iommu_priv_get(dev);
	struct iommu_device_ser *ser = incoming(dev);

	if (!ser || !ser->pasid_dir_phys)
		return;
	iommu_free_pages(info->pasid_table->table);
	info->pasid_table->table = phys_to_virt(ser->pasid_dir_phys);
	info->pasid_table->max_pasid = ser->max_pasid;
	if (for_each_pasid_page(info->pasid_table->table, ser->max_pasid, take_over))
		panic("the PASID table of %s cannot be restored", dev_name(dev));
}

/* A fresh domain becomes the one that the device had: the same page table, the same domain id. */
struct iommu_domain *intel_lu_restore_domain(struct device *dev, struct iommu_domain *domain)
{
	struct iommu_device_ser *ser = incoming(dev);
	struct iommu_domain_ser *was;
	struct dmar_domain *paging;
	struct pt_common *pt;
	u64 *top;

	if (!ser || IS_ERR(domain))
		return domain;
	was = phys_to_virt(ser->domain_iommu_ser.domain_phys);
	paging = to_dmar_domain(domain);
	if (!was->top_table_phys || was->restored_domain ||
	    was->first_stage != intel_domain_is_fs_paging(paging))
		return domain;
	top = phys_to_virt(was->top_table_phys);
	if (for_each_table(top, was->top_level, take_over))
		panic("the page table of %s cannot be restored", dev_name(dev));
	pt = pt_of(paging);
	iommu_free_pages((void *)(pt->top_of_table & ~(uintptr_t)PT_TOP_LEVEL_MASK));
	WRITE_ONCE(pt->top_of_table, (uintptr_t)top | was->top_level);
	paging->restored_did = ser->domain_iommu_ser.attachment_id;
	was->restored_domain = (u64)domain;
	return domain;
}
