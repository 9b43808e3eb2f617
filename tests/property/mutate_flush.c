// SPDX-License-Identifier: GPL-2.0-or-later
/* Mistakes in the invalidations of one unit; the other units get the good ones (I4). */
#include "luwatch/vtd.h"
#include "trial.h"

#define CONTEXT 0
#define IOTLB   1
#define PASID   2
#define GLOBAL  1
#define DOMAIN  2
#define NARROW  3 /* device, page */
#define PASID_GLOBAL 3
#define PASID_DOMAIN 0

static size_t count_cleared(const struct synth_unit *unit)
{
	size_t slot, word, count = 0;

	for (slot = 0; slot < SYNTH_TABLES; slot++) {
		const struct synth_table *was = unit->copies[slot], *now = unit->tables[slot];

		for (word = 0; was && word < 512; word += entry_step(unit))
			count += was->words[word] & ~now->words[word] & VTD_PRESENT;
	}
	return count;
}

/* A unit of which something was cleared; the others are flushed. NULL where I4 is not judged. */
static struct synth_unit *flush_others(struct trial *t)
{
	struct synth_unit *unit = t->s->version < 3 ? NULL : random_cleaned_unit(t);
	size_t i;

	/* One entry could be covered by a flush of that device: v2 does it like that. */
	if (unit && count_cleared(unit) < 2)
		unit = NULL;
	for (i = 0; i < t->s->unit_count; i++) {
		if (t->s->units[i] != unit && synth_is_cleaned(t->s, t->s->units[i]))
			synth_flush_unit(t->s, t->s->units[i]);
	}
	return unit;
}

static void fail_unit(struct trial *t, const struct synth_unit *unit, const char *what)
{
	expect_unit(t, LW_I4, unit);
	apply(t, "%s on dmar%u", what, unit->index);
}

static void flush(struct trial *t, struct synth_unit *unit, unsigned int kind)
{
	if (kind != PASID || unit->scalable)
		synth_flush(t->s, unit, kind, kind == PASID ? PASID_GLOBAL : GLOBAL, 0);
}

/* All but one of the three kinds, and the scope in which that one is invalidated instead. */
static void flush_badly(struct trial *t, unsigned int kind, int scope, const char *what)
{
	static const unsigned int order[] = { CONTEXT, PASID, IOTLB };
	struct synth_unit *unit = flush_others(t);
	size_t i;

	if (unit && kind == PASID && !unit->scalable) {
		synth_flush_unit(t->s, unit);
		return;
	}
	for (i = 0; unit && i < 3; i++) {
		if (order[i] != kind)
			flush(t, unit, order[i]);
		else if (scope >= 0)
			synth_flush(t->s, unit, kind, scope, 0);
	}
	if (unit)
		fail_unit(t, unit, what);
}

static void no_context(struct trial *t)
{
	flush_badly(t, CONTEXT, -1, "no context invalidation");
}

static void no_iotlb(struct trial *t)
{
	flush_badly(t, IOTLB, -1, "no IOTLB invalidation");
}

static void no_pasid(struct trial *t)
{
	flush_badly(t, PASID, -1, "no PASID-cache invalidation");
}

static void narrow(struct trial *t)
{
	unsigned int scope = roll_chance(&t->pick, 50) ? DOMAIN : NARROW;

	switch (roll_below(&t->pick, 3)) {
	case 0:
		flush_badly(t, CONTEXT, scope, "context invalidation too narrow");
		break;
	case 1:
		flush_badly(t, IOTLB, scope, "IOTLB invalidation too narrow");
		break;
	case 2:
		flush_badly(t, PASID, PASID_DOMAIN, "PASID-cache invalidation too narrow");
		break;
	}
}

static void wrong_order(struct trial *t)
{
	struct synth_unit *unit = flush_others(t);

	if (!unit)
		return;
	if (unit->scalable && roll_chance(&t->pick, 50)) {
		/* The PASID cache first, or last. */
		bool first = roll_chance(&t->pick, 50);

		if (first)
			flush(t, unit, PASID);
		flush(t, unit, CONTEXT);
		flush(t, unit, IOTLB);
		if (!first)
			flush(t, unit, PASID);
	} else {
		flush(t, unit, IOTLB);
		flush(t, unit, CONTEXT);
		if (unit->scalable) {
			flush(t, unit, PASID);
			t->repeated |= BIT(LW_I4);
		}
	}
	fail_unit(t, unit, "wrong order of invalidations");
}

/* A submission that did not work is none. */
static void failed(struct trial *t)
{
	struct synth_unit *unit = flush_others(t);
	bool told = t->s->probes >> LW_PROBE_QI_SUBMIT_END & 1;

	if (!unit)
		return;
	if (!told || !(unit->gsts & VTD_GSTS_QIES)) {
		synth_flush_unit(t->s, unit);
		return;
	}
	synth_flush(t->s, unit, CONTEXT, GLOBAL, -5);
	flush(t, unit, PASID);
	flush(t, unit, IOTLB);
	fail_unit(t, unit, "context invalidation not carried out");
}

