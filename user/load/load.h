/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the next kernel so that its hand-over is recorded: collects what is uncollected, arms if
 * need be, composes the command line, loads, and looks whether the image left the records alone. What
 * is loaded in the end is ready; when anything is wrong nothing new is loaded.
 */
#ifndef LUWATCH_LOAD_H
#define LUWATCH_LOAD_H

#include "carry/image.h"
#include "load/kexec.h"

/* Bytes that kexec_file_load() takes: it leaves room for " elfcorehdr=0x…". */
#define LW_LOAD_LINE_MOST (LW_COMMAND_LINE_SIZE - 1 - 30 - 1)

struct lw_control;

struct lw_load_options {
	const char *state;
	struct lw_image_wish wish;
	bool again; /* in place of a wish: what is loaded now, as load/again.h finds it */
	enum lw_kexec_way way;
};

struct lw_load_result {
	char *line;	     /* the command line that was loaded */
	char version[64];    /* of the kernel */
	const char *unready; /* why it was meant to be loaded and not recorded; NULL: ready */
	bool collected, armed; /* done on the way */
	bool loaded;	       /* in this run, be it for no good */
	bool refused;	       /* the configuration was, so nothing was done */
	int tries;
};

/* 0 or a negative errno, with a message said; release with lw_load_free() in either case. */
int lw_load(const struct lw_load_options *options, struct lw_load_result *result);
void lw_load_free(struct lw_load_result *result);

/*
 * The command line for an image: the words of what is armed in front of CMDLINE, without them when C is
 * NULL. RUNNING is this kernel's, for the trace carrier's words. Allocated; NULL without memory.
 */
char *lw_load_line(const struct lw_control *c, const char *cmdline, const char *running);

#endif
