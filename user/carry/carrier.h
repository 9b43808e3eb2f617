/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A carrier brings records across the kexec. Each is a file with a table of operations and a row in
 * LW_CARRIERS (luwatch/control.h); nothing else names one, so that all of them are treated alike.
 * Several are armed at once and `collect` merges what they bring. The write side of the log is in
 * bpf/emit.bpf.h.
 */
#ifndef LUWATCH_CARRIER_H
#define LUWATCH_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "carry/cmdline.h"
#include "luwatch/control.h"

/*
 * The map "area", seen from the agent: its pages are mapped at PAGES in the order of the map, and
 * ORDER says which of them make up the area, in slot order. See user/carry/pages.c.
 */
struct lw_area {
	uint8_t *pages;
	size_t page_count;	/* of the map */
	uint32_t *order;	/* allocated */
	uint32_t count;		/* pages of the area, 0 = none was found */
	uint64_t base;		/* lowest physical address of the area */
	const int *luo;		/* LW_LUO_MAP_COUNT maps of the luo carrier; NULL: the programs have none */
};

/* What collect found in one carrier. */
struct lw_recovered {
	uint8_t *bytes;		/* allocated, or NULL */
	size_t length;
	char problem[256];	/* why there is nothing, or not all; "" when all was read */
	uint8_t *into;		/* in: where to put them, NULL when nothing is consumed */
	size_t room;
};

struct lw_carrier {
	const char *name;
	bool emptied_by_arming;	/* what an earlier kernel left is gone once this one is armed */
	bool ends_early;	/* takes nothing written after the return of intel_iommu_shutdown() */
	bool wordless;		/* the next kernel finds it whatever stands on its command line */

	/*
	 * Whether this kernel could arm it. 0, or a negative errno with the reason and what to do in
	 * DETAIL; DETAIL may also hold a remark when it can.
	 */
	int (*supported)(char *detail, size_t size);

	/* Makes it ready to be written. 0 or a negative errno with the reason in DETAIL. */
	int (*prepare)(struct lw_control *control, const struct lw_area *area, char *detail,
		       size_t size);

	/* Armed: writes a complete baseline (COUNT records with checksums). 0 or negative errno. */
	int (*write_baseline)(const struct lw_control *control, const struct lw_area *area,
			      const struct lw_record *records, size_t count);

	/*
	 * Next kernel: reads what is there. CMDLINE is the running kernel's command line. Never
	 * fails: a problem is part of the answer. Returns 1 when there was reason to expect
	 * something, 0 when this carrier was evidently not in use.
	 */
	int (*recover)(const char *cmdline, struct lw_recovered *recovered);

	/*
	 * Bytes that reading takes away from where they are, at most; 0 when recover() can be
	 * called again. Where it is not 0, recover() puts the bytes into .into, whose .room is that
	 * many, a file's pages: what was read is then kept whatever becomes of this process.
	 */
	size_t (*consumes)(void);

	/*
	 * Notes beside the records of a kexec that BOOT was the first boot to see them, unless that
	 * is there already: no later boot must take them for its own.
	 */
	void (*mark_seen)(const char *cmdline, struct lw_id boot);

	/* The rest is asked of an armed carrier, and NULL where the answer is always no. */

	/* Number of the loaded image's segments that cover what it carries. */
	int (*covered)(const struct lw_control *control, const struct lw_image_view *image);

	/*
	 * What the next kernel's command line needs: in the luwatch= word OURS, and words to be kept
	 * of RUNNING, the present line. Allocated, or NULL.
	 */
	char *(*words)(const struct lw_control *control, const char *running,
		       struct lw_words *ours);

	/* For `status`, allocated; and records that found no place. */
	char *(*state)(const struct lw_control *control);
	uint64_t (*dropped)(const struct lw_control *control);

	/* Asked whether armed or not: nothing is to be written any more; what it holds can go. */
	void (*stop)(void);
	void (*clear)(void);
};

extern const struct lw_carrier *const lw_carriers[LW_CARRIER_COUNT];

static inline bool lw_carrier_armed(const struct lw_control *control, int number)
{
	return control->carriers >> number & 1;
}

/* Prepares those that this kernel supports; what fails is told. Notes in CONTROL which are armed. */
void lw_carriers_prepare(struct lw_control *control, const struct lw_area *area);

/* Whether one that is armed, or will be when this kernel is armed, ends early. */
bool lw_carriers_end_early(const struct lw_control *control);

/* Names of the armed ones with SEPARATOR between, allocated. */
char *lw_carriers_armed(const struct lw_control *control, const char *separator);

/* Whether one is armed that needs no word on the next kernel's command line. */
bool lw_carriers_wordless(const struct lw_control *control);

/* The operations of the same names on all that are armed; stopping and clearing on all. */
int lw_carriers_covered(const struct lw_control *control, const struct lw_image_view *image);
char *lw_carriers_words(const struct lw_control *control, const char *running,
			struct lw_words *ours);
uint64_t lw_carriers_dropped(const struct lw_control *control);
void lw_carriers_mark_seen(const char *cmdline, struct lw_id boot);
void lw_carriers_stop(void);
void lw_carriers_clear(void);

/* Maps the map "area" and looks up nothing yet; -errno. Undone by lw_area_close(). */
int lw_area_open(int fd, size_t page_count, struct lw_area *area);
void lw_area_close(struct lw_area *area);

/*
 * Chooses COUNT pages of the map that are one physical interval, the lowest that AVOIDS no segment
 * of the loaded kexec image. 0, or -ENOSPC when there is none. The choice is in .order and .base.
 */
int lw_area_choose(struct lw_area *area, uint32_t count, const struct lw_image_view *avoid);

/* Every page of the area gets its head; everything else in it becomes zero. */
void lw_area_write_heads(const struct lw_control *control, const struct lw_area *area);

/* As lw_carrier.write_baseline, into the area. */
int lw_area_write_baseline(const struct lw_control *control, const struct lw_area *area,
			   const struct lw_record *records, size_t count);

/* Number of the image's segments that cover a page of [BASE, BASE + SIZE). */
int lw_image_overlaps(const struct lw_image_view *image, uint64_t base, uint64_t size);

#endif
