// SPDX-License-Identifier: GPL-2.0
/*
 * lu.busy=RID[@ADDRESS]: a device that did not quiesce. device_shutdown() ends bus mastering, so at the end
 * of intel_iommu_shutdown() it is allowed again, as the PCI core's part of the series leaves it to a preserved
 * device; a network adapter then goes on with its ring. An edu device (1234:11e8) has to be started as well, and
 * moves its bytes about 100 ms later, which is in the gap. Written while the kernel runs; may be repeated.
 */
#include <linux/io.h>
#include <linux/iommu-liveupdate.h>
#include <linux/module.h>
#include <linux/pci.h>

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "lu."

#define EDU_SOURCE 0x80
#define EDU_DESTINATION 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_BUFFER 0x40000

#define MAX_BUSY 8

static struct {
	struct pci_dev *pdev;
	void __iomem *bar; /* of an edu device */
	u64 address;
} busy[MAX_BUSY];
static int nr_busy;

static int add_busy(const char *text, const struct kernel_param *param)
{
	unsigned int segment, bus, device, function;
	unsigned long long address = 0x100000;
	struct pci_dev *pdev;

	if (sscanf(text, "%x:%x:%x.%x@%llx", &segment, &bus, &device, &function, &address) < 4 ||
	    nr_busy == MAX_BUSY)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(segment, bus, PCI_DEVFN(device, function));
	if (!pdev || pci_enable_device(pdev))
		return -ENODEV;
	busy[nr_busy].pdev = pdev;
	busy[nr_busy].address = address;
	busy[nr_busy].bar = NULL;
	if (pdev->vendor == 0x1234 && pdev->device == 0x11e8) {
		busy[nr_busy].bar = pci_iomap(pdev, 0, 0);
		if (!busy[nr_busy].bar)
			return -ENOMEM;
	}
	nr_busy++;
	return 0;
}

static int count_busy(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%d\n", nr_busy);
}

static const struct kernel_param_ops busy_ops = { .set = add_busy, .get = count_busy };
module_param_cb(busy, &busy_ops, NULL, 0644);

static void enable_master(struct pci_dev *pdev)
{
	u16 command;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	pci_write_config_word(pdev, PCI_COMMAND, command | PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY);
}

void lu_busy_start(void)
{
	struct pci_dev *bridge;
	int i;

	for (i = 0; i < nr_busy; i++) {
		enable_master(busy[i].pdev);
		for (bridge = pci_upstream_bridge(busy[i].pdev); bridge;
		     bridge = pci_upstream_bridge(bridge))
			enable_master(bridge);
		if (!busy[i].bar)
			continue;
		writeq(busy[i].address, busy[i].bar + EDU_SOURCE);
		writeq(EDU_BUFFER, busy[i].bar + EDU_DESTINATION);
		writeq(64, busy[i].bar + EDU_COUNT);
		writeq(1, busy[i].bar + EDU_COMMAND);
	}
}
