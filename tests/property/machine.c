// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A random machine: units, buses, devices, aliases, what is preserved, and the version of the
 * series that its kernel has. Most are small, a few have 64 units or 256 buses on each. Nothing in
 * it is wrong: where a version of the series is known to break a topology, that pair is not made.
 */
#include <stdlib.h>

#include "luwatch/vtd.h"
#include "trial.h"

static size_t roll_units(struct trial *t)
{
	uint64_t r = roll_below(&t->dice, 1000);

	if (t->giant)
		return 64;
	return r < 500	 ? 1
	       : r < 850 ? 2 + roll_below(&t->dice, 3)
	       : r < 985 ? 5 + roll_below(&t->dice, 8)
			 : 13 + roll_below(&t->dice, 52);
}

bool narrow_segments;

static uint32_t roll_segment(struct trial *t, size_t number)
{
	const uint32_t segments[] = { 0, 0, 0, 1, number, 0x10000, 0x10000 + number };

	return segments[roll_below(&t->dice, sizeof(segments) / sizeof(*segments))] &
	       (narrow_segments ? 0xffff : ~0U);
}

static void add_unit(struct trial *t, size_t number, bool scalable)
{
	struct synth_unit *unit = synth_add_unit(t->s, roll_segment(t, number), scalable);

	unit->ecap = roll(&t->dice);
	if (roll_chance(&t->dice, 30))
		unit->cap = 1 << 5 | roll_below(&t->dice, 2) << 6;
	if (unit->cap && roll_chance(&t->dice, 50))
		unit->pmen = VTD_PMEN_PRS;
	/* Without a queue: invalidations through registers, which scalable mode does not have. */
	if (!scalable && roll_chance(&t->dice, 15))
		unit->gsts &= ~VTD_GSTS_QIES;
	unit->gfx_dedicated = roll_chance(&t->dice, 4);
	if (roll_chance(&t->dice, 2)) {
		/* Never set up by the driver. */
		unit->rtaddr = unit->root_entry = 0;
		unit->gsts = 0;
	}
}

static void add_units(struct trial *t)
{
	bool scalable = roll_chance(&t->dice, 50), mixed = roll_chance(&t->dice, 5);
	size_t count = roll_units(t), i;

	for (i = 0; i < count; i++)
		add_unit(t, i, mixed ? roll_chance(&t->dice, 50) : scalable);
}

/* Random contents that mean something, so that their change does, too. */
static void decorate(struct trial *t, struct synth_device *device)
{
	uint64_t *words = synth_entry(device->unit, device->rid);

	if (device->unit->scalable) {
		words[0] |= roll_below(&t->dice, 2) << 1 | roll_below(&t->dice, 2) << 2;
		words[0] |= roll_chance(&t->dice, 30) ? VTD_SM_CONTEXT_PRE_BIT : 0;
		words[1] = roll_chance(&t->dice, 20) ? roll_below(&t->dice, 1 << 15) : 0;
		words[2] = roll_chance(&t->dice, 5) ? roll(&t->dice) : 0;
		device->pasid_elsewhere = roll_below(&t->dice, 1 << 20) << 12;
	} else {
		words[0] |= roll_below(&t->dice, 2) << 1 | roll_below(&t->dice, 3) << 2;
		words[1] = (words[1] & ~7ULL) | (1 + roll_below(&t->dice, 3));
	}
}

static void add_device(struct trial *t, struct synth_unit *unit, unsigned int bus,
		       unsigned int devfn, unsigned int preserved)
{
	uint64_t rid = LW_RID(unit->segment, bus, devfn);
	struct synth_device *device;

	/* Another unit of this segment may share the bus, but not the requester ID. */
	if (list_has(&t->used, rid))
		return;
	list_add(&t->fresh, rid);
	device = synth_add_device(t->s, unit, rid);
	decorate(t, device);
	device->assigned = roll_chance(&t->dice, 10);
	device->rmrr = roll_chance(&t->dice, 3);
	device->hidden = roll_chance(&t->dice, 2);
	if (t->s->version && roll_chance(&t->dice, preserved))
		synth_preserve(device);
	else if (roll_chance(&t->dice, 10))
		synth_clear_entry(unit, rid); /* no driver ever used it */
}

