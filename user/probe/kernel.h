/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about the running kernel that decide how, or whether, something can be probed. */
#ifndef LUWATCH_KERNEL_H
#define LUWATCH_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_BOOT_ID_TEXT 37

/* Version of the running kernel as KERNEL_VERSION-like comparison: true if at least major.minor. */
bool lw_kernel_at_least(int major, int minor);

/* Release string ("6.12.0-…"), static storage. */
const char *lw_kernel_release(void);

/* Its GNU build id in hexadecimal (/sys/kernel/notes), static storage, "" when there is none. */
#define LW_BUILD_ID_TEXT 65
const char *lw_kernel_build_id(void);

/*
 * The GNU build id among the ELF notes at BYTES, in hexadecimal digits. False when there is none, or
 * what there is is no row of notes. Pure.
 */
bool lw_notes_build_id(const uint8_t *bytes, size_t length, char text[LW_BUILD_ID_TEXT]);

/* What bpf/memory.bpf.h calls lw_words_type. */
uint32_t lw_words_type(void);

/* /proc/sys/kernel/random/boot_id, static storage, "" when it cannot be read. */
const char *lw_boot_id(void);

/* Marks in FOUND[i] which of NAMES are functions in /proc/kallsyms. 0 or negative errno. */
int lw_kernel_functions(const char *const *names, bool *found, size_t count);

/* Whether a livepatch replaces FUNCTION (of vmlinux) now. */
bool lw_is_livepatched(const char *function);

/* Lockdown mode: "none", "integrity", "confidentiality", or "" when unknown. */
const char *lw_lockdown(void);

/* Number of VT-d units that the kernel drives (/sys/class/iommu/dmar*). */
int lw_vtd_units(void);

/*
 * The time-stamp counter, its rate, and the boot clock at that moment. False where the kernel does
 * not keep its time by the counter: then nobody vouches that it runs evenly. Takes 10 ms.
 */
struct lw_tsc {
	uint64_t count, hz, boot_ns;
};
bool lw_tsc_read(struct lw_tsc *tsc);

/* Whether a clock source of this name is the counter. */
bool lw_is_counter(const char *source);

/* Whether a kexec image is loaded (/sys/kernel/kexec_loaded). */
bool lw_kexec_loaded(void);

#endif
