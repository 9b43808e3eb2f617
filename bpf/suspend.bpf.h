/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Suspend while something is preserved: the series refuses it (I8).
 */
#ifndef LUWATCH_SUSPEND_BPF_H
#define LUWATCH_SUSPEND_BPF_H

#include "emit.bpf.h"

/* iommu_suspend(): its arguments differ between versions, so the result is asked for. */
static __always_inline int on_suspend(struct lw_control *c, int result)
{
	if (!c || !c->marked)
		return 0;
	c->suspends++;
	/* One that was not refused must not be hidden by a later one that was. */
	if (c->suspends == 1 || c->suspend_result)
		c->suspend_result = result;
	return 0;
}

SEC("fexit/iommu_suspend")
int BPF_PROG(fx_iommu_suspend)
{
	u64 result = 0;

	if (bpf_get_func_ret(ctx, &result))
		return 0;
	return on_suspend(lw_fired(LW_PROBE_SUSPEND), result);
}

SEC("kretprobe/iommu_suspend")
int BPF_KRETPROBE(kr_iommu_suspend, int result)
{
	return on_suspend(lw_fired(LW_PROBE_SUSPEND), result);
}

/* At kernel_kexec(). */
static __noinline int emit_suspend(void)
{
	struct lw_control *c = lw_get_control();
	struct lw_record r = {};

	if (!c || !c->suspends)
		return 0;
	r.type = LW_REC_SUSPEND;
	r.unit = LW_NO_UNIT;
	r.result.result = c->suspend_result;
	lw_emit(&r);
	return 0;
}

#endif
