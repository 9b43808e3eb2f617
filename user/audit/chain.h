/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a row of audit records is the chain it was written as: up to which record it holds, and
 * what happened to the first one that does not fit. Pure.
 */
#ifndef LUWATCH_AUDIT_CHAIN_H
#define LUWATCH_AUDIT_CHAIN_H

#include "audit/entry.h"

enum lw_audit_break {
	LW_AUDIT_HOLDS,
	LW_AUDIT_CHANGED,  /* its bytes are not what its hash covers */
	LW_AUDIT_REPLACED, /* changed and hashed anew: the next one does not link to it */
	LW_AUDIT_REMOVED,
	LW_AUDIT_INSERTED,
	LW_AUDIT_REORDERED,
	LW_AUDIT_CUT,	    /* the end is missing */
	LW_AUDIT_TORN,	    /* an unfinished line at the end: a crash, or a cut inside it */
	LW_AUDIT_REWRITTEN, /* the chain fits itself, but is not the anchored one */
	LW_AUDIT_UNSIGNED,
	LW_AUDIT_FORGED, /* the signature is not this key's */
};

/* An anchor as somebody kept it. */
struct lw_audit_kept {
	uint64_t seq;
	char hash[LW_AUDIT_HASH_TEXT]; /* at least 16 digits of it; "": only the number is known */
};

struct lw_audit_chain {
	const struct lw_audit_line *lines;
	size_t count;
	const struct lw_audit_kept *anchors;
	size_t anchor_count;
	bool key; /* lines were read with a public key */
	bool part; /* it may begin with any record, as what is cut out of a log does */
};

struct lw_audit_verdict {
	enum lw_audit_break broken;
	uint64_t first, held; /* holds from the one record to the other; 0: not one */
	uint64_t seq, until;  /* the broken record, the last one where it is several; 0: unknown */
	size_t at;	      /* index of the line, SIZE_MAX when it is not there */
	uint64_t again;	      /* holds again from here to the end; 0: no */
	bool headless;	      /* begins after record 1, and no anchor says that this is right */
	size_t anchors_checked, anchors_outside;
	uint64_t signed_from; /* 0: no signature */
	bool signatures_checked;
	uint64_t clock_back;	  /* first record whose wall clock is before the one's before; 0 */
	uint64_t boot_clock_back; /* the same for the boot clock within one boot */
	size_t repairs, damages, losses; /* records that tell of them */
};

void lw_audit_chain_check(const struct lw_audit_chain *chain, struct lw_audit_verdict *verdict);

/* "SEQ:HASH" with at least 16 digits of HASH; -EINVAL. */
int lw_audit_kept_parse(const char *text, struct lw_audit_kept *kept);

/* Name of a break for text and JSON: "changed", "removed"... */
const char *lw_audit_break_name(enum lw_audit_break broken);

#endif
