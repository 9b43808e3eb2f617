/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much this kernel records: asked in the same way by the daemon and by the commands that arm
 * without it.
 */
#ifndef LUWATCH_LEVEL_H
#define LUWATCH_LEVEL_H

#include "config/config.h"

/*
 * Why nothing may be armed: "luwatch=off" on this kernel's command line, or [record] level = off.
 * NULL when arming is wanted. A static string.
 */
const char *lw_recording_off(const struct lw_config *config);

/* The first problem of a refused configuration: what is shown where there is room for one. */
struct lw_refusal {
	char file[256], problem[512];
	int line; /* 0: it is about the whole file */
};

/* Listens to lw_config_load(): says every problem on standard error and keeps the first. */
void lw_refusal_take(const char *file, int line, const char *problem, void *refusal);

/* "FILE:LINE: problem", which the caller frees; NULL when nothing was refused. */
char *lw_refusal_text(const struct lw_refusal *refusal);

/* The configuration of this host, problems said on standard error. As lw_config_load(). */
int lw_host_config(struct lw_config *config);

/*
 * The same for who only looks: nothing is said, and what a daemon that starts now would refuse is in
 * REFUSAL.
 */
void lw_host_config_look(struct lw_config *config, struct lw_refusal *refusal);

/* "off", "probes", "full". */
const char *lw_level_name(int level);

#endif
