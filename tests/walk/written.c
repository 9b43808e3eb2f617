// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See written.h. No kernel does most of this; that nothing of it is missed is what the walk is for: writes
 * between two kinds of global invalidation, root entries among them, and entries of which only some words
 * are not zero, before, after or both.
 */
#include <inttypes.h>
#include <stdio.h>

#include "compare.h"
#include "luwatch/vtd.h"
#include "written.h"

#define CONTEXT	     0
#define IOTLB	     1
#define PASID	     2
#define GLOBAL	     1
#define PASID_GLOBAL 3
#define BUSES	     3
#define DEVICES	     6

static struct {
	struct bench *bench;
	struct dice dice;
	bool fits;
} now;

/* One of its kinds: nothing, the present word or another one alone, all of them. */
static void write_entry(uint64_t *words, unsigned int count)
{
	unsigned int only = roll_below(&now.dice, count + 2), i;

	for (i = 0; i < count; i++)
		words[i] = i == only || only == count ? roll(&now.dice) & 0xfffff003 : 0;
	if (only < count && !words[only])
		words[only] = 2;
}

/* Some entries and, seldom, a root entry, of which the table's address stays. */
static void write_some(struct synth *s)
{
	size_t i, slot;

	for (i = 0; i < s->device_count; i++) {
		struct synth_unit *unit = s->devices[i]->unit;

		/* The model knows no other PASID directory than the device's own. */
		if (unit->scalable && s->devices[i]->marked)
			continue;
		if (roll_chance(&now.dice, 20))
			write_entry(synth_entry(unit, s->devices[i]->rid), unit->scalable ? 4 : 2);
	}
	for (i = 0; i < s->unit_count; i++)
		for (slot = 0; slot < SYNTH_TABLES; slot++)
			if (s->units[i]->root[slot] && roll_chance(&now.dice, 5))
				s->units[i]->root[slot] ^= 2;
}

static void write_before(struct synth *s)
{
	write_some(s);
	now.fits = bench_begin(now.bench, s);
	if (now.fits)
		bench_walk(now.bench, s, LW_BEFORE, 0);
}

static void flush(struct synth *s, struct synth_unit *unit, unsigned int kind)
{
	const struct lw_record *last;

	if (kind == PASID && !unit->scalable)
		return;
	if (roll_chance(&now.dice, 60))
		write_some(s);
	if (roll_chance(&now.dice, 20))
		return;
	synth_flush(s, unit, kind, kind == PASID ? PASID_GLOBAL : GLOBAL, 0);
	bench_copy(now.bench, s);
	last = &s->log[s->log_count - 1];
	bench_invalidate(now.bench, last->unit, &last->invalidation);
}

/* In any order, some twice. */
static void flush_and_write(struct synth *s)
{
	unsigned int i;

	if (!now.fits)
		return;
	for (i = 0; i < 4 * s->unit_count; i++)
		flush(s, s->units[i % s->unit_count], roll_below(&now.dice, 3));
	if (roll_chance(&now.dice, 50))
		write_some(s);
	bench_visit(now.bench, s);
	bench_copy(now.bench, s);
}

static void look_at_last(struct synth *s)
{
	if (now.fits)
		bench_walk(now.bench, s, LW_AFTER, s->where);
}

static struct synth *machine(bool scalable)
{
	struct synth *s = synth_new();
	unsigned int unit, i;

	synth_set_version(s, 2);
	for (unit = 0; unit < 2; unit++) {
		synth_add_unit(s, unit, scalable);
		for (i = 0; i < BUSES * DEVICES; i++) {
			struct synth_device *device = synth_add_device(
				s, s->units[unit], LW_RID(unit, i / DEVICES * 2, i % DEVICES * 37));

			if (i % 5 == 0)
				synth_preserve(device);
		}
		s->units[unit]->mark %= 2;
	}
	s->before_shutdown = write_before;
	s->invalidate = flush_and_write;
	s->at_last_look = look_at_last;
	return s;
}

bool written(struct bench *bench, const char *how, bool scalable, uint64_t seed, uint64_t count)
{
	const char *mode = scalable ? "scalable" : "legacy";
	uint64_t i, records = 0, all = 0;
	bool good = true;

	now.bench = bench;
	for (i = 0; good && i < count; i++) {
		struct synth *s = machine(scalable);

		now.dice = (struct dice){ .state = (seed + i) ^ 0x7772697474656e };
		synth_kexec(s);
		good = now.fits && compare_records(bench, s, &records, &all);
		synth_free(s);
		if (!good)
			printf("fail walk/written-%s-%s: seed %" PRIu64 "%s\n", mode, how, seed + i,
			       now.fits ? "" : ", it does not fit");
	}
	if (good)
		printf("pass walk/written-%s-%s: %" PRIu64 " machines, %" PRIu64 " records equal\n", mode, how,
		       count, records);
	return good;
}
