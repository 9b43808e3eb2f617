// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The warnings of `luwatch preflight`.
 */
#include "words/words.h"

static const struct lw_word warnings[] = {
	{
		.name = "contested",
		.title = "a requester ID that a preserved and another device share",
		.story = "DMA aliases (bridges, VMD) can give two devices one requester ID. If one "
			 "of them is preserved, the entry must stay, and the other one can use it. "
			 "It is never counted as leaked; both devices are named.",
		.basis = "DMA aliases of the PCI topology; clear_unpreserved_alias_cb() in the "
			 "series, v4.",
		.action = "Preserve both devices or neither; 'luwatch preflight' names such pairs "
			  "before the hand-over.",
	},
	{
		.name = "shared-group",
		.title = "a device to be preserved shares its IOMMU group",
		.story = "The unit cannot keep the members of a group apart: they send with one "
			 "requester ID, or reach each other without passing the unit. Preserving "
			 "one "
			 "and clearing the others promises a separation that the hardware does not "
			 "give.",
		.basis =
			"pci_device_group() in drivers/iommu/iommu.c; the series refuses such "
			"devices from v5 on. /sys/kernel/iommu_groups/N/devices lists the members.",
		.action = "Use a slot behind a port with access control services (ACS), or one "
			  "without a conventional bridge above it.",
	},
	{
		.name = "ats",
		.title = "address translation services are on",
		.story = "The device asks the unit for translations and keeps them in a cache of "
			 "its "
			 "own. What it sends with such an address the unit does not translate "
			 "again. "
			 "The series refuses to preserve such devices from v5 on; v4 does not "
			 "invalidate the device's cache when it clears an entry, because drivers "
			 "may "
			 "already have put the device to sleep.",
		.basis = "PCI Express Base 10.5.1 (ATS capability); VT-d 4.2, 6.5.2.5 (device-TLB "
			 "invalidation).",
		.action = "Boot with pci=noats, or do not preserve the device.",
	},
	{
		.name = "pasid",
		.title = "PASIDs are in use on a device to be preserved",
		.story =
			"The series preserves the PASID directory and its tables as they are. What "
			"the entries of single processes or guests point to ends with this kernel. "
			"luwatch compares the entry of RID_PASID, which serves requests without "
			"PASID; the others it only counts here.",
		.basis = "VT-d 9.4 to 9.6; intel_iommu_preserve_device() in the series.",
		.action = "Stop what uses them before the hand-over.",
	},
	{
		.name = "virtual-function",
		.title = "a device to be preserved is a virtual function",
		.story = "The registers that make it are those of its physical function, and that "
			 "one's driver. Nothing hands them over, so the PCI core refuses to preserve "
			 "a virtual function, in every version of the series.",
		.basis = "is_virtfn of struct pci_dev; the link 'physfn' in sysfs.",
		.action = "Preserve the physical function, or do without.",
	},
	{
		.name = "not-retrieved",
		.title = "a device came over from the kernel before, and nobody took it back",
		.story = "Its entry is still the one that the kernel before left, and its DMA goes "
			 "on. A device is preserved for one hand-over: until its file is retrieved "
			 "from the session it cannot be preserved again, and the next shutdown clears "
			 "its entry. The report of that hand-over warns of it; no promise is broken.",
		.basis = "IOMMU_SER_FLAG_INCOMING in dev_iommu.device_ser.",
		.action = "Have its owner retrieve it, finish the session, and preserve it anew.",
	},
	{
		.name = "rmrr",
		.title = "firmware reserved memory for a device",
		.story = "A region of type 'direct' (RMRR in the DMAR table) is mapped one to one "
			 "because firmware or a management controller goes on using it through the "
			 "device. No driver stops that. When the device's entry is cleared, these "
			 "requests are blocked and become parked faults.",
		.basis = "VT-d 8.4 (RMRR); /sys/kernel/iommu_groups/N/reserved_regions.",
		.action =
			"Not preserved: expect the faults. To be preserved: better not; many BIOS "
			"have an option for what uses the region.",
	},
	{
		.name = "bus-master",
		.title = "a device without a driver may send requests",
		.story =
			"Its bus master bit is set, but no driver is bound, so nobody stops the "
			"device before the kexec. The kernel clears the bit then only for devices "
			"whose power state it knows, and one that never had a driver keeps it "
			"(seen "
			"on 6.12). Common after a driver was unbound while the device was at work, "
			"and with functions that only firmware uses. Bridges are left out: they "
			"pass "
			"on what others send.",
		.basis = "PCI command register, bit 2; pci_device_shutdown() in "
			 "drivers/pci/pci-driver.c.",
		.action = "Bind the driver, or remove the device, before the hand-over.",
	},
	{
		.name = "goes-off",
		.title = "an IOMMU will be switched off",
		.story = "Nothing behind it is preserved, so the kexec switches its translation "
			 "off, as "
			 "every ordinary kexec does. A device behind it that is not quiet then "
			 "reaches "
			 "memory unhindered. When something behind it is declared, that device is "
			 "not "
			 "protected, and its own DMA ends up at untranslated addresses.",
		.basis = "iommu_disable_translation() from intel_iommu_shutdown(); invariant I5.",
		.action = "Have the declared devices preserved before the kexec.",
	},
	{
		.name = "newer-table",
		.title = "a context table came after the last preservation",
		.story = "Each time a device is preserved, the series preserves the context tables "
			 "that "
			 "exist by then. A table made later (a new device on a bus that had none) "
			 "is "
			 "not handed over. From v3 on its root entry is cleared at the shutdown; "
			 "where "
			 "it is not, the unit goes on reading a page that the next kernel uses for "
			 "something else.",
		.basis = "context_tables_bitmap of struct iommu_hw_ser; invariant I3.",
		.action = "Preserve a device of that unit again after the last device was added.",
	},
	{
		.name = "not-marked",
		.title = "a declared device is not preserved so far",
		.story =
			"Orchestrators often preserve devices in the last moment; until then this "
			"warning is true and expected. If it stays, the device is cleared like any "
			"other, and I9 fails.",
		.basis = "iommu_preserve_device(); invariant I9.",
		.action = "Look again after the orchestrator has preserved its devices.",
	},
	{
		.name = "not-declared",
		.title = "a preserved device was never declared",
		.story = "Its DMA goes on through the hand-over, although nobody said that it "
			 "should: "
			 "a forgotten session, or a declared set that is out of date.",
		.basis = "iommu_preserve_device(); invariant I9.",
		.action = "Declare it, or close the session that preserved it.",
	},
	{
		.name = "absent",
		.title = "a device of a set does not exist",
		.story = "There is no PCI function with this requester ID. It was removed or moved "
			 "after it had been declared or preserved, or its address was mistyped.",
		.basis = "/sys/bus/pci/devices.",
		.action = "Correct the declared set with 'luwatch declare'.",
	},
	{
		.name = "reboot",
		.title = "something is preserved, and a reboot would hand nothing over",
		.story = "A preserved device goes over in a kexec only. On a reboot or power-off its unit is "
			 "left on all the same, with the entries of the preserved devices and without those of "
			 "the others, until the machine is reset; then its state is gone, and with it what a "
			 "guest had of it. Sessions end with the processes that hold them, so this happens "
			 "where somebody holds one to the very end: the service manager, or reboot -f. The next "
			 "boot says which devices luwatchd had seen preserved (audit log: not-handed-over).",
		.basis = "intel_iommu_shutdown() runs in reboot and power-off as well, and asks "
			 "iommu_preserved_state() only.",
		.action = "Load the next kernel and use kexec, or have the devices unpreserved first.",
	},
	{
		.name = "not-collected",
		.title = "the hand-over that began this boot is not collected",
		.story = "Its evidence still lies in the carriers, in the kernel's log and in the "
			 "units. The next kexec ends this kernel and with it what nobody saved.",
		.action = "Run 'luwatch collect'.",
	},
	{
		.name = "not-ready",
		.title = "a kexec now would not be fully recorded",
		.story =
			"What 'luwatch status --ready' says: not armed, no carrier, no image, or "
			"an "
			"image that covers the records or was loaded without the words of 'luwatch "
			"kexec-args'.",
		.action = "Do what the message says, then ask 'luwatch status --ready'.",
	},
	{
		.name = "unread",
		.title = "something could not be looked at",
		.story = "The list of warnings is not complete: what the message names was hidden "
			 "or "
			 "could not be read.",
		.action = "'luwatch check' says what this kernel allows.",
	},
};

const struct lw_word_table lw_flight_warnings = { "warning of preflight", "Warnings of preflight",
						  warnings,
						  sizeof(warnings) / sizeof(warnings[0]) };
