// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The runner of the tables of hand-overs, and the mistakes that several of them have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "mistakes.h"
#include "synth.h"
#include "judge/judge.h"

uint64_t *entry(struct synth *s, uint64_t rid)
{
	return synth_entry(synth_unit_of(s, rid), rid);
}

void rewrite(struct synth *s, uint64_t rid)
{
	uint64_t *words = entry(s, rid);

	words[0] = 0x200055000ULL | VTD_PRESENT;
	words[1] = 0x5502;
}

void leak_sibling(struct synth *s)
{
	rewrite(s, SYNTH_SIBLING);
}

void lose(struct synth *s)
{
	synth_clear_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT);
}

void alter_table(struct synth *s)
{
	entry(s, SYNTH_KEPT)[0] ^= 1ULL << 20;
}

static const struct row *rows;
static size_t row_count;

static uint32_t answers(const struct synth *s, enum lw_answer answer)
{
	uint32_t mask = 0;
	size_t i;

	for (i = 0; i < LW_INVARIANTS; i++)
		mask |= s->handover->results[i].answer == answer ? BIT(i) : 0;
	return mask;
}

static void check_row(const struct row *row, bool scalable)
{
	struct synth *s = synth_standard(scalable);
	const char *state;

	if (row->setup)
		row->setup(s);
	s->before_shutdown = row->before_shutdown;
	s->after_clear = row->after_clear;
	s->invalidate = row->invalidate;
	s->after_flush = row->after_flush;
	s->at_last_look = row->at_last_look;
	synth_judge(s);
	state = synth_state(s, row->rid);
	if (strcmp(lw_verdict_name(s->handover->verdict), row->verdict) ||
	    answers(s, LW_FAIL) != row->fails || answers(s, LW_UNKNOWN) != row->unknowns ||
	    (row->state && *row->state && strcmp(state, row->state)) ||
	    (row->found && !synth_found(s, row->found))) {
		size_t i;

		print_message("%s (%s): %s, fails %#x, unknown %#x, state %s\n", row->name,
			      scalable ? "scalable" : "legacy", s->handover->headline,
			      answers(s, LW_FAIL), answers(s, LW_UNKNOWN), state);
		for (i = 0; i < s->handover->finding_count; i++)
			print_message("   %s: %s\n", s->handover->findings[i].subject,
				      s->handover->findings[i].message);
		fail();
	}
	synth_free(s);
}

static void every_mistake_legacy(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < row_count; i++)
		check_row(&rows[i], false);
}

static void every_mistake_scalable(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < row_count; i++) {
		if (!rows[i].legacy_only)
			check_row(&rows[i], true);
	}
}

/* With the check that catches it switched off nothing else may catch a mistake. */
static void only_the_check_catches_it(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < row_count; i++) {
		struct synth *s;

		if (strcmp(rows[i].verdict, "violation"))
			continue;
		s = synth_standard(false);
		if (rows[i].setup)
			rows[i].setup(s);
		s->before_shutdown = rows[i].before_shutdown;
		s->after_clear = rows[i].after_clear;
		s->invalidate = rows[i].invalidate;
		s->after_flush = rows[i].after_flush;
		synth_judge_some(s, lw_invariants_judged & ~rows[i].fails);
		if (s->handover->verdict !=
		    (rows[i].unknowns ? LW_VERDICT_INCOMPLETE : LW_VERDICT_CLEAN))
			fail_msg("%s: %s", rows[i].name, s->handover->headline);
		synth_free(s);
	}
}

int run_rows(const struct row *table, size_t count)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mistake_legacy),
		cmocka_unit_test(every_mistake_scalable),
		cmocka_unit_test(only_the_check_catches_it),
	};

	rows = table;
	row_count = count;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
