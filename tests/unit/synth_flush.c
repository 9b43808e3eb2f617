// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Invalidations of the synthetic machine, with the digests that tell what was written after them, as
 * bpf/invalidate.bpf.h and bpf/digest.bpf.h do it.
 */
#include <string.h>

#include "luwatch/vtd.h"
#include "synth.h"
#include "synth_parts.h"

uint64_t synth_digest(const uint64_t *words)
{
	uint64_t state = LW_MIX_SEED;
	size_t group, i;

	for (group = 0; group < 64; group++) {
		uint64_t any = 0;

		for (i = 0; i < 8; i++)
			any |= words[group * 8 + i];
		if (!any)
			continue;
		state = lw_mix(state, group);
		for (i = 0; i < 8; i++)
			state = lw_mix(state, words[group * 8 + i]);
	}
	return state >> 16;
}

uint64_t synth_digest_once(struct synth_digest *seen, const uint64_t *words)
{
	if (!seen->known || memcmp(seen->words, words, sizeof(seen->words))) {
		memcpy(seen->words, words, sizeof(seen->words));
		seen->digest = synth_digest(words);
		seen->known = true;
	}
	return seen->digest;
}

/* Whether NOW and THEN differ in a group of words that was not zero in BEFORE; THEN becomes NOW. */
static bool was_written(const uint64_t *before, uint64_t *then, const uint64_t *now)
{
	static const uint64_t zeros[8];
	bool written = false;
	size_t i;

	for (i = 0; i < 512; i += 8) {
		if (memcmp(&before[i], zeros, sizeof(zeros)))
			written |= memcmp(&then[i], &now[i], sizeof(zeros));
	}
	memcpy(then, now, LW_PAGE_SIZE);
	return written;
}

void synth_note_writes(struct synth_unit *unit)
{
	size_t i;

	for (i = 0; i < SYNTH_TABLES; i++) {
		if (unit->copies[i] && unit->tables[i] &&
		    was_written(unit->copies[i]->words, unit->flushed[i], unit->tables[i]->words))
			unit->late[i] = unit->invalidated;
	}
	if (was_written(unit->old_root, unit->flushed_root, unit->root))
		unit->late_root = unit->invalidated;
}

/* A global invalidation of this KIND: what comes after it is late for it. */
static void flush_all(struct synth_unit *unit, unsigned int kind)
{
	size_t i;

	synth_note_writes(unit);
	for (i = 0; i < SYNTH_TABLES; i++)
		unit->late[i] &= ~(1U << kind);
	unit->late_root &= ~(1U << kind);
	unit->invalidated |= 1U << kind;
}

unsigned int synth_entry_flag(const struct synth_unit *unit, uint64_t descriptor)
{
	uint64_t rid = LW_RID(unit->segment, VTD_INV_SOURCE_ID(descriptor) >> 8, descriptor >> 32);
	unsigned int slot = synth_slot(unit, rid), devfn = LW_RID_DEVFN(rid);

	if (VTD_INV_TYPE(descriptor) != VTD_INV_CONTEXT || VTD_INV_GRANULARITY(descriptor) != 3 ||
	    !unit->copies[slot] || unit->root_unreadable || unit->tables[slot]->unreadable)
		return 0;
	return unit->tables[slot]->words[unit->scalable ? (devfn & 0x7f) * 4 : devfn * 2] & VTD_PRESENT ?
		       LW_INV_ENTRY_THERE :
		       LW_INV_ENTRY_GONE;
}

/* QW[0] is a descriptor; a unit without a queue is told through its registers. */
static void emit_invalidation(struct synth *s, const struct synth_unit *unit, struct lw_record *r,
			      int result)
{
	uint64_t descriptor = r->invalidation.qw[0];
	struct lw_rec_invalidation *inv = &r->invalidation;

	if (unit->gsts & VTD_GSTS_QIES) {
		inv->flags = s->probes >> LW_PROBE_QI_SUBMIT_END & 1 ? LW_INV_RESULT_KNOWN : 0;
		inv->result = inv->flags ? result : 0;
	} else {
		inv->flags = LW_INV_REGISTER;
		if (VTD_INV_TYPE(descriptor) == VTD_INV_IOTLB)
			inv->flags |= LW_INV_IOTLB;
		inv->qw[0] = VTD_INV_GRANULARITY(descriptor);
		inv->qw[1] = VTD_INV_DOMAIN_ID(descriptor);
		inv->qw[2] = VTD_INV_SOURCE_ID(descriptor);
	}
	inv->flags |= synth_entry_flag(unit, descriptor);
	synth_emit(s, r);
}

void synth_flush(struct synth *s, struct synth_unit *unit, unsigned int kind, unsigned int scope,
		 int result)
{
	static const unsigned int types[] = { VTD_INV_CONTEXT, VTD_INV_IOTLB, VTD_INV_PASID_CACHE };
	struct lw_record r = { .type = LW_REC_INVALIDATION, .unit = unit->index };

	if (scope == (kind == 2 ? 3 : 1))
		flush_all(unit, kind);
	r.invalidation.qw[0] = types[kind] | scope << 4;
	emit_invalidation(s, unit, &r, result);
}

void synth_flush_device(struct synth *s, struct synth_unit *unit, uint64_t rid, uint64_t domain)
{
	struct lw_record r = { .type = LW_REC_INVALIDATION, .unit = unit->index };

	r.invalidation.qw[0] = VTD_INV_CONTEXT | 3 << 4 | domain << 16 |
			       (uint64_t)LW_RID_SOURCE_ID(rid) << 32;
	emit_invalidation(s, unit, &r, 0);
	r.invalidation.qw[0] = VTD_INV_PASID_CACHE | domain << 16;
	if (unit->scalable)
		emit_invalidation(s, unit, &r, 0);
	r.invalidation.qw[0] = VTD_INV_IOTLB | 2 << 4 | domain << 16;
	emit_invalidation(s, unit, &r, 0);
}
