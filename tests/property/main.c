// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The property test: random correct hand-overs are clean, and with one mistake in them exactly that
 * mistake is found; with the invariants left out that catch it, it is not.
 *
 * usage: property [--seed S] [--count N] [--mutation NAME] [--without I3] [--verbose] [--list]
 *
 * Trial number i has the seed S + i, so `--seed S+i --count 1 --verbose` is that trial alone.
 * --without leaves an invariant out of every judgement: the test must fail then. Prints "fail: …"
 * for each trial that is not as it should be and a line of counts; exit 1 when there was one.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trial.h"
#include "judge/judge.h"

const struct mutation *const mutation_tables[] = { table_mutations, unit_mutations,
						   event_mutations, evidence_mutations,
						   flush_mutations, NULL };

static struct {
	uint64_t seed, count;
	const char *mutation;
	uint32_t judged;
	bool verbose;
} options;

static struct {
	uint64_t trials, clean, mutated, unmutated, left_out, forgotten, failed;
	uint64_t units, entries, records, largest;
	uint64_t by_mutation[128];
} counts;

static const struct mutation *mutation_at(size_t index)
{
	size_t i, j;

	for (i = 0; mutation_tables[i]; i++) {
		for (j = 0; mutation_tables[i][j].name; j++) {
			if (!index--)
				return &mutation_tables[i][j];
		}
	}
	return NULL;
}

static size_t mutation_count(void)
{
	size_t count = 0;

	while (mutation_at(count))
		count++;
	return count;
}

static void tell(const struct trial *t, const struct lw_handover *h, const char *wrong)
{
	const char *name = t->mutation->name ? t->mutation->name : "none";
	size_t i;

	printf("%s: seed %" PRIu64 ", mutation %s (%s)%s%s\n", wrong ? "fail" : "trial", t->seed,
	       name, t->told, wrong ? ": " : "", wrong ? wrong : "");
	printf("  %zu units, %zu devices, version %u, %zu records: %s\n", t->s->unit_count,
	       t->s->device_count, t->s->version, t->s->log_count,
	       lw_verdict_name(h->verdict));
	for (i = 0; i < t->fail_count; i++)
		printf("  expected: %s %s\n", lw_invariant_name(t->fails[i].invariant),
		       t->fails[i].subject);
	for (i = 0; i < LW_INVARIANTS; i++) {
		if (t->unknown_must >> i & 1)
			printf("  expected: %s unknown\n", lw_invariant_name(i));
	}
	for (i = 0; i < h->finding_count; i++) {
		const struct lw_finding *f = &h->findings[i];

		if (f->severity <= LW_SEVERITY_INCOMPLETE)
			printf("  found: %s %s %s: %s (%s)\n", lw_invariant_name(f->invariant),
			       lw_severity_name(f->severity), f->subject, f->message,
			       f->evidence ? f->evidence : "");
		else if (options.verbose)
			printf("  noted: %s %s: %s\n", lw_severity_name(f->severity), f->subject,
			       f->message);
	}
}

static struct lw_handover *correlate(const struct trial *t, uint32_t judged)
{
	struct lw_handover *h;

	if (lw_correlate_some(&t->s->evidence, judged & options.judged, &h))
		abort();
	return h;
}

static void finish(const struct trial *t, struct lw_handover *h, const char *wrong)
{
	counts.failed += wrong != NULL;
	if (wrong || options.verbose)
		tell(t, h, wrong);
	lw_handover_free(h);
}

/* Without what catches it the mistake must not be seen: no other invariant may be doing the work. */
static void leave_out(const struct trial *t)
{
	struct lw_handover *h;

	if (!t->fail_count || t->some_fails)
		return;
	counts.left_out++;
	h = correlate(t, lw_invariants_judged & ~t->mutation->caught_by);
	finish(t, h, h->verdict == LW_VERDICT_VIOLATION ? "caught by something else, too" : NULL);
}

