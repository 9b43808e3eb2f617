// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The BPF walk against a model of it. Random machines of the property test (tests/property), most
 * with one of its mistakes in their tables, are laid out in kernel memory; the walk that runs in
 * the shutdown path reads them there through BPF_PROG_RUN, before and after, with the invalidations
 * between. Each record must be the one that the C model (tests/unit/synth_walk.c) writes, on which
 * all tests of the correlation rest.
 *
 * usage: walk OBJECT [SEED [COUNT]]	OBJECT: walk.bpf.o, whose BTF takes the place of the kernel's
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <luwatch/control.h>

#include "bench.h"
#include "compare.h"
#include "probe/kernel.h"
#include "written.h"

static struct {
	uint64_t machines, units, largest_units, records, entries, largest_entries, mutated, refused;
	uint64_t nowhere, written;
} counts;

#define PLENTY 2048 /* copies of tables */
#define FEW    5

static struct bench *bench;
static bool trial_fits;
/* Pages are looked at where they lie ("loaded"), or in a copy ("copied"), as on kernels before 6.2. */
static const char *how;

static bool compare(const struct synth *s)
{
	return compare_records(bench, s, &counts.records, &counts.written);
}

/* --- a hand-over ---------------------------------------------------------------------------- */

/* Replays the invalidations that stand in the log since the walk before. */
static void replay(const struct synth *s)
{
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].type == LW_REC_INVALIDATION)
			bench_invalidate(bench, s->log[i].unit, &s->log[i].invalidation);
	}
}

/* Root pointers and table pointers that lead nowhere. */
static void damage(struct trial *t)
{
	struct synth_unit *unit = t->s->units[roll_below(&t->pick, t->s->unit_count)];
	size_t slot;

	if (!roll_chance(&t->pick, 25) || !unit->root_entry)
		return;
	if (roll_chance(&t->pick, 30)) {
		unit->root_unreadable = true;
		counts.nowhere++;
	}
	for (slot = 0; slot < SYNTH_TABLES; slot++) {
		if (!unit->tables[slot] || !roll_chance(&t->pick, 20))
			continue;
		unit->tables[slot]->unreadable = true;
		counts.nowhere++;
	}
}

/* The bench's struct iommu_device has a place for the mark: that none was set can be read. */
static void read_marks(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++)
		s->units[i]->mark %= 2;
}

static void watch(struct trial *t, enum moment moment)
{
	struct synth *s = t->s;

	switch (moment) {
	case BEFORE_SHUTDOWN:
		damage(t);
		read_marks(s);
		trial_fits = bench_begin(bench, s);
		if (trial_fits)
			bench_walk(bench, s, LW_BEFORE, 0);
		break;
	case INVALIDATED:
		if (!trial_fits)
			break;
		bench_visit(bench, s);
		bench_copy(bench, s);
		replay(s);
		break;
	case AT_LAST_LOOK:
		if (trial_fits)
			bench_walk(bench, s, LW_AFTER, s->where);
		break;
	}
}

/* Mistakes that are physically possible: not a page that can be read once and then not. */
static const struct mutation *choose_mutation(uint64_t seed)
{
	static const struct mutation *const tables[] = { table_mutations, flush_mutations };
	struct dice dice = { .state = seed ^ 0x77616c6b };
	const struct mutation *table = tables[roll_below(&dice, 2)];
	size_t count = 0;

	while (table[count].name)
		count++;
	return roll_chance(&dice, 70) ? &table[roll_below(&dice, count)] : NULL;
}

static bool try_seed(uint64_t seed)
{
	size_t i, entries = 0;
	struct trial t;
	bool good;

	trial_begin(&t, seed, choose_mutation(seed));
	good = !trial_fits || compare(t.s);
	counts.refused += !trial_fits;
	if (trial_fits) {
		counts.machines++;
		counts.units += t.s->unit_count;
		counts.mutated += t.applied;
		if (t.s->unit_count > counts.largest_units)
			counts.largest_units = t.s->unit_count;
		for (i = 0; i < t.s->log_count; i++) {
			if (t.s->log[i].type == LW_REC_WALK && t.s->log[i].walk.phase == LW_BEFORE)
				entries = t.s->log[i].walk.present;
		}
		counts.entries += entries;
		if (entries > counts.largest_entries)
			counts.largest_entries = entries;
	}
	if (!good)
		printf("fail walk/random-machines-%s: seed %" PRIu64 " (%zu units, %s)\n", how, seed,
		       t.s->unit_count, t.mutation->name ? t.mutation->name : "no mistake");
	trial_end(&t);
	return good;
}

static bool random_machines(const char *name, uint64_t seed, uint64_t count)
{
	uint64_t i;

	memset(&counts, 0, sizeof(counts));
	for (i = 0; i < count; i++) {
		if (!try_seed(seed + i))
			return false;
	}
	if (!counts.machines || counts.largest_units < 2) {
		printf("fail walk/%s-%s: none of them fitted\n", name, how);
		return false;
	}
	printf("pass walk/%s-%s: %" PRIu64 " machines, %" PRIu64 " units (up to %" PRIu64
	       "), %" PRIu64 " entries, %" PRIu64 " with a mistake, %" PRIu64
	       " pointers to nowhere, %" PRIu64 " records equal, written as %" PRIu64 "; %" PRIu64
	       " too large\n",
	       name, how, counts.machines, counts.units, counts.largest_units, counts.entries, counts.mutated,
	       counts.nowhere, counts.records, counts.written, counts.refused);
	return true;
}

