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
#include "fault/fault.h"

#define HOST	LW_CAUSED_BY_HOST
#define REQUEST LW_CAUSED_BY_REQUEST
#define MAPPING LW_CAUSED_BY_MAPPING

static const struct {
	enum lw_cause caused_by;
	const char *text;
} reasons[] = {
	/* Legacy mode. */
	[0x01] = { HOST, "root entry not present" },
	[0x02] = { HOST, "context entry not present" },
	[0x03] = { HOST, "context entry programmed with values the hardware does not accept" },
	[0x04] = { REQUEST, "address beyond the width of the domain's address space" },
	[0x05] = { MAPPING, "write to a page without write permission" },
	[0x06] = { MAPPING, "read of a page without read permission" },
	[0x07] = { HOST, "page-table page could not be read" },
	[0x08] = { HOST, "root table could not be read" },
	[0x09] = { HOST, "context table could not be read" },
	[0x0a] = { HOST, "reserved bits set in the root entry" },
	[0x0b] = { HOST, "reserved bits set in the context entry" },
	[0x0c] = { HOST, "reserved bits set in a page-table entry" },
	[0x0d] = { REQUEST, "translation request refused by the context entry's translation type" },

	/* Interrupt remapping. */
	[0x20] = { REQUEST, "interrupt request with reserved bits set" },
	[0x21] = { REQUEST, "interrupt index beyond the interrupt-remapping table" },
	[0x22] = { REQUEST, "interrupt-remapping table entry not present" },
	[0x23] = { HOST, "interrupt-remapping table could not be read" },
	[0x24] = { HOST, "reserved bits set in the interrupt-remapping table entry" },
	[0x25] = { REQUEST, "interrupt request in compatibility format blocked" },
	[0x26] = { REQUEST, "interrupt request from a device the table entry does not allow" },
	[0x27] = { HOST, "posted-interrupt descriptor could not be accessed" },

	/* Scalable mode: the root table's address. */
	[0x30] = { HOST, "root table address not valid" },
	[0x31] = { REQUEST, "translation table mode does not allow a request with PASID" },
	[0x32] = { REQUEST, "translation table mode does not allow a page request" },

	/* Root entry. */
	[0x38] = { HOST, "root entry could not be read" },
	[0x39] = { HOST, "root entry not present" },
	[0x3a] = { HOST, "reserved bits set in the root entry" },

	/* Context entry. */
	[0x40] = { HOST, "context entry could not be read" },
	[0x41] = { HOST, "context entry not present" },
	[0x42] = { HOST, "reserved bits set in the context entry" },
	[0x43] = { HOST, "context entry programmed with values the hardware does not accept" },
	[0x44] = { REQUEST, "device TLB not enabled (DTE) in the context entry" },
	[0x45] = { REQUEST, "PASIDs not enabled (PASIDE) in the context entry" },
	[0x46] = { REQUEST, "PASID larger than the context entry's directory can hold" },
	[0x47] = { REQUEST, "page requests not enabled (PRE) in the context entry" },
	[0x48] = { HOST, "RID_PASID of the context entry not valid" },

	/* PASID directory and PASID table. */
	[0x50] = { HOST, "PASID directory entry could not be read" },
	[0x51] = { REQUEST, "PASID directory entry not present" },
	[0x52] = { HOST, "reserved bits set in the PASID directory entry" },
	[0x58] = { HOST, "PASID table entry could not be read" },
	[0x59] = { REQUEST, "PASID table entry not present" },
	[0x5a] = { HOST, "reserved bits set in the PASID table entry" },
	[0x5b] = { HOST, "PASID table entry programmed with values the hardware does not accept" },
	[0x5c] = { REQUEST, "execute requests not enabled (ERE) in the PASID table entry" },
	[0x5d] = { REQUEST, "supervisor requests not enabled (SRE) in the PASID table entry" },

	/* First-level tables. */
	[0x70] = { MAPPING, "first-level entry could not be read" },
	[0x71] = { MAPPING, "first-level entry not present" },
	[0x72] = { MAPPING, "reserved bits set in a first-level entry" },
	[0x73] = { MAPPING, "first-level top table could not be read" },
	[0x74] = { MAPPING, "first-level table at an address beyond the second level's width" },
	[0x75] = { MAPPING, "second level does not permit reading the first-level top table" },
	[0x76] = { MAPPING, "second level does not permit reading a first-level table" },
	[0x77] = { MAPPING, "second level does not permit writing a first-level table" },

	/* Second-level tables. */
	[0x78] = { HOST, "second-level entry could not be read" },
	[0x79] = { MAPPING, "second-level entry lacks read or write permission" },
	[0x7a] = { HOST, "reserved bits set in a second-level entry" },
	[0x7b] = { HOST, "second-level table pointer not valid" },
	[0x7c] = { HOST, "accessed/dirty bit of a second-level entry needs an update that is not possible" },

	/* The request itself. */
	[0x80] = { REQUEST, "address not canonical for the first level" },
	[0x81] = { MAPPING, "user request to a supervisor page" },
	[0x82] = { MAPPING, "execute request to a page without execute permission" },
	[0x83] = { REQUEST, "address beyond the width the hardware supports" },
	[0x84] = { REQUEST, "address beyond the second level's width" },
	[0x85] = { MAPPING, "write or atomic request without write permission" },
	[0x86] = { MAPPING, "read or atomic request without read permission" },
	[0x87] = { REQUEST, "request to the interrupt address range not allowed" },
	[0x90] = { MAPPING, "accessed/dirty bit of a first-level entry needs an update that is not possible" },
};

const char *lw_reason_text(uint32_t reason)
{
	return reason < sizeof(reasons) / sizeof(reasons[0]) ? reasons[reason].text : NULL;
}

enum lw_cause lw_reason_caused_by(uint32_t reason)
{
	if (lw_reason_text(reason))
		return reasons[reason].caused_by;
	/* Not in the specification as we know it, but among those of root, context and PASID. */
	return reason >= 0x38 && reason <= 0x5b ? LW_CAUSED_BY_HOST : LW_CAUSED_BY_MAPPING;
}

/*
 * A request without PASID is translated by the entry of RID_PASID, which only the host writes; one
 * with a PASID that was never set up is its sender's mistake. Of faults that were only counted
 * together the PASID is not known, and a tenant with many PASIDs can bring that about.
 */
enum lw_cause lw_fault_caused_by(const struct lw_fault *fault)
{
	if ((fault->reason == 0x51 || fault->reason == 0x59) && fault->pasid == LW_NO_PASID &&
	    !(fault->flags & LW_FAULT_OTHER))
		return LW_CAUSED_BY_HOST;
	return lw_reason_caused_by(fault->reason);
}

const char *lw_cause_name(enum lw_cause cause)
{
	static const char *const names[LW_CAUSES] = {
		[LW_CAUSED_BY_HOST] = "host",
		[LW_CAUSED_BY_REQUEST] = "request",
		[LW_CAUSED_BY_MAPPING] = "mapping",
	};

	return names[cause];
}

bool lw_reason_is_cleared_entry(uint32_t reason)
{
	return reason == 0x01 || reason == 0x02 || reason == 0x39 || reason == 0x41;
}
