/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything the correlation is given: what the carriers brought, what the disk has, what the next
 * kernel shows. It is plain data, filled by collect (user/collect/) or by decode from saved files,
 * so that the correlation can be run again years later, in a test or in a fuzzer, with the same
 * answer. The correlation never looks anywhere else: not at the clock, the disk or the kernel.
 */
#ifndef LUWATCH_EVIDENCE_H
#define LUWATCH_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "fault/fault.h"
#include "luwatch/record.h"

/* What one carrier brought. .bytes is whatever was found there, unchecked. */
struct lw_carried {
	const char *name; /* "pages", "trace", "disk" (baseline only), "file" */
	bool expected;	  /* the baseline or the command line says it was armed */
	const uint8_t *bytes;
	size_t length;
	const char *problem; /* why there is nothing or not all of it; NULL when all was read */
};

/* A PCI function (or another DMA source) as the next kernel sees it. */
struct lw_device {
	uint64_t rid;
	const uint64_t *aliases; /* other requester IDs its DMA may carry */
	size_t alias_count;
	uint16_t vendor, device;
	const char *name;   /* from the PCI database, or NULL; untrusted text */
	const char *driver; /* or NULL */
	bool assigned;	    /* bound to vfio-pci or another user-space driver */
	bool rmrr;	    /* has a reserved region of type "direct": keeps doing DMA by design */
};

/* A unit as the next kernel has it at collect (I13). */
struct lw_unit_now {
	uint64_t reg_phys;
	const char *name; /* "dmar0" */
	uint64_t rtaddr;
	uint32_t gsts;
	bool stuck;	/* it holds a fault whose interrupt never came (probe/stuck.h) */
	bool discarded; /* its driver said that it found translation on and switched it off */
};

/* A page of a carried table as it is at collect (I13): 512 words, NULL when it could not be read. */
struct lw_page_now {
	uint64_t address;
	const uint64_t *words;
};

struct lw_evidence {
	enum lw_boot boot;
	struct lw_id id; /* which hand-over to look for */
	bool id_known;	 /* from the command line's luwatch= word, else from disk */
	bool id_free;	 /* a saved file was named: the newest hand-over in it is meant */
	bool word_found; /* the command line has a luwatch= word, and it names .id */
	bool word_stale; /* it has one, and that names a hand-over that did not begin this boot */
	const char *which_finding; /* what contradicts the word, or NULL */
	const char *which_doubt;   /* why it is not certain that .id began this boot, or NULL */
	bool next_lost; /* the kernel that was started never collected: a later one tells what survived */
	const char *baseline_boot_id; /* of the baseline on disk, or NULL */

	const char *kernel_new, *build_id_new, *boot_id_new, *agent_new;
	const char *machine_id, *hostname; /* or NULL */
	uint64_t collected_ns;		   /* wall clock */
	uint64_t number; /* of this host, in the order in which they were collected; 0 = not known */
	uint64_t boot_realtime_ns;	   /* wall clock when the next kernel's boot clock was 0 */

	const struct lw_carried *carried;
	size_t carried_count;

	/* Kernel log of the next kernel. */
	const struct lw_fault *log_faults; /* .window is not yet set */
	size_t log_fault_count;
	bool log_complete;	 /* its first line was still there, and none is missing since */
	const char *log_problem; /* why not all of it can be used, or NULL; not .log_complete then */
	uint64_t log_suppressed; /* sum of "callbacks suppressed" before .watch_from_ns */
	uint64_t log_rejected;	 /* lines that look like faults but are not the kernel's */
	bool log_facts_lost;	 /* it said more about its units than was kept */
	bool log_vtd;		 /* this kernel runs with VT-d, so that faults can be seen */
	/* Since the log was saved, while faults are watched for. */
	struct lw_watch_losses {
		bool log_unread;     /* nobody read the log from then until programs watched */
		uint64_t log_missed; /* of its lines: overwritten before they were read, or suppressed */
		uint64_t faults;     /* that the programs could not keep, or not see */
		uint64_t stuck;	     /* times a unit was found with a fault whose interrupt never came */
	} watch_losses;
	uint64_t watch_from_ns;	 /* boot clock from which a program saw faults; UINT64_MAX: none */

	/* Faults that programs of the next kernel counted, windows not yet set. */
	const struct lw_fault *live_faults;
	size_t live_fault_count;

	const struct lw_device *devices;
	size_t device_count;
	const struct lw_unit_now *units_now;
	size_t unit_now_count;
	bool tables_late; /* read when user space had long had them: what differs may be right */
	const struct lw_page_now *pages_now;
	size_t page_now_count;

	uint32_t revision; /* of the report to be made, from 1 */
	bool final;
	uint32_t watched_s, watch_period_s;
};

#endif
