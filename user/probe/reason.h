/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the kernel did not take a program, in words that say what to change in the kernel. */
#ifndef LUWATCH_REASON_H
#define LUWATCH_REASON_H

#include <stddef.h>

/*
 * What a warning of libbpf means: which option, version or command line the kernel needs, and the errno when it
 * ends with one. libbpf's own words are never in TEXT. Pure.
 */
void lw_plain_reason(const char *warning, char *text, size_t size);

#define LW_REASON_TEXT 200

/*
 * Why the last thing that libbpf was asked for failed: by its first warning since lw_kernel_reason_forget(), or by ERROR
 * (an errno of either sign) where it said nothing. Static storage.
 */
const char *lw_kernel_reason(int error);
void lw_kernel_reason_note(const char *warning); /* one of our own, as libbpf's would be */
void lw_kernel_reason_forget(void);

/* Takes libbpf's messages, which are only shown by --debug. Call once. */
void lw_libbpf_messages(void);

#endif
