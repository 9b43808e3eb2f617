// SPDX-License-Identifier: GPL-2.0
/*
 * Live update of devices behind an IOMMU, the part that knows no hardware: marks on devices and
 * units, and the block of memory that tells the next kernel. Its life is bound to the preserved
 * files (LUO calls it file-lifecycle-bound): it comes with the first, and goes with the last.
 */
#define pr_fmt(fmt) "iommu liveupdate: " fmt

#include <linux/init.h>
#include <linux/io.h>
#include <linux/iommu-liveupdate.h>
#include <linux/iommu.h>
#include <linux/kexec_handover.h>
#include <linux/liveupdate.h>
#include <linux/mutex.h>
#include <linux/pci.h>

static DEFINE_MUTEX(lock);

static int flb_preserve(struct liveupdate_flb_op_args *args)
{
	struct iommu_flb_ser *ser = kho_alloc_preserve(sizeof(*ser));

	if (IS_ERR(ser))
		return PTR_ERR(ser);
	args->obj = ser;
	args->data = virt_to_phys(ser);
	return 0;
}

static void flb_unpreserve(struct liveupdate_flb_op_args *args)
{
	kho_unpreserve_free(args->obj);
}

static int flb_retrieve(struct liveupdate_flb_op_args *args)
{
	args->obj = phys_to_virt(args->data);
	return 0;
}

/* The last file is finished: its devices are ordinary ones again. */
static void flb_finish(struct liveupdate_flb_op_args *args)
{
	kho_restore_free(args->obj);
}

static const struct liveupdate_flb_ops flb_ops = {
	.preserve = flb_preserve,
	.unpreserve = flb_unpreserve,
	.retrieve = flb_retrieve,
	.finish = flb_finish,
};

struct liveupdate_flb iommu_flb = { .ops = &flb_ops, .compatible = "luwatch-iommu-v1" };

/* Held for as long as the kernel runs or until the last file is finished, so no reference is kept. */
struct iommu_flb_ser *iommu_incoming(void)
{
	void *ser;

	if (lu_mistake("restore-nothing") || liveupdate_flb_get_incoming(&iommu_flb, &ser))
		return NULL;
	liveupdate_flb_put_incoming(&iommu_flb);
	return ser;
}

struct iommu_hw_ser *iommu_incoming_unit(u64 token)
{
	struct iommu_flb_ser *ser = iommu_incoming();
	u32 i;

	for (i = 0; ser && i < ser->nr_units; i++)
		if (ser->units[i].token == token && ser->units[i].hdr.ref_count)
			return &ser->units[i];
	return NULL;
}

struct iommu_device_ser *iommu_incoming_device(struct device *dev)
{
	struct iommu_flb_ser *ser;
	u32 i;

	if (!dev_is_pci(dev))
		return NULL;
	ser = iommu_incoming();
	for (i = 0; ser && i < ser->nr_devices; i++) {
		struct iommu_device_ser *one = &ser->devices[i];

		if (one->devid == pci_dev_id(to_pci_dev(dev)) && !(one->hdr.flags & IOMMU_SER_FLAG_DELETED) &&
		    one->pci_domain_nr == pci_domain_nr(to_pci_dev(dev)->bus))
			return one;
	}
	return NULL;
}

/* A device that came from the previous kernel and that nobody retrieved is not preserved any more. */
bool dev_iommu_preserved(struct device *dev)
{
	struct iommu_device_ser *ser = dev->iommu ? dev->iommu->device_ser : NULL;

	return ser && !(ser->hdr.flags & IOMMU_SER_FLAG_INCOMING);
}

static struct iommu_hw_ser *get_unit(struct iommu_flb_ser *flb, struct iommu_device *unit)
{
	struct iommu_hw_ser *ser = unit->outgoing_preserved_state;
	int error;

	if (!ser) {
		if (flb->nr_units == IOMMU_SER_UNITS)
			return ERR_PTR(-ENOSPC);
		ser = &flb->units[flb->nr_units];
		memset(ser, 0, sizeof(*ser));
	}
	error = intel_iommu_preserve(unit, ser);
	if (error)
		return ERR_PTR(error);
	if (!unit->outgoing_preserved_state)
		flb->nr_units++;
	unit->outgoing_preserved_state = ser;
	ser->hdr.ref_count++;
	return ser;
}

static void put_unit(struct iommu_device *unit)
{
	struct iommu_hw_ser *ser = unit->outgoing_preserved_state;

	if (--ser->hdr.ref_count)
		return;
	ser->hdr.flags |= IOMMU_SER_FLAG_DELETED;
	unit->outgoing_preserved_state = NULL;
	intel_iommu_unpreserve(unit, ser);
}

