// SPDX-License-Identifier: GPL-2.0-or-later
/* The course of a trial: the correct hand-over, and the mutation's steps at their moments. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "luwatch/vtd.h"
#include "trial.h"

void (*trial_watcher)(struct trial *t, enum moment moment);

static void watch(struct synth *s, enum moment moment)
{
	if (trial_watcher)
		trial_watcher(s->owner, moment);
}

static void step(struct synth *s, trial_step what)
{
	if (what)
		what(s->owner);
}

#define MUTATION(s) (((struct trial *)(s)->owner)->mutation)

static void before_shutdown(struct synth *s)
{
	struct trial *t = s->owner;

	add_faults_before(t);
	/* A suspend that was refused is as it should be. */
	if (t->preserved.count && roll_chance(&t->dice, 5)) {
		struct lw_record r = { .type = LW_REC_SUSPEND, .unit = LW_NO_UNIT };

		r.result.result = -EBUSY;
		synth_emit(s, &r);
	}
	step(s, MUTATION(s)->before_shutdown);
	watch(s, BEFORE_SHUTDOWN);
}

/* Some cleared entries lost only their present bit: noted, and as good as all zeros. */
static void leave_residue(struct trial *t)
{
	size_t i, slot, word;

	for (i = 0; i < t->s->unit_count; i++) {
		struct synth_unit *unit = t->s->units[i];

		for (slot = 0; slot < SYNTH_TABLES; slot++) {
			const struct synth_table *was = unit->copies[slot];
			uint64_t *now = was ? unit->tables[slot]->words : NULL;

			for (word = 0; now && word < 512; word += entry_step(unit)) {
				if (was->words[word] & ~now[word] & VTD_PRESENT &&
				    roll_chance(&t->dice, 10))
					now[word] = was->words[word] & ~VTD_PRESENT;
			}
		}
	}
}

static void after_clear(struct synth *s)
{
	struct trial *t = s->owner;

	if (roll_chance(&t->dice, 15))
		leave_residue(t);
	step(s, MUTATION(s)->after_clear);
}

static void invalidate(struct synth *s)
{
	if (MUTATION(s)->invalidate)
		step(s, MUTATION(s)->invalidate);
	else
		synth_flush_all(s);
	watch(s, INVALIDATED);
}

static void after_flush(struct synth *s)
{
	step(s, MUTATION(s)->after_flush);
}

static void at_last_look(struct synth *s)
{
	watch(s, AT_LAST_LOOK);
	add_faults_latched(s->owner);
	step(s, MUTATION(s)->at_last_look);
}

/* The clock source may be switched off: then every stamp from the shutdown on is the same. */
static void freeze_clock(struct synth *s)
{
	const struct lw_record *shutdown = synth_find(s, LW_REC_SHUTDOWN, 0);
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].time_ns <= shutdown->time_ns)
			continue;
		s->log[i].time_ns = shutdown->time_ns;
		synth_seal(&s->log[i]);
	}
}

static void records(struct synth *s)
{
	struct trial *t = s->owner;

	if (roll_chance(&t->dice, 20))
		freeze_clock(s);
	step(s, MUTATION(s)->records);
}

/* What the next kernel did with the tables, and which faults it saw. */
static void add_next_kernel(struct trial *t)
{
	struct synth *s = t->s;

	if (roll_chance(&t->dice, 40)) {
		/* It adds entries of its own while it boots, or has not yet. */
		if (roll_chance(&t->dice, 70))
			synth_adopt_and_add(s);
		else
			synth_adopt(s);
	} else if (roll_chance(&t->dice, 30)) {
		/* The new root tables happen to stand where the old ones stood. */
		size_t i;

		for (i = 0; i < s->unit_count; i++) {
			s->units_now[i].rtaddr = s->units[i]->rtaddr;
			s->units_now[i].gsts = VTD_GSTS_TES;
			s->units_now[i].discarded = true;
		}
	}
	add_faults_after(t);
	s->evidence.final = roll_chance(&t->dice, 50);
	s->evidence.watched_s = roll_below(&t->dice, 3600);
}

void trial_begin(struct trial *t, uint64_t seed, const struct mutation *mutation)
{
	static const struct mutation none = {};
	struct synth *s;

	*t = (struct trial){ .seed = seed, .mutation = mutation ? mutation : &none };
	t->dice.state = seed * 0x9e3779b97f4a7c15ULL;
	t->pick.state = ~seed;
	build_machine(t);
	s = t->s;
	s->owner = t;
	s->before_shutdown = before_shutdown;
	s->after_clear = after_clear;
	s->invalidate = invalidate;
	s->after_flush = after_flush;
	s->at_last_look = at_last_look;
	s->records = records;
	if (t->mutation->machine)
		t->mutation->machine(t);
	synth_kexec(s);
	synth_evidence(s);
	add_next_kernel(t);
	carry_records(t);
	if (t->mutation->evidence)
		t->mutation->evidence(t);
}

