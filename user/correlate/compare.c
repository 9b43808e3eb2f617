// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether a preserved device's context entry still means the same. Only what steers translation
 * counts (VT-d specification 9.3 and 9.4); a difference in anything else is noted, because the
 * versions of the series treat such bits differently and an alarm about them would be a false one.
 */
#include <stdio.h>

#include "correlate/compare.h"
#include "luwatch/vtd.h"

static unsigned int compare_legacy(const uint64_t *a, const uint64_t *b)
{
	uint64_t seen_lo = VTD_PRESENT | 1ULL << 1 | 3ULL << 2 | VTD_ADDRESS;
	uint64_t seen_hi = 7ULL | 0xffffULL << 8;
	unsigned int difference = 0;

	if (VTD_CONTEXT_TYPE(a[0]) != VTD_CONTEXT_TYPE(b[0]))
		difference |= LW_DIFFERS_TYPE;
	if (VTD_CONTEXT_PAGE_TABLE(a[0]) != VTD_CONTEXT_PAGE_TABLE(b[0]))
		difference |= LW_DIFFERS_PAGE_TABLE;
	if (VTD_CONTEXT_WIDTH(a[1]) != VTD_CONTEXT_WIDTH(b[1]))
		difference |= LW_DIFFERS_WIDTH;
	if (VTD_CONTEXT_DOMAIN_ID(a[1]) != VTD_CONTEXT_DOMAIN_ID(b[1]))
		difference |= LW_DIFFERS_DOMAIN_ID;
	if (VTD_CONTEXT_FPD(a[0]) != VTD_CONTEXT_FPD(b[0]))
		difference |= LW_DIFFERS_FPD;
	if (((a[0] ^ b[0]) & ~seen_lo) || ((a[1] ^ b[1]) & ~seen_hi))
		difference |= LW_DIFFERS_OTHER;
	return difference;
}

static unsigned int compare_scalable(const uint64_t *a, const uint64_t *b)
{
	uint64_t seen_lo = VTD_PRESENT | 0xfULL << 1 | 7ULL << 9 | VTD_ADDRESS;
	uint64_t seen_hi = 0xfffffULL;
	unsigned int difference = 0;

	if (VTD_SM_CONTEXT_DTE(a[0]) != VTD_SM_CONTEXT_DTE(b[0]))
		difference |= LW_DIFFERS_TYPE;
	if (VTD_SM_CONTEXT_PASID_DIR(a[0]) != VTD_SM_CONTEXT_PASID_DIR(b[0]))
		difference |= LW_DIFFERS_PAGE_TABLE;
	if (VTD_SM_CONTEXT_PDTS(a[0]) != VTD_SM_CONTEXT_PDTS(b[0]))
		difference |= LW_DIFFERS_WIDTH;
	if (VTD_SM_CONTEXT_PASIDE(a[0]) != VTD_SM_CONTEXT_PASIDE(b[0]))
		difference |= LW_DIFFERS_PASID_ENABLE;
	if (VTD_SM_CONTEXT_RID_PASID(a[1]) != VTD_SM_CONTEXT_RID_PASID(b[1]))
		difference |= LW_DIFFERS_RID_PASID;
	if (VTD_SM_CONTEXT_PRE(a[0]) != VTD_SM_CONTEXT_PRE(b[0]))
		difference |= LW_DIFFERS_PRE;
	if (VTD_CONTEXT_FPD(a[0]) != VTD_CONTEXT_FPD(b[0]))
		difference |= LW_DIFFERS_FPD;
	if (((a[0] ^ b[0]) & ~seen_lo) || ((a[1] ^ b[1]) & ~seen_hi) || a[2] != b[2] ||
	    a[3] != b[3])
		difference |= LW_DIFFERS_OTHER;
	return difference;
}

unsigned int lw_context_compare(const uint64_t *a, const uint64_t *b, bool scalable)
{
	return scalable ? compare_scalable(a, b) : compare_legacy(a, b);
}

char *lw_difference_text(unsigned int difference, bool scalable, char *text, size_t size)
{
	const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ LW_DIFFERS_TYPE, scalable ? "device-TLB enable" : "translation type" },
		{ LW_DIFFERS_PAGE_TABLE, scalable ? "PASID directory" : "page table" },
		{ LW_DIFFERS_WIDTH, scalable ? "PASID directory size" : "address width" },
		{ LW_DIFFERS_DOMAIN_ID, "domain id" },
		{ LW_DIFFERS_PASID_ENABLE, "PASID enable" },
		{ LW_DIFFERS_RID_PASID, "RID_PASID" },
		{ LW_DIFFERS_PRE, "page request enable" },
		{ LW_DIFFERS_FPD, "fault processing disable" },
		{ LW_DIFFERS_OTHER, "bits without meaning for translation" },
	};
	size_t i, used = 0;

	text[0] = '\0';
	for (i = 0; i < sizeof(names) / sizeof(*names) && used < size; i++) {
		if (difference & names[i].bit)
			used += snprintf(text + used, size - used, "%s%s", used ? ", " : "",
					 names[i].name);
	}
	return text;
}
