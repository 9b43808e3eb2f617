/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one record of the kernel's log says about VT-d. Pure: bytes in, plain data out, any bytes
 * allowed.
 *
 * The forms are those of drivers/iommu/intel/dmar.c and iommu.c from 2.6.39 to 7.x. A record is taken
 * for a fault only if it is complete, begins with the driver's words, and every number in it is one
 * the kernel can have printed: what is cut or quotes the kernel is LW_LINE_OTHER, never a fault with
 * a wrong value. Logs that somebody saved are read by log/, with lw_line_fault_words().
 */
#ifndef LUWATCH_LINE_H
#define LUWATCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault/cursor.h"
#include "fault/fault.h"

enum lw_line_kind {
	LW_LINE_OTHER,		 /* nothing this program reads, or not the kernel's form */
	LW_LINE_FAULT,		 /* a DMA fault: .fault */
	LW_LINE_INTERRUPT_FAULT, /* an interrupt-remapping fault: .fault */
	LW_LINE_STATUS,		 /* "handling fault status reg": .status */
	LW_LINE_SUPPRESSED,	 /* "dmar_fault: N callbacks suppressed": .suppressed */
	LW_LINE_DUMP,		 /* a table entry printed after a fault */
	LW_LINE_BOOT,		 /* said while the kernel set VT-d up: .fact, .unit */
};

/* What a boot line says, where it matters to a hand-over. */
enum lw_fact {
	LW_FACT_NONE,
	LW_FACT_LINUX_VERSION, /* "Linux version": the first line of a boot */
	LW_FACT_KDUMP,	       /* the command line has elfcorehdr= : a crash kernel */
	LW_FACT_VTD,	       /* "Intel(R) Virtualization Technology for Directed I/O" */
	LW_FACT_IOMMU_ENABLED, /* intel_iommu=on, or forced on by the platform */
	LW_FACT_IOMMU_DISABLED,
	LW_FACT_TRANSLATION_ON,	   /* translation was on when this kernel came up: .unit, or all */
	LW_FACT_TABLES_COPIED,	   /* and its tables were copied: .unit */
	LW_FACT_TABLES_NOT_COPIED, /* copying failed: .unit */
	LW_FACT_INTERRUPTS_ON,	   /* interrupt remapping was on when this kernel came up: .unit */
	LW_FACT_INTERRUPTS_COPIED, /* and its table was copied: .unit */
	LW_FACT_INTERRUPTS_NOT_COPIED, /* copying failed: .unit */
	LW_FACTS
};

#define LW_LINE_UNIT 16

struct lw_line {
	enum lw_line_kind kind;

	bool kmsg; /* it is a /dev/kmsg record; nothing else is read */
	/*
	 * Syslog facility: 0 is the kernel; anything else was written by a program, and the caller
	 * decides what to do with .kind. -1 when this is no record.
	 */
	int facility;
	bool incomplete; /* LW_LINE_OTHER, but all of it is the beginning of a fault's form */
	uint64_t sequence;
	uint64_t time_ns; /* printk's clock, about the boot clock */

	uint32_t status; /* fault status register, FSTS */
	uint64_t suppressed;
	enum lw_fact fact;
	char unit[LW_LINE_UNIT]; /* "dmar0", or empty */

	/*
	 * Set for both kinds of faults: .rid, .segment_known (7.2 and later print it), .reason,
	 * .flags (LW_FAULT_READ as printed, LW_FAULT_INTERRUPT for interrupt-remapping faults),
	 * .pasid, .address (DMA address or interrupt index, with .address_known), .count 1, times =
	 * .time_ns, .source LW_SOURCE_LOG. .window and .class are zero and mean nothing yet.
	 */
	struct lw_fault fault;
};

/*
 * Reads RECORD as read(2) of /dev/kmsg gives it: "pri,seq,usecs,flags;text", of which only the text
 * counts, never the dictionary lines after it. Fills all of *LINE.
 */
void lw_line_parse(const char *record, size_t length, struct lw_line *line);

/* What stands at a cursor: no fault; one that the end of the text cuts off; one. */
enum lw_fault_words { LW_WORDS_NONE, LW_WORDS_CUT, LW_WORDS_FAULT };

/*
 * Takes the kernel's words of a fault from "[DMA", "[INTR-REMAP]" or "INTR-REMAP:" to the bracket
 * behind the reason. More or other blanks than the kernel's are allowed, other words are not. The
 * times in *FAULT are not known.
 */
enum lw_fault_words lw_line_fault_words(struct lw_cursor *cursor, struct lw_fault *fault);

/* "fault", "irfault", "status", "ratelimit", "dump", "boot", "negative". Static, never NULL. */
const char *lw_line_kind_name(enum lw_line_kind kind);

/* A short English word for a boot fact ("translation was on"). Static, never NULL. */
const char *lw_fact_name(enum lw_fact fact);

#endif
