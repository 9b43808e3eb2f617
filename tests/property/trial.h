/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One trial of the property test: a random machine and a hand-over of it that is right in
 * everything, or the same with one mistake. Everything follows from one number, the seed.
 */
#ifndef LUWATCH_PROPERTY_TRIAL_H
#define LUWATCH_PROPERTY_TRIAL_H

#include "../unit/synth.h"

/* Random numbers (splitmix64): the same on every machine. */
struct dice {
	uint64_t state;
};

uint64_t roll(struct dice *dice);
uint64_t roll_below(struct dice *dice, uint64_t limit);	 /* 0 … LIMIT - 1; 0 for LIMIT 0 */
bool roll_chance(struct dice *dice, unsigned int percent);

/* A list of requester IDs. */
struct rid_list {
	uint64_t *rid;
	size_t count, size;
};

void list_add(struct rid_list *list, uint64_t rid);
void list_sort(struct rid_list *list);
bool list_has(const struct rid_list *list, uint64_t rid); /* sorted */
bool list_contains(const struct rid_list *list, uint64_t rid);

struct expected_fail {
	enum lw_invariant invariant;
	char subject[64];
	bool met;
};

#define BIT(invariant) (1U << (invariant))

struct trial;
typedef void (*trial_step)(struct trial *t);

/*
 * One way to be wrong. Each step runs at its moment of the hand-over, if it is set; the one that
 * makes the mistake sets .applied and says what must be found. None does so on a machine where the
 * mistake is not possible, and another mutation is taken.
 */
struct mutation {
	const char *name;
	uint32_t caught_by;	/* invariants (BIT) without which it is not caught */
	trial_step machine;	/* before the kexec */
	trial_step before_shutdown, after_clear, invalidate, after_flush, at_last_look, records;
	trial_step evidence;	/* what the next kernel adds */
};

extern const struct mutation *const mutation_tables[];	/* each ends with an empty row */
extern const struct mutation table_mutations[], unit_mutations[], event_mutations[],
	evidence_mutations[], flush_mutations[];

struct trial {
	uint64_t seed;
	struct dice dice;	/* of the machine */
	struct dice pick;	/* of the mutation */
	struct synth *s;
	bool giant;
	struct rid_list used;	   /* requester IDs, aliases included */
	struct rid_list fresh;	   /* those of the unit being filled */
	struct rid_list preserved; /* of marked devices, aliases included; sorted */
	struct rid_list faulty;	   /* devices with faults: not to be mutated */
	struct synth_device *guest, *parked; /* of these; or NULL */
	uint64_t stranger;

	const struct mutation *mutation;
	bool applied;
	char told[160];		/* what the mutation did */
	struct synth_unit *unit; /* its target */
	uint64_t rid;

	struct expected_fail *fails;
	size_t fail_count, fail_size;
	uint32_t unknown_must, unknown_may; /* BIT of invariants that are unknown, or can be */
	uint32_t repeated;	/* more than one finding with one subject is right */
	bool some_fails;	/* evidence is missing too: not every fail must be found */
	char noted[64];		/* subject of a notice that there must be, "" for none */
};

/* Moments at which somebody else looks at the machine (tests/walk). */
enum moment {
	BEFORE_SHUTDOWN, /* right before the first walk; the watcher may still change the machine */
	INVALIDATED,	 /* the invalidations are in the log, nothing was changed since */
	AT_LAST_LOOK,	 /* right after the second walk */
};

extern void (*trial_watcher)(struct trial *t, enum moment moment);
extern bool narrow_segments; /* only those that a struct intel_iommu can have: 16 bits */

/* Builds the machine and the correct hand-over, with the mutation if there is one; judges nothing. */
void trial_begin(struct trial *t, uint64_t seed, const struct mutation *mutation);
void trial_end(struct trial *t);

void build_machine(struct trial *t);
void add_faults_before(struct trial *t);  /* before_shutdown: records of the old kernel */
void add_faults_latched(struct trial *t); /* at the last look */
void add_faults_after(struct trial *t);	  /* of the next kernel */
void carry_records(struct trial *t);	  /* random carriers, which together have everything */

/*
 * Forgets records of one random kind, and judges again. WRONG: there was a mistake, and it was found.
 * NULL, or what is wrong; TOLD is what was forgotten. The trial is of no use afterwards.
 */
const char *forget_records(struct trial *t, struct dice *dice, bool wrong, char *told, size_t size);

/* Whether the carriers brought what was expected: NULL, or what is wrong. Static text. */
const char *check_verdict(struct trial *t, const struct lw_handover *h);
const char *check_states(struct trial *t, const struct lw_handover *h);

/* What the mutation did and must lead to. */
void apply(struct trial *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void expect_fail(struct trial *t, enum lw_invariant invariant, const char *subject);
void expect_rid(struct trial *t, enum lw_invariant invariant, uint64_t rid);
void expect_unit(struct trial *t, enum lw_invariant invariant, const struct synth_unit *unit);

/* Questions about the machine. */
bool is_preserved(const struct trial *t, uint64_t rid);
bool is_faulty(const struct trial *t, uint64_t rid);
struct synth_unit *random_cleaned_unit(struct trial *t);
unsigned int entry_step(const struct synth_unit *unit); /* words of an entry */
uint64_t entry_rid(const struct synth_unit *unit, unsigned int slot, unsigned int word);

/*
 * A random entry that was present in the walk before, is (not) preserved, stands on a unit that was
 * cleaned, and whose device has no faults; fills .unit and .rid. False: there is none.
 */
bool pick_entry(struct trial *t, bool preserved);
bool pick_preserved_device(struct trial *t); /* with an entry of its own; before the walks too */

#endif
