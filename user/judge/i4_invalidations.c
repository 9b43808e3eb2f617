// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I4: the caches of a unit after its context entries were cleared (VT-d specification 6.5.3.3):
 * context cache, then in scalable mode the PASID cache, then the IOTLB. Judged per cleared entry:
 * covered is what a global invalidation followed, or, for the versions of the series that flush
 * device by device, one of the device's source-id. Whether anything was written after a global one
 * is known from the tables' digests at that moment, not from a hook on the writes. An invalidation
 * counts when its submission returned 0, or when the queue was empty and without error at the last
 * look; one that is known to have failed is none.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/judges.h"
#include "luwatch/vtd.h"

enum scope { SCOPE_GLOBAL, SCOPE_DOMAIN, SCOPE_DEVICE, SCOPES };
enum cache { CACHE_CONTEXT, CACHE_IOTLB, CACHE_PASID, CACHES };

static const char *const cache_names[CACHES] = { "context-cache", "IOTLB", "PASID-cache" };

/* What is known of whether it was carried out. */
enum outcome { DONE, NOT_KNOWN, FAILED, OUTCOMES };

/* Sequence number of the last invalidation of each outcome, cache and scope; 0 = none. */
struct flushes {
	uint64_t last[OUTCOMES][CACHES][SCOPES];
	int64_t error; /* of the last that failed */
};

struct flush {
	enum cache cache;
	enum scope scope;
	uint16_t source_id;	/* of a device-selective context invalidation */
	uint16_t mask;		/* functions of it that are ignored, bits 2:0 */
};

/* Granularities: context 1 global 2 domain 3 device; IOTLB 1, 2, 3 page; PASID 0 domain 1 PASID 3 global. */
static bool read_queued(const struct lw_rec_invalidation *inv, struct flush *flush)
{
	static const uint16_t masks[] = { 0, 4, 6, 7 };
	unsigned int granularity = VTD_INV_GRANULARITY(inv->qw[0]);

	switch (VTD_INV_TYPE(inv->qw[0])) {
	case VTD_INV_CONTEXT:
		flush->cache = CACHE_CONTEXT;
		flush->source_id = VTD_INV_SOURCE_ID(inv->qw[0]);
		flush->mask = masks[inv->qw[0] >> 48 & 3];
		break;
	case VTD_INV_IOTLB:
		flush->cache = CACHE_IOTLB;
		break;
	case VTD_INV_PASID_CACHE:
		flush->cache = CACHE_PASID;
		flush->scope = granularity == 3 ? SCOPE_GLOBAL : SCOPE_DOMAIN;
		return true;
	default:
		return false;
	}
	flush->scope = granularity == 1 ? SCOPE_GLOBAL : granularity == 2 ? SCOPE_DOMAIN : SCOPE_DEVICE;
	return true;
}

static bool read_flush(const struct lw_rec_invalidation *inv, struct flush *flush)
{
	if (!(inv->flags & LW_INV_REGISTER))
		return read_queued(inv, flush);
	flush->cache = inv->flags & LW_INV_IOTLB ? CACHE_IOTLB : CACHE_CONTEXT;
	flush->scope = inv->qw[0] == 1 ? SCOPE_GLOBAL : inv->qw[0] == 2 ? SCOPE_DOMAIN : SCOPE_DEVICE;
	flush->source_id = inv->qw[2];
	flush->mask = 0;
	return true;
}

/* Where the clearing function has no symbol, all of the shutdown may be it. */
static bool is_of_unit(const struct lw_handover *h, const struct lw_record *record,
		       const struct lw_unit *unit)
{
	uint64_t begin = unit->clear_begin;

	if (!begin && h->shutdown)
		begin = h->shutdown->seq;
	return record->type == LW_REC_INVALIDATION && record->unit == unit->index &&
	       record->seq > begin;
}

/* At the last look everything that was submitted had been carried out, and nothing had failed. */
static bool queue_is_drained(const struct lw_unit *unit)
{
	const struct lw_rec_unit_state *after = unit->after;

	return lw_unit_after_known(unit) && !(after->fsts & VTD_FSTS_QUEUE_ERRORS) &&
	       VTD_QUEUE_OFFSET(after->iqh) == VTD_QUEUE_OFFSET(after->iqt);
}

