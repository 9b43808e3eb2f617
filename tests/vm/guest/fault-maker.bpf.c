/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs of fault-maker: they hand the armed programs' own code contents of a fault recording
 * register that the emulated unit cannot make, on the armed kernel's own maps.
 */
#include "fault.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Set before flood() runs. */
__u32 first_source, sources, pasids, reason, fault_count;

static long one_fault(u32 i, struct fault_scan *s)
{
	u32 source = first_source + (sources ? i % sources : 0);
	u64 hi = FRCD_F | 1ULL << 62 | (source & 0xffff) | (u64)(reason & 0xff) << 32;

	if (pasids)
		hi |= 1ULL << 31 | (u64)(i % pasids & 0xfffff) << 40;
	lw_one_fault(s, (u64)i << 12, hi);
	return 0;
}

SEC("syscall")
int flood(void *ctx)
{
	struct fault_scan s = { .c = lw_get_control(), .unit = LW_NO_UNIT };

	if (!s.c)
		return 1;
	bpf_loop(fault_count, one_fault, &s, 0);
	return 0;
}

/* A fault while a map's bucket is locked: the same code that waits for no lock, nested in it. */
__u32 nest, nested;

SEC("fentry/__pcpu_freelist_pop")
int BPF_PROG(in_bucket)
{
	struct fault_scan s = { .c = lw_get_control(), .unit = LW_NO_UNIT };

	if (!s.c || bpf_get_current_pid_tgid() >> 32 != nest)
		return 0;
	nested++;
	one_fault(20000 + nested, &s);
	return 0;
}

/* Keeps a CPU in a kprobe's program, interrupts on. */
__u64 busy_ns;

static long until(u32 i, u64 *end)
{
	return bpf_ktime_get_ns() > *end;
}

SEC("kprobe/__x64_sys_umask")
int BPF_KPROBE(keep_busy)
{
	u64 end = bpf_ktime_get_ns() + busy_ns;

	bpf_loop(1 << 23, until, &end, 0);
	return 0;
}
