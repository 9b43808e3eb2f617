/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of boot this is, and which hand-over it should be. */
#ifndef LUWATCH_BOOT_H
#define LUWATCH_BOOT_H

#include "base/id.h"
#include "correlate/evidence.h"

/* BOOTLOADER_TYPE: /proc/sys/kernel/bootloader_type after kexec, by kexec(8) and by the kernel. */
#define LW_BOOTLOADER_KEXEC 208

/* From /proc/sys/kernel/bootloader_type and /proc/vmcore. Never LW_BOOT_SAME. */
enum lw_boot lw_boot_kind(void);

/* A baseline that an earlier boot left on disk. */
struct lw_armed_file {
	char *path; /* allocated */
	char boot_id[37];
	struct lw_id id;
};

/*
 * The newest baseline below STATE/armed of another boot than the running one; with WANTED, the one
 * of that hand-over. 0, or -ENOENT. The caller frees .path.
 */
int lw_armed_find(const char *state, const struct lw_id *wanted, struct lw_armed_file *file);

#endif
