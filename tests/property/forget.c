// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * As if the programs had never written the records of one kind, of all units or of one: the numbers are
 * without a hole, so that nothing tells of it but what the other records say. A mistake must not look
 * clean then, and what was right must not be accused.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "trial.h"

static unsigned int phase_of(const struct lw_record *r)
{
	return r->type == LW_REC_UNIT_STATE ? r->state.phase :
	       r->type == LW_REC_TABLE	    ? r->table.phase :
	       r->type == LW_REC_ROOT	    ? r->root.phase :
	       r->type == LW_REC_ENTRY	    ? r->entry.phase :
	       r->type == LW_REC_WALK	    ? r->walk.phase :
					      0;
}

static bool is_kind(const struct lw_record *r, const struct lw_record *kind, bool all)
{
	return r->type == kind->type && phase_of(r) == phase_of(kind) && (all || r->unit == kind->unit);
}

/* A kernel that invalidates nothing, or in which nothing went wrong, leaves no record of it either. */
static bool is_unannounced(unsigned int type, bool wrong)
{
	if (!wrong)
		return type == LW_REC_INVALIDATION;
	return type == LW_REC_FAULT || type == LW_REC_SUSPEND || type == LW_REC_DRIFT;
}

static void carry(struct synth *s)
{
	size_t length, i;
	uint8_t *bytes;

	for (i = 0; i < s->evidence.carried_count; i++) {
		free(s->bytes[i]);
		s->bytes[i] = NULL;
	}
	s->evidence.carried_count = 0;
	bytes = synth_pages(s, &length);
	synth_carry(s, "pages", bytes, length);
}

/* The same of the baseline: what it announces of records is of one that is whole. */
static struct lw_record forget_of_baseline(struct synth *s, struct dice *dice, bool all)
{
	struct lw_record kind = s->baseline[1 + roll_below(dice, s->baseline_count - 1)];
	size_t i, kept = 1;

	for (i = 1; i < s->baseline_count; i++) {
		const struct lw_record *r = &s->baseline[i];

		/* Of one device or one unit, or all. */
		if (r->type != kind.type || (!all && r->words[0] != kind.words[0]))
			s->baseline[kept++] = *r;
	}
	s->baseline_count = s->baseline[0].baseline.records = kept;
	for (i = 0; i < kept; i++) {
		s->baseline[i].seq = i + 1;
		synth_seal(&s->baseline[i]);
	}
	return kind;
}

const char *forget_records(struct trial *t, struct dice *dice, bool wrong, char *told, size_t size)
{
	struct synth *s = t->s;
	bool all = roll_chance(dice, 50);
	struct lw_record kind = roll_chance(dice, 20) && s->baseline_count > 1
					? forget_of_baseline(s, dice, all)
					: s->log[roll_below(dice, s->log_count)];
	struct lw_handover *h;
	enum lw_verdict verdict;
	size_t i, kept = 0;

	if (is_unannounced(kind.type, wrong))
		return NULL;
	for (i = 0; i < s->log_count; i++)
		if (!is_kind(&s->log[i], &kind, all))
			s->log[kept++] = s->log[i];
	s->log_count = kept;
	if (!kept)
		return NULL;
	for (i = 0; i < kept; i++) {
		s->log[i].seq = i + 1;
		if (s->log[i].type == LW_REC_LAST)
			s->log[i].last.records = kept;
		synth_seal(&s->log[i]);
	}
	carry(s);
	snprintf(told, size, "record type %u, phase %u, unit %d", kind.type, phase_of(&kind),
		 all ? -1 : kind.unit);
	if (lw_correlate(&s->evidence, &h))
		abort();
	verdict = h->verdict;
	lw_handover_free(h);
	if (wrong && verdict == LW_VERDICT_CLEAN)
		return "a mistake is clean when records are forgotten";
	if (!wrong && verdict == LW_VERDICT_VIOLATION)
		return "what was right is accused when records are forgotten";
	return NULL;
}
