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

/* The configuration of this host, problems said on standard error. As lw_config_load(). */
int lw_host_config(struct lw_config *config);

/* "off", "probes", "full". */
const char *lw_level_name(int level);

#endif
