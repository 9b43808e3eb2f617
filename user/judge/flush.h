/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a record of an invalidation says, for the files that judge I4. */
#ifndef LUWATCH_JUDGE_FLUSH_H
#define LUWATCH_JUDGE_FLUSH_H

#include "judge/judges.h"

enum lw_flush_scope { LW_FLUSH_GLOBAL, LW_FLUSH_DOMAIN, LW_FLUSH_DEVICE, LW_FLUSH_SCOPES };
enum lw_cache { LW_CACHE_CONTEXT, LW_CACHE_IOTLB, LW_CACHE_PASID, LW_CACHES };

/* What is known of whether it was carried out: the later, the worse. */
enum lw_outcome { LW_FLUSH_DONE, LW_FLUSH_NOT_KNOWN, LW_FLUSH_FAILED, LW_FLUSH_OUTCOMES };

struct lw_flush {
	enum lw_cache cache;
	enum lw_flush_scope scope;
	enum lw_outcome outcome;
	uint16_t domain;	/* of a domain-selective one */
	uint16_t source_id;	/* of a device-selective context invalidation */
	uint16_t mask;		/* functions of it that are ignored, bits 2:0 */
};

/* Whether RECORD is an invalidation of UNIT since its entries were cleared; *FLUSH is what it says then. */
bool lw_flush_of(const struct lw_handover *h, const struct lw_record *record, const struct lw_unit *unit,
		 struct lw_flush *flush);

/* Cleared, or out of reach since its root entry is: a cache may hold it all the same. */
bool lw_is_cleared(const struct lw_entry *entry, const struct lw_unit *unit);

/*
 * Whether every cleared entry of a unit had invalidations of its own, as versions 1 and 2 of the series
 * do it: the worst there is for any, by cache, and of how many the domain is not known.
 */
struct lw_by_device {
	enum lw_outcome caches[LW_CACHES];
	size_t without_domain;
	bool any;	   /* some cleared entry had one: the kernel does it in this way */
	const struct lw_entry *uncovered; /* the first without one of its own of the context cache */
	size_t stale_count, stale_size;
	struct lw_stale {
		const struct lw_entry *entry;
		uint16_t domain;
	} *stale; /* whose domain the IOTLB was not invalidated of; freed by the caller */
};

/* Returns false, and sets the sticky error, without memory. */
bool lw_judge_by_device(struct lw_handover *h, const struct lw_unit *unit, struct lw_by_device *answer);

#endif
