// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I4: the caches of a unit after its context entries were cleared (VT-d specification 6.5.3.3):
 * context cache, then in scalable mode the PASID cache, then the IOTLB. Judged per cleared entry:
 * covered is what a global invalidation followed, or, for the versions of the series that flush
 * device by device, one of the device's source-id and of its domain (i4_by_device.c). Whether anything
 * was written after a global one is known from the tables' digests at that moment, not from a hook on
 * the writes. An invalidation counts when its submission returned 0, or when the queue was empty and
 * without error at the last look; one that is known to have failed is none (flush.c).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/flush.h"
#include "luwatch/vtd.h"

static const char *const cache_names[LW_CACHES] = { "context-cache", "IOTLB", "PASID-cache" };

/* Sequence number of the last invalidation of each outcome, cache and scope; 0 = none. */
struct flushes {
	uint64_t last[LW_FLUSH_OUTCOMES][LW_CACHES][LW_FLUSH_SCOPES];
	int64_t error; /* of the last that failed */
};

static struct flushes find_flushes(const struct lw_handover *h, const struct lw_unit *unit)
{
	struct flushes flushes = {};
	struct lw_flush flush;
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (!lw_flush_of(h, record, unit, &flush))
			continue;
		if (flush.outcome == LW_FLUSH_FAILED)
			flushes.error = record->invalidation.result;
		flushes.last[flush.outcome][flush.cache][flush.scope] = record->seq;
	}
	return flushes;
}

static size_t count_cleared(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i, count = 0;

	for (i = 0; i < h->entry_count; i++)
		count += lw_is_cleared(&h->entries[i], unit);
	return count;
}

/* The widest scope below global in which a cache was invalidated at all. */
static const char *widest(const struct flushes *f, enum lw_outcome outcome, enum lw_cache cache)
{
	return f->last[outcome][cache][LW_FLUSH_DOMAIN] ? "only for single domains" :
	       f->last[outcome][cache][LW_FLUSH_DEVICE] ? "only for single devices or pages" :
							  NULL;
}

/* Whether CACHE was invalidated with that outcome, by one global invalidation or by single ones. */
static bool was_invalidated(const struct flushes *f, enum lw_outcome outcome, enum lw_cache cache,
			    const struct lw_by_device *devices)
{
	bool single = cache == LW_CACHE_CONTEXT || widest(f, LW_FLUSH_DONE, cache) ||
		      widest(f, LW_FLUSH_NOT_KNOWN, cache);

	return f->last[outcome][cache][LW_FLUSH_GLOBAL] || (single && devices->caches[cache] <= outcome);
}

/* LW_LATE_* bits of the unit's root table and of its context tables, and where. */
static unsigned int find_late(const struct lw_handover *h, const struct lw_unit *unit, char *where,
			      size_t size)
{
	unsigned int late = 0;
	size_t i;

	where[0] = '\0';
	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];
		uint64_t bits;

		if (record->unit != unit->index)
			continue;
		if (record->type == LW_REC_ROOT)
			bits = record->root.phase == LW_AFTER ? record->root.late : 0;
		else if (record->type == LW_REC_TABLE)
			bits = record->table.phase == LW_AFTER ? record->table.late : 0;
		else
			continue;
		if (bits && !where[0] && record->type == LW_REC_ROOT)
			snprintf(where, size, "the root table");
		else if (bits && !where[0])
			snprintf(where, size, "the context table of bus 0x%02x", record->table.bus);
		late |= bits;
	}
	return late;
}

#define ACTION                                                                                     \
	"The unit may have used cached entries for a while: look for damage in memory that changed " \
	"hands, reboot cold if in doubt, and give this report to whoever maintains the kernel."

static void fail(struct lw_handover *h, const struct lw_unit *unit, const char *evidence,
		 const char *problem)
{
	lw_fail(h, LW_I4, unit->name,
		(struct lw_finding_text){
			.evidence = evidence,
			.action = ACTION,
		},
		"After the entries of %s were cleared, %s.", unit->name, problem);
}

/* Without a queue invalidations go through registers, by functions of which a kernel may not have the symbols. */
static bool is_watched(const struct lw_handover *h, const struct lw_unit *unit, enum lw_cache cache)
{
	const struct lw_rec_unit_state *state = unit->before ? unit->before : unit->after;

	if (state && state->gsts & VTD_GSTS_QIES)
		return true;
	return lw_probe_attached(h, cache == LW_CACHE_IOTLB ? LW_PROBE_FLUSH_IOTLB : LW_PROBE_FLUSH_CONTEXT);
}