/* Through registers the driver waits until the unit says that it is done. */
static enum outcome outcome_of(const struct lw_unit *unit, const struct lw_rec_invalidation *inv)
{
	if (inv->flags & LW_INV_REGISTER)
		return DONE;
	if (inv->flags & LW_INV_RESULT_KNOWN)
		return inv->result ? FAILED : DONE;
	return queue_is_drained(unit) ? DONE : NOT_KNOWN;
}

static struct flushes find_flushes(const struct lw_handover *h, const struct lw_unit *unit)
{
	struct flushes flushes = {};
	struct flush flush;
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];
		enum outcome outcome;

		if (!is_of_unit(h, record, unit) || !read_flush(&record->invalidation, &flush))
			continue;
		outcome = outcome_of(unit, &record->invalidation);
		if (outcome == FAILED)
			flushes.error = record->invalidation.result;
		flushes.last[outcome][flush.cache][flush.scope] = record->seq;
	}
	return flushes;
}

/*
 * The source ids that a device-selective context invalidation named, as bits; in UNSURE also those
 * of which it is not known whether it was carried out.
 */
#define SOURCE_IDS (1 << 16)

static void find_covered(const struct lw_handover *h, const struct lw_unit *unit, uint8_t *covered,
			 uint8_t *unsure)
{
	struct flush flush;
	size_t i;
	uint32_t id;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];
		enum outcome outcome;

		if (!is_of_unit(h, record, unit) || !read_flush(&record->invalidation, &flush) ||
		    flush.cache != CACHE_CONTEXT || flush.scope != SCOPE_DEVICE)
			continue;
		outcome = outcome_of(unit, &record->invalidation);
		/* Eight functions are all that a mask can ignore. */
		for (id = flush.source_id & ~7u; id <= (flush.source_id | 7u); id++) {
			if ((flush.source_id ^ id) & ~flush.mask)
				continue;
			covered[id >> 3] |= (outcome == DONE) << (id & 7);
			unsure[id >> 3] |= (outcome != FAILED) << (id & 7);
		}
	}
}

/* Cleared, or out of reach since its root entry is: a cache may hold it all the same. */
static bool is_cleared(const struct lw_handover *h, size_t i, const struct lw_unit *unit)
{
	const struct lw_entry *entry = &h->entries[i];

	return entry->unit == unit &&
	       (entry->state == LW_CONTEXT_CLEARED || (entry->state == LW_CONTEXT_UNREACHABLE &&
						       entry->notes & LW_NOTE_ROOT_GONE));
}

static size_t count_cleared(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i, count = 0;

	for (i = 0; i < h->entry_count; i++)
		count += is_cleared(h, i, unit);
	return count;
}

static bool all_in(const struct lw_handover *h, const struct lw_unit *unit, const uint8_t *covered)
{
	uint16_t id;
	size_t i;

	for (i = 0; i < h->entry_count; i++) {
		id = LW_RID_SOURCE_ID(h->entries[i].rid);
		if (is_cleared(h, i, unit) && !(covered[id >> 3] >> (id & 7) & 1))
			return false;
	}
	return true;
}

/* Whether every cleared entry had an invalidation of its own, as v1 and v2 of the series do it. */
static enum outcome device_by_device(struct lw_handover *h, const struct lw_unit *unit)
{
	uint8_t *covered = calloc(2, SOURCE_IDS / 8), *unsure = covered + SOURCE_IDS / 8;
	enum outcome outcome;

	if (!covered) {
		h->error = -ENOMEM;
		return FAILED;
	}
	find_covered(h, unit, covered, unsure);
	outcome = all_in(h, unit, covered) ? DONE : all_in(h, unit, unsure) ? NOT_KNOWN : FAILED;
	free(covered);
	return outcome;
}

