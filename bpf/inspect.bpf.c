/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that the agent runs itself and that stay attached to nothing: they list the units, read
 * one page of a translation table, and look at the loaded kexec image. `luwatch snapshot` and the
 * checks of `arm` and `status` rest on them.
 */
#include "devices.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_MAX_UNITS);
	__type(key, u32);
	__type(value, struct lw_unit_view);
} unit_views SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct lw_image_view);
} image_view SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct lw_page_view);
} page_view SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LW_DEVICE_VIEWS);
	__type(key, u32);
	__type(value, struct lw_device_view);
} device_views SEC(".maps");

extern const void iommu_skip_te_disable __ksym __weak;

__u32 device_count;
__u32 devices_skipped;
__u32 devices_complete;
__u32 marks_readable;
__u32 unit_count;
__u32 units_skipped;
__u32 list_missing;
__u64 next_drhd;

static long view_drhd(u32 number, void *unused)
{
	struct dmar_drhd_unit *drhd = lw_next_drhd(&next_drhd);
	struct iommu_hw_ser *state;
	struct intel_iommu *iommu;
	struct lw_unit_view *v;
	u32 index = unit_count;
	u64 root_entry;
	void *reg;

	if (!drhd)
		return 1;
	iommu = BPF_CORE_READ(drhd, iommu);
	if (!iommu)
		return 0;
	v = bpf_map_lookup_elem(&unit_views, &index);
	if (!v) {
		units_skipped++;
		return 0;
	}
	unit_count++;
	reg = BPF_CORE_READ(iommu, reg);
	v->iommu = (u64)iommu;
	v->reg_phys = BPF_CORE_READ(iommu, reg_phys);
	v->cap = BPF_CORE_READ(iommu, cap);
	v->ecap = BPF_CORE_READ(iommu, ecap);
	v->segment = BPF_CORE_READ(iommu, segment);
	v->seq_id = BPF_CORE_READ(iommu, seq_id);
	BPF_CORE_READ_STR_INTO(&v->name, iommu, name);
	v->ignored = BPF_CORE_READ_BITFIELD_PROBED(drhd, ignored);
	v->gfx_dedicated = BPF_CORE_READ_BITFIELD_PROBED(drhd, gfx_dedicated);
	v->skip_te_disable = 2;
	if (&iommu_skip_te_disable &&
	    bpf_probe_read_kernel(&v->skip_te_disable, 4, &iommu_skip_te_disable))
		v->skip_te_disable = 2;
	v->mark = 2;
	v->marks = 0;
	if (bpf_core_field_exists(iommu->iommu.outgoing_preserved_state)) {
		state = BPF_CORE_READ(iommu, iommu.outgoing_preserved_state);
		v->mark = !!state;
		v->marks = lw_count_of(state);
	}
	root_entry = (u64)BPF_CORE_READ(iommu, root_entry);
	v->root_entry = root_entry ? root_entry - lw_page_offset() : 0;
	v->version = lw_read32(reg, VTD_VER_REG);
	v->gsts = lw_read32(reg, VTD_GSTS_REG);
	v->fsts = lw_read32(reg, VTD_FSTS_REG);
	v->fectl = lw_read32(reg, VTD_FECTL_REG);
	v->pmen = lw_read32(reg, VTD_PMEN_REG);
	v->rtaddr = lw_read64(reg, VTD_RTADDR_REG);
	v->iqa = lw_read64(reg, VTD_IQA_REG);
	v->irta = lw_read64(reg, VTD_IRTA_REG);
	v->readable = (v->rtaddr & VTD_ADDRESS) && v->rtaddr != ~0ULL &&
		      !bpf_probe_read_kernel(v->root, sizeof(v->root),
					     (void *)(lw_page_offset() + (v->rtaddr & VTD_ADDRESS)));
	return 0;
}

