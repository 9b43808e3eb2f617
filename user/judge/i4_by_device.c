// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Part of I4: a kernel that clears and invalidates device by device (versions 1 and 2 of the series). Each
 * cleared entry then needs a context-cache invalidation of its source-id, submitted when the entry was
 * not present any more, and after that an IOTLB invalidation of the domain that the entry had.
 */
#include <errno.h>
#include <stdlib.h>

#include "judge/flush.h"
#include "luwatch/vtd.h"

#define IDS (1 << 16)
#define NO_DOMAIN (~0U)

/* By certainty: carried out for sure, or perhaps. Sequence numbers; 0 = none. */
enum { SURE, PERHAPS, CERTAINTIES };

struct ids {
	uint64_t context[CERTAINTIES][IDS]; /* by source-id: the first that came after its clearing */
	uint64_t iotlb[CERTAINTIES][IDS];   /* by domain: the last */
	uint32_t domain[IDS];		    /* by source-id: that of the cleared entry */
	bool named[IDS];		    /* by source-id: some invalidation named it */
};

static void note_context(struct ids *ids, const struct lw_flush *flush, const struct lw_record *record)
{
	unsigned int flags = record->invalidation.flags;
	bool sure = flush->outcome == LW_FLUSH_DONE && flags & LW_INV_ENTRY_GONE;
	uint32_t id;

	/* Eight functions are all that a mask can ignore. */
	for (id = flush->source_id & ~7u; id <= (flush->source_id | 7u); id++) {
		if ((flush->source_id ^ id) & ~flush->mask)
			continue;
		ids->named[id] = true;
		if (flags & LW_INV_ENTRY_THERE)
			continue; /* the cache could be filled from it again */
		if (!ids->context[PERHAPS][id])
			ids->context[PERHAPS][id] = record->seq;
		if (sure && !ids->context[SURE][id])
			ids->context[SURE][id] = record->seq;
	}
}

static void note_flush(struct ids *ids, const struct lw_flush *flush, const struct lw_record *record)
{
	if (flush->outcome == LW_FLUSH_FAILED)
		return;
	if (flush->cache == LW_CACHE_CONTEXT && flush->scope == LW_FLUSH_DEVICE) {
		note_context(ids, flush, record);
	} else if (flush->cache == LW_CACHE_IOTLB && flush->scope == LW_FLUSH_DOMAIN) {
		ids->iotlb[PERHAPS][flush->domain] = record->seq;
		if (flush->outcome == LW_FLUSH_DONE)
			ids->iotlb[SURE][flush->domain] = record->seq;
	}
}

/* The same source-id twice with different domains: neither is believed. */
static void note_domain(struct ids *ids, uint16_t source_id, uint32_t domain, bool *twice)
{
	if (twice[source_id])
		return;
	twice[source_id] = ids->domain[source_id] != NO_DOMAIN && ids->domain[source_id] != domain;
	ids->domain[source_id] = twice[source_id] ? NO_DOMAIN : domain;
}

static void read_records(const struct lw_handover *h, const struct lw_unit *unit, struct ids *ids,
			 bool *twice)
{
	struct lw_flush flush;
	size_t i, j;

	for (i = 0; i < IDS; i++)
		ids->domain[i] = NO_DOMAIN;
	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];
		const struct lw_rec_cleared *cleared = &record->cleared;

		if (lw_flush_of(h, record, unit, &flush))
			note_flush(ids, &flush, record);
		if (record->type != LW_REC_CLEARED || record->unit != unit->index)
			continue;
		for (j = 0; j < cleared->count && j < LW_CLEARED; j++)
			note_domain(ids, cleared->source_id[j], cleared->domain[j], twice);
	}
}

static void worsen(enum lw_outcome *outcome, enum lw_outcome other)
{
	if (other > *outcome)
		*outcome = other;
}

/* That of an entry that is carried in full is not carried once more. */
static uint32_t domain_of(const struct ids *ids, const struct lw_entry *entry)
{
	if (entry->before && !entry->unit->scalable)
		return VTD_CONTEXT_DOMAIN_ID(entry->before->words[1]);
	return ids->domain[LW_RID_SOURCE_ID(entry->rid)];
}

static void judge_iotlb(struct lw_handover *h, struct lw_by_device *answer, const struct ids *ids,
			const struct lw_entry *entry)
{
	uint16_t id = LW_RID_SOURCE_ID(entry->rid);
	uint32_t domain = domain_of(ids, entry);
	struct lw_stale *stale;

	/* The words of a unit that is off are not carried, and what it had cached reaches nothing. */
	if (domain == NO_DOMAIN && lw_unit_after_known(entry->unit) && !lw_unit_is_on(entry->unit))
		return;
	if (domain == NO_DOMAIN) {
		answer->without_domain++;
		worsen(&answer->caches[LW_CACHE_IOTLB], LW_FLUSH_NOT_KNOWN);
	} else if (ids->iotlb[PERHAPS][domain] <= ids->context[PERHAPS][id]) {
		worsen(&answer->caches[LW_CACHE_IOTLB], LW_FLUSH_FAILED);
		stale = lw_add(h, answer->stale, answer->stale_count, answer->stale_size);
		if (stale)
			*stale = (struct lw_stale){ .entry = entry, .domain = domain };
	} else if (!ids->context[SURE][id] || ids->iotlb[SURE][domain] <= ids->context[SURE][id]) {
		worsen(&answer->caches[LW_CACHE_IOTLB], LW_FLUSH_NOT_KNOWN);
	}
}

static void judge_entry(struct lw_handover *h, struct lw_by_device *answer, const struct ids *ids,
			const struct lw_entry *entry)
{
	uint16_t id = LW_RID_SOURCE_ID(entry->rid);

	answer->any |= ids->named[id];
	if (!ids->context[PERHAPS][id]) {
		worsen(&answer->caches[LW_CACHE_CONTEXT], LW_FLUSH_FAILED);
		if (!answer->uncovered)
			answer->uncovered = entry;
		return;
	}
	if (!ids->context[SURE][id])
		worsen(&answer->caches[LW_CACHE_CONTEXT], LW_FLUSH_NOT_KNOWN);
	judge_iotlb(h, answer, ids, entry);
}

bool lw_judge_by_device(struct lw_handover *h, const struct lw_unit *unit, struct lw_by_device *answer)
{
	struct ids *ids = calloc(1, sizeof(*ids));
	bool *twice = calloc(IDS, sizeof(*twice));
	size_t i;

	*answer = (struct lw_by_device){};
	if (!ids || !twice) {
		h->error = -ENOMEM;
		free(ids);
		free(twice);
		return false;
	}
	read_records(h, unit, ids, twice);
	for (i = 0; i < h->entry_count; i++) {
		if (lw_is_cleared(&h->entries[i], unit))
			judge_entry(h, answer, ids, &h->entries[i]);
	}
	/* The domains of scalable mode stand in PASID entries, of which those of cleared ones are not carried. */
	answer->caches[LW_CACHE_PASID] = answer->any ? LW_FLUSH_NOT_KNOWN : LW_FLUSH_FAILED;
	if (!answer->any)
		answer->caches[LW_CACHE_IOTLB] = LW_FLUSH_FAILED;
	free(ids);
	free(twice);
	return true;
}
