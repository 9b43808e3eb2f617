/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A carrier brings records across the kexec. Each is a row of operations, so that `arm`, `collect`,
 * `check` and `status` treat all of them alike; several are armed at once and `collect` merges what
 * they bring. The write side of the log is in bpf/emit.bpf.h; here are preparing, writing the
 * baseline, and recovering in the next kernel.
 */
#ifndef LUWATCH_CARRIER_H
#define LUWATCH_CARRIER_H

#include <stddef.h>
#include <stdint.h>

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
};

/* What collect found in one carrier. */
struct lw_recovered {
	uint8_t *bytes;		/* allocated, or NULL */
	size_t length;
	char problem[256];	/* why there is nothing, or not all; "" when all was read */
};

struct lw_carrier {
	const char *name;

	/*
	 * Whether this kernel could arm it. 0, or a negative errno with the reason and what to do in
	 * DETAIL; DETAIL may also hold a remark when it can.
	 */
	int (*supported)(char *detail, size_t size);

	/*
	 * Makes it ready to be written and notes it in CONTROL. 0 or a negative errno with the
	 * reason in DETAIL.
	 */
	int (*prepare)(struct lw_control *control, const struct lw_area *area, char *detail,
		       size_t size);

	/* Writes a complete baseline (COUNT records with checksums). 0 or negative errno. */
	int (*write_baseline)(const struct lw_control *control, const struct lw_area *area,
			      const struct lw_record *records, size_t count);

	/*
	 * Next kernel: reads what is there. CMDLINE is the running kernel's command line. Never
	 * fails: a problem is part of the answer. Returns 1 when there was reason to expect
	 * something, 0 when this carrier was evidently not in use.
	 */
	int (*recover)(const char *cmdline, struct lw_recovered *recovered);
};

/* Maps the map "area" and looks up nothing yet; -errno. Undone by lw_area_close(). */
int lw_area_open(int fd, size_t page_count, struct lw_area *area);
void lw_area_close(struct lw_area *area);

/*
 * Chooses COUNT pages of the map that are one physical interval, the lowest that AVOIDS no segment
 * of the loaded kexec image. 0, or -ENOSPC when there is none. The choice is in .order and .base.
 */
int lw_area_choose(struct lw_area *area, uint32_t count, const struct lw_image_view *avoid);

/* Number of the image's segments that cover a page of [BASE, BASE + SIZE). */
int lw_image_overlaps(const struct lw_image_view *image, uint64_t base, uint64_t size);

/*
 * The words that the trace carrier needs on the next kernel's command line, taken from the running
 * one's: trace_instance= and the memmap= word of the same address. The caller frees them.
 */
char *lw_trace_words(const char *cmdline);

/* Empties the trace instance, if there is one. */
void lw_trace_clear(void);

/* Stops writing into the trace instance, if there is one. */
void lw_trace_stop(void);

extern const struct lw_carrier lw_pages_carrier, lw_trace_carrier;
extern const struct lw_carrier *const lw_carriers[];	/* NULL-terminated */

#endif
