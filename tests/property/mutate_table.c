// SPDX-License-Identifier: GPL-2.0-or-later
/* Mistakes in the tables: entries and root entries that stay, go or change (I1, I2, I3). */
#include <string.h>

#include "luwatch/vtd.h"
#include "trial.h"

static uint64_t *target_entry(struct trial *t)
{
	return synth_entry(t->unit, t->rid);
}

static const uint64_t *entry_before(const struct trial *t)
{
	unsigned int slot = synth_slot(t->unit, t->rid);

	return &t->unit->copies[slot]->words[LW_RID_DEVFN(t->rid) * entry_step(t->unit) % 512];
}

/* v3 shows itself as one that clears root entries only by having cleared one. */
static bool clears_roots(const struct trial *t)
{
	size_t i, slot;

	if (t->s->version != 3)
		return t->s->version > 3;
	for (i = 0; i < t->s->unit_count; i++) {
		const struct synth_unit *unit = t->s->units[i];

		for (slot = 0; slot < SYNTH_TABLES; slot++) {
			if (unit->old_root[slot] & ~unit->root[slot] & VTD_PRESENT)
				return true;
		}
	}
	return false;
}

/* Another unit of the segment may have a preserved device on the same bus. */
static bool bus_is_preserved(const struct trial *t, const struct synth_unit *unit, unsigned int slot)
{
	size_t i, j;

	for (i = 0; i < t->s->device_count; i++) {
		const struct synth_device *device = t->s->devices[i];

		if (device->unit != unit || !device->marked)
			continue;
		if (synth_slot(unit, device->rid) == slot)
			return true;
		for (j = 0; j < device->alias_count; j++) {
			if (synth_slot(unit, device->aliases[j]) == slot)
				return true;
		}
	}
	return false;
}

/* Puts the root entry back, and the finding for it. */
static void restore_root(struct trial *t, struct synth_unit *unit, unsigned int slot)
{
	char subject[64];

	if (unit->root[slot] & VTD_PRESENT)
		return;
	unit->root[slot] = unit->old_root[slot];
	if (bus_is_preserved(t, unit, slot))
		return;
	snprintf(subject, sizeof(subject), "dmar%u bus %02x%s", unit->index, slot >> 1,
		 !unit->scalable ? "" : slot & 1 ? " upper half" : " lower half");
	expect_fail(t, LW_I3, subject);
}

/* When no root entry was cleared any more nothing tells v3 from a version that clears none. */
static void forget_roots(struct trial *t)
{
	size_t i, kept = 0;

	for (i = 0; i < t->fail_count && !clears_roots(t); i++) {
		if (t->fails[i].invariant != LW_I3)
			t->fails[kept++] = t->fails[i];
	}
	if (i)
		t->fail_count = kept;
}

/* --- what is not preserved ------------------------------------------------------------------ */

static void restore_entry(struct trial *t)
{
	memcpy(target_entry(t), entry_before(t), entry_step(t->unit) * 8);
	restore_root(t, t->unit, synth_slot(t->unit, t->rid));
	expect_rid(t, LW_I1, t->rid);
	forget_roots(t);
	apply(t, "entry of %llx left ", (unsigned long long)t->rid);
}

static void leak_one(struct trial *t)
{
	if (pick_entry(t, false))
		restore_entry(t);
}

static struct synth_device *own_device(const struct trial *t)
{
	return synth_device(t->s, t->rid);
}

/* From v4 on the aliases are cleared, too; in scalable mode they never had an entry. */
static bool pick_alias(struct trial *t, const struct synth_device *device)
{
	size_t i;

	if (device->marked || is_faulty(t, device->rid) || !synth_is_cleaned(t->s, device->unit))
		return false;
	for (i = 0; i < device->alias_count; i++) {
		t->unit = device->unit;
		t->rid = device->aliases[i];
		if (t->unit->copies[synth_slot(t->unit, t->rid)] && !is_preserved(t, t->rid) &&
		    entry_before(t)[0] & VTD_PRESENT)
			return true;
	}
	return false;
}

static void leak_alias(struct trial *t)
{
	size_t first = roll_below(&t->pick, t->s->device_count), i;

	for (i = 0; i < t->s->device_count && t->s->version >= 4; i++) {
		if (!pick_alias(t, t->s->devices[(first + i) % t->s->device_count]))
			continue;
		restore_entry(t);
		return;
	}
}

