// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who else knows of the machine's kernels: the audit log, the journal, and KHO, which counts kexecs
 * and hands its number over. On some machines one of them is not there; on some they lie.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

void others_begin(struct world *w)
{
	w->journal = roll_chance(&w->dice, 60);
	w->audit = roll_chance(&w->dice, 60);
	w->kho = roll_chance(&w->dice, 50);
	w->lies = roll_chance(&w->dice, 15);
}

/* The kernel that runs now is about to end. */
void others_end_kernel(struct world *w, bool kexec)
{
	struct ran *ran = &w->ran[w->ran_count++ % RAN];

	strcpy(ran->boot, w->kernel.boot);
	ran->seen_ns = wall(w);
	ran->kexec = kexec;
	ran->tsc = w->kernel.audited_tsc;
	ran->audited_ns = w->kernel.audited_ns;
}

void others_note_arming(struct world *w)
{
	w->kernel.audited_tsc = counter(w);
	w->kernel.audited_ns = wall(w);
}

static struct lw_earlier row_of(const struct world *w, size_t i, enum lw_teller teller)
{
	const struct ran *ran = &w->ran[i % RAN];
	struct lw_earlier row = { .teller = teller,
				  .kernel = lw_id_of_boot(ran->boot),
				  .order = i + 1,
				  .seen_ns = ran->seen_ns };

	if (teller == LW_TOLD_BY_JOURNAL)
		row.kexec = ran->kexec && i + 1 == w->ran_count;
	else if (ran->tsc) {
		row.tsc = ran->tsc;
		row.seen_ns = ran->audited_ns;
	}
	return row;
}

static void bend(struct dice *dice, struct lw_earlier *row)
{
	switch (roll_below(dice, 6)) {
	case 0:
		row->order = roll_below(dice, 40);
		break;
	case 1:
		row->kexec = !row->kexec;
		break;
	case 2:
		row->kernel.low ^= 1;
		break;
	case 3:
		row->tsc = roll(dice) >> roll_below(dice, 40);
		break;
	case 4:
		row->seen_ns += HOUR;
		break;
	}
}

int others_tell(const struct world *w, enum lw_teller teller, struct lw_earlier_list *list)
{
	struct dice dice = { w->seed ^ w->now ^ teller };
	size_t i = w->ran_count > 8 ? w->ran_count - 8 : 0;
	size_t before = list->count;

	if (!(teller == LW_TOLD_BY_JOURNAL ? w->journal : w->audit))
		return -ENOENT;
	for (; i < w->ran_count; i++) {
		struct lw_earlier row = row_of(w, i, teller);

		/* Only who arms is in the audit log. */
		if (teller == LW_TOLD_BY_AUDIT && !w->ran[i % RAN].audited_ns)
			continue;
		if (w->lies && roll_chance(&dice, 20))
			continue;
		if (w->lies && roll_chance(&dice, 30))
			bend(&dice, &row);
		lw_earlier_add(list, row);
	}
	return list->count > before ? 0 : -ENOENT;
}

void others_count(const struct world *w, struct lw_counts *counts)
{
	struct dice dice = { w->seed ^ w->now };

	memset(counts, 0, sizeof(*counts));
	if (!w->kho)
		return;
	counts->known = 1U << LW_COUNTED_BY_KHO;
	counts->of[LW_COUNTED_BY_KHO] = w->kernel.kho_count;
	if (w->lies && roll_chance(&dice, 30))
		counts->of[LW_COUNTED_BY_KHO] = roll_below(&dice, 5);
}

/* Whether somebody who tells the truth knows that this kernel was not started by a boot loader. */
bool others_know(const struct world *w)
{
	if (w->lies || !w->truth.kexec)
		return false;
	return w->kho && w->kernel.kho_count > 1;
}
