// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Losses × invariants, in one place: what can be missing from the evidence, and which answers rest on it.
 * A loss makes each of them unknown, whatever else speaks for a pass. Where a judge can say more exactly
 * what is missing (of which device, of which unit) it does so itself, and the row has no question of its
 * own; the row holds all the same, and tests/unit/test_judge_losses.c sets each loss alone and expects no pass.
 * docs/losses.md is this table.
 */
#include <stdlib.h>

#include "judge/losses.h"
#include "luwatch/vtd.h"

#define I(n) (1U << LW_I##n)

/* A table that holds something preserved, without a copy from before. */
static uint64_t tables_without_copy(const struct lw_handover *h)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];

		count += entry->preserved && entry->table_before &&
			 entry->table_before->flags & LW_TABLE_NO_COPY &&
			 !(entry->notes & LW_NOTE_UNIT_OFF);
	}
	return count;
}

/* Of a unit that stayed on: its tables at the end are not those that the shutdown began with. */
static uint64_t roots_moved(const struct lw_handover *h)
{
	uint64_t count = 0;
	size_t i, slot;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];

		if (!lw_unit_is_on(unit) || !unit->before || unit->before->flags & LW_STATE_GONE)
			continue;
		count += unit->before->rtaddr != unit->after->rtaddr;
		for (slot = 0; slot < LW_UNIT_TABLES; slot++)
			count += unit->tables[slot].after &&
				 unit->tables[slot].after->flags & LW_TABLE_MOVED;
	}
	return count;
}

/* Units of the baseline that neither look met: nothing of them is known. */
static uint64_t units_unseen(const struct lw_handover *h)
{
	uint64_t count = 0;
	size_t i, j;

	for (i = 0; i < h->stream.baseline_count; i++) {
		const struct lw_record *record = &h->stream.baseline[i];

		if (record->type != LW_REC_UNIT)
			continue;
		for (j = 0; j < h->unit_count; j++)
			if (h->units[j]->reg_phys == record->unit_info.reg_phys)
				break;
		count += j == h->unit_count;
	}
	/* Without any look that is what is said. */
	return h->unit_count ? count : 0;
}

/* Marked devices of whose entry it is not known how it was when they were preserved. */
static uint64_t without_words_then(const struct lw_handover *h)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < h->marked.count; i++)
		count += !lw_entry_at_preservation(h, h->marked.rid[i]);
	return count;
}

static uint64_t overflows(const struct lw_handover *h)
{
	return h->last ? h->last->last.overflows_in_attempt : 0;
}

static uint64_t unseen(const struct lw_handover *h)
{
	return h->last ? h->last->last.unseen_in_attempt : 0;
}

static uint64_t lost(const struct lw_handover *h)
{
	return h->last ? h->last->last.lost_in_attempt : 0;
}

static uint64_t watched_log(const struct lw_handover *h)
{
	return h->evidence->watch_losses.log_missed + h->evidence->watch_losses.log_unread;
}

static uint64_t watched_faults(const struct lw_handover *h)
{
	return h->evidence->watch_losses.faults;
}

/* At collect, or while watching; what is seen at both is one. */
static uint64_t stuck(const struct lw_handover *h)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < h->evidence->unit_now_count; i++)
		count += h->evidence->units_now[i].stuck;
	return count > h->evidence->watch_losses.stuck ? count : h->evidence->watch_losses.stuck;
}

static bool may_preserve(const struct lw_handover *h)
{
	return h->preserved_count || h->preserved_by == LW_PRESERVED_UNKNOWN;
}

/*
 * Runs that were skipped before kernel_kexec(). Of a kernel that preserves nothing they can only have been
 * of faults before it, on which nothing rests.
 */
static uint64_t misses(const struct lw_handover *h)
{
	return h->kexec && may_preserve(h) ? h->kexec->kexec.program_misses : 0;
}

static uint64_t next_lost(const struct lw_handover *h)
{
	return h->evidence->next_lost;
}

