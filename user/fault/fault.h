/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A DMAR fault, wherever it was learned: from a unit's fault recording registers, from counts a
 * BPF program kept, or from a line of the kernel log. Plain data without owned memory.
 */
#ifndef LUWATCH_FAULT_H
#define LUWATCH_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "luwatch/record.h"
#include "words/words.h"

/*
 * One fault, or .count equal ones. .rid is a requester ID as LW_RID(); when the source did not name
 * the segment (kernels before 7.2 do not print it) .segment_known is false and the segment is 0.
 * .address is a page address in the device's address space, or the index of an interrupt fault.
 * Times are nanoseconds of the boot clock of the kernel that saw the fault; UINT64_MAX = unknown.
 */
struct lw_fault {
	uint64_t rid;
	bool segment_known;
	bool ambiguous;		/* no segment: of some of the devices it may be of, it is a broken one */
	bool address_known;
	uint32_t reason;	/* fault reason as in the VT-d specification */
	uint32_t flags;		/* LW_FAULT_* of record.h */
	uint32_t pasid;		/* LW_NO_PASID when none */
	uint64_t address;
	uint64_t count;
	uint64_t first_ns;
	uint64_t last_ns;
	enum lw_fault_source source;
	enum lw_window window;
	enum lw_fault_class class;
};

/*
 * The text of a fault reason, in our own words after the VT-d specification's table of fault
 * conditions. Static string; NULL for a reason that this version does not know (show the number).
 */
const char *lw_reason_text(uint32_t reason);

/* Of REASON, with a PASID where it is about one; of a fault with what is known of it. */
enum lw_cause lw_reason_caused_by(uint32_t reason);
enum lw_cause lw_fault_caused_by(const struct lw_fault *fault);

/* Whether an interrupt was blocked, not a memory access. */
bool lw_fault_is_interrupt(const struct lw_fault *fault);

/* Whether nothing tells what device or what kind of fault it was: there was no place to count it. */
bool lw_fault_is_anybodys(const struct lw_fault *fault);

/* Whether the reason is what a cleared entry gives: 0x01, 0x02, 0x39, 0x41. */
bool lw_reason_is_cleared_entry(uint32_t reason);

#endif
