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
	size_t i;

	for (i = 0; i < 512; i++)
		state = lw_mix(state, words[i]);
	return state;
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

/* LW_LATE_*: written after the last global invalidation. */
unsigned int synth_late(const struct synth_unit *unit, const uint64_t *then, size_t step, uint64_t now)
{
	unsigned int bits = 0, kind;

	for (kind = 0; kind < 3; kind++)
		bits |= then[kind * step] != now ? 1U << kind : 0;
	return bits & unit->invalidated;
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
	synth_emit(s, r);
}

void synth_flush(struct synth *s, struct synth_unit *unit, unsigned int kind, unsigned int scope,
		 int result)
{
	static const unsigned int types[] = { VTD_INV_CONTEXT, VTD_INV_IOTLB, VTD_INV_PASID_CACHE };
	struct lw_record r = { .type = LW_REC_INVALIDATION, .unit = unit->index };
	size_t i;

	if (scope == (kind == 2 ? 3 : 1)) {
		for (i = 0; i < SYNTH_TABLES; i++)
			unit->digests[kind][i] = unit->tables[i] ? synth_digest_once(&unit->tables[i]->seen,
									      unit->tables[i]->words)
								 : 0;
		unit->root_digests[kind] = synth_digest_once(&unit->root_seen, unit->root);
		unit->invalidated |= 1U << kind;
	}
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
