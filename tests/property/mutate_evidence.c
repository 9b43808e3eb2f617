// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Damage to the evidence: then the answer is "incomplete", never "clean", and never an accusation
 * of something that was all right (I12).
 */
#include <stdlib.h>
#include <string.h>

#include "correlate/handover.h"
#include "luwatch/vtd.h"
#include "trial.h"

#define ALL ((1U << LW_INVARIANTS) - 1)

static void miss(struct trial *t)
{
	t->unknown_must = BIT(LW_I12);
	t->unknown_may = ALL;
}

static void drop(struct trial *t, size_t index)
{
	apply(t, "record %zu of type %u dropped", index + 1, t->s->log[index].type);
	synth_drop(t->s, index);
	miss(t);
}

static void drop_begin(struct trial *t)
{
	drop(t, 0);
}

static void drop_last(struct trial *t)
{
	drop(t, t->s->log_count - 1);
}

static void drop_any(struct trial *t)
{
	drop(t, roll_below(&t->pick, t->s->log_count));
}

static void cut_end(struct trial *t)
{
	size_t left = 1 + roll_below(&t->pick, t->s->log_count - 1);

	t->s->log_count = left;
	miss(t);
	apply(t, "cut after record %zu", left);
}

static void cut_hole(struct trial *t)
{
	size_t count = 2 + roll_below(&t->pick, 20), first;

	if (t->s->log_count < count + 2)
		return;
	first = roll_below(&t->pick, t->s->log_count - count);
	memmove(&t->s->log[first], &t->s->log[first + count],
		(t->s->log_count - first - count) * sizeof(*t->s->log));
	t->s->log_count -= count;
	miss(t);
	apply(t, "records %zu-%zu dropped", first + 1, first + count);
}

/* The kernel marked a device before anybody watched. */
static void miss_mark(struct trial *t)
{
	struct lw_record *kexec = synth_find(t->s, LW_REC_KEXEC, 0);
	size_t marked = 0;

	while (synth_find(t->s, LW_REC_MARKED, marked))
		marked++;
	kexec->kexec.marked = marked + 1;
	synth_seal(kexec);
	miss(t);
	apply(t, "one mark less than announced");
}

static void unwatch_marks(struct trial *t)
{
	if (!t->preserved.count || !(t->s->symbols >> LW_PROBE_PRESERVE_DEVICE & 1))
		return;
	t->s->probes &= ~(1ULL << LW_PROBE_PRESERVE_DEVICE);
	t->unknown_must = BIT(LW_I2) | BIT(LW_I5) | BIT(LW_I7);
	t->unknown_may = ALL & ~BIT(LW_I12);
	apply(t, "iommu_preserve_device() was not watched");
}

/* More tables than the programs have room for: what was there before is not known word by word. */
static void run_out_of_copies(struct trial *t)
{
	if (!t->preserved.count)
		return;
	t->s->copy_limit = roll_below(&t->pick, 3);
	t->unknown_may = BIT(LW_I2) | BIT(LW_I7) | BIT(LW_I10) | BIT(LW_I13);
	/* With the copies go the domains of cleared entries, for versions that ask for them. */
	t->unknown_may |= t->s->version < 3 ? BIT(LW_I4) : 0;
	apply(t, "copies of %u tables", t->s->copy_limit);
}

/* --- carriers ------------------------------------------------------------------------------- */

/* Leaves one carrier, "pages", with everything. */
static uint8_t *only_pages(struct trial *t, size_t *length)
{
	size_t i;

	for (i = 0; i < t->s->evidence.carried_count; i++)
		free(t->s->bytes[i]);
	memset(t->s->bytes, 0, sizeof(t->s->bytes));
	t->s->evidence.carried_count = 0;
	synth_carry(t->s, "pages", synth_pages(t->s, length), 0);
	t->s->carried[0].length = *length;
	return t->s->bytes[0];
}

