/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts from which it is decided which hand-over began this boot. Plain data. */
#ifndef LUWATCH_FACTS_H
#define LUWATCH_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "probe/counts.h"

/* Where a candidate is spoken of. */
enum {
	LW_FROM_WORD = 1,    /* luwatch= on the running kernel's command line */
	LW_FROM_CARRIER = 2, /* records of it came across */
	LW_FROM_DISK = 4,    /* its baseline lies in STATE/armed, so nobody has collected it */
};

struct lw_candidate {
	struct lw_id id;
	unsigned int from;
	struct lw_id kernel;	   /* boot id of the kernel that was armed; zero: not known */
	struct lw_id began_by;	   /* hand-over that had started that kernel; zero: not known */
	struct lw_id seen_in;	   /* boot in which its records were found first; zero: none */
	struct lw_id collected_in; /* boot in which its evidence was saved; zero: none */
	uint64_t armed_ns;	   /* wall clock; 0 = not known */
	uint64_t armed_tsc;	   /* 0 = not known */
	uint64_t armed_boot_ns;	   /* the old kernel's boot clock then */
	uint32_t attempt;	   /* the newest, from 1; 0 = no record of a kexec */
	bool refused;		   /* kernel_kexec() came back from it */
	bool whole;		   /* its last record arrived */
	uint64_t kexec_ns;	   /* wall clock at kernel_kexec(); 0 = not known */
	uint64_t begin_boot_ns;	   /* the old kernel's boot clock at kernel_kexec() … */
	uint64_t end_boot_ns;	   /* … and at the last record that arrived */
	uint64_t tsc, tsc_boot_ns, tsc_hz; /* lw_rec_clocks */
	struct lw_counts kexecs;	   /* as counted in the kernel that was armed */
};

enum lw_word_state { LW_WORD_NONE, LW_WORD_FOUND, LW_WORD_DAMAGED, LW_WORD_NEWER };

/* Who tells of kernels that ran here before this one. */
enum lw_teller {
	LW_TOLD_BY_EVIDENCE, /* the last hand-over that was collected: by that kernel */
	LW_TOLD_BY_AUDIT,    /* the audit log */
	LW_TOLD_BY_JOURNAL,
	LW_TELLERS
};

/* One of them, as one teller knows it. */
struct lw_earlier {
	enum lw_teller teller;
	struct lw_id kernel; /* boot id */
	uint64_t order;	     /* the later it ran the more, among those of one teller */
	uint64_t seen_ns;    /* wall clock, at some time while it ran; 0 = not known */
	uint64_t tsc;	     /* counter then; 0 = not known */
	bool kexec;	     /* it ended by a kexec */
};

struct lw_boot_facts {
	struct lw_id boot; /* boot id of this kernel */
	enum lw_word_state word;
	uint64_t start_ns;  /* wall clock when its boot clock was 0 */
	uint64_t start_tsc; /* counter then; 0 = not known */
	uint64_t tsc_hz;
	uint64_t start_slack_ns; /* how far off .start_tsc may be */
	const struct lw_candidate *candidates;
	size_t count;
	bool crowded; /* there were more of them than LW_CANDIDATES */
	const struct lw_earlier *earlier;
	size_t earlier_count;
	struct lw_counts kexecs; /* as counted in this kernel */
};

#endif