const struct lw_loss_row lw_loss_rows[] = {
	{ "no baseline", "no complete baseline arrived", I(4) | I(7) | I(8) | I(9) | I(10) | I(11) | I(12), NULL, NULL },
	{ "records missing", "numbers are missing in the log, or its last record", I(4) | I(10) | I(12), NULL, NULL },
	{ "records contradict", "two records, or two carriers, say different things", I(12), NULL, NULL },
	{ "marks", "marks of devices are missing, or are not as many as the kernel counts",
	  I(2) | I(3) | I(5) | I(7) | I(9), NULL, NULL },
	{ "words at preservation", "the entry of a preserved device as it was when it was preserved", I(7),
	  without_words_then,
	  "Of %llu preserved devices the entry as it was at their preservation was not recorded." },
	{ "units unseen", "the looks did not meet a unit that was there at arming",
	  I(1) | I(2) | I(3) | I(4) | I(5) | I(6) | I(12), units_unseen,
	  "%llu remapping units that were there when luwatch was armed were not met in the shutdown: what "
	  "was left on them is not known." },
	{ "unit registers", "a unit's registers at the end are not known", I(1) | I(2) | I(5), NULL, NULL },
	{ "tables unreadable", "a context table could not be read", I(1) | I(2), NULL, NULL },
	{ "no table copy", "a table with something preserved has no copy from before", I(2) | I(7),
	  tables_without_copy,
	  "Of %llu preserved entries no copy of the table was kept: there were more tables than the "
	  "programs had room for." },
	{ "entry words", "the words of a preserved entry were not carried", I(2) | I(7), NULL, NULL },
	{ "PASID tables", "the PASID tables of a preserved device were not seen before and after", I(2),
	  NULL, NULL },
	{ "root moved", "the root table or a root entry of a unit that stayed on was moved in the shutdown",
	  I(1) | I(2) | I(3) | I(4), roots_moved,
	  "Tables were exchanged during the shutdown (%llu root tables or root entries of units that "
	  "stayed on): what was cleared and what was kept is not known." },
	{ "invalidation results", "neither the result of an invalidation nor a drained queue was seen", I(4),
	  NULL, NULL },
	{ "domains of cleared entries", "the kernel invalidated domain by domain, and which domains the cleared "
	  "entries had was not recorded", I(4), NULL, NULL },
	{ "drift", "more changes of preserved devices than places", I(7), NULL, NULL },
	{ "program misses", "the kernel skipped runs of a program", I(7) | I(8) | I(10), misses,
	  "The kernel skipped %llu runs of the programs: what they would have seen is not known." },
	{ "fault overflows", "fault registers overflowed in the attempt", I(10), overflows,
	  "Fault registers overflowed %llu times since kernel_kexec(): faults were lost, and nobody knows "
	  "of which device." },
	{ "faults unseen", "the handler consumed faults in the attempt that nobody read", I(10), unseen,
	  "At least %llu faults since kernel_kexec() were consumed by the kernel before they were read." },
	{ "faults lost", "faults in the attempt found no place", I(10), lost,
	  "%llu faults since kernel_kexec() were seen and found no place: of them only the number is "
	  "known." },
	{ "kernel log", "the next kernel's log has lost its beginning", I(10) | I(13), NULL, NULL },
	{ "log suppressed", "the next kernel held lines about faults back", I(10), NULL, NULL },
	{ "next kernel", "the kernel that was started never collected", I(10) | I(12) | I(13), next_lost,
	  "The kernel that was started never collected its hand-over: the machine was reset, and this is what "
	  "survived. Look for its last words in the machine's store and on the console." },
	{ "log while watching", "after it was saved the log lost lines or nobody read it, and no program watched",
	  I(10), watched_log,
	  "Since the next kernel's log was saved and before programs watched, at least %llu of its lines were "
	  "not read: there may have been faults among them." },
	{ "faults while watching", "while the next kernel watched, faults were lost, overflowed or were not seen",
	  I(10), watched_faults,
	  "At least %llu times faults of the next kernel were lost or not seen while it watched for those "
	  "that show a broken hand-over." },
	{ "faults stuck", "a unit of the next kernel holds a fault whose interrupt never came", I(10), stuck,
	  "A fault whose interrupt never came to this kernel is held by %llu of its remapping units, and keeps "
	  "it from raising another: neither the kernel's log nor luwatch has its faults since then." },
	{ "receiver", "the units or the tables of the next kernel could not be looked at", I(13), NULL, NULL },
	{}
};

/* Nothing was preserved: then nothing could be altered, and a suspend breaks no promise. */
static uint32_t that_matter(const struct lw_handover *h)
{
	return may_preserve(h) ? ~0U : ~(I(2) | I(7) | I(8));
}

void lw_judge_losses(struct lw_handover *h)
{
	const struct lw_loss_row *row;
	enum lw_invariant i;
	uint64_t count;

	for (row = lw_loss_rows; row->name; row++) {
		count = row->count ? row->count(h) : 0;
		for (i = 0; count && i < LW_INVARIANTS; i++)
			if ((row->invariants & that_matter(h) & h->judged) >> i & 1)
				lw_unknown(h, i, row->message, (unsigned long long)count);
	}
}