/* The widest scope below global in which a cache was invalidated at all. */
static const char *widest(const struct flushes *f, enum outcome outcome, enum cache cache)
{
	return f->last[outcome][cache][SCOPE_DOMAIN] ? "only for single domains" :
	       f->last[outcome][cache][SCOPE_DEVICE] ? "only for single devices or pages" :
						       NULL;
}

/* Whether CACHE was invalidated with that outcome, by one global invalidation or by single ones. */
static bool was_invalidated(const struct flushes *f, enum outcome outcome, enum cache cache,
			    enum outcome devices)
{
	return f->last[outcome][cache][SCOPE_GLOBAL] ||
	       (devices <= outcome && (widest(f, outcome, cache) || widest(f, DONE, cache) ||
				       cache == CACHE_CONTEXT));
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

static void fail(struct lw_handover *h, const struct lw_unit *unit, const char *evidence,
		 const char *problem)
{
	lw_fail(h, LW_I4, unit->name,
		(struct lw_finding_text){
			.evidence = evidence,
			.action = "The unit may have used cached entries for a while: look for damage "
				  "in memory that changed hands, reboot cold if in doubt, and give "
				  "this report to whoever maintains the kernel.",
		},
		"After the entries of %s were cleared, %s.", unit->name, problem);
}

/* Without a queue invalidations go through registers, by functions of which a kernel may not have the symbols. */
static bool is_watched(const struct lw_handover *h, const struct lw_unit *unit, enum cache cache)
{
	const struct lw_rec_unit_state *state = unit->before ? unit->before : unit->after;

	if (state && state->gsts & VTD_GSTS_QIES)
		return true;
	return lw_probe_attached(h, cache == CACHE_IOTLB ? LW_PROBE_FLUSH_IOTLB : LW_PROBE_FLUSH_CONTEXT);
}

static void judge_presence(struct lw_handover *h, const struct lw_unit *unit, const struct flushes *f,
			   enum cache cache, enum outcome devices)
{
	const char *scope = widest(f, DONE, cache);
	char problem[200];

	if (was_invalidated(f, DONE, cache, devices))
		return;
	if (was_invalidated(f, NOT_KNOWN, cache, devices)) {
		lw_unknown(h, LW_I4,
			   "Whether the %s invalidation of %s was carried out is not known: its result was "
			   "not seen, and at the last look the queue was not empty or had an error.",
			   cache_names[cache], unit->name);
		return;
	}
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
	if (f->last[FAILED][cache][SCOPE_GLOBAL])
		snprintf(problem, sizeof(problem),
			 "the %s invalidation was not carried out (error %" PRId64
			 "): it may still hold cleared entries",
			 cache_names[cache], f->error);
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

static uint64_t last_global(const struct flushes *f, enum cache cache)
{
	uint64_t done = f->last[DONE][cache][SCOPE_GLOBAL];
	uint64_t unsure = f->last[NOT_KNOWN][cache][SCOPE_GLOBAL];

	return done > unsure ? done : unsure;
}

/* Context cache before PASID cache before IOTLB: an earlier one can be refilled from a later one. */
static void judge_order(struct lw_handover *h, const struct lw_unit *unit, const struct flushes *f)
{
	uint64_t context = last_global(f, CACHE_CONTEXT);
	uint64_t iotlb = last_global(f, CACHE_IOTLB);
	uint64_t pasid = unit->scalable ? last_global(f, CACHE_PASID) : 0;

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

static void judge_unit(struct lw_handover *h, const struct lw_unit *unit)
{
	struct flushes flushes = find_flushes(h, unit);
	/* From v4 on the series has this callback, and from v3 on it flushes globally. */
	bool global = lw_probe_exists(h, LW_PROBE_CLEAR_ALIAS);
	enum outcome devices = global ? FAILED : device_by_device(h, unit);

	judge_presence(h, unit, &flushes, CACHE_CONTEXT, devices);
	if (unit->scalable)
		judge_presence(h, unit, &flushes, CACHE_PASID, devices);
	judge_presence(h, unit, &flushes, CACHE_IOTLB, devices);
	judge_order(h, unit, &flushes);
	judge_late(h, unit);
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