static unsigned int roll_devfn(struct trial *t)
{
	/* As firmware gives them; so the same ones come again on other buses and segments. */
	if (roll_chance(&t->dice, 60))
		return roll_below(&t->dice, 4) << 3 | roll_below(&t->dice, 2);
	return roll_below(&t->dice, 256);
}

static void add_bus(struct trial *t, struct synth_unit *unit, unsigned int bus,
		    unsigned int preserved)
{
	unsigned int count = 1 + roll_below(&t->dice, roll_chance(&t->dice, 10) ? 24 : 4), i;
	bool taken[256] = {};

	if (t->giant ? bus % 64 == 7 : roll_below(&t->dice, 400) == 0)
		count = 256;
	for (i = 0; i < count; i++) {
		unsigned int devfn = count == 256 ? i : roll_devfn(t);

		if (!taken[devfn])
			add_device(t, unit, bus, devfn, preserved);
		taken[devfn] = true;
	}
}

static void fill_unit(struct trial *t, struct synth_unit *unit, unsigned int preserved)
{
	unsigned int buses = 1 + roll_below(&t->dice, roll_chance(&t->dice, 5) ? 40 : 5);
	unsigned int first = roll_below(&t->dice, roll_chance(&t->dice, 50) ? 2 : 256), i;

	if (unit->gfx_dedicated || roll_chance(&t->dice, 25))
		preserved = 0;
	if (t->giant)
		buses = 256;
	for (i = 0; i < buses; i++)
		add_bus(t, unit, (first + i) & 0xff, preserved);
	for (i = 0; i < t->fresh.count; i++)
		list_add(&t->used, t->fresh.rid[i]);
	t->fresh.count = 0;
	list_sort(&t->used);
}

/* --- aliases -------------------------------------------------------------------------------- */

/* Whether this kernel leaves a requester ID of both kinds of devices in order. */
static bool may_be_contested(const struct trial *t, const struct synth_unit *unit)
{
	if (t->s->version == 5)
		return false; /* devices that share a group are refused */
	return unit->scalable || t->s->version < 4; /* not programmed, or aliases not cleared */
}

static void add_alias(struct trial *t, struct synth_device *device, uint64_t alias)
{
	bool entry = !device->unit->scalable && (device->marked || t->s->version >= 4);
	const uint64_t *own = synth_entry(device->unit, device->rid);

	if (device->alias_count < SYNTH_ALIASES)
		synth_add_alias(device, alias, entry && own[0] & VTD_PRESENT);
}

static bool roll_free_rid(struct trial *t, const struct synth_unit *unit, unsigned int bus,
			  uint64_t *rid)
{
	*rid = LW_RID(unit->segment, bus, roll_below(&t->dice, 256));
	if (list_contains(&t->used, *rid))
		return false;
	list_add(&t->used, *rid);
	return true;
}

/* Devices FIRST … of one unit behind one bridge: all send with the same ID, too. */
static void add_bridge(struct trial *t, size_t first)
{
	const struct synth_device *of = t->s->devices[first];
	size_t count = 1 + roll_below(&t->dice, 4), i;
	bool marked = of->marked;
	unsigned int bus = roll_chance(&t->dice, 50) ? LW_RID_BUS(of->rid)
						     : roll_below(&t->dice, 256);
	uint64_t alias;

	if (!roll_free_rid(t, of->unit, bus, &alias))
		return;
	for (i = first; i < first + count && i < t->s->device_count; i++) {
		struct synth_device *device = t->s->devices[i];

		if (device->unit != of->unit)
			break;
		if (device->marked != marked && !may_be_contested(t, device->unit))
			break;
		add_alias(t, device, alias);
	}
}

