// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I11: the point of no return was passed, or the attempt is known as aborted.
 */
#include "judge/judges.h"

void lw_judge_no_return(struct lw_handover *h)
{
	if (!h->kexec) {
		lw_unknown(h, LW_I11, "kernel_kexec() was not recorded.");
	} else if (!h->liveupdate && h->last &&
		   h->last->last.fired >> LW_PROBE_LIVEUPDATE_REBOOT & 1) {
		lw_unknown(h, LW_I11, "liveupdate_reboot() was called, and its return was not recorded.");
	} else if (!h->liveupdate && h->last) {
		/* Nothing after it can refuse: who gets to machine_kexec() has passed it. */
		lw_reason(h, LW_I11,
			  "machine_kexec() was reached; liveupdate_reboot() itself was not "
			  "recorded");
	} else if (!h->liveupdate) {
		lw_unknown(h, LW_I11, "The return of liveupdate_reboot() was not recorded.");
	} else if (h->liveupdate->result.result && h->last) {
		lw_fail(h, LW_I11, "hand-over", (struct lw_finding_text){},
			"liveupdate_reboot() refused with %lld, and the kexec went on "
			"nevertheless.",
			h->liveupdate->result.result);
	} else if (h->liveupdate->result.result) {
		lw_reason_either(h, LW_I11, "the attempt was aborted with %lld",
				 h->liveupdate->result.result);
	} else {
		lw_reason(h, LW_I11, "liveupdate_reboot() returned 0");
	}
}
