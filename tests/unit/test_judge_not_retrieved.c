// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices that came over from the kernel before and that nobody retrieved: the hand-over clears them, and
 * its report tells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "sample.h"
#include "synth.h"

static uint64_t announced;
static size_t told_of;

#define NOWHERE LW_RID(0, 0x7f, 0) /* no unit has a table for it */

/* As the programs say it at kernel_kexec(). */
static void add_not_retrieved(struct synth *s)
{
	static const uint64_t rids[] = { SYNTH_SIBLING, SYNTH_LONELY, NOWHERE };
	struct lw_record clocks = { .type = LW_REC_CLOCKS, .unit = LW_NO_UNIT };
	size_t i;

	clocks.clocks.not_retrieved = announced;
	synth_emit(s, &clocks);
	for (i = 0; i < told_of; i++) {
		struct lw_record r = { .type = LW_REC_NOT_RETRIEVED, .unit = LW_NO_UNIT };

		r.not_retrieved.rid = rids[i];
		synth_emit(s, &r);
	}
}

static struct synth *not_retrieved(uint64_t said, size_t count, synth_change after_clear)
{
	struct synth *s = synth_standard(false);

	announced = said;
	told_of = count;
	s->before_shutdown = add_not_retrieved;
	s->after_clear = after_clear;
	synth_judge(s);
	return s;
}

static json_t *set_of(const struct synth *s)
{
	return json_object_get(json_object_get(s->report, "sets"), "not_retrieved");
}

static size_t warnings_of(const struct synth *s, uint64_t rid)
{
	char text[LW_RID_TEXT];
	size_t i, found = 0;

	for (i = 0; i < s->handover->finding_count; i++) {
		const struct lw_finding *f = &s->handover->findings[i];

		found += f->severity == LW_SEVERITY_WARNING && f->action &&
			 !strcmp(f->subject, lw_rid_format(rid, text)) && strstr(f->message, "nobody retrieved it");
	}
	return found;
}

/* The kernel is right to clear it, so no promise is broken; the operator is told all the same. */
static void not_retrieved_is_told(void **state)
{
	struct synth *s = not_retrieved(4, 3, NULL);
	char *text;

	(void)state;
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	assert_string_equal(synth_state(s, SYNTH_SIBLING), "cleared");
	assert_int_equal(warnings_of(s, SYNTH_SIBLING), 1);
	assert_true(synth_found(s, "this hand-over cleared its entry, as it has to"));
	assert_int_equal(warnings_of(s, SYNTH_LONELY), 1);
	assert_true(synth_found(s, "this hand-over took its translation away, as it has to"));
	assert_int_equal(warnings_of(s, NOWHERE), 1);
	assert_true(synth_found(s, "what became of its entry is not known"));
	assert_int_equal(warnings_of(s, SYNTH_KEPT), 0);
	assert_int_equal(json_array_size(set_of(s)), 3);
	assert_non_null(strstr(s->handover->headline, "3 devices not retrieved"));
	text = render(s->report, 100, false, NULL);
	assert_has(text, "nobody retrieved it");
	assert_has(text, "Start anew what used it");
	free(text);
	synth_free(s);
}

/* Nothing is said where there is none, and a report does not say "none" where nobody looked. */
static void not_retrieved_none_or_not_known(void **state)
{
	static const struct {
		uint64_t announced;
		size_t records;
		bool known;
	} rows[] = { { 1, 0, true }, { 0, 0, false }, { 3, 1, false } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct synth *s = not_retrieved(rows[i].announced, rows[i].records, NULL);

		assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
		assert_int_equal(warnings_of(s, SYNTH_SIBLING), rows[i].records);
		assert_int_equal(json_is_array(set_of(s)), rows[i].known);
		assert_int_equal(json_is_null(set_of(s)), !rows[i].known);
		synth_free(s);
	}
}

static void leave_sibling(struct synth *s)
{
	synth_entry(synth_unit_of(s, SYNTH_SIBLING), SYNTH_SIBLING)[0] |= VTD_PRESENT;
}

/* Left behind: that is a leak, and the warning does not say that it was cleared. */
static void not_retrieved_and_left(void **state)
{
	struct synth *s = not_retrieved(2, 1, leave_sibling);

	(void)state;
	assert_string_equal(synth_answer(s, LW_I1), "fail");
	assert_int_equal(warnings_of(s, SYNTH_SIBLING), 1);
	assert_true(synth_found(s, "its entry was left behind all the same"));
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_retrieved_is_told),
		cmocka_unit_test(not_retrieved_none_or_not_known),
		cmocka_unit_test(not_retrieved_and_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
