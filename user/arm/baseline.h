/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The baseline: what must be known of the old system to make a complete report even when no file of
 * it survives. Built as records, so that every carrier and the disk hold the same thing.
 */
#ifndef LUWATCH_BASELINE_H
#define LUWATCH_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/declared.h"
#include "base/id.h"
#include "luwatch/control.h"

/* A requester ID that a device's DMA may carry beside its own. */
struct lw_alias {
	uint64_t rid, alias;
};

struct lw_baseline_input {
	const struct lw_control *control;	/* id, probes, log slots */
	uint32_t generation;			/* from 1; higher replaces lower */
	uint64_t exists;			/* probes whose function the kernel has */
	const struct lw_unit_view *units;
	uint32_t unit_count;
	const struct lw_declared *declared;
	uint64_t boot_ns, realtime_ns;
	uint64_t tsc;			/* at boot_ns, 0 when not known */
	struct lw_id began_by;		/* zero when not known */
	const char *kexecs;		/* lw_counts_format(); "" or NULL when nobody counts */
	const char *kernel, *agent, *boot_id, *machine_id, *hostname;	/* "" when unknown */
	const char *const *labels;		/* "name=value" */
	size_t label_count;
	const char *build_id, *ring, *correlation; /* NULL or "": none; the ring goes with the labels */
	const struct lw_alias *aliases;		/* those of one device together */
	size_t alias_count;
	bool aliases_known;			/* they are all there are */
	bool marks_readable;			/* the kernel has a place for its marks */
	const struct lw_record *former;		/* a baseline whose labels and ring are taken over */
	size_t former_count;
};

/* Sorts them by device, each once; returns how many are left. */
size_t lw_sort_aliases(struct lw_alias *aliases, size_t count);

/*
 * Builds the records with sequence numbers and checksums. *RECORDS is allocated; the caller frees
 * it. Returns their number or -ENOMEM. Units without the kernel's use (.ignored) are left out, as
 * the programs leave them out: .unit counts the others.
 */
int lw_baseline_build(const struct lw_baseline_input *input, struct lw_record **records);

#endif
