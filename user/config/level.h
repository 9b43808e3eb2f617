/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much this kernel records, and what of the configuration goes into arming: asked in the same
 * way by the daemon and by the commands that arm without it.
 */
#ifndef LUWATCH_LEVEL_H
#define LUWATCH_LEVEL_H

#include "arm/arm.h"
#include "config/config.h"

/*
 * Why nothing may be armed: "luwatch=off" on this kernel's command line, or [record] level = off.
 * NULL when arming is wanted. A static string.
 */
const char *lw_recording_off(const struct lw_config *config);

/* The configuration of this host, problems said on standard error. As lw_config_load(). */
int lw_host_config(struct lw_config *config);

struct lw_label_texts {
	char text[LW_CONFIG_LABELS][LW_LABEL_NAME + LW_LABEL_VALUE];
	const char *list[LW_CONFIG_LABELS];
};

/* Puts level, attaching and labels into OPTIONS; the labels' strings live in TEXTS. */
void lw_config_arming(const struct lw_config *config, struct lw_label_texts *texts,
		      struct lw_arm_options *options);

/* "off", "probes", "full". */
const char *lw_level_name(int level);

#endif
