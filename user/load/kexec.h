/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's two ways to take an image for kexec, and to give it up. */
#ifndef LUWATCH_KEXEC_H
#define LUWATCH_KEXEC_H

#include "load/image.h"

enum lw_kexec_way {
	LW_KEXEC_AUTO,	/* the first, and the second where this kernel does not have the first */
	LW_KEXEC_FILE,	/* kexec_file_load(2): the kernel reads and verifies the files */
	LW_KEXEC_MEMORY /* kexec_load(2), by kexec-tools */
};

/*
 * Loads IMAGE with the command line LINE in place of any other. 0 or a negative errno, with a message
 * said; what was loaded before stays loaded then, unless the kernel gave it up.
 */
int lw_kexec_load(const struct lw_image *image, const char *line, enum lw_kexec_way way);

/* Gives up what is loaded. 0 or a negative errno, told. */
int lw_kexec_unload(void);

/* Whether kernel.kexec_load_disabled forbids all of this until the kernel ends. */
bool lw_kexec_disabled(void);

#endif