/* --- full units ----------------------------------------------------------------------------- */

static void watch_full(struct synth *s)
{
	read_marks(s);
	trial_fits = bench_begin(bench, s);
	if (trial_fits)
		bench_walk(bench, s, LW_BEFORE, 0);
}

static void watch_full_end(struct synth *s)
{
	if (!trial_fits)
		return;
	bench_visit(bench, s);
	bench_walk(bench, s, LW_AFTER, s->where);
}

/* As if nothing had been cleared. */
static void restore(struct synth *s)
{
	size_t i, slot;

	for (i = 0; i < s->unit_count; i++) {
		struct synth_unit *unit = s->units[i];

		for (slot = 0; slot < SYNTH_TABLES; slot++) {
			if (unit->tables[slot])
				memcpy(unit->tables[slot]->words, unit->copies[slot]->words,
				       LW_PAGE_SIZE);
		}
	}
}

static void invalidate_nothing(struct synth *s)
{
	(void)s;
}

/* Two units with 65,536 entries each, of which nothing is cleared and some are preserved. */
static bool full_unit(bool scalable)
{
	const char *mode = scalable ? "scalable" : "legacy";
	struct synth *s = synth_new();
	unsigned int unit, rid;
	bool good;

	synth_set_version(s, 2);
	s->entry_quota = 10000; /* far less than stay */
	for (unit = 0; unit < 2; unit++) {
		synth_add_unit(s, unit, scalable);
		for (rid = 0; rid < 65536; rid++) {
			struct synth_device *device =
				synth_add_device(s, s->units[unit], LW_RID(unit, rid >> 8, rid));

			if (rid % 977 == 0)
				synth_preserve(device);
		}
	}
	s->before_shutdown = watch_full;
	s->after_clear = restore;
	s->invalidate = invalidate_nothing;
	s->at_last_look = watch_full_end;
	synth_kexec(s);
	good = trial_fits && compare(s);
	printf("%s walk/full-units-%s-%s: 2 units of 65536 entries%s\n", good ? "pass" : "fail", mode, how,
	       trial_fits ? "" : ": does not fit");
	synth_free(s);
	return good;
}

/* 4,096 preserved functions on 64 units, as many cleared ones, with the quota of such a machine: each whole. */
static bool many_preserved(bool scalable)
{
	const char *mode = scalable ? "scalable" : "legacy";
	struct synth *s = synth_new();
	unsigned int unit, n;
	size_t i, kept = 0;
	bool good;

	synth_set_version(s, 2);
	s->entry_quota = 4096 + 64;
	for (unit = 0; unit < LW_MAX_UNITS; unit++) {
		synth_add_unit(s, unit, scalable);
		for (n = 0; n < 128; n++) {
			struct synth_device *device = synth_add_device(
				s, s->units[unit], LW_RID(unit, unit + 64 * (n % 2), n));

			if (n / 2 % 2)
				synth_preserve(device);
		}
	}
	s->before_shutdown = watch_full;
	s->invalidate = invalidate_nothing;
	s->at_last_look = watch_full_end;
	synth_kexec(s);
	good = trial_fits && compare(s);
	for (i = 0; i < s->log_count; i++)
		kept += s->log[i].type == LW_REC_ENTRY && s->log[i].entry.phase == LW_AFTER;
	good &= kept == 4096;
	printf("%s walk/many-preserved-%s-%s: %zu of 4096 preserved entries on %u units recorded%s\n",
	       good ? "pass" : "fail", mode, how, kept, LW_MAX_UNITS, trial_fits ? "" : ": does not fit");
	synth_free(s);
	return good;
}

static bool try_all(const char *object, uint64_t seed, uint64_t count)
{
	bool loaded = !strcmp(how, "loaded"), good;

	bench = bench_open(object, PLENTY, loaded);
	if (!bench) {
		printf("fail walk/load-%s: %s\n", how, strerror(errno));
		return false;
	}
	printf("pass walk/load-%s\n", how);
	good = random_machines("random-machines", seed, count);
	good &= full_unit(false);
	good &= full_unit(true);
	good &= many_preserved(false);
	good &= many_preserved(true);
	good &= written(bench, how, false, seed, count / 8);
	good &= written(bench, how, true, seed, count / 8);
	bench_close(bench);

	/* Where the copies of the walk before run out, it goes on without. */
	bench = bench_open(object, FEW, loaded);
	good &= bench && random_machines("copies-run-out", seed, count / 4);
	if (bench)
		bench_close(bench);
	return good;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	uint64_t count = argc > 3 ? strtoull(argv[3], NULL, 0) : 1000;
	bool good;

	if (argc < 2) {
		fprintf(stderr, "usage: walk OBJECT [SEED [COUNT]]\n");
		return 2;
	}
	bench = bench_open(argv[1], FEW, false);
	if (!bench && (errno == EPERM || errno == ENOSYS)) {
		printf("skip walk: this machine does not let programs be loaded: %s\n",
		       strerror(errno));
		return 0;
	}
	if (bench)
		bench_close(bench);
	trial_watcher = watch;
	narrow_segments = true;
	how = "copied";
	compare_entries_looked_at = false;
	good = try_all(argv[1], seed, count);
	how = "loaded";
	compare_entries_looked_at = true;
	if (lw_words_type())
		good &= try_all(argv[1], seed, count);
	else
		printf("skip walk/load-loaded: this kernel has no bpf_rdonly_cast()\n");
	return !good;
}