static void restore_table(struct trial *t, struct synth_unit *unit, unsigned int slot)
{
	unsigned int word;

	for (word = 0; word < 512; word += entry_step(unit)) {
		if (unit->copies[slot]->words[word] & VTD_PRESENT &&
		    !is_preserved(t, entry_rid(unit, slot, word)))
			expect_rid(t, LW_I1, entry_rid(unit, slot, word));
	}
	memcpy(unit->tables[slot]->words, unit->copies[slot]->words, LW_PAGE_SIZE);
	restore_root(t, unit, slot);
}

static bool has_faults(const struct trial *t, const struct synth_unit *unit, unsigned int slot)
{
	size_t i;

	for (i = 0; i < t->faulty.count; i++) {
		if (LW_RID_SEGMENT(t->faulty.rid[i]) == unit->segment &&
		    synth_slot(unit, t->faulty.rid[i]) == slot)
			return true;
	}
	return false;
}

static void leak_bus(struct trial *t)
{
	unsigned int slot;

	if (!pick_entry(t, false))
		return;
	slot = synth_slot(t->unit, t->rid);
	if (bus_is_preserved(t, t->unit, slot) || has_faults(t, t->unit, slot))
		return;
	apply(t, "bus %02x of dmar%u left", slot >> 1, t->unit->index);
	restore_table(t, t->unit, slot);
	forget_roots(t);
}

/* The unit was never cleaned. */
static void leak_all(struct trial *t)
{
	struct synth_unit *unit = random_cleaned_unit(t);
	unsigned int slot;

	for (slot = 0; unit && slot < SYNTH_TABLES; slot++) {
		if (has_faults(t, unit, slot))
			return;
	}
	for (slot = 0; unit && slot < SYNTH_TABLES; slot++) {
		if (unit->copies[slot])
			restore_table(t, unit, slot);
	}
	forget_roots(t);
	if (t->fail_count)
		apply(t, "nothing of dmar%u cleared", unit->index);
}

static void appear(struct trial *t)
{
	uint64_t *words;

	if (!pick_entry(t, true))
		return;
	t->rid ^= 0x40 + roll_below(&t->pick, 4);
	words = target_entry(t);
	if (is_preserved(t, t->rid) || is_faulty(t, t->rid) || entry_before(t)[0] & VTD_PRESENT)
		return;
	words[0] = 0x123456000ULL | VTD_PRESENT;
	words[1] = 0x1202;
	expect_rid(t, LW_I1, t->rid);
	apply(t, "entry of %llx appeared", (unsigned long long)t->rid);
}

/* --- what is preserved ---------------------------------------------------------------------- */

static bool pick_preserved(struct trial *t, const char *what)
{
	if (!pick_entry(t, true))
		return false;
	apply(t, "%s of %llx", what, (unsigned long long)t->rid);
	expect_rid(t, LW_I2, t->rid);
	return true;
}

static void lose_one(struct trial *t)
{
	if (pick_preserved(t, "lost entry"))
		synth_clear_entry(t->unit, t->rid);
}

static void lose_root(struct trial *t)
{
	unsigned int slot, word;

	if (!pick_entry(t, true))
		return;
	slot = synth_slot(t->unit, t->rid);
	if (has_faults(t, t->unit, slot))
		return;
	t->unit->root[slot] = 0;
	/* What is behind it is not looked at any more: the domains of its cleared entries are not known. */
	t->unknown_may |= t->s->version < 3 ? BIT(LW_I4) : 0;
	for (word = 0; word < 512; word += entry_step(t->unit)) {
		if (is_preserved(t, entry_rid(t->unit, slot, word)) &&
		    t->unit->copies[slot]->words[word] & VTD_PRESENT)
			expect_rid(t, LW_I2, entry_rid(t->unit, slot, word));
	}
	apply(t, "root entry of bus %02x on dmar%u lost", slot >> 1, t->unit->index);
}

/* Flips bits of the entry that steer translation. */
static void alter_entry(struct trial *t)
{
	static const uint64_t legacy[][2] = {
		{ 1ULL << 40, 0 }, { 3ULL << 2, 0 }, { 0, 1ULL << 12 }, { 0, 4 },
	};
	static const uint64_t scalable[][2] = {
		{ 1ULL << 40, 0 }, { 1ULL << 2, 0 }, { 1ULL << 3, 0 }, { 1ULL << 11, 0 }, { 0, 1 << 9 },
	};
	const uint64_t *flip;

	if (!pick_preserved(t, "altered entry"))
		return;
	flip = t->unit->scalable ? scalable[roll_below(&t->pick, 5)]
				 : legacy[roll_below(&t->pick, 4)];
	target_entry(t)[0] ^= flip[0];
	target_entry(t)[1] ^= flip[1];
}