void trial_end(struct trial *t)
{
	synth_free(t->s);
	free(t->used.rid);
	free(t->fresh.rid);
	free(t->preserved.rid);
	free(t->faulty.rid);
	free(t->fails);
}

void apply(struct trial *t, const char *format, ...)
{
	size_t used = strlen(t->told);
	va_list arguments;

	t->applied = true;
	va_start(arguments, format);
	vsnprintf(t->told + used, sizeof(t->told) - used, format, arguments);
	va_end(arguments);
}

void expect_fail(struct trial *t, enum lw_invariant invariant, const char *subject)
{
	struct expected_fail *fail;

	if (t->fail_count == t->fail_size) {
		t->fail_size = t->fail_size ? t->fail_size * 2 : 16;
		t->fails = reallocarray(t->fails, t->fail_size, sizeof(*t->fails));
		if (!t->fails)
			abort();
	}
	fail = &t->fails[t->fail_count++];
	fail->invariant = invariant;
	fail->met = false;
	snprintf(fail->subject, sizeof(fail->subject), "%s", subject);
}

void expect_rid(struct trial *t, enum lw_invariant invariant, uint64_t rid)
{
	char text[LW_RID_TEXT];

	expect_fail(t, invariant, lw_rid_format(rid, text));
}

void expect_unit(struct trial *t, enum lw_invariant invariant, const struct synth_unit *unit)
{
	char name[16];

	snprintf(name, sizeof(name), "dmar%u", unit->index);
	expect_fail(t, invariant, name);
}

/* --- questions ------------------------------------------------------------------------------ */

bool is_preserved(const struct trial *t, uint64_t rid)
{
	return list_has(&t->preserved, rid);
}

/* A log without segments does not tell a device from one with the same numbers in another segment. */
bool is_faulty(const struct trial *t, uint64_t rid)
{
	size_t i;

	for (i = 0; i < t->faulty.count; i++)
		if (LW_RID_SOURCE_ID(t->faulty.rid[i]) == LW_RID_SOURCE_ID(rid))
			return true;
	return false;
}

unsigned int entry_step(const struct synth_unit *unit)
{
	return unit->scalable ? 4 : 2;
}

uint64_t entry_rid(const struct synth_unit *unit, unsigned int slot, unsigned int word)
{
	unsigned int index = word / entry_step(unit);

	return LW_RID(unit->segment, slot >> 1,
		      unit->scalable ? (slot & 1) << 7 | index : index);
}

struct synth_unit *random_cleaned_unit(struct trial *t)
{
	size_t first = roll_below(&t->pick, t->s->unit_count), i;

	for (i = 0; i < t->s->unit_count; i++) {
		struct synth_unit *unit = t->s->units[(first + i) % t->s->unit_count];

		if (synth_is_cleaned(t->s, unit))
			return unit;
	}
	return NULL;
}

static bool find_entry(struct trial *t, struct synth_unit *unit, bool preserved)
{
	unsigned int first = roll_below(&t->pick, SYNTH_TABLES), i, word;

	for (i = 0; i < SYNTH_TABLES; i++) {
		unsigned int slot = (first + i) % SYNTH_TABLES;
		unsigned int start = roll_below(&t->pick, 512) & ~3U, at;

		for (at = 0; unit->copies[slot] && at < 512; at += entry_step(unit)) {
			uint64_t rid;

			word = (start + at) % 512;
			rid = entry_rid(unit, slot, word);
			if (!(unit->copies[slot]->words[word] & VTD_PRESENT) ||
			    is_preserved(t, rid) != preserved || is_faulty(t, rid))
				continue;
			t->unit = unit;
			t->rid = rid;
			return true;
		}
	}
	return false;
}

bool pick_entry(struct trial *t, bool preserved)
{
	size_t first = roll_below(&t->pick, t->s->unit_count), i;

	for (i = 0; i < t->s->unit_count; i++) {
		struct synth_unit *unit = t->s->units[(first + i) % t->s->unit_count];

		if (synth_is_cleaned(t->s, unit) && find_entry(t, unit, preserved))
			return true;
	}
	return false;
}

bool pick_preserved_device(struct trial *t)
{
	size_t first = roll_below(&t->pick, t->s->device_count), i;

	for (i = 0; i < t->s->device_count; i++) {
		const struct synth_device *device =
			t->s->devices[(first + i) % t->s->device_count];

		if (!device->marked || is_faulty(t, device->rid))
			continue;
		t->unit = device->unit;
		t->rid = device->rid;
		return true;
	}
	return false;
}