static void flip_bit(struct trial *t)
{
	size_t length, records, i, at = 0;
	uint8_t *bytes = only_pages(t, &length);
	struct lw_record record;
	bool found = false;

	records = length / LW_RECORD_SIZE;
	for (i = 0; i < records && !found; i++) {
		at = roll_below(&t->pick, records) * LW_RECORD_SIZE;
		memcpy(&record, bytes + at, sizeof(record));
		found = record.magic == LW_RECORD_MAGIC;
	}
	if (!found)
		return;
	at = at * 8 + roll_below(&t->pick, LW_RECORD_SIZE * 8);
	bytes[at / 8] ^= 1 << at % 8;
	if (record.type != LW_REC_PAGE)
		miss(t);
	apply(t, "bit %zu of a record of type %u flipped", at % (LW_RECORD_SIZE * 8), record.type);
}

static void truncate_carrier(struct trial *t)
{
	size_t length;

	only_pages(t, &length);
	/* Before the page with the last record. */
	t->s->carried[0].length = roll_below(&t->pick, length - LW_PAGE_SIZE);
	miss(t);
	apply(t, "carrier cut off after %zu bytes", t->s->carried[0].length);
}

/* A second carrier says something else in one place. */
static void contradict(struct trial *t)
{
	size_t length, at;
	struct lw_record was;

	only_pages(t, &length);
	at = roll_below(&t->pick, t->s->log_count);
	was = t->s->log[at];
	t->s->log[at].words[roll_below(&t->pick, 9)] ^= 1ULL << roll_below(&t->pick, 64);
	synth_seal(&t->s->log[at]);
	synth_carry(t->s, "trace", synth_text(t->s, &length), 0);
	t->s->carried[1].length = length;
	t->s->log[at] = was;
	t->unknown_must = BIT(LW_I12);
	apply(t, "two carriers disagree about record %zu", at + 1);
}

static void bring_nothing(struct trial *t)
{
	size_t i;

	for (i = 0; i < t->s->evidence.carried_count; i++)
		t->s->carried[i].length = 0;
	miss(t);
	apply(t, "nothing was carried");
}

/* --- a mistake and a hole ------------------------------------------------------------------- */

static void lose_entry(struct trial *t)
{
	if (!pick_entry(t, true))
		return;
	synth_clear_entry(t->unit, t->rid);
	expect_rid(t, LW_I2, t->rid);
	apply(t, "%llx lost and ", (unsigned long long)t->rid);
}

static void switch_off(struct trial *t)
{
	struct synth_unit *unit = random_cleaned_unit(t);

	if (!unit)
		return;
	unit->gsts &= ~VTD_GSTS_TES;
	expect_unit(t, LW_I5, unit);
	apply(t, "dmar%u off and ", unit->index);
}

/* Whatever is missing: the mistake is found or evidence is missing; never "clean". */
static void drop_one_more(struct trial *t)
{
	if (!t->applied)
		return;
	t->some_fails = true;
	drop_any(t);
}

static void cut_more(struct trial *t)
{
	if (!t->applied)
		return;
	t->some_fails = true;
	cut_hole(t);
}

const struct mutation evidence_mutations[] = {
	{ "record-begin-dropped", BIT(LW_I12), .records = drop_begin },
	{ "record-middle-dropped", BIT(LW_I12), .records = drop_any },
	{ "record-end-dropped", BIT(LW_I12), .records = drop_last },
	{ "records-cut-off", BIT(LW_I12), .records = cut_end },
	{ "records-with-hole", BIT(LW_I12), .records = cut_hole },
	{ "mark-missing", BIT(LW_I12), .records = miss_mark },
	{ "marks-not-watched", 0, .machine = unwatch_marks },
	{ "copies-run-out", 0, .machine = run_out_of_copies },
	{ "carrier-bit-flipped", BIT(LW_I12), .evidence = flip_bit },
	{ "carrier-truncated", BIT(LW_I12), .evidence = truncate_carrier },
	{ "carriers-disagree", BIT(LW_I12), .evidence = contradict },
	{ "nothing-carried", BIT(LW_I12), .evidence = bring_nothing },
	{ "lost-and-hole", BIT(LW_I2) | BIT(LW_I12), .after_clear = lose_entry,
	  .records = drop_one_more },
	{ "off-and-hole", BIT(LW_I5) | BIT(LW_I12), .after_flush = switch_off,
	  .records = cut_more },
	{}
};