/* Whether CACHE was not invalidated for each entry because nobody knows for which domains it had to be. */
static bool domains_missing(const struct lw_unit *unit, enum lw_cache cache,
			    const struct lw_by_device *devices)
{
	return cache == LW_CACHE_CONTEXT ? false : unit->scalable || devices->without_domain;
}

static void unknown_invalidation(struct lw_handover *h, const struct lw_unit *unit, enum lw_cache cache,
				 const struct lw_by_device *devices)
{
	if (domains_missing(unit, cache, devices))
		lw_unknown(h, LW_I4,
			   "Whether the %s of %s was invalidated for every entry that was cleared is not "
			   "known: it was done domain by domain, and the domains of the entries were not "
			   "recorded.",
			   cache_names[cache], unit->name);
	else
		lw_unknown(h, LW_I4,
			   "Whether the %s invalidation of %s was carried out is not known: its result was "
			   "not seen, and at the last look the queue was not empty or had an error; or, of "
			   "a single one, whether the entry had been cleared by then was not seen.",
			   cache_names[cache], unit->name);
}

/* Of each device: a cache that still knows its domain lets it reach that domain's memory. */
static void fail_stale(struct lw_handover *h, const struct lw_unit *unit,
		       const struct lw_by_device *devices)
{
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT];
	size_t i;

	for (i = 0; i < devices->stale_count; i++) {
		const struct lw_stale *stale = &devices->stale[i];

		lw_rid_and_name(h, stale->entry->rid, who, sizeof(who));
		lw_rid_format(stale->entry->rid, rid);
		lw_fail(h, LW_I4, rid,
			(struct lw_finding_text){
				.evidence = "the domain id in the entry before it was cleared, and the IOTLB "
					    "invalidations that came after it",
				.action = ACTION,
			},
			"The entry of %s was cleared, but after that the IOTLB of %s was not invalidated for "
			"its domain 0x%x: it may still hold translations of that domain.",
			who, unit->name, stale->domain);
	}
}

static void fail_presence(struct lw_handover *h, const struct lw_unit *unit, const struct flushes *f,
			  enum lw_cache cache, const struct lw_by_device *devices)
{
	const char *scope = widest(f, LW_FLUSH_DONE, cache);
	char who[LW_RID_AND_NAME], problem[512];

	if (f->last[LW_FLUSH_FAILED][cache][LW_FLUSH_GLOBAL])
		snprintf(problem, sizeof(problem),
			 "the %s invalidation was not carried out (error %" PRId64
			 "): it may still hold cleared entries",
			 cache_names[cache], f->error);
	else if (cache == LW_CACHE_IOTLB && scope && devices->stale_count)
		return fail_stale(h, unit, devices);
	else if (cache == LW_CACHE_CONTEXT && devices->any && devices->uncovered)
		snprintf(problem, sizeof(problem),
			 "the %s was invalidated %s, and not for %s: it may still hold its entry",
			 cache_names[cache], scope ? scope : "only for single devices or pages",
			 lw_rid_and_name(h, devices->uncovered->rid, who, sizeof(who)));
	else if (scope)
		snprintf(problem, sizeof(problem),
			 "the %s was invalidated %s, not globally: it may still hold cleared entries",
			 cache_names[cache], scope);
	else
		snprintf(problem, sizeof(problem),
			 "the %s was never invalidated: it may still hold cleared entries",
			 cache_names[cache]);
	fail(h, unit, NULL, problem);
}

static void judge_presence(struct lw_handover *h, const struct lw_unit *unit, const struct flushes *f,
			   enum lw_cache cache, const struct lw_by_device *devices)
{
	if (was_invalidated(f, LW_FLUSH_DONE, cache, devices))
		return;
	if (was_invalidated(f, LW_FLUSH_NOT_KNOWN, cache, devices))
		return unknown_invalidation(h, unit, cache, devices);
	if (!is_watched(h, unit, cache)) {
		lw_unknown(h, LW_I4,
			   "Whether the %s of %s was invalidated is not known: the unit has no queue, and the "
			   "function that does it through registers was not watched.",
			   cache_names[cache], unit->name);
		return;
	}
	if (h->stream.gap_count || (h->last && h->last->last.invalidations_dropped)) {
		lw_unknown(h, LW_I4,
			   "No global %s invalidation of %s was seen, but records are missing.",
			   cache_names[cache], unit->name);
		return;
	}
	fail_presence(h, unit, f, cache, devices);
}