static void forget(struct trial *t, bool wrong)
{
	struct dice dice = { .state = t->seed ^ 0x666f72676574ULL };
	char told[80];
	const char *problem = forget_records(t, &dice, wrong, told, sizeof(told));

	counts.forgotten++;
	if (!problem)
		return;
	counts.failed++;
	printf("fail: seed %" PRIu64 ", mutation %s (%s), without %s: %s\n", t->seed,
	       t->mutation->name ? t->mutation->name : "none", t->told, told, problem);
}

static void try_clean(uint64_t seed)
{
	struct lw_handover *h;
	const char *wrong;
	struct trial t;

	trial_begin(&t, seed, NULL);
	h = correlate(&t, lw_invariants_judged);
	wrong = check_verdict(&t, h);
	if (!wrong)
		wrong = check_states(&t, h);
	counts.clean += !wrong;
	counts.units += t.s->unit_count;
	counts.entries += h->entry_count;
	counts.records += t.s->log_count;
	if (h->entry_count > counts.largest)
		counts.largest = h->entry_count;
	finish(&t, h, wrong);
	if (!wrong)
		forget(&t, false);
	trial_end(&t);
}

/* Whether the mutation was possible on this machine. */
static bool try_mutation(uint64_t seed, size_t number)
{
	struct lw_handover *h;
	struct trial t;
	bool applied;

	trial_begin(&t, seed, mutation_at(number));
	applied = t.applied;
	if (applied) {
		h = correlate(&t, lw_invariants_judged);
		counts.mutated++;
		counts.by_mutation[number]++;
		finish(&t, h, check_verdict(&t, h));
		leave_out(&t);
		if (t.fail_count && !t.some_fails)
			forget(&t, true);
	}
	trial_end(&t);
	return applied;
}

static void try_seed(uint64_t seed)
{
	struct dice dice = { .state = seed ^ 0x6d75746174696f6eULL };
	size_t all = mutation_count(), tries = 12, number;

	counts.trials++;
	try_clean(seed);
	while (tries--) {
		number = roll_below(&dice, all);
		if (options.mutation && strcmp(mutation_at(number)->name, options.mutation)) {
			tries += number < all;
			continue;
		}
		if (try_mutation(seed, number))
			return;
		if (options.mutation)
			break;
	}
	counts.unmutated++;
}

static void print_counts(void)
{
	size_t i;

	for (i = 0; i < mutation_count(); i++)
		printf("mutation %s %" PRIu64 "\n", mutation_at(i)->name, counts.by_mutation[i]);
	printf("counts trials %" PRIu64 " clean %" PRIu64 " mutated %" PRIu64 " unmutated %" PRIu64
	       " left_out %" PRIu64 " forgotten %" PRIu64 " failed %" PRIu64 " units %" PRIu64 " entries %" PRIu64
	       " records %" PRIu64 " largest %" PRIu64 "\n",
	       counts.trials, counts.clean, counts.mutated, counts.unmutated, counts.left_out,
	       counts.forgotten, counts.failed, counts.units, counts.entries, counts.records, counts.largest);
}

static int usage(void)
{
	fprintf(stderr, "usage: property [--seed S] [--count N] [--mutation NAME] [--without I3] "
			"[--verbose] [--list]\n");
	return 2;
}

static int list_mutations(void)
{
	size_t i;

	for (i = 0; i < mutation_count(); i++)
		printf("%s\n", mutation_at(i)->name);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'n' },
		{ "mutation", required_argument, NULL, 'm' },
		{ "without", required_argument, NULL, 'w' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "list", no_argument, NULL, 'l' },
		{},
	};
	uint64_t i;
	int c;

	options.seed = 1;
	options.count = 1000;
	options.judged = lw_invariants_judged;
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			options.count = strtoull(optarg, NULL, 0);
			break;
		case 'm':
			options.mutation = optarg;
			break;
		case 'w':
			if (*optarg != 'I' || atoi(optarg + 1) < 1 || atoi(optarg + 1) > LW_INVARIANTS)
				return usage();
			options.judged &= ~BIT(atoi(optarg + 1) - 1);
			break;
		case 'v':
			options.verbose = true;
			break;
		case 'l':
			return list_mutations();
		default:
			return usage();
		}
	}
	for (i = 0; i < options.count; i++)
		try_seed(options.seed + i);
	print_counts();
	return counts.failed != 0;
}
