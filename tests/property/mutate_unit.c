// SPDX-License-Identifier: GPL-2.0-or-later
/* Mistakes that concern a unit as a whole: translation, protected memory, adopted tables. */
#include "luwatch/vtd.h"
#include "trial.h"

static void switch_off(struct trial *t)
{
	struct synth_unit *unit = random_cleaned_unit(t);

	if (!unit)
		return;
	unit->gsts &= ~VTD_GSTS_TES;
	expect_unit(t, LW_I5, unit);
	apply(t, "dmar%u off", unit->index);
}

static bool can_stay_on(const struct trial *t, const struct synth_unit *unit)
{
	return unit->root_entry && !unit->gfx_dedicated && !synth_is_cleaned(t->s, unit);
}

static void stay_on(struct trial *t)
{
	size_t first = roll_below(&t->pick, t->s->unit_count), i;
	struct synth_unit *unit = NULL;
	unsigned int slot, word;

	for (i = 0; i < t->s->unit_count && (!unit || !can_stay_on(t, unit)); i++)
		unit = t->s->units[(first + i) % t->s->unit_count];
	if (!can_stay_on(t, unit))
		return;
	unit->gsts |= VTD_GSTS_TES;
	expect_unit(t, LW_I5, unit);
	for (slot = 0; slot < SYNTH_TABLES; slot++) {
		for (word = 0; unit->copies[slot] && word < 512; word += entry_step(unit)) {
			if (unit->copies[slot]->words[word] & VTD_PRESENT)
				expect_rid(t, LW_I1, entry_rid(unit, slot, word));
		}
	}
	apply(t, "dmar%u on, nothing preserved", unit->index);
}

static void leave_protected_memory(struct trial *t)
{
	struct synth_unit *unit = t->s->units[roll_below(&t->pick, t->s->unit_count)];

	if (!unit->cap)
		return;
	unit->pmen = VTD_PMEN_PRS;
	expect_unit(t, LW_I6, unit);
	apply(t, "protected memory of dmar%u on", unit->index);
}

/* --- what is not to be read ----------------------------------------------------------------- */

/* Without the entries a log line that names no segment may be of several devices. */
static uint32_t may_be_ambiguous(const struct trial *t)
{
	return t->faulty.count ? BIT(LW_I10) : 0;
}

static void lose_unit(struct trial *t)
{
	struct synth_unit *unit = t->s->units[roll_below(&t->pick, t->s->unit_count)];

	unit->gone = true;
	t->unknown_must = BIT(LW_I5);
	t->unknown_may = BIT(LW_I1) | BIT(LW_I2) | BIT(LW_I3) | BIT(LW_I6) | may_be_ambiguous(t);
	apply(t, "dmar%u gone", unit->index);
}

static void hide_root(struct trial *t)
{
	struct synth_unit *unit = random_cleaned_unit(t);

	if (!unit)
		return;
	unit->root_unreadable = true;
	t->unknown_must = BIT(LW_I1) | BIT(LW_I2);
	t->unknown_may = BIT(LW_I3) | BIT(LW_I13) | may_be_ambiguous(t);
	apply(t, "root table of dmar%u not readable", unit->index);
}

static void hide_table(struct trial *t)
{
	unsigned int slot;

	if (!pick_entry(t, true))
		return;
	slot = synth_slot(t->unit, t->rid);
	t->unit->tables[slot]->unreadable = true;
	t->unknown_must = BIT(LW_I1) | BIT(LW_I2);
	t->unknown_may = may_be_ambiguous(t);
	apply(t, "table of bus %02x on dmar%u not readable", slot >> 1, t->unit->index);
}

