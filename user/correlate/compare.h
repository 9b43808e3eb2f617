/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares two context entries by what they mean to the hardware. */
#ifndef LUWATCH_COMPARE_H
#define LUWATCH_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lw_difference {
	LW_DIFFERS_TYPE = 1 << 0,	/* translation type; scalable: device-TLB enable */
	LW_DIFFERS_PAGE_TABLE = 1 << 1, /* scalable: PASID directory */
	LW_DIFFERS_WIDTH = 1 << 2,	/* address width; scalable: PASID directory size */
	LW_DIFFERS_DOMAIN_ID = 1 << 3,
	LW_DIFFERS_PASID_ENABLE = 1 << 4,
	LW_DIFFERS_RID_PASID = 1 << 5,
	LW_DIFFERS_MEANING = 0xff,  /* any of the above: the entry is altered */
	LW_DIFFERS_PRE = 1 << 8,    /* page request enable: a version of the series drops it */
	LW_DIFFERS_FPD = 1 << 9,    /* fault processing disable */
	LW_DIFFERS_OTHER = 1 << 10, /* bits without meaning for translation */
};

/* Bits of enum lw_difference between A and B: 4 words each, of which legacy entries use two. */
unsigned int lw_context_compare(const uint64_t *a, const uint64_t *b, bool scalable);

/* "domain id, page table" in TEXT; returns TEXT. */
char *lw_difference_text(unsigned int difference, bool scalable, char *text, size_t size);

#endif