static void add_phantoms(struct trial *t, struct synth_device *device)
{
	size_t count = 1 + roll_below(&t->dice, 3), i;
	uint64_t alias;

	for (i = 0; i < count; i++) {
		if (roll_free_rid(t, device->unit, LW_RID_BUS(device->rid), &alias))
			add_alias(t, device, alias);
	}
}

static void add_aliases(struct trial *t)
{
	size_t many = t->s->device_count / 8 < 40 ? t->s->device_count / 8 : 40, i;
	size_t wanted = 2 + roll_below(&t->dice, 3 + many);

	for (i = 0; i < wanted && t->s->device_count; i++) {
		size_t at = roll_below(&t->dice, t->s->device_count);

		if (roll_chance(&t->dice, 60))
			add_bridge(t, at);
		else
			add_phantoms(t, t->s->devices[at]);
	}
}

/* --- the rest ------------------------------------------------------------------------------- */

static void list_preserved(struct trial *t)
{
	size_t i, j;

	for (i = 0; i < t->s->device_count; i++) {
		const struct synth_device *device = t->s->devices[i];

		if (!device->marked)
			continue;
		list_add(&t->preserved, device->rid);
		for (j = 0; j < device->alias_count; j++)
			list_add(&t->preserved, device->aliases[j]);
	}
	list_sort(&t->preserved);
}

/* Probes that no answer rests on may be missing. */
static void drop_probes(struct trial *t)
{
	const unsigned int optional[] = {
		LW_PROBE_QI_SUBMIT_END, LW_PROBE_DMAR_FAULT_END, LW_PROBE_DISABLE_TRANSLATION,
		LW_PROBE_CLEAR_END,	LW_PROBE_CLEAR_DEVICE,	 LW_PROBE_CLEAR_ALIAS,
		LW_PROBE_UNPRESERVE_DEVICE, LW_PROBE_SHUTDOWN_END,
	};
	size_t i;

	for (i = 0; i < sizeof(optional) / sizeof(*optional); i++) {
		if (roll_chance(&t->dice, 8))
			t->s->probes &= ~(1ULL << optional[i]);
	}
}

void build_machine(struct trial *t)
{
	static const unsigned int shares[] = { 0, 5, 30, 30, 70, 100 };
	unsigned int preserved;
	struct synth *s;
	size_t i;

	s = t->s = synth_new();
	s->id = (struct lw_id){ roll(&t->dice), roll(&t->dice) };
	t->giant = roll_below(&t->dice, 2500) == 0;
	synth_set_version(s, roll_chance(&t->dice, 10) ? 0 : 1 + roll_below(&t->dice, 5));
	s->generation = 1 + roll_below(&t->dice, 9);
	s->attempt = 1 + roll_below(&t->dice, 3);
	s->where = 1 + roll_below(&t->dice, 2);
	s->entry_quota = 1 << 20;
	preserved = shares[roll_below(&t->dice, sizeof(shares) / sizeof(*shares))];
	add_units(t);
	for (i = 0; i < s->unit_count; i++) {
		if (s->units[i]->root_entry)
			fill_unit(t, s->units[i], t->giant && preserved ? 5 : preserved);
	}
	if (roll_chance(&t->dice, 40))
		add_aliases(t);
	list_preserved(t);
	s->declared_known = roll_chance(&t->dice, 75);
	for (i = 0; i < s->device_count && !s->declared_known; i++)
		s->devices[i]->declared = false;
	s->alias_records = roll_chance(&t->dice, 80);
	for (i = 0; i < s->device_count && !s->alias_records; i++)
		s->devices[i]->hidden = false; /* the next kernel is the only one to know */
	drop_probes(t);
	/* Every context table is kept, as in the series; or only those of preserved devices. */
	s->bitmap = s->version >= 3 && roll_chance(&t->dice, 50);
}
