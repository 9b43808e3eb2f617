/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's common trace buffer. Loading a program that can print turns the event for it on there, so
 * that each record would be written twice where the carrier is a buffer of our own: some 1,700
 * instructions of the blackout a record, and 200 bytes in a buffer that others read.
 */
#ifndef LUWATCH_COMMON_TRACE_H
#define LUWATCH_COMMON_TRACE_H

#include <stdbool.h>

#define LW_COMMON_TRACE_EVENT "/sys/kernel/tracing/events/bpf_trace/bpf_trace_printk/enable"

/* Whether what programs print goes there now. */
bool lw_common_trace_prints(void);

/*
 * After programs were loaded: no longer, when it did not before. The next program of anybody turns it on.
 * 0 or a negative errno.
 */
int lw_common_trace_restore(bool printed);

#endif