SEC("syscall")
int list_units(void *ctx)
{
	unit_count = 0;
	units_skipped = 0;
	list_missing = !&dmar_drhd_units;
	if (list_missing)
		return 0;
	next_drhd = lw_first_drhd();
	bpf_loop(1024, view_drhd, NULL, 0);
	return 0;
}

static long view_device(u32 step, void *unused)
{
	struct lw_device_walk *w = lw_get_device_walk();
	struct device_domain_info *info;
	struct lw_device_view *v;
	struct pci_dev *pdev = NULL, *vmd;
	unsigned long *mask = NULL;
	struct device *dev;
	u32 index = device_count;
	u32 marked, incoming;
	int r;

	if (!w)
		return 1;
	r = lw_next_device(w, &pdev);
	if (r <= 0)
		return r < 0;
	dev = lw_device_of(pdev);
	info = (void *)BPF_CORE_READ(dev, iommu, priv);
	if (bpf_core_field_exists(pdev->dma_alias_mask))
		mask = BPF_CORE_READ(pdev, dma_alias_mask);
	marked = lw_kernel_mark(dev) == 1;
	incoming = lw_is_incoming(dev);
	vmd = lw_vmd_of(pdev);
	if (!info || (!marked && !incoming && !mask && !vmd))
		return 0;
	v = bpf_map_lookup_elem(&device_views, &index);
	if (!v) {
		devices_skipped++;
		return 0;
	}
	device_count++;
	__builtin_memset(v, 0, sizeof(*v));
	v->marked = marked;
	v->incoming = incoming;
	lw_rid_of(dev, &v->rid);
	if (mask)
		bpf_probe_read_kernel(v->aliases, sizeof(v->aliases), mask);
	if (vmd && !lw_rid_of(lw_device_of(vmd), &v->sender))
		v->behind_vmd = 1;
	if (marked && !vmd)
		v->entry_known = lw_read_context(BPF_CORE_READ(info, iommu), v->rid, v->words,
						 &v->table);
	return 0;
}

SEC("syscall")
int list_devices(void *ctx)
{
	struct lw_device_walk *w = lw_get_device_walk();

	device_count = devices_skipped = devices_complete = 0;
	marks_readable = bpf_core_field_exists(struct dev_iommu, device_ser);
	if (!w || !lw_first_device())
		return 0;
	bpf_loop(LW_DEVICE_STEPS, view_device, NULL, 0);
	devices_complete = w->complete;
	return 0;
}

SEC("syscall")
int read_page(void *ctx)
{
	struct lw_page_view *v;
	u32 zero = 0;

	v = bpf_map_lookup_elem(&page_view, &zero);
	if (!v)
		return 0;
	v->result = bpf_probe_read_kernel(v->words, sizeof(v->words),
					  (void *)(lw_page_offset() + (v->address & VTD_ADDRESS)));
	return 0;
}

SEC("syscall")
int view_image(void *ctx)
{
	struct kimage *image;
	struct lw_image_view *v;
	u32 zero = 0;
	int i;

	v = bpf_map_lookup_elem(&image_view, &zero);
	if (!v)
		return 0;
	__builtin_memset(v, 0, sizeof(*v));
	image = lw_loaded_image();
	if (!image)
		return 0;
	v->image = (u64)image;
	v->start = BPF_CORE_READ(image, start);
	v->head = BPF_CORE_READ(image, head);
	v->segments = BPF_CORE_READ(image, nr_segments);
	for (i = 0; i < LW_MAX_SEGMENTS; i++) {
		v->segment[i].address = BPF_CORE_READ(image, segment[i].mem);
		v->segment[i].size = BPF_CORE_READ(image, segment[i].memsz);
		v->segment[i].loaded = BPF_CORE_READ(image, segment[i].bufsz);
		if (bpf_core_field_exists(image->segment_cma) && BPF_CORE_READ(image, segment_cma[i]))
			v->in_place |= 1U << i;
	}
	return 0;
}
