// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judges a folder of saved evidence without some of the checks, so that a test can show that a
 * mutant was caught by its own check and by no other one.
 *
 * usage: judge FOLDER [I1,I2,…]	prints "verdict WORD" and "INVARIANT SEVERITY SUBJECT" for each
 * finding that fails an invariant or leaves it unknown. Exit: 1 when the folder cannot be judged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/case.h"
#include "correlate/steps.h"
#include "judge/judge.h"

static uint32_t without(const char *names)
{
	uint32_t judged = lw_invariants_judged;
	const char *at;

	for (at = names; at && *at; at += *at == ',') {
		if (*at == 'I')
			judged &= ~(1U << (atoi(at + 1) - 1));
		at += strcspn(at, ",");
	}
	return judged;
}

int main(int argc, char **argv)
{
	static const char *const verdicts[] = {
		[LW_VERDICT_NONE] = "none",
		[LW_VERDICT_CLEAN] = "clean",
		[LW_VERDICT_VIOLATION] = "violation",
		[LW_VERDICT_INCOMPLETE] = "incomplete",
	};
	struct lw_handover *h;
	struct lw_case c;
	size_t i;

	if (argc < 2 || lw_case_load(argv[1], &c) ||
	    lw_correlate_some(&c.evidence, without(argc > 2 ? argv[2] : NULL), &h))
		return 1;
	printf("verdict %s\n", verdicts[h->verdict]);
	for (i = 0; i < h->finding_count; i++)
		if (h->findings[i].severity <= LW_SEVERITY_INCOMPLETE)
			printf("%s %s %s\n", lw_invariant_name(h->findings[i].invariant),
			       h->findings[i].severity ? "unknown" : "fail",
			       h->findings[i].subject);
	lw_handover_free(h);
	lw_case_close(&c);
	return 0;
}
