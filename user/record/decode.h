/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds carried records in any run of bytes: pages of the pages carrier, raw ring buffer pages, a
 * kernel log, a pstore dump, a memory image. Pure: looks at nothing but the bytes it is given.
 */
#ifndef LUWATCH_DECODE_H
#define LUWATCH_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "luwatch/record.h"

/* What was found, and every way in which something was found and could not be used. */
struct lw_decode_counts {
	uint64_t binary;	 /* good records found as 128 bytes */
	uint64_t text;		 /* good records found as text */
	uint64_t pages;		 /* pages of the pages carrier with a good head */
	uint64_t damaged;	 /* looks like a record, checksum or digits wrong, or cut off */
	uint64_t newer;		 /* good records of a version this reader does not know yet */
	uint64_t older;		 /* good records of a version this reader no longer knows */
	uint64_t unknown_type;	 /* good records of a type this reader does not know; kept */
	uint16_t newest_version; /* highest version among .newer, 0 if none */
};

/* Records in the order they stood in the bytes; heads of pages are among them. */
struct lw_decoded {
	struct lw_record *records;
	size_t count;
	size_t size; /* places allocated */
	struct lw_decode_counts counts;
};

/*
 * Looks for records in LENGTH bytes: binary ones at offsets divisible by 8, text ones anywhere. The
 * time is linear in LENGTH and the memory at most twice LENGTH. Returns 0, also when nothing was
 * found, or -ENOMEM. The caller owns *DECODED and gives it to lw_decoded_free(), also after an
 * error; BYTES are not needed any longer.
 */
int lw_decode(const uint8_t *bytes, size_t length, struct lw_decoded *decoded);

void lw_decoded_free(struct lw_decoded *decoded);

#endif
