/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arming: from here on this kernel records its hand-over, whatever becomes of the agent. Idempotent:
 * id and area do not move once chosen, except when a loaded kexec image covers the area.
 */
#ifndef LUWATCH_ARM_H
#define LUWATCH_ARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/baseline.h"
#include "base/id.h"
#include "luwatch/control.h"
#include "config/config.h"

struct lw_arm_options {
	const char *state;	/* state folder */
	bool force_kprobe;	/* only kprobes; where nothing was said (next) also what is armed may stay */
	bool attach_wanted;	/* somebody said how to attach: what is armed otherwise is replaced */
	bool force;		/* also while a kexec image is loaded */
	bool probes_only;	/* attach and count, but carry nothing over a kexec */
	const char *const *labels;	/* "name=value"; NULL: those of the baseline on disk */
	size_t label_count;
	const char *ring;		/* with the labels; "" = none */
	const struct lw_alias *aliases; /* by the topology: bridges; NULL: those of the baseline on disk */
	size_t alias_count;
	const char *configuration; /* SHA-256 of the one in force, for the audit log; NULL: not known */
};

struct lw_label_texts {
	char configuration[65];
	char text[LW_CONFIG_LABELS][LW_LABEL_NAME + LW_LABEL_VALUE];
	const char *list[LW_CONFIG_LABELS];
};

/* Puts level, attaching, ring, labels and the digest into OPTIONS; the strings live in CONFIG and TEXTS. */
void lw_config_arming(const struct lw_config *config, struct lw_label_texts *texts,
		      struct lw_arm_options *options);

enum lw_arm_outcome {
	LW_ARM_FRESH,		/* was not armed */
	LW_ARM_UNCHANGED,	/* was armed by the same programs */
	LW_ARM_UPGRADED,	/* programs, or how they are attached, were replaced; id and area stayed */
	LW_ARM_REPAIRED,	/* was half armed */
	LW_ARM_KEPT,		/* older programs or level were left because an image is loaded */
};

struct lw_arm_result {
	enum lw_arm_outcome outcome;
	struct lw_id id;
	bool attach_kept;	/* kept, and attached in another way than was asked for */
	bool area_moved;	/* the loaded image covered the area: load it again */
	int hooks_attached, hooks_total;
	char carriers[64];	/* names, comma separated */
	bool probes_only;
};

/*
 * Arms, or brings what is armed up to date. 0 or a negative errno, with a message said: -EPERM (not
 * root), -ENODEV (no VT-d), -ENOTSUP (a required probe cannot be attached), -EBUSY (half armed while
 * an image is loaded, or another luwatch is at it).
 */
int lw_arm(const struct lw_arm_options *options, struct lw_arm_result *result);

/* Takes everything away. 0, -ENOENT when nothing was armed, -EBUSY as above. */
int lw_disarm(const struct lw_arm_options *options);

/*
 * Writes the declared set of the state folder into an armed kernel: map, carriers and disk. 0, or
 * -ENOENT when nothing is armed. Part of lw_arm().
 */
int lw_arm_refresh(const struct lw_arm_options *options);

/*
 * Notes in an armed kernel's control map what the clocks say now. The counter and the boot clock at
 * that moment go into *TSC (0: not known) and *BOOT_NS.
 */
void lw_arm_refresh_clocks(struct lw_control *c); /* unless that was done in this minute */
void lw_arm_look_at_clocks(struct lw_control *c, uint64_t *tsc, uint64_t *boot_ns);

/* Path of the baseline of this boot below STATE; the caller frees it. */
char *lw_armed_path(const char *state, const char *boot_id);

#endif
