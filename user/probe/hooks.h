/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hooks: which kernel function each probe needs, the programs that can sit there, and what is
 * lost without it. `check`, `arm` and `status` all read this one table.
 */
#ifndef LUWATCH_HOOKS_H
#define LUWATCH_HOOKS_H

#include <stdbool.h>

#include "luwatch/record.h"

enum lw_need {
	LW_NEED_REQUIRED,	/* without it no hand-over can be recorded */
	LW_NEED_OPTIONAL,	/* a kernel may lack it; what it serves becomes unknown or n/a */
	LW_NEED_FALLBACK,	/* used only when .instead_of cannot be attached, or is too late */
};

#define LW_HOOK_PROGRAMS 2

struct lw_hook {
	enum lw_probe_bit bit;
	const char *name;	/* function, with " (return)" where the return is probed */
	const char *function;
	enum lw_need need;
	enum lw_probe_bit instead_of;
	bool livepatch_target;	/* a livepatch may sit or come here: see lw_hook_must_kprobe() */
	const char *fentry[LW_HOOK_PROGRAMS + 1];	/* program names, NULL-terminated */
	const char *kprobe[LW_HOOK_PROGRAMS + 1];
	const char *serves;	/* what it is needed for */
	const char *since;	/* where a kernel that lacks it would get it */
};

extern const struct lw_hook lw_hooks[];
extern const int lw_hook_count;

const struct lw_hook *lw_hook_of(enum lw_probe_bit bit);

#endif