static uint64_t last_global(const struct flushes *f, enum lw_cache cache)
{
	uint64_t done = f->last[LW_FLUSH_DONE][cache][LW_FLUSH_GLOBAL];
	uint64_t unsure = f->last[LW_FLUSH_NOT_KNOWN][cache][LW_FLUSH_GLOBAL];

	return done > unsure ? done : unsure;
}

/* Context cache before PASID cache before IOTLB: an earlier one can be refilled from a later one. */
static void judge_order(struct lw_handover *h, const struct lw_unit *unit, const struct flushes *f)
{
	uint64_t context = last_global(f, LW_CACHE_CONTEXT);
	uint64_t iotlb = last_global(f, LW_CACHE_IOTLB);
	uint64_t pasid = unit->scalable ? last_global(f, LW_CACHE_PASID) : 0;

	/* The last one of a cache may be among the missing records. */
	if (h->stream.gap_count) {
		lw_unknown(h, LW_I4, "The order of the invalidations of %s is not known: records are "
				     "missing.",
			   unit->name);
		return;
	}
	if (context && iotlb && iotlb < context)
		fail(h, unit, NULL,
		     "the IOTLB was invalidated before the context cache, which can fill it again");
	else if (pasid && iotlb && iotlb < pasid)
		fail(h, unit, NULL,
		     "the IOTLB was invalidated before the PASID cache, which can fill it again");
	if (context && pasid && pasid < context)
		fail(h, unit, NULL,
		     "the PASID cache was invalidated before the context cache, which can fill it again");
}

static void judge_late(struct lw_handover *h, const struct lw_unit *unit)
{
	char where[64], problem[256];
	unsigned int late = find_late(h, unit, where, sizeof(where));

	if (!late)
		return;
	snprintf(problem, sizeof(problem),
		 "%s was written again after the last global%s%s%s invalidation, which therefore came "
		 "too early", where, late & LW_LATE_CONTEXT ? " context-cache" : "",
		 late & LW_LATE_PASID ? " PASID-cache" : "", late & LW_LATE_IOTLB ? " IOTLB" : "");
	fail(h, unit, "digests of the tables at the invalidation and at the last look differ", problem);
}

/* From v4 on the series has this callback, and from v3 on it flushes globally. */
static bool look_by_device(struct lw_handover *h, const struct lw_unit *unit, struct lw_by_device *devices)
{
	size_t cache;

	if (!lw_probe_exists(h, LW_PROBE_CLEAR_ALIAS))
		return lw_judge_by_device(h, unit, devices);
	*devices = (struct lw_by_device){};
	for (cache = 0; cache < LW_CACHES; cache++)
		devices->caches[cache] = LW_FLUSH_FAILED;
	return true;
}

static void judge_unit(struct lw_handover *h, const struct lw_unit *unit)
{
	struct flushes flushes = find_flushes(h, unit);
	struct lw_by_device devices;

	if (!look_by_device(h, unit, &devices))
		return;
	judge_presence(h, unit, &flushes, LW_CACHE_CONTEXT, &devices);
	if (unit->scalable)
		judge_presence(h, unit, &flushes, LW_CACHE_PASID, &devices);
	judge_presence(h, unit, &flushes, LW_CACHE_IOTLB, &devices);
	judge_order(h, unit, &flushes);
	judge_late(h, unit);
	free(devices.stale);
}

/* Its entries count where the unit goes on: what a unit that is off had cached reaches nothing. */
static bool is_judged(const struct lw_handover *h, const struct lw_unit *unit)
{
	return (unit->clear_begin || lw_unit_is_on(unit)) && count_cleared(h, unit);
}

void lw_judge_invalidations(struct lw_handover *h)
{
	size_t judged = 0, i;

	for (i = 0; i < h->unit_count; i++) {
		if (!is_judged(h, h->units[i]))
			continue;
		judged++;
		judge_unit(h, h->units[i]);
	}
	if (!judged)
		lw_not_applicable(h, LW_I4, "nothing was cleared");
	lw_reason(h, LW_I4, "complete and in order on %zu units", judged);
}
