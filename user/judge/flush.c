// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a record of an invalidation says: a descriptor of the queue (VT-d specification 6.5.2), or a
 * write to the registers of a unit without one.
 */
#include "judge/flush.h"
#include "luwatch/vtd.h"

static enum lw_flush_scope scope_of(uint64_t granularity)
{
	return granularity == 1 ? LW_FLUSH_GLOBAL : granularity == 2 ? LW_FLUSH_DOMAIN : LW_FLUSH_DEVICE;
}

/* Granularities: context 1 global 2 domain 3 device; IOTLB 1, 2, 3 page; PASID 0 domain 1 PASID 3 global. */
static bool read_queued(const struct lw_rec_invalidation *inv, struct lw_flush *flush)
{
	static const uint16_t masks[] = { 0, 4, 6, 7 };
	unsigned int granularity = VTD_INV_GRANULARITY(inv->qw[0]);

	flush->domain = VTD_INV_DOMAIN_ID(inv->qw[0]);
	switch (VTD_INV_TYPE(inv->qw[0])) {
	case VTD_INV_CONTEXT:
		flush->cache = LW_CACHE_CONTEXT;
		flush->source_id = VTD_INV_SOURCE_ID(inv->qw[0]);
		flush->mask = masks[inv->qw[0] >> 48 & 3];
		break;
	case VTD_INV_IOTLB:
		flush->cache = LW_CACHE_IOTLB;
		break;
	case VTD_INV_PASID_CACHE:
		flush->cache = LW_CACHE_PASID;
		flush->scope = granularity == 3 ? LW_FLUSH_GLOBAL : LW_FLUSH_DOMAIN;
		return true;
	default:
		return false;
	}
	flush->scope = scope_of(granularity);
	return true;
}

static bool read_flush(const struct lw_rec_invalidation *inv, struct lw_flush *flush)
{
	*flush = (struct lw_flush){};
	if (!(inv->flags & LW_INV_REGISTER))
		return read_queued(inv, flush);
	flush->cache = inv->flags & LW_INV_IOTLB ? LW_CACHE_IOTLB : LW_CACHE_CONTEXT;
	flush->scope = scope_of(inv->qw[0]);
	flush->domain = inv->qw[1];
	flush->source_id = inv->qw[2];
	return true;
}

/* At the last look everything that was submitted had been carried out, and nothing had failed. */
static bool queue_is_drained(const struct lw_unit *unit)
{
	const struct lw_rec_unit_state *after = unit->after;

	return lw_unit_after_known(unit) && !(after->fsts & VTD_FSTS_QUEUE_ERRORS) &&
	       VTD_QUEUE_OFFSET(after->iqh) == VTD_QUEUE_OFFSET(after->iqt);
}

/* Through registers the driver waits until the unit says that it is done. */
static enum lw_outcome outcome_of(const struct lw_unit *unit, const struct lw_rec_invalidation *inv)
{
	if (inv->flags & LW_INV_REGISTER)
		return LW_FLUSH_DONE;
	if (inv->flags & LW_INV_RESULT_KNOWN)
		return inv->result ? LW_FLUSH_FAILED : LW_FLUSH_DONE;
	return queue_is_drained(unit) ? LW_FLUSH_DONE : LW_FLUSH_NOT_KNOWN;
}

/* Where the clearing function has no symbol, all of the shutdown may be it. */
bool lw_flush_of(const struct lw_handover *h, const struct lw_record *record, const struct lw_unit *unit,
		 struct lw_flush *flush)
{
	uint64_t begin = unit->clear_begin;

	if (!begin && h->shutdown)
		begin = h->shutdown->seq;
	if (record->type != LW_REC_INVALIDATION || record->unit != unit->index || record->seq <= begin ||
	    !read_flush(&record->invalidation, flush))
		return false;
	flush->outcome = outcome_of(unit, &record->invalidation);
	return true;
}

bool lw_is_cleared(const struct lw_entry *entry, const struct lw_unit *unit)
{
	return entry->unit == unit &&
	       (entry->state == LW_CONTEXT_CLEARED || (entry->state == LW_CONTEXT_UNREACHABLE &&
						       entry->notes & LW_NOTE_ROOT_GONE));
}
