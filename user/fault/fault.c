// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a fault says of itself, by its reason.
 */
#include "fault/fault.h"

#include "luwatch/vtd.h"

const char *lw_reason_text(uint32_t reason)
{
	return reason < lw_reasons.count ? lw_reasons.words[reason].title : NULL;
}

enum lw_cause lw_reason_caused_by(uint32_t reason)
{
	if (lw_reason_text(reason))
		return lw_reasons.words[reason].cause;
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

bool lw_reason_is_cleared_entry(uint32_t reason)
{
	return reason == 0x01 || reason == 0x02 || reason == 0x39 || reason == 0x41;
}

bool lw_fault_is_anybodys(const struct lw_fault *fault)
{
	return fault->rid == LW_RID_OTHER || (fault->flags & LW_FAULT_OTHER && !fault->reason);
}

bool lw_fault_is_interrupt(const struct lw_fault *fault)
{
	return fault->flags & LW_FAULT_INTERRUPT || vtd_reason_is_interrupt(fault->reason);
}