/* A root entry that leads nowhere: neither walk could read the table. */
static void hide_table_always(struct trial *t)
{
	if (!pick_preserved_device(t))
		return;
	t->unit->tables[synth_slot(t->unit, t->rid)]->unreadable = true;
	t->unknown_must = BIT(LW_I1) | BIT(LW_I2);
	t->unknown_may = BIT(LW_I3) | BIT(LW_I4) | BIT(LW_I5) | BIT(LW_I7) | may_be_ambiguous(t);
	apply(t, "table of %llx never readable", (unsigned long long)t->rid);
}

/* --- the next kernel ------------------------------------------------------------------------ */

static bool is_adopted(const struct trial *t, const struct synth_unit *unit)
{
	return !t->s->evidence.log_discarded && t->s->evidence.page_now_count &&
	       t->s->units_now[unit->index].rtaddr == unit->rtaddr;
}

/* A random page of the unit's tables as the next kernel sees it. */
static struct lw_page_now *pick_page(struct trial *t, const struct synth_unit *unit)
{
	uint64_t addresses[64];
	size_t count = 0, i;

	for (i = 0; i < t->s->log_count && count < 64; i++) {
		const struct lw_record *r = &t->s->log[i];

		if (r->unit != unit->index)
			continue;
		if (r->type == LW_REC_ROOT && r->root.phase == LW_AFTER)
			addresses[count++] = r->root.rtaddr;
		else if (r->type == LW_REC_TABLE && r->table.phase == LW_AFTER &&
			 !(r->table.flags & LW_TABLE_GONE))
			addresses[count++] = r->table.root;
		else if (r->type == LW_REC_PASID_TABLE && r->pasid_table.phase == LW_AFTER)
			addresses[count++] = roll_chance(&t->pick, 50) ? r->pasid_table.directory
								       : r->pasid_table.table;
	}
	t->rid = addresses[roll_below(&t->pick, count)] & VTD_ADDRESS;
	for (i = 0; i < t->s->evidence.page_now_count; i++) {
		if (t->s->pages_now[i].address == t->rid)
			return &t->s->pages_now[i];
	}
	return NULL;
}

static struct lw_page_now *pick_adopted_page(struct trial *t)
{
	t->unit = random_cleaned_unit(t);
	return t->unit && is_adopted(t, t->unit) ? pick_page(t, t->unit) : NULL;
}

static void overwrite(struct trial *t)
{
	struct lw_page_now *page = pick_adopted_page(t);

	if (!page)
		return;
	page->digest ^= 1ULL << roll_below(&t->pick, 64);
	expect_unit(t, LW_I13, t->unit);
	apply(t, "page %llx of dmar%u overwritten", (unsigned long long)page->address,
	      t->unit->index);
}

static void hide_page(struct trial *t)
{
	struct lw_page_now *page = pick_adopted_page(t);

	if (!page)
		return;
	page->readable = false;
	t->unknown_must = BIT(LW_I13);
	apply(t, "page %llx of dmar%u not readable", (unsigned long long)page->address,
	      t->unit->index);
}

static void look_away(struct trial *t)
{
	if (!random_cleaned_unit(t))
		return;
	t->s->evidence.unit_now_count = 0;
	t->unknown_must = BIT(LW_I13);
	apply(t, "units of the next kernel not looked at");
}

const struct mutation unit_mutations[] = {
	{ "translation-off", BIT(LW_I5), .after_flush = switch_off },
	{ "translation-on", BIT(LW_I5) | BIT(LW_I1), .after_flush = stay_on },
	{ "protected-memory-on", BIT(LW_I6), .after_clear = leave_protected_memory },
	{ "unit-gone", 0, .after_flush = lose_unit },
	{ "root-unreadable", 0, .after_flush = hide_root },
	{ "table-unreadable", 0, .after_flush = hide_table },
	{ "table-never-readable", 0, .before_shutdown = hide_table_always },
	{ "tables-overwritten", BIT(LW_I13), .evidence = overwrite },
	{ "tables-not-read", BIT(LW_I13), .evidence = hide_page },
	{ "receiver-not-looked-at", BIT(LW_I13), .evidence = look_away },
	{}
};