static void alter_pasid(struct trial *t)
{
	struct synth_device *device;

	if (!pick_entry(t, true) || !t->unit->scalable)
		return;
	device = own_device(t);
	switch (roll_below(&t->pick, 4)) {
	case 0:
		device->pasid_words[0] ^= 1ULL << 30;
		break;
	case 1:
		device->pasid_words[0] &= ~VTD_PRESENT;
		break;
	case 2:
		device->pasid_words[1] ^= 1 << (1 + roll_below(&t->pick, 15));
		break;
	case 3: /* the entry of another PASID */
		device->pasid_elsewhere ^= 1ULL << 40;
		break;
	}
	apply(t, "altered PASID table of %llx", (unsigned long long)t->rid);
	expect_rid(t, LW_I2, t->rid);
}

/* Two devices: each has its own finding, once. */
static void alter_pasids(struct trial *t)
{
	uint64_t first;

	alter_pasid(t);
	if (!t->applied)
		return;
	first = t->rid;
	if (pick_entry(t, true) && t->unit->scalable && t->rid != first) {
		own_device(t)->pasid_words[2] ^= 1;
		expect_rid(t, LW_I2, t->rid);
		apply(t, " and %llx", (unsigned long long)t->rid);
	}
}

/* --- shared requester IDs ------------------------------------------------------------------- */

/* From v4 on: an alias of a device that is not preserved is a preserved device's ID. */
static void share_alias(struct trial *t)
{
	size_t i;

	if (t->s->version < 4 || !pick_preserved_device(t))
		return;
	for (i = 0; i < t->s->device_count; i++) {
		struct synth_device *device = t->s->devices[i];

		if (device->unit != t->unit || device->marked ||
		    device->alias_count == SYNTH_ALIASES)
			continue;
		synth_add_alias(device, t->rid, false);
		expect_rid(t, LW_I2, t->rid);
		apply(t, "%llx lost through an alias of %llx", (unsigned long long)t->rid,
		      (unsigned long long)device->rid);
		return;
	}
}

/* --- root entries --------------------------------------------------------------------------- */

/* Aliases of a device that nobody saw may be in the other half of its bus: then it is not known. */
static bool may_have_phantoms(const struct trial *t, const struct synth_unit *unit, unsigned int slot)
{
	size_t i;

	for (i = 0; i < t->s->device_count; i++) {
		const struct synth_device *device = t->s->devices[i];

		if (device->hidden && device->marked && !device->alias_count &&
		    device->rid >> 8 == LW_RID(unit->segment, slot >> 1, 0) >> 8)
			return true;
	}
	return false;
}

static void leave_root(struct trial *t)
{
	struct synth_unit *unit = random_cleaned_unit(t);
	unsigned int first = roll_below(&t->pick, SYNTH_TABLES), i;

	for (i = 0; unit && i < SYNTH_TABLES; i++) {
		unsigned int slot = (first + i) % SYNTH_TABLES;

		if (!(unit->old_root[slot] & ~unit->root[slot] & VTD_PRESENT) ||
		    may_have_phantoms(t, unit, slot))
			continue;
		restore_root(t, unit, slot);
		forget_roots(t);
		apply(t, "root entry of bus %02x on dmar%u left", slot >> 1, unit->index);
		return;
	}
}

const struct mutation table_mutations[] = {
	{ "leak-one", BIT(LW_I1) | BIT(LW_I3), .after_clear = leak_one },
	{ "leak-alias", BIT(LW_I1) | BIT(LW_I3), .after_clear = leak_alias },
	{ "leak-bus", BIT(LW_I1) | BIT(LW_I3), .after_clear = leak_bus },
	{ "leak-all", BIT(LW_I1) | BIT(LW_I3), .after_clear = leak_all },
	{ "appear", BIT(LW_I1), .after_clear = appear },
	{ "lose-one", BIT(LW_I2), .after_clear = lose_one },
	{ "lose-root", BIT(LW_I2), .after_clear = lose_root },
	{ "lose-through-alias", BIT(LW_I2), .machine = share_alias },
	{ "alter-entry", BIT(LW_I2), .after_clear = alter_entry },
	{ "alter-pasid", BIT(LW_I2), .after_clear = alter_pasid },
	{ "alter-pasids", BIT(LW_I2), .after_clear = alter_pasids },
	{ "leave-root", BIT(LW_I3), .after_clear = leave_root },
	{}
};
