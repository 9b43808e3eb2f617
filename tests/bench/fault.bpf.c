// SPDX-License-Identifier: GPL-2.0
/* The least that watching faults can cost: a program that does nothing at the entry (tests/bench/fault). */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

SEC("fentry/dmar_fault")
int BPF_PROG(nothing)
{
	return 0;
}
