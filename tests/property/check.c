// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What must come out: the findings that the mutation leads to, each with its subject, and no other
 * one; without a mutation none at all, and every entry in the state it really is in.
 */
#include <string.h>

#include "correlate/steps.h"
#include "luwatch/vtd.h"
#include "trial.h"

#define FAILS_NAMED 64	/* an invariant's fails that get a finding each */

static size_t count_expected(const struct trial *t, enum lw_invariant invariant)
{
	size_t i, count = 0;

	for (i = 0; i < t->fail_count; i++)
		count += t->fails[i].invariant == invariant;
	return count;
}

static bool meet(struct trial *t, const struct lw_finding *finding)
{
	struct expected_fail *again = NULL;
	size_t i;

	for (i = 0; i < t->fail_count; i++) {
		struct expected_fail *fail = &t->fails[i];

		if (fail->invariant != finding->invariant || strcmp(fail->subject, finding->subject))
			continue;
		if (!fail->met) {
			fail->met = true;
			return true;
		}
		again = fail;
	}
	if (again)
		return t->repeated & BIT(finding->invariant);
	/* "N more like these" */
	return !strcmp(finding->subject, "hand-over") &&
	       count_expected(t, finding->invariant) > FAILS_NAMED;
}

static bool is_repeated(const struct lw_handover *h, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (h->findings[i].severity == LW_SEVERITY_INCOMPLETE &&
		    !strcmp(h->findings[i].message, h->findings[index].message))
			return true;
	return false;
}

static const char *check_findings(struct trial *t, const struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->finding_count; i++) {
		const struct lw_finding *finding = &h->findings[i];

		if (finding->severity == LW_SEVERITY_VIOLATION && !meet(t, finding))
			return "a violation that is none";
		if (finding->severity == LW_SEVERITY_INCOMPLETE && !finding->action)
			return "something is missing, and nothing is said to be done about it";
		if (finding->severity == LW_SEVERITY_INCOMPLETE && is_repeated(h, i))
			return "what is missing is said twice";
	}
	for (i = 0; i < t->fail_count && !t->some_fails; i++) {
		if (!t->fails[i].met && count_expected(t, t->fails[i].invariant) <= FAILS_NAMED)
			return "not found";
	}
	return NULL;
}

static bool is_noted(const struct trial *t, const struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->finding_count; i++)
		if (h->findings[i].severity == LW_SEVERITY_NOTICE &&
		    !strcmp(h->findings[i].subject, t->noted))
			return true;
	return !t->noted[0];
}

static uint32_t unknowns(const struct lw_handover *h)
{
	uint32_t mask = 0;
	size_t i;

	for (i = 0; i < LW_INVARIANTS; i++)
		mask |= h->results[i].unknowns ? BIT(i) : 0;
	return mask;
}

/* Versions 1 and 2 invalidate domain by domain, and in scalable mode nobody carries the domains. */
static uint32_t without_domains(const struct trial *t)
{
	size_t i;

	for (i = 0; i < t->s->unit_count; i++)
		if (t->s->units[i]->scalable && synth_is_cleaned(t->s, t->s->units[i]))
			return t->s->version < 3 ? BIT(LW_I4) : 0;
	return 0;
}

const char *check_verdict(struct trial *t, const struct lw_handover *h)
{
	enum lw_verdict verdict = t->fail_count	    ? LW_VERDICT_VIOLATION
				  : t->unknown_must ? LW_VERDICT_INCOMPLETE
						    : LW_VERDICT_CLEAN;
	const char *wrong = check_findings(t, h);
	enum lw_invariant i;

	if (wrong)
		return wrong;
	if (!is_noted(t, h))
		return "nothing is noted";
	if (t->unknown_must & ~unknowns(h))
		return "missing evidence was not noticed";
	if (unknowns(h) & ~(t->unknown_must | t->unknown_may | without_domains(t)))
		return "evidence is called missing that is there";
	for (i = 0; i < LW_INVARIANTS && !t->some_fails; i++) {
		if (h->results[i].fails != count_expected(t, i) && !(t->repeated & BIT(i)))
			return "the number of fails is another one";
	}
	if (t->some_fails && h->verdict == LW_VERDICT_INCOMPLETE)
		return NULL;
	if (verdict == LW_VERDICT_CLEAN && unknowns(h))
		verdict = LW_VERDICT_INCOMPLETE; /* as it may be */
	return h->verdict == verdict ? NULL : "the verdict is another one";
}

/* --- states of a correct hand-over ---------------------------------------------------------- */

static enum lw_context_state true_state(const struct trial *t, const struct lw_entry *entry)
{
	const struct synth_unit *unit = t->s->units[entry->unit->index];
	unsigned int slot = synth_slot(unit, entry->rid), word;

	word = (LW_RID_DEVFN(entry->rid) * entry_step(unit)) % 512;
	if (is_preserved(t, entry->rid))
		return LW_CONTEXT_KEPT;
	if (!(unit->tables[slot]->words[word] & VTD_PRESENT))
		return LW_CONTEXT_CLEARED;
	return unit->gsts & VTD_GSTS_TES ? LW_CONTEXT_LEAKED : LW_CONTEXT_UNREACHABLE;
}

static size_t count_present(const struct trial *t)
{
	size_t i, slot, word, count = 0;

	for (i = 0; i < t->s->unit_count; i++) {
		const struct synth_unit *unit = t->s->units[i];

		for (slot = 0; slot < SYNTH_TABLES; slot++) {
			for (word = 0; unit->copies[slot] && word < 512; word += entry_step(unit))
				count += unit->copies[slot]->words[word] & VTD_PRESENT;
		}
	}
	return count;
}

const char *check_states(struct trial *t, const struct lw_handover *h)
{
	size_t i;

	if (h->entry_count != count_present(t))
		return "entries are missing or invented";
	for (i = 0; i < h->entry_count; i++) {
		if (!h->entries[i].unit || h->entries[i].state != true_state(t, &h->entries[i]))
			return "the state of an entry is another one";
	}
	for (i = 0; i < h->fault_count; i++) {
		const struct lw_fault *fault = &h->faults[i];

		if (fault->class == LW_CLASS_BROKEN || fault->class == LW_CLASS_LEAK_HIT)
			return "a fault is called broken";
	}
	return NULL;
}
