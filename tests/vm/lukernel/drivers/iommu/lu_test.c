// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests need around the series. /dev/lu-device stands for VFIO: a file of it is one device
 * (write its address), and a live-update session preserves such files. Switches, on the command line
 * or in /sys/module/lu/parameters:
 *
 *	lu.version=N		behave as that version of the series
 *	lu.dump=1		print all tables at the shutdown and late in the boot; writing 1 prints now
 *	lu.mistake=NAME[=RID],…	do something wrong
 *	lu.pasid=RID		(written while the kernel runs) a PASID is in use on the device; -RID: no more
 */
#define pr_fmt(fmt) "lu: " fmt

#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/iommu-liveupdate.h>
#include <linux/iommu.h>
#include <linux/liveupdate.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "lu."

extern struct liveupdate_flb iommu_flb;

unsigned int lu_version = IS_ENABLED(CONFIG_IOMMU_LU_OLD) ? 2 : 5;
module_param_named(version, lu_version, uint, 0644);

static char mistakes[256];
module_param_string(mistake, mistakes, sizeof(mistakes), 0644);

bool lu_dump;

static int set_dump(const char *value, const struct kernel_param *param)
{
	int error = param_set_bool(value, param);

	if (!error && lu_dump && system_state == SYSTEM_RUNNING)
		intel_lu_dump("now");
	return error;
}

static const struct kernel_param_ops dump_ops = { .set = set_dump, .get = param_get_bool };
module_param_cb(dump, &dump_ops, &lu_dump, 0644);

/* --- mistakes ------------------------------------------------------------------------------- */

static int parse_rid(const char *text, u32 *rid)
{
	unsigned int segment, bus, device, function;

	if (sscanf(text, "%x:%x:%x.%x", &segment, &bus, &device, &function) != 4 ||
	    segment > 0xffff || bus > 0xff || device > 0x1f || function > 7)
		return -EINVAL;
	*rid = segment << 16 | PCI_DEVID(bus, PCI_DEVFN(device, function));
	return 0;
}

/* What follows NAME in the list, from "=" on; NULL when it is not in it. Called with interrupts off. */
static const char *find_mistake(const char *name, const char *from)
{
	size_t length = strlen(name);

	while (from && *from) {
		if (!strncmp(from, name, length) && strchr("=,\n", from[length]))
			return from + length;
		from = strchr(from, ',');
		from = from ? from + 1 : NULL;
	}
	return NULL;
}

bool lu_mistake(const char *name)
{
	return find_mistake(name, mistakes);
}

bool lu_mistake_rid(const char *name, u32 *rid)
{
	const char *found = find_mistake(name, mistakes);

	return found && *found == '=' && !parse_rid(found + 1, rid);
}

bool lu_mistake_at(const char *name, u32 rid)
{
	const char *found = mistakes;
	u32 at;

	while ((found = find_mistake(name, found)))
		if (*found == '=' && !parse_rid(found + 1, &at) && at == rid)
			return true;
	return false;
}

/* --- /dev/lu-device ------------------------------------------------------------------------- */

static int device_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	pci_dev_put(file->private_data);
	return 0;
}

static struct pci_dev *get_function(u32 rid)
{
	return pci_get_domain_bus_and_slot(rid >> 16, PCI_BUS_NUM(rid), rid & 0xff);
}

static ssize_t device_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	char text[32];
	u32 rid;

	if (file->private_data || size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = 0;
	if (parse_rid(text, &rid))
		return -EINVAL;
	file->private_data = get_function(rid);
	return file->private_data ? size : -ENODEV;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.write = device_write,
};

static struct miscdevice device_node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lu-device",
	.fops = &device_fops,
};

/* --- PASIDs --------------------------------------------------------------------------------- */

#define PASID 1

/*
 * What a driver with shared virtual memory does (see idxd). No device of the emulator offers PASIDs,
 * so this one is said to have them; the entry in its PASID table is the driver's own.
 */
static int set_pasid(const char *value, const struct kernel_param *param)
{
	bool away = *value == '-';
	struct iommu_domain *domain;
	struct pci_dev *pdev;
	int error = 0;
	u32 rid;

	if (parse_rid(value + away, &rid))
		return -EINVAL;
	pdev = get_function(rid);
	if (!pdev)
		return -ENODEV;
	domain = iommu_get_domain_for_dev(&pdev->dev);
	if (!domain) {
		error = -EOPNOTSUPP;
	} else if (away) {
		iommu_detach_device_pasid(domain, &pdev->dev, PASID);
	} else {
		pdev->dev.iommu->max_pasids = PASID + 1;
		error = iommu_attach_device_pasid(domain, &pdev->dev, PASID, NULL);
	}
	pci_dev_put(pdev);
	return error;
}

static const struct kernel_param_ops pasid_ops = { .set = set_pasid };
module_param_cb(pasid, &pasid_ops, NULL, 0200);

/* --- its life in a session ------------------------------------------------------------------ */

static bool can_preserve(struct liveupdate_file_handler *handler, struct file *file)
{
	return file->f_op == &device_fops && file->private_data;
}

static u32 rid_of(struct pci_dev *pdev)
{
	return pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev);
}

static int preserve(struct liveupdate_file_op_args *args)
{
	struct pci_dev *pdev = args->file->private_data;
	struct iommu_domain *domain = iommu_get_domain_for_dev(&pdev->dev);
	int error;

	if (!domain)
		return -EOPNOTSUPP;
	args->serialized_data = rid_of(pdev);
	error = iommu_preserve_device(domain, &pdev->dev, args->serialized_data);
	if (!error)
		pci_info(pdev, "lu: will be preserved over the next live update\n");
	return error;
}

static void unpreserve(struct liveupdate_file_op_args *args)
{
	struct pci_dev *pdev = args->file->private_data;

	iommu_unpreserve_device(iommu_get_domain_for_dev(&pdev->dev), &pdev->dev);
}

static int freeze(struct liveupdate_file_op_args *args)
{
	return lu_mistake("freeze") ? -EBUSY : 0;
}

static int retrieve(struct liveupdate_file_op_args *args)
{
	struct pci_dev *pdev = get_function(args->serialized_data);

	if (!pdev)
		return -ENODEV;
	args->file = anon_inode_getfile("[lu-device]", &device_fops, pdev, O_RDWR);
	if (IS_ERR(args->file)) {
		pci_dev_put(pdev);
		return PTR_ERR(args->file);
	}
	return 0;
}

static void finish(struct liveupdate_file_op_args *args)
{
	struct pci_dev *pdev = get_function(args->serialized_data);

	if (!pdev)
		return;
	iommu_finish_device(&pdev->dev);
	pci_dev_put(pdev);
}

/* Two files of one device are one device to LUO. */
static unsigned long get_id(struct file *file)
{
	return (unsigned long)file->private_data;
}

static const struct liveupdate_file_ops handler_ops = {
	.can_preserve = can_preserve,
	.preserve = preserve,
	.unpreserve = unpreserve,
	.freeze = freeze,
	.retrieve = retrieve,
	.finish = finish,
	.get_id = get_id,
	.owner = THIS_MODULE,
};

static struct liveupdate_file_handler handler = {
	.ops = &handler_ops,
	.compatible = "lu-device-v1",
};

static int __init lu_init(void)
{
	int error = misc_register(&device_node);

	intel_lu_spoil();
	if (lu_dump)
		intel_lu_dump("next");
	if (error || !liveupdate_enabled())
		return error;
	error = liveupdate_register_file_handler(&handler);
	return error ?: liveupdate_register_flb(&handler, &iommu_flb);
}
late_initcall(lu_init);
