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

enum lw_fault_source {
	LW_SOURCE_REGISTER,	/* read by BPF at the entry of dmar_fault() */
	LW_SOURCE_LATCHED,	/* still in the registers at the last look before the kexec */
	LW_SOURCE_LOG,		/* a line of the kernel log */
	LW_SOURCES
};

/* When a fault happened, seen from the hand-over. */
enum lw_window {
	LW_WINDOW_BEFORE,	/* before kernel_kexec() */
	LW_WINDOW_BLACKOUT,	/* from kernel_kexec() to the end of the old kernel, or latched then */
	LW_WINDOW_EARLY_BOOT,	/* in the next kernel, before the agent watched */
	LW_WINDOW_AFTER,	/* later */
	LW_WINDOWS
};

enum lw_fault_class {
	LW_CLASS_PARKED,	/* entry cleared: blocked as promised, but the device was not quiet */
	LW_CLASS_BROKEN,	/* the hand-over broke a preserved device */
	LW_CLASS_GUEST,		/* page-level fault of a preserved or assigned device */
	LW_CLASS_LEAK_HIT,	/* from a device whose entry was leaked */
	LW_CLASS_ORDINARY,
	LW_CLASS_INTERRUPT,	/* "interrupt-remapping" */
	LW_CLASS_UNKNOWN_DEVICE,/* no PCI function has this requester ID */
	LW_CLASSES
};

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

/* Words of the JSON report: "blackout", "leak-hit", "register" … Static strings, never NULL. */
const char *lw_window_name(enum lw_window window);
const char *lw_fault_class_name(enum lw_fault_class class);
const char *lw_fault_source_name(enum lw_fault_source source);

/* The other way round: LW_WINDOWS, LW_CLASSES, LW_SOURCES for a word that is none. */
enum lw_window lw_window_of(const char *name);
enum lw_fault_class lw_fault_class_of(const char *name);
enum lw_fault_source lw_fault_source_of(const char *name);

/*
 * The text of a fault reason, in our own words after the VT-d specification's table of fault
 * conditions. Static string; NULL for a reason that this version does not know (show the number).
 */
const char *lw_reason_text(uint32_t reason);

/* Who can cause a fault while the tables are as the host's kernel meant them. */
enum lw_cause {
	LW_CAUSED_BY_HOST,	/* nobody else: tables that the host's kernel writes are wrong or gone */
	LW_CAUSED_BY_REQUEST,	/* the device alone: a request its entries do not allow */
	LW_CAUSED_BY_MAPPING,	/* the device or whoever maps its memory: an address not mapped so */
	LW_CAUSES
};

/* Of REASON, with a PASID where it is about one; of a fault with what is known of it. */
enum lw_cause lw_reason_caused_by(uint32_t reason);
enum lw_cause lw_fault_caused_by(const struct lw_fault *fault);
const char *lw_cause_name(enum lw_cause cause); /* "host", "request", "mapping" */

/* Whether nothing tells what device or what kind of fault it was: there was no place to count it. */
bool lw_fault_is_anybodys(const struct lw_fault *fault);

/* Whether the reason is what a cleared entry gives: 0x01, 0x02, 0x39, 0x41. */
bool lw_reason_is_cleared_entry(uint32_t reason);

#endif
