// SPDX-License-Identifier: GPL-2.0-or-later
/* Mistakes that concern a unit as a whole: translation, protected memory, adopted tables. */
#include "luwatch/vtd.h"
#include "trial.h"

/* Without the entries, or behind a unit that is off, a log line that names no segment may be of several devices. */
static uint32_t may_be_ambiguous(const struct trial *t)
{
	return t->faulty.count ? BIT(LW_I10) : 0;
}

static void switch_off(struct trial *t)
{
	struct synth_unit *unit = random_cleaned_unit(t);

	if (!unit)
		return;
	unit->gsts &= ~VTD_GSTS_TES;
	expect_unit(t, LW_I5, unit);
	t->unknown_may |= may_be_ambiguous(t);
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
	t->unknown_may = BIT(LW_I13) | may_be_ambiguous(t);
	apply(t, "table of bus %02x on dmar%u not readable", slot >> 1, t->unit->index);
}

/* A root entry that leads nowhere: neither walk could read the table. */
static void hide_table_always(struct trial *t)
{
	if (!pick_preserved_device(t))
		return;
	t->unit->tables[synth_slot(t->unit, t->rid)]->unreadable = true;
	t->unknown_must = BIT(LW_I1) | BIT(LW_I2);
	t->unknown_may = BIT(LW_I3) | BIT(LW_I4) | BIT(LW_I5) | BIT(LW_I7) | BIT(LW_I13) |
			 may_be_ambiguous(t);
	apply(t, "table of %llx never readable", (unsigned long long)t->rid);
}

/* --- the next kernel ------------------------------------------------------------------------ */

static bool is_adopted(const struct trial *t, const struct synth_unit *unit)
{
	return t->s->evidence.page_now_count && !t->s->units_now[unit->index].discarded &&
	       synth_is_cleaned(t->s, unit);
}

/* A preserved device on a unit whose tables the next kernel goes on with. */
static bool pick_adopted_device(struct trial *t)
{
	return t->s->evidence.page_now_count && pick_preserved_device(t) && is_adopted(t, t->unit);
}

/* A bit that steers its translation: of the context entry or of what is behind it. */
static void overwrite(struct trial *t)
{
	struct synth_device *device;
	uint64_t *word;

	if (!pick_adopted_device(t))
		return;
	device = synth_device(t->s, t->rid);
	word = synth_entry_now(t->s, t->rid);
	if (t->unit->scalable && roll_chance(&t->pick, 50))
		word = &synth_page_now(t->s, device->pasid_table)
				[(VTD_SM_CONTEXT_RID_PASID(word[1]) & 63) * 8 + roll_below(&t->pick, 7)];
	*word ^= 1ULL << (12 + roll_below(&t->pick, 40));
	expect_rid(t, LW_I13, t->rid);
	apply(t, "tables of %llx overwritten by the next kernel", (unsigned long long)t->rid);
}

static void hide_page(struct trial *t)
{
	uint64_t address;
	size_t i;

	if (!pick_adopted_device(t))
		return;
	address = t->unit->rtaddr;
	if (roll_chance(&t->pick, 50))
		address = t->unit->root[synth_slot(t->unit, t->rid)];
	for (i = 0; i < t->s->evidence.page_now_count; i++)
		if (t->s->pages_now[i].address == (address & VTD_ADDRESS))
			t->s->pages_now[i].words = NULL;
	t->unknown_must = BIT(LW_I13);
	apply(t, "page %llx of dmar%u not readable", (unsigned long long)address, t->unit->index);
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
