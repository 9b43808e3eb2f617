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

const char *forget_records(struct trial *t, struct dice *dice, bool wrong, char *told, size_t size)
{
	struct synth *s = t->s;
	struct lw_record kind = s->log[roll_below(dice, s->log_count)];
	bool all = roll_chance(dice, 50);
	struct lw_handover *h;
	enum lw_verdict verdict;
	size_t i, kept = 0;

	/* A kernel that invalidates nothing leaves no record of it either. */
	if (!wrong && kind.type == LW_REC_INVALIDATION)
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