static int count_device(struct device *dev, void *count)
{
	++*(int *)count;
	return 0;
}

static int may_be_preserved(struct device *dev)
{
	int devices = 0;

	if (!dev_is_pci(dev) || !dev->iommu || !dev->iommu->iommu_dev)
		return -EOPNOTSUPP;
	if (dev->iommu->device_ser)
		return dev_iommu_preserved(dev) ? -EEXIST : -EBUSY;
	if (to_pci_dev(dev)->is_virtfn)
		return -EOPNOTSUPP;
	if (lu_version < 5)
		return 0;
	if (to_pci_dev(dev)->ats_enabled)
		return -EOPNOTSUPP;
	iommu_group_for_each_dev(dev->iommu_group, &devices, count_device);
	return devices > 1 ? -EBUSY : 0;
}

static struct iommu_domain_ser *get_domain(struct iommu_flb_ser *flb, struct iommu_domain *domain)
{
	struct iommu_domain_ser *ser = domain->preserved_state;

	if (!ser) {
		ser = &flb->domains[flb->nr_domains++];
		memset(ser, 0, sizeof(*ser));
		domain->preserved_state = ser;
	}
	return ser;
}

/**
 * iommu_preserve_device - keep a device's translation over the next live update
 * @domain: what it is attached to
 * @dev: the device
 * @token: by what its user knows it
 *
 * Return: 0 or a negative errno.
 */
int iommu_preserve_device(struct iommu_domain *domain, struct device *dev, u64 token)
{
	struct iommu_domain_ser *domain_ser;
	struct iommu_device_ser *ser;
	struct iommu_flb_ser *flb;
	struct iommu_hw_ser *unit;
	void *obj;
	int error;

	guard(mutex)(&lock);
	error = may_be_preserved(dev);
	if (error)
		return error;
	error = liveupdate_flb_get_outgoing(&iommu_flb, &obj);
	if (error)
		return error;
	flb = obj;
	error = -ENOSPC;
	if (flb->nr_devices == IOMMU_SER_DEVICES || flb->nr_domains == IOMMU_SER_DEVICES)
		goto out;
	unit = get_unit(flb, dev->iommu->iommu_dev);
	if (IS_ERR(unit)) {
		error = PTR_ERR(unit);
		goto out;
	}
	domain_ser = get_domain(flb, domain);
	ser = &flb->devices[flb->nr_devices];
	memset(ser, 0, sizeof(*ser));
	error = intel_iommu_preserve_device(dev, domain, ser, domain_ser);
	if (error) {
		put_unit(dev->iommu->iommu_dev);
		goto out;
	}
	flb->nr_devices++;
	domain_ser->hdr.ref_count++;
	ser->hdr.ref_count = 1;
	ser->token = token;
	ser->devid = pci_dev_id(to_pci_dev(dev));
	ser->pci_domain_nr = pci_domain_nr(to_pci_dev(dev)->bus);
	ser->domain_iommu_ser.domain_phys = virt_to_phys(domain_ser);
	ser->domain_iommu_ser.iommu_phys = virt_to_phys(unit);
	dev->iommu->device_ser = ser;
out:
	liveupdate_flb_put_outgoing(&iommu_flb);
	return error;
}

/* The opposite; returns early when the mark is not this kernel's to drop. */
void iommu_unpreserve_device(struct iommu_domain *domain, struct device *dev)
{
	struct iommu_device_ser *ser;
	struct iommu_domain_ser *domain_ser;

	guard(mutex)(&lock);
	if (!dev_iommu_preserved(dev) || lu_mistake("unpreserve-early"))
		return;
	ser = dev->iommu->device_ser;
	domain_ser = phys_to_virt(ser->domain_iommu_ser.domain_phys);
	intel_iommu_unpreserve_device(dev, ser);
	ser->hdr.flags |= IOMMU_SER_FLAG_DELETED;
	dev->iommu->device_ser = NULL;
	if (!--domain_ser->hdr.ref_count) {
		domain_ser->hdr.flags |= IOMMU_SER_FLAG_DELETED;
		domain->preserved_state = NULL;
	}
	put_unit(dev->iommu->iommu_dev);
}

/* In the next kernel: whoever had the device has it again. */
void iommu_finish_device(struct device *dev)
{
	guard(mutex)(&lock);
	if (dev->iommu && dev->iommu->device_ser && !dev_iommu_preserved(dev))
		dev->iommu->device_ser = NULL;
}
