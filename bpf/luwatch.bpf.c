/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs that stay attached from arming to the end of the kernel, in the order in which a
 * hand-over comes by. Each hook has one body and two ways in: fentry/fexit, and kprobe/kretprobe for
 * kernels or functions where those cannot be used. The agent loads one of the two
 * (user/probe/programs.c). All bodies return at once when their generation is not the active one, so
 * a newer agent can attach its own before it removes these.
 */
#include "preserve.bpf.h"
#include "drift.bpf.h"
#include "suspend.bpf.h"
#include "loaded.bpf.h"
#include "fault.bpf.h"
#include "kexec.bpf.h"
#include "shutdown.bpf.h"
#include "clear.bpf.h"
#include "invalidate.bpf.h"
#include "last.bpf.h"

char LICENSE[] SEC("license") = "GPL";
