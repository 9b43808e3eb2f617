// SPDX-License-Identifier: GPL-2.0
/*
 * The ground truth of the tests: the kernel itself prints every entry of its tables that is not
 * zero (as warnings, so that the console has them). And what a next kernel may spoil in tables that it adopted.
 */
#define pr_fmt(fmt) "lu-dump " fmt

#include <linux/iommu-liveupdate.h>
#include <linux/pci.h>

#include "iommu.h"
#include "../iommu-pages.h"
#include "pasid.h"

/* A root entry that was left points to a page that is somebody else's by now: any bits. */
static void *memory_at(u64 word)
{
	word &= VTD_PAGE_MASK;
	return pfn_valid(PHYS_PFN(word)) ? phys_to_virt(word) : NULL;
}

static u64 *root_slot(struct intel_iommu *iommu, u16 rid)
{
	u64 *slot = &iommu->root_entry[rid >> 8].lo;

	return slot + (sm_supported(iommu) && rid & 0x80);
}

static u64 *context_words(struct intel_iommu *iommu, u16 rid)
{
	u64 root = *root_slot(iommu, rid);
	void *table = root & 1 ? memory_at(root) : NULL;

	if (!table)
		return NULL;
	return table + (sm_supported(iommu) ? (rid & 0x7f) * 32 : (rid & 0xff) * 16);
}

/* The words of an entry: context, or (scalable mode) that of requests without PASID. */
u64 *intel_lu_words(struct intel_iommu *iommu, u16 rid, bool pasid)
{
	u64 *context = context_words(iommu, rid), *directory;

	if (!pasid || !context)
		return context;
	if (!sm_supported(iommu) || !(context[0] & 1))
		return NULL;
	directory = memory_at(context[0]);
	return directory && *directory & 1 ? memory_at(*directory) : NULL;
}

static void dump_requester(const char *phase, struct intel_iommu *iommu, u16 rid)
{
	u64 *w = context_words(iommu, rid), *p;
	int pair;

	if (!w || !(w[0] | w[1] | (sm_supported(iommu) ? w[2] | w[3] : 0)))
		return;
	pr_warn("%s %s context %04x:%02x:%02x.%x %#llx %#llx\n", phase, iommu->name, iommu->segment,
		rid >> 8, PCI_SLOT(rid & 0xff), PCI_FUNC(rid), w[0], w[1]);
	p = intel_lu_words(iommu, rid, true);
	for (pair = 0; p && pair < 4; pair++)
		pr_warn("%s %s pasid%d %04x:%02x:%02x.%x %#llx %#llx\n", phase, iommu->name, pair,
			iommu->segment, rid >> 8, PCI_SLOT(rid & 0xff), PCI_FUNC(rid),
			p[pair * 2], p[pair * 2 + 1]);
}

void intel_lu_dump(const char *phase)
{
	struct dmar_drhd_unit *drhd;
	struct intel_iommu *iommu;
	int bus;
	u32 rid;

	list_for_each_entry(drhd, &dmar_drhd_units, list) {
		iommu = drhd->iommu;
		if (!iommu || !iommu->root_entry)
			continue;
		pr_warn("%s %s unit %#x %#llx\n", phase, iommu->name,
			readl(iommu->reg + DMAR_GSTS_REG), readq(iommu->reg + DMAR_RTADDR_REG));
		for (bus = 0; bus < 256; bus++)
			if (iommu->root_entry[bus].lo | iommu->root_entry[bus].hi)
				pr_warn("%s %s root %04x:%02x %#llx %#llx\n", phase, iommu->name,
					iommu->segment, bus, iommu->root_entry[bus].lo,
					iommu->root_entry[bus].hi);
		for (rid = 0; rid < 0x10000; rid++)
			dump_requester(phase, iommu, rid);
		pr_warn("%s %s end\n", phase, iommu->name);
	}
}

static struct intel_iommu *unit_of_segment(u16 segment)
{
	struct dmar_drhd_unit *drhd;

	list_for_each_entry(drhd, &dmar_drhd_units, list)
		if (drhd->iommu && drhd->iommu->segment == segment && drhd->iommu->adopted)
			return drhd->iommu;
	return NULL;
}

/* Late in the boot of the next kernel: mistakes in tables that were adopted. */
void intel_lu_spoil(void)
{
	struct intel_iommu *iommu;
	void *page;
	u64 *words;
	u32 rid;

	if (lu_mistake_rid("overwrite", &rid) && (iommu = unit_of_segment(rid >> 16))) {
		words = intel_lu_words(iommu, rid, false);
		words[sm_supported(iommu) ? 0 : 1] ^= sm_supported(iommu) ? BIT_ULL(13) : BIT_ULL(14);
	}
	if (lu_mistake_rid("overwrite-pasid", &rid) && (iommu = unit_of_segment(rid >> 16))) {
		words = intel_lu_words(iommu, rid, true);
		if (words)
			words[1] ^= BIT_ULL(14);	/* domain id */
	}
	if (lu_mistake_rid("overwrite-root", &rid) && (iommu = unit_of_segment(rid >> 16))) {
		page = iommu_alloc_pages_node_sz(iommu->node, GFP_KERNEL, SZ_4K);
		words = root_slot(iommu, rid);
		memcpy(page, phys_to_virt(*words & VTD_PAGE_MASK), SZ_4K);
		*words = virt_to_phys(page) | 1;
	}
	if (lu_mistake_rid("overwrite-page", &rid) && (iommu = unit_of_segment(rid >> 16)))
		memset(phys_to_virt(*root_slot(iommu, rid) & VTD_PAGE_MASK), 0, SZ_4K);
}
