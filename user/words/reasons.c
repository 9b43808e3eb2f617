// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a fault reason means. The codes are those of the VT-d specification (revision 4.1, fault
 * conditions of DMA and interrupt remapping; the Linux driver knows the same set up to 6.12), the
 * words are ours: they say what the hardware met, so that an operator need not open the
 * specification to see whether the tables or only a mapping is at fault.
 *
 * Beside each stands who can cause it while the tables are as the host's kernel meant them. That
 * decides whether a preserved device's fault speaks about the hand-over: a tenant must not be able
 * to make one that does, whatever requests its device sends.
 */
#include "words/words.h"

#include <ctype.h>
#include <stdlib.h>

/*
 * Reasons that have the same causes share story and action. SECTION is where the specification says
 * what the hardware wants.
 */
#define ROW(code, by, group, section, text)                                                        \
	[code] = { .name = #code,                                                                  \
		   .title = text,                                                                  \
		   .story = group,                                                                 \
		   .basis = "VT-d " section ", chapter 7; luwatch explain " BY_##by ".",           \
		   .action = group##_action,                                                       \
		   .cause = LW_CAUSED_BY_##by }
#define HOST(code, group, section, text)    ROW(code, HOST, group, section, text)
#define REQUEST(code, group, section, text) ROW(code, REQUEST, group, section, text)
#define MAPPING(code, group, section, text) ROW(code, MAPPING, group, section, text)

#define BY_HOST	   "caused-by-host"
#define BY_REQUEST "caused-by-request"
#define BY_MAPPING "caused-by-mapping"

#define ROOT	  "9.1 (root entry)"
#define SROOT	  "9.2 (scalable-mode root entry)"
#define CONTEXT	  "9.3 (context entry)"
#define SCONTEXT  "9.4 (scalable-mode context entry)"
#define DIRECTORY "9.5 (PASID directory entry)"
#define PASID	  "9.6 (PASID table entry)"
#define FIRST	  "9.7 (first-level entries)"
#define SECOND	  "9.8 (second-level entries)"
#define BOTH	  "9.7 and 9.8 (entries of both levels)"
#define REMAPPING "5.1 (interrupt remapping)"
#define POSTING	  "5.2 (interrupt posting)"
#define IRTE	  "9.10 (interrupt-remapping table entry)"
#define REGISTER  "chapter 11 (root table address register)"
#define REQUESTS  "chapter 3 (DMA remapping)"

static const char absent[] =
	"The tables have no entry for the requester ID: nobody maps memory for it, or the entry "
	"was taken away. The access was blocked.\n"
	"Usual causes: a device that was not quiet before the kexec and goes on without its driver "
	"(at a hand-over: the class parked).\n"
	"A device that sends with the ID of an alias: a bridge to conventional PCI, another "
	"function of the same device, a drive behind VMD.\n"
	"A device that the firmware uses (BMC, USB, RAID) and names no RMRR for (VT-d 8.4), or the "
	"graphics device at boot, which still shows the firmware's picture.\n"
	"A device that was removed, or a virtual function that is not there any more.";
static const char absent_action[] =
	"lspci -s with the requester ID. There is such a device: is its driver bound, and when did "
	"it fault (right after a boot or kexec, or in operation)? There is none: look at the "
	"bridges of that bus (lspci -t) and for VMD.\n"
	"Faults that end when the driver takes the device over did no harm. If they go on: unbind "
	"the driver before the kexec, try a newer firmware and kernel. An alias that the kernel "
	"does not know needs a quirk there (drivers/pci/quirks.c).";

static const char invalid[] =
	"The unit read an entry or a register and does not accept what stands there: reserved "
	"bits, an address width or a kind of table that it does not have. The access was blocked. "
	"No request of a device does that.\n"
	"Usual causes: the memory of the tables was overwritten (after a kexec: by the next "
	"kernel, in operation by a stray write or a device that is not remapped).\n"
	"A kernel that uses what this unit, or one that a hypervisor emulates, does not have.\n"
	"Defective memory.";
static const char invalid_action[] =
	"In the kernel log: messages of memory errors (EDAC, mce), and what the unit can do (DMAR: "
	"... cap ... ecap). The tables as they are now: "
	"/sys/kernel/debug/iommu/intel/dmar_translation_struct and ir_translation_struct "
	"(CONFIG_INTEL_IOMMU_DEBUGFS). After a hand-over the report names the entries that "
	"changed.\n"
	"Try another version of the kernel; report it to iommu@lists.linux.dev with the tables.";

static const char unreadable[] =
	"The unit could not read or write a table: its address is no memory, or the memory "
	"answered with an error. The access was blocked. No request of a device does that.\n"
	"Usual causes: what points to the table was overwritten (after a kexec: by the next "
	"kernel), so that it leads nowhere.\n"
	"A memory error that could not be corrected, or memory that was taken out.\n"
	"A table that was freed while the unit still used it.";
static const char unreadable_action[] =
	"In the kernel log: messages of memory errors (EDAC, mce) and memory that went offline. "
	"The tables as they are now: /sys/kernel/debug/iommu/intel/dmar_translation_struct and "
	"ir_translation_struct (CONFIG_INTEL_IOMMU_DEBUGFS). After a hand-over the report names "
	"the entries that changed.\n"
	"With memory errors: replace the memory. Otherwise try another version of the kernel and "
	"report it to iommu@lists.linux.dev.";

static const char unmapped[] =
	"The device has its entry, but the tables behind it do not map this address for this kind "
	"of access. It was blocked: what the device wanted to read or write is missing.\n"
	"Usual causes: firmware that lets a device (USB, BMC, RAID) use memory without an RMRR for "
	"it (VT-d 8.4). From early in the boot, always the same addresses, in memory that the "
	"firmware reserved.\n"
	"A driver that unmapped a buffer too early, or gave the device a wrong address or length. "
	"In operation, often just behind a mapped buffer.\n"
	"A graphics driver at boot, while the device still shows the firmware's picture: for a "
	"moment, in its memory.\n"
	"A device that does DMA with an alias's ID (a bridge, another function): looked up in "
	"somebody else's tables, and nothing it does works.\n"
	"A device that was not quiet before the kexec: early in the boot, at addresses that the "
	"old kernel had mapped, until its driver resets it.";
static const char unmapped_action[] =
	"Which it is: compare the address with the reserved memory (BIOS-e820 in the kernel log) "
	"and with the RMRRs (DMAR: RMRR base), the time with boot, kexec and load; lspci -s with "
	"the requester ID names device and driver. A kernel with CONFIG_DMA_API_DEBUG names a "
	"driver that unmaps what it should not.\n"
	"Firmware: a newer one, or switch off what uses the memory (USB legacy support, remote "
	"management). Driver: a newer kernel; report it. Graphics: harmless when it ends; "
	"intel_iommu=igfx_off leaves the graphics unit off. Alias: needs a quirk in the kernel "
	"(drivers/pci/quirks.c). Kexec: unbind the driver before it.\n"
	"iommu=pt maps all memory for the host's devices: it hides most of these and stops none.";

static const char wide[] =
	"The address has more bits than the tables of the device, or the unit, can translate. The "
	"access was blocked.\n"
	"Usual causes: a damaged descriptor: all ones, text or a pointer of the kernel where an "
	"address should be, also when the memory of the descriptors was used again after a kexec.\n"
	"A driver that gave the device a physical address, or an address beyond its DMA mask.\n"
	"In a guest: a device model or driver that believes in more address bits than the unit has.";
static const char wide_action[] =
	"Look at the address: all ones or a pattern is a damaged descriptor, ffff8... or "
	"ffffffff8... a pointer of the kernel; anything else compare with the DMA mask that the "
	"driver sets and with the unit's width (MGAW in cap). lspci -s with the requester ID names "
	"device and driver; for a guest's device it is the guest's driver.\n"
	"Right after a kexec: unbind the driver before it. In operation: a newer driver or "
	"firmware of the device; report it.";

static const char not_enabled[] =
	"The device sent a request of a kind that its entry does not allow: one for a translation "
	"or with a translated address (ATS), with a PASID, or for a page. It was blocked.\n"
	"Usual causes: ATS, PASID or page requests were left on in the device, by the kernel "
	"before the kexec or by the firmware, and are off in the tables.\n"
	"A driver, or a guest, that switches them on behind the kernel's back.\n"
	"A device that claims translated addresses to get around the tables: the kernel does not "
	"enable ATS for what it holds for untrusted.";
static const char not_enabled_action[] =
	"lspci -vv -s with the requester ID shows what is on in the device (ATSCtl, PASIDCtl, "
	"PRICtl: Enable+); the kernel's side is in "
	"/sys/kernel/debug/iommu/intel/dmar_translation_struct (CONFIG_INTEL_IOMMU_DEBUGFS).\n"
	"Reset the device, or unbind its driver before the kexec. pci=noats does without ATS. When "
	"nobody switched it on, distrust the device, and check that ACS is on above it.";

static const char no_pasid[] =
	"The device used a PASID that has no entry, or is beyond the directory. The access was "
	"blocked.\n"
	"Usual causes: a device (DSA, IAA, graphics) that goes on working for a process or a queue "
	"whose PASID was released: the process ended, the driver was unbound, or there was a kexec "
	"and the device was not reset.\n"
	"A driver, a guest or an application that sends a wrong PASID.\n"
	"A fault without a PASID: the entry that the kernel keeps for requests without one is "
	"missing, which no device can bring about.";
static const char no_pasid_action[] =
	"The PASID is in the fault; what is there now is in "
	"/sys/kernel/debug/iommu/intel/dmar_translation_struct (CONFIG_INTEL_IOMMU_DEBUGFS). "
	"Compare the time with the end of processes that use the device, and with boots.\n"
	"Disable the work queues (accel-config for DSA and IAA) or unbind the driver before the "
	"kexec; otherwise a newer driver. Without a PASID: report it to iommu@lists.linux.dev.";

static const char privilege[] =
	"The request asked for more than the tables allow it: to execute, or with supervisor "
	"privilege, or as a user for a supervisor's page. It was blocked.\n"
	"Usual causes: work that an application, or a guest, gave to a device with an address of "
	"the kernel or with flags it may not use.\n"
	"A driver that uses the PASID of a process for the kernel's own work, or the other way "
	"round.";
static const char privilege_action[] =
	"The PASID in the fault belongs to a process or a guest: find it by the time and by who "
	"has the device open. lspci -s with the requester ID names device and driver.\n"
	"The application or guest is to be mended; the block did what it is for. If only the "
	"kernel uses the device, report it to the maintainers of its driver.";

static const char first_level[] =
	"The first-level tables cannot be used: they are those of a process that shares its memory "
	"with the device (SVA), or of a guest above a second level of the host. The access was "
	"blocked.\n"
	"Usual causes: a guest that set up wrong tables, or put them outside of the memory it has "
	"(a balloon, memory taken away).\n"
	"Tables of a process that were freed while the device still used them; after a kexec: a "
	"device that was not reset.\n"
	"Memory that was overwritten, or is defective.";
static const char first_level_action[] =
	"Find out whose device it is: assigned to a guest with a virtual IOMMU, or used with SVA "
	"(a fault with the PASID of a process).\n"
	"A guest's fault is the guest's matter unless its memory was changed under it. With SVA: "
	"look for memory errors (EDAC, mce), try a newer kernel, report it to "
	"iommu@lists.linux.dev.";

static const char update[] =
	"The unit had to set the accessed or dirty bit of an entry, and could not: the page of the "
	"table may not be written by it, or the memory does not allow the atomic update. The "
	"access was blocked.\n"
	"Usual causes: a guest whose first-level tables lie in memory that the host gave it only "
	"for reading.\n"
	"A kernel, or an emulated unit, that switches accessed and dirty bits on where they do not "
	"work.";
static const char update_action[] =
	"Find out whether the device is assigned to a guest with a virtual IOMMU: then the guest's "
	"tables, or a migration that tracks written pages, are involved. Otherwise compare what "
	"the unit can do (ecap in the kernel log) with another version of the kernel, and report "
	"it to iommu@lists.linux.dev.";

static const char interrupt_range[] =
	"The address is in 0xfee00000 to 0xfeefffff, where a write is an interrupt and anything "
	"else is not allowed. It was blocked.\n"
	"Usual causes: a driver of user space, or a device model of a guest, that maps memory "
	"there for the device.\n"
	"A damaged descriptor.\n"
	"A device that sends its interrupts with a PASID, which it must not.";
static const char interrupt_range_action[] =
	"/sys/kernel/iommu_groups/N/reserved_regions names the range (msi), which who maps memory "
	"for the device must leave out: look at the program that owns it (VFIO, DPDK, a virtual "
	"machine). lspci -s with the requester ID names the device.";

static const char format[] =
	"The interrupt is not in the form that interrupt remapping asks for, or has bits set that "
	"must be clear. It was blocked.\n"
	"Usual causes: a device that still sends what was set before remapping was on, by the "
	"firmware or by the kernel before a kexec.\n"
	"A driver, a guest or a device's firmware that writes the registers of MSI itself.\n"
	"A damaged descriptor: DMA to 0xfee00000 and above is taken for an interrupt.";
static const char format_action[] =
	"lspci -vv -s with the requester ID shows address and data of MSI; one in remappable "
	"format has bit 4 of the address set. Compare the time with boot and kexec.\n"
	"Faults that end when the driver takes the device over did no harm. If they go on: unbind "
	"the driver before the kexec, try a newer driver and firmware. intremap=off gives the "
	"protection up.";

static const char gone[] =
	"The interrupt names an entry of the table that is not there, or not any more. It was "
	"blocked.\n"
	"Usual causes: a device that was not quiet before the kexec and sends interrupts of the "
	"old kernel.\n"
	"A driver that frees its interrupt before it stops the device; suspend, hot removal, a "
	"change of the number of queues.\n"
	"An I/O APIC or HPET that the firmware left on.";
static const char gone_action[] =
	"Compare the time with boot, kexec, suspend and removal. lspci -s with the requester ID "
	"names the device; when it is none, it may be an I/O APIC or the HPET (device scope in the "
	"ACPI table DMAR). Entries there are now: "
	"/sys/kernel/debug/iommu/intel/ir_translation_struct (CONFIG_INTEL_IOMMU_DEBUGFS).\n"
	"A few right after a kexec or at removal did no harm. If they go on, or a device waits for "
	"its interrupts: unbind the driver before the kexec, try a newer driver and firmware.";

static const char source[] =
	"The entry is for another requester ID than the one that the interrupt came with. It was "
	"blocked.\n"
	"Usual causes: a device that sends with an alias's ID: behind a bridge to conventional "
	"PCI, or with that of another function, and the kernel does not know it.\n"
	"Firmware that names a wrong ID for an I/O APIC or the HPET in the ACPI table DMAR.\n"
	"After a kexec: a device that sends an interrupt of the old kernel, whose entry is "
	"somebody else's now.\n"
	"A device, or a guest, that forges interrupts.";
static const char source_action[] =
	"lspci -t shows what stands above the device. If its interrupts never arrive (timeouts, no "
	"interrupt counted in /proc/interrupts), it is an alias or the firmware: try a newer "
	"firmware and kernel; an alias needs a quirk (drivers/pci/quirks.c). A few right after a "
	"kexec did no harm.\n"
	"intremap=nosid accepts any source: devices work, and forged interrupts too.";

static const struct lw_word reasons[] = {
	/* Legacy mode. */
	HOST(0x01, absent, ROOT, "root entry not present"),
	HOST(0x02, absent, CONTEXT, "context entry not present"),
	HOST(0x03, invalid, CONTEXT,
	     "context entry programmed with values the hardware does not accept"),
	REQUEST(0x04, wide, SECOND, "address beyond the width of the domain's address space"),
	MAPPING(0x05, unmapped, SECOND, "write to a page without write permission"),
	MAPPING(0x06, unmapped, SECOND, "read of a page without read permission"),
	HOST(0x07, unreadable, SECOND, "page-table page could not be read"),
	HOST(0x08, unreadable, ROOT, "root table could not be read"),
	HOST(0x09, unreadable, CONTEXT, "context table could not be read"),
	HOST(0x0a, invalid, ROOT, "reserved bits set in the root entry"),
	HOST(0x0b, invalid, CONTEXT, "reserved bits set in the context entry"),
	HOST(0x0c, invalid, SECOND, "reserved bits set in a page-table entry"),
	REQUEST(0x0d, not_enabled, CONTEXT,
	     "translation request refused by the context entry's translation type"),

	/* Interrupt remapping. */
	REQUEST(0x20, format, REMAPPING, "interrupt request with reserved bits set"),
	REQUEST(0x21, gone, IRTE, "interrupt index beyond the interrupt-remapping table"),
	REQUEST(0x22, gone, IRTE, "interrupt-remapping table entry not present"),
	HOST(0x23, unreadable, REMAPPING, "interrupt-remapping table could not be read"),
	HOST(0x24, invalid, IRTE, "reserved bits set in the interrupt-remapping table entry"),
	REQUEST(0x25, format, REMAPPING, "interrupt request in compatibility format blocked"),
	REQUEST(0x26, source, IRTE,
	     "interrupt request from a device the table entry does not allow"),
	HOST(0x27, unreadable, POSTING, "posted-interrupt descriptor could not be accessed"),

	/* Scalable mode: the root table's address. */
	HOST(0x30, invalid, REGISTER, "root table address not valid"),
	REQUEST(0x31, not_enabled, REGISTER,
	     "translation table mode does not allow a request with PASID"),
	REQUEST(0x32, not_enabled, REGISTER,
	     "translation table mode does not allow a page request"),

	/* Root entry. */
	HOST(0x38, unreadable, SROOT, "root entry could not be read"),
	HOST(0x39, absent, SROOT, "root entry not present"),
	HOST(0x3a, invalid, SROOT, "reserved bits set in the root entry"),

	/* Context entry. */
	HOST(0x40, unreadable, SCONTEXT, "context entry could not be read"),
	HOST(0x41, absent, SCONTEXT, "context entry not present"),
	HOST(0x42, invalid, SCONTEXT, "reserved bits set in the context entry"),
	HOST(0x43, invalid, SCONTEXT,
	     "context entry programmed with values the hardware does not accept"),
	REQUEST(0x44, not_enabled, SCONTEXT, "device TLB not enabled (DTE) in the context entry"),
	REQUEST(0x45, not_enabled, SCONTEXT, "PASIDs not enabled (PASIDE) in the context entry"),
	REQUEST(0x46, no_pasid, SCONTEXT,
	     "PASID larger than the context entry's directory can hold"),
	REQUEST(0x47, not_enabled, SCONTEXT,
	     "page requests not enabled (PRE) in the context entry"),
	HOST(0x48, invalid, SCONTEXT, "RID_PASID of the context entry not valid"),

	/* PASID directory and PASID table. */
	HOST(0x50, unreadable, DIRECTORY, "PASID directory entry could not be read"),
	REQUEST(0x51, no_pasid, DIRECTORY, "PASID directory entry not present"),
	HOST(0x52, invalid, DIRECTORY, "reserved bits set in the PASID directory entry"),
	HOST(0x58, unreadable, PASID, "PASID table entry could not be read"),
	REQUEST(0x59, no_pasid, PASID, "PASID table entry not present"),
	HOST(0x5a, invalid, PASID, "reserved bits set in the PASID table entry"),
	HOST(0x5b, invalid, PASID,
	     "PASID table entry programmed with values the hardware does not accept"),
	REQUEST(0x5c, privilege, PASID,
	     "execute requests not enabled (ERE) in the PASID table entry"),
	REQUEST(0x5d, privilege, PASID,
	     "supervisor requests not enabled (SRE) in the PASID table entry"),

	/* First-level tables. */
	MAPPING(0x70, first_level, FIRST, "first-level entry could not be read"),
	MAPPING(0x71, unmapped, FIRST, "first-level entry not present"),
	MAPPING(0x72, first_level, FIRST, "reserved bits set in a first-level entry"),
	MAPPING(0x73, first_level, FIRST, "first-level top table could not be read"),
	MAPPING(0x74, first_level, FIRST,
	     "first-level table at an address beyond the second level's width"),
	MAPPING(0x75, first_level, BOTH,
	     "second level does not permit reading the first-level top table"),
	MAPPING(0x76, first_level, BOTH,
	     "second level does not permit reading a first-level table"),
	MAPPING(0x77, first_level, BOTH,
	     "second level does not permit writing a first-level table"),

	/* Second-level tables. */
	HOST(0x78, unreadable, SECOND, "second-level entry could not be read"),
	MAPPING(0x79, unmapped, SECOND, "second-level entry lacks read or write permission"),
	HOST(0x7a, invalid, SECOND, "reserved bits set in a second-level entry"),
	HOST(0x7b, invalid, SECOND, "second-level table pointer not valid"),
	HOST(0x7c, update, SECOND,
	     "accessed/dirty bit of a second-level entry needs an update that is not possible"),

	/* The request itself. */
	REQUEST(0x80, wide, FIRST, "address not canonical for the first level"),
	MAPPING(0x81, privilege, FIRST, "user request to a supervisor page"),
	MAPPING(0x82, privilege, FIRST, "execute request to a page without execute permission"),
	REQUEST(0x83, wide, REQUESTS, "address beyond the width the hardware supports"),
	REQUEST(0x84, wide, SECOND, "address beyond the second level's width"),
	MAPPING(0x85, unmapped, BOTH, "write or atomic request without write permission"),
	MAPPING(0x86, unmapped, BOTH, "read or atomic request without read permission"),
	REQUEST(0x87, interrupt_range, REQUESTS,
	     "request to the interrupt address range not allowed"),
	MAPPING(0x90, update, FIRST,
	     "accessed/dirty bit of a first-level entry needs an update that is not possible"),
};

const struct lw_word_table lw_reasons = { "fault reason", "Reasons of faults", reasons,
					  sizeof(reasons) / sizeof(reasons[0]) };

const struct lw_word *lw_reason_of(const char *text)
{
	bool hexadecimal = text[0] == '0' && tolower((unsigned char)text[1]) == 'x';
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return NULL;
	number = strtoul(text, &end, hexadecimal ? 16 : 10);
	if (*end || number >= lw_reasons.count || !reasons[number].name)
		return NULL;
	return &reasons[number];
}
