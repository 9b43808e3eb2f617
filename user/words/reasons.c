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

#define ROW(code, by, text) \
	[code] = { .name = #code, .title = text, .cause = LW_CAUSED_BY_##by, .basis = BY_##by }
#define HOST(code, text)    ROW(code, HOST, text)
#define REQUEST(code, text) ROW(code, REQUEST, text)
#define MAPPING(code, text) ROW(code, MAPPING, text)

#define BY_HOST	   "VT-d chapter 7; luwatch explain caused-by-host."
#define BY_REQUEST "VT-d chapter 7; luwatch explain caused-by-request."
#define BY_MAPPING "VT-d chapter 7; luwatch explain caused-by-mapping."

static const struct lw_word reasons[] = {
	/* Legacy mode. */
	HOST(0x01, "root entry not present"),
	HOST(0x02, "context entry not present"),
	HOST(0x03, "context entry programmed with values the hardware does not accept"),
	REQUEST(0x04, "address beyond the width of the domain's address space"),
	MAPPING(0x05, "write to a page without write permission"),
	MAPPING(0x06, "read of a page without read permission"),
	HOST(0x07, "page-table page could not be read"),
	HOST(0x08, "root table could not be read"),
	HOST(0x09, "context table could not be read"),
	HOST(0x0a, "reserved bits set in the root entry"),
	HOST(0x0b, "reserved bits set in the context entry"),
	HOST(0x0c, "reserved bits set in a page-table entry"),
	REQUEST(0x0d, "translation request refused by the context entry's translation type"),

	/* Interrupt remapping. */
	REQUEST(0x20, "interrupt request with reserved bits set"),
	REQUEST(0x21, "interrupt index beyond the interrupt-remapping table"),
	REQUEST(0x22, "interrupt-remapping table entry not present"),
	HOST(0x23, "interrupt-remapping table could not be read"),
	HOST(0x24, "reserved bits set in the interrupt-remapping table entry"),
	REQUEST(0x25, "interrupt request in compatibility format blocked"),
	REQUEST(0x26, "interrupt request from a device the table entry does not allow"),
	HOST(0x27, "posted-interrupt descriptor could not be accessed"),

	/* Scalable mode: the root table's address. */
	HOST(0x30, "root table address not valid"),
	REQUEST(0x31, "translation table mode does not allow a request with PASID"),
	REQUEST(0x32, "translation table mode does not allow a page request"),

	/* Root entry. */
	HOST(0x38, "root entry could not be read"),
	HOST(0x39, "root entry not present"),
	HOST(0x3a, "reserved bits set in the root entry"),

	/* Context entry. */
	HOST(0x40, "context entry could not be read"),
	HOST(0x41, "context entry not present"),
	HOST(0x42, "reserved bits set in the context entry"),
	HOST(0x43, "context entry programmed with values the hardware does not accept"),
	REQUEST(0x44, "device TLB not enabled (DTE) in the context entry"),
	REQUEST(0x45, "PASIDs not enabled (PASIDE) in the context entry"),
	REQUEST(0x46, "PASID larger than the context entry's directory can hold"),
	REQUEST(0x47, "page requests not enabled (PRE) in the context entry"),
	HOST(0x48, "RID_PASID of the context entry not valid"),

	/* PASID directory and PASID table. */
	HOST(0x50, "PASID directory entry could not be read"),
	REQUEST(0x51, "PASID directory entry not present"),
	HOST(0x52, "reserved bits set in the PASID directory entry"),
	HOST(0x58, "PASID table entry could not be read"),
	REQUEST(0x59, "PASID table entry not present"),
	HOST(0x5a, "reserved bits set in the PASID table entry"),
	HOST(0x5b, "PASID table entry programmed with values the hardware does not accept"),
	REQUEST(0x5c, "execute requests not enabled (ERE) in the PASID table entry"),
	REQUEST(0x5d, "supervisor requests not enabled (SRE) in the PASID table entry"),

	/* First-level tables. */
	MAPPING(0x70, "first-level entry could not be read"),
	MAPPING(0x71, "first-level entry not present"),
	MAPPING(0x72, "reserved bits set in a first-level entry"),
	MAPPING(0x73, "first-level top table could not be read"),
	MAPPING(0x74, "first-level table at an address beyond the second level's width"),
	MAPPING(0x75, "second level does not permit reading the first-level top table"),
	MAPPING(0x76, "second level does not permit reading a first-level table"),
	MAPPING(0x77, "second level does not permit writing a first-level table"),

	/* Second-level tables. */
	HOST(0x78, "second-level entry could not be read"),
	MAPPING(0x79, "second-level entry lacks read or write permission"),
	HOST(0x7a, "reserved bits set in a second-level entry"),
	HOST(0x7b, "second-level table pointer not valid"),
	HOST(0x7c,
	     "accessed/dirty bit of a second-level entry needs an update that is not possible"),

	/* The request itself. */
	REQUEST(0x80, "address not canonical for the first level"),
	MAPPING(0x81, "user request to a supervisor page"),
	MAPPING(0x82, "execute request to a page without execute permission"),
	REQUEST(0x83, "address beyond the width the hardware supports"),
	REQUEST(0x84, "address beyond the second level's width"),
	MAPPING(0x85, "write or atomic request without write permission"),
	MAPPING(0x86, "read or atomic request without read permission"),
	REQUEST(0x87, "request to the interrupt address range not allowed"),
	MAPPING(0x90,
		"accessed/dirty bit of a first-level entry needs an update that is not possible"),
};

const struct lw_word_table lw_reasons = { "fault reason", "Reasons of a fault", reasons,
					  sizeof(reasons) / sizeof(reasons[0]) };
