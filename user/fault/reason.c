// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a fault reason means. The codes are those of the VT-d specification (revision 4.1, fault
 * conditions of DMA and interrupt remapping; the Linux driver knows the same set up to 6.12), the
 * words are ours: they say what the hardware met, so that an operator need not open the
 * specification to see whether the tables or only a mapping is at fault.
 */
#include "fault/fault.h"

static const char *const reasons[] = {
	/* Legacy mode. */
	[0x01] = "root entry not present",
	[0x02] = "context entry not present",
	[0x03] = "context entry programmed with values the hardware does not accept",
	[0x04] = "address beyond the width of the domain's address space",
	[0x05] = "write to a page without write permission",
	[0x06] = "read of a page without read permission",
	[0x07] = "page-table page could not be read",
	[0x08] = "root table could not be read",
	[0x09] = "context table could not be read",
	[0x0a] = "reserved bits set in the root entry",
	[0x0b] = "reserved bits set in the context entry",
	[0x0c] = "reserved bits set in a page-table entry",
	[0x0d] = "translation request refused by the context entry's translation type",

	/* Interrupt remapping. */
	[0x20] = "interrupt request with reserved bits set",
	[0x21] = "interrupt index beyond the interrupt-remapping table",
	[0x22] = "interrupt-remapping table entry not present",
	[0x23] = "interrupt-remapping table could not be read",
	[0x24] = "reserved bits set in the interrupt-remapping table entry",
	[0x25] = "interrupt request in compatibility format blocked",
	[0x26] = "interrupt request from a device the table entry does not allow",
	[0x27] = "posted-interrupt descriptor could not be accessed",

	/* Scalable mode: the root table's address. */
	[0x30] = "root table address not valid",
	[0x31] = "translation table mode does not allow a request with PASID",
	[0x32] = "translation table mode does not allow a page request",

	/* Root entry. */
	[0x38] = "root entry could not be read",
	[0x39] = "root entry not present",
	[0x3a] = "reserved bits set in the root entry",

	/* Context entry. */
	[0x40] = "context entry could not be read",
	[0x41] = "context entry not present",
	[0x42] = "reserved bits set in the context entry",
	[0x43] = "context entry programmed with values the hardware does not accept",
	[0x44] = "device TLB not enabled (DTE) in the context entry",
	[0x45] = "PASIDs not enabled (PASIDE) in the context entry",
	[0x46] = "PASID larger than the context entry's directory can hold",
	[0x47] = "page requests not enabled (PRE) in the context entry",
	[0x48] = "RID_PASID of the context entry not valid",

	/* PASID directory and PASID table. */
	[0x50] = "PASID directory entry could not be read",
	[0x51] = "PASID directory entry not present",
	[0x52] = "reserved bits set in the PASID directory entry",
	[0x58] = "PASID table entry could not be read",
	[0x59] = "PASID table entry not present",
	[0x5a] = "reserved bits set in the PASID table entry",
	[0x5b] = "PASID table entry programmed with values the hardware does not accept",
	[0x5c] = "execute requests not enabled (ERE) in the PASID table entry",
	[0x5d] = "supervisor requests not enabled (SRE) in the PASID table entry",

	/* First-level tables. */
	[0x70] = "first-level entry could not be read",
	[0x71] = "first-level entry not present",
	[0x72] = "reserved bits set in a first-level entry",
	[0x73] = "first-level top table could not be read",
	[0x74] = "first-level table at an address beyond the second level's width",
	[0x75] = "second level does not permit reading the first-level top table",
	[0x76] = "second level does not permit reading a first-level table",
	[0x77] = "second level does not permit writing a first-level table",

	/* Second-level tables. */
	[0x78] = "second-level entry could not be read",
	[0x79] = "second-level entry lacks read or write permission",
	[0x7a] = "reserved bits set in a second-level entry",
	[0x7b] = "second-level table pointer not valid",
	[0x7c] = "accessed/dirty bit of a second-level entry needs an update that is not possible",

	/* The request itself. */
	[0x80] = "address not canonical for the first level",
	[0x81] = "user request to a supervisor page",
	[0x82] = "execute request to a page without execute permission",
	[0x83] = "address beyond the width the hardware supports",
	[0x84] = "address beyond the second level's width",
	[0x85] = "write or atomic request without write permission",
	[0x86] = "read or atomic request without read permission",
	[0x87] = "request to the interrupt address range not allowed",
	[0x90] = "accessed/dirty bit of a first-level entry needs an update that is not possible",
};

const char *lw_reason_text(uint32_t reason)
{
	return reason < sizeof(reasons) / sizeof(reasons[0]) ? reasons[reason] : NULL;
}

bool lw_reason_is_structural(uint32_t reason)
{
	return (reason >= 0x01 && reason <= 0x03) || (reason >= 0x08 && reason <= 0x0b) ||
	       (reason >= 0x38 && reason <= 0x5b);
}

bool lw_reason_is_cleared_entry(uint32_t reason)
{
	return reason == 0x01 || reason == 0x02 || reason == 0x39 || reason == 0x41;
}
