/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fault addresses are what a tenant's driver gave to its device. In what leaves the host each page
 * is replaced by a number of its own: 0x1000 for the first that is met, 0x2000 for the second.
 * Equal ones stay equal, so that the same evidence is judged in the same way. Pure.
 */
#ifndef LUWATCH_REDACT_H
#define LUWATCH_REDACT_H

#include <stddef.h>
#include <stdint.h>

struct lw_redaction {
	uint64_t *pages; /* by number - 1 */
	size_t count, room;
	int error; /* -ENOMEM: what was redacted must not be used */
};

void lw_redaction_free(struct lw_redaction *redaction);

/* What stands for ADDRESS; 0 for 0. */
uint64_t lw_redact_address(struct lw_redaction *redaction, uint64_t address);

/* In place: the records of carriers in any bytes, binary and text; their checksums fit again. */
void lw_redact_records(struct lw_redaction *redaction, uint8_t *bytes, size_t length);

/*
 * In words of the kernel or of luwatch and in JSON: the number behind "fault addr", "for IOVA", "
 * at 0x" and "address":. A new text of *REDACTED bytes that the caller frees; NULL without memory.
 */
char *lw_redact_text(struct lw_redaction *redaction, const char *text, size_t length,
		     size_t *redacted);

/*
 * The same in bytes whose places matter, as those of a carrier that has the kernel's log beside its
 * records: in place, with leading zeros.
 */
void lw_redact_in_place(struct lw_redaction *redaction, char *bytes, size_t length);

#endif