/* Of RECORD, a context invalidation of one device: its source-id, in a descriptor or as for a register. */
static uint16_t source_of(const struct lw_rec_invalidation *inv)
{
	return inv->flags & LW_INV_REGISTER ? inv->qw[2] : VTD_INV_SOURCE_ID(inv->qw[0]);
}

static bool is_context(const struct lw_rec_invalidation *inv)
{
	return inv->flags & LW_INV_REGISTER ? !(inv->flags & LW_INV_IOTLB)
					    : VTD_INV_TYPE(inv->qw[0]) == VTD_INV_CONTEXT;
}

static bool is_iotlb(const struct lw_rec_invalidation *inv)
{
	return inv->flags & LW_INV_REGISTER ? inv->flags & LW_INV_IOTLB
					    : VTD_INV_TYPE(inv->qw[0]) == VTD_INV_IOTLB;
}

static void look_again(const struct synth_unit *unit, struct lw_record *record)
{
	struct lw_rec_invalidation *inv = &record->invalidation;

	inv->flags &= ~(LW_INV_ENTRY_GONE | LW_INV_ENTRY_THERE);
	inv->flags |= synth_entry_flag(unit, VTD_INV_CONTEXT | 3 << 4 | (uint64_t)source_of(inv) << 32);
	synth_seal(record);
}

/* v2: each cleared entry has its own; one of them is left out. */
static void forget_device(struct trial *t)
{
	size_t i, last;

	if (t->s->version != 2 || !pick_entry(t, false)) {
		synth_flush_all(t->s);
		return;
	}
	last = t->s->log_count;
	synth_flush_all(t->s);
	for (i = last; i < t->s->log_count; i++) {
		struct lw_rec_invalidation *inv = &t->s->log[i].invalidation;

		if (t->s->log[i].unit != t->unit->index || !is_context(inv) ||
		    source_of(inv) != LW_RID_SOURCE_ID(t->rid))
			continue;
		if (inv->flags & LW_INV_REGISTER)
			inv->qw[2] ^= 0x5a5a;
		else
			inv->qw[0] ^= 0x5a5aULL << 32;
		look_again(t->unit, &t->s->log[i]);
		t->repeated |= BIT(LW_I4);
		fail_unit(t, t->unit, "context invalidation of one device forgotten");
		return;
	}
}

/* v2: the IOTLB is invalidated for another domain than that of the cleared entry. */
static void other_domain(struct trial *t)
{
	bool aimed = t->s->version == 2 && pick_entry(t, false) && !t->unit->scalable;
	struct lw_rec_invalidation *inv;
	size_t i = t->s->log_count;

	synth_flush_all(t->s);
	for (; aimed && i + 1 < t->s->log_count; i++) {
		inv = &t->s->log[i].invalidation;
		if (t->s->log[i].unit != t->unit->index || !is_context(inv) ||
		    source_of(inv) != LW_RID_SOURCE_ID(t->rid))
			continue;
		inv = &t->s->log[i + 1].invalidation;
		if (!is_iotlb(inv))
			return;
		if (inv->flags & LW_INV_REGISTER)
			inv->qw[1] ^= 0x8000;
		else
			inv->qw[0] ^= 0x8000ULL << 16;
		synth_seal(&t->s->log[i + 1]);
		expect_rid(t, LW_I4, t->rid);
		apply(t, "IOTLB invalidation of another domain on dmar%u", t->unit->index);
		return;
	}
}

/* The entry is only cleared when everything has been invalidated. */
static void keep_for_later(struct trial *t)
{
	unsigned int slot, word;

	if (!pick_entry(t, false))
		return;
	slot = synth_slot(t->unit, t->rid);
	word = LW_RID_DEVFN(t->rid) * entry_step(t->unit) % 512;
	/* v1 is not judged. Another cleared entry must be left, or nothing was. */
	if (t->s->version < 2)
		return;
	t->unit->tables[slot]->words[word] = t->unit->copies[slot]->words[word];
	t->unit->tables[slot]->words[word + 1] = t->unit->copies[slot]->words[word + 1];
	if (t->s->version < 3)
		t->repeated |= BIT(LW_I4);
	fail_unit(t, t->unit, "entry cleared after the invalidations");
}

static void clear_late(struct trial *t)
{
	if (t->applied)
		synth_clear_entry(t->unit, t->rid);
}

const struct mutation flush_mutations[] = {
	{ "no-context-invalidation", BIT(LW_I4), .invalidate = no_context },
	{ "no-iotlb-invalidation", BIT(LW_I4), .invalidate = no_iotlb },
	{ "no-pasid-invalidation", BIT(LW_I4), .invalidate = no_pasid },
	{ "narrow-invalidation", BIT(LW_I4), .invalidate = narrow },
	{ "wrong-order", BIT(LW_I4), .invalidate = wrong_order },
	{ "failed-invalidation", BIT(LW_I4), .invalidate = failed },
	{ "forgotten-device", BIT(LW_I4), .invalidate = forget_device },
	{ "other-domain", BIT(LW_I4), .invalidate = other_domain },
	{ "cleared-too-late", BIT(LW_I4), .after_clear = keep_for_later, .after_flush = clear_late },
	{}
};
