/* SPDX-License-Identifier: GPL-2.0 */
/*
 * intel_iommu_shutdown(): the tables as they were. Also runs on reboot and power-off.
 */
#ifndef LUWATCH_SHUTDOWN_BPF_H
#define LUWATCH_SHUTDOWN_BPF_H

#include "walk.bpf.h"

static __always_inline int on_shutdown(void)
{
	struct lw_control *c = lw_fired(LW_PROBE_SHUTDOWN);

	if (!c)
		return 0;
	c->shutdown_seen = 1;
	lw_gather_text();
	lw_emit_marker(LW_REC_SHUTDOWN, LW_NO_UNIT);
	if (c->attempt_open)
		lw_walk(LW_BEFORE, 0);
	lw_print_gathered();
	return 0;
}

LW_ON_ENTRY(intel_iommu_shutdown, on_shutdown())

#endif
