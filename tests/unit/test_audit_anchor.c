// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the chain of an audit log cannot say alone: a cut end, a missing beginning and a log written
 * anew show only against an anchor or a key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "audit_lines.h"

static void a_cut_end_needs_an_anchor(void **state)
{
	struct log log;
	size_t left;
	char *anchor;

	for (left = 1; left < RECORDS; left++) {
		make_log(&log, 1, "x", false);
		anchor = anchor_of(&log, RECORDS - 1);
		while (log.count > left)
			take_out(&log, log.count - 1);
		expect(&log, NULL, false, LW_AUDIT_HOLDS, 0, left);
		expect(&log, anchor, false, LW_AUDIT_CUT, left + 1, left);
		free(anchor);
		free_log(&log);
	}
}

static void a_cut_inside_a_line_is_torn(void **state)
{
	struct lw_audit_verdict verdict;
	struct log log;
	size_t length, cut;
	char *text, *anchor;

	make_log(&log, 1, "x", false);
	anchor = anchor_of(&log, RECORDS - 1);
	text = join(&log);
	length = strlen(text);
	for (cut = 1; cut < strlen(log.lines[RECORDS - 1]); cut++) {
		check_text(text, length - cut, NULL, false, &verdict);
		assert_int_equal(verdict.broken, LW_AUDIT_TORN);
		assert_int_equal(verdict.held, RECORDS - 1);
		check_text(text, length - cut, anchor, false, &verdict);
		assert_int_equal(verdict.broken, LW_AUDIT_CUT);
		assert_int_equal(verdict.seq, RECORDS);
	}
	free(anchor);
	free(text);
	free_log(&log);
}

static void a_log_written_anew_needs_an_anchor(void **state)
{
	struct log genuine, forged;
	char *anchor;

	make_log(&genuine, 1, "x", true);
	make_log(&forged, 1, "forged", false);
	anchor = anchor_of(&genuine, 4);
	expect(&forged, NULL, false, LW_AUDIT_HOLDS, 0, RECORDS);
	expect(&forged, anchor, false, LW_AUDIT_REWRITTEN, 1, 0);
	expect(&forged, NULL, true, LW_AUDIT_UNSIGNED, 1, 0);
	free(anchor);
	free_log(&genuine);
	free_log(&forged);
}

static void a_key_is_of_one_machine(void **state)
{
	struct lw_audit_key genuine = public_key;
	struct log log;

	make_log(&log, 1, "x", true);
	public_key.machine[0] ^= 1;
	expect(&log, NULL, true, LW_AUDIT_FORGED, 1, 0);
	public_key = genuine;
	public_key.public[0] ^= 1;
	expect(&log, NULL, true, LW_AUDIT_FORGED, 1, 0);
	public_key = genuine;
	expect(&log, NULL, true, LW_AUDIT_HOLDS, 0, RECORDS);
	free_log(&log);
}

static void a_missing_beginning_is_told_apart(void **state)
{
	struct lw_audit_anchor before = { .seq = 100 };
	struct lw_audit_verdict verdict;
	struct log log;
	char *text, *anchor;

	memset(before.hash, 0x5a, sizeof(before.hash));
	anchor = lw_audit_anchor_format(&before);
	make_log(&log, 101, "x", false);
	text = join(&log);
	check_text(text, strlen(text), NULL, false, &verdict);
	assert_int_equal(verdict.broken, LW_AUDIT_HOLDS);
	assert_true(verdict.headless);
	check_text(text, strlen(text), anchor, false, &verdict);
	assert_false(verdict.headless);
	assert_int_equal(verdict.broken, LW_AUDIT_HOLDS);
	anchor[4] = '0'; /* of "5a..." */
	check_text(text, strlen(text), anchor, false, &verdict);
	assert_int_equal(verdict.broken, LW_AUDIT_REWRITTEN);
	free(text);
	/* Without its first record the file begins where no file does. */
	take_out(&log, 0);
	expect(&log, NULL, false, LW_AUDIT_REMOVED, 101, 0);
	free(anchor);
	free_log(&log);
}

static void odd_texts_are_survived(void **state)
{
	static const char *const texts[] = { "\n", "\n\n", "x", "x\n", "{}\n", "\"\"}", "null\n" };
	struct lw_audit_verdict verdict;
	size_t i;

	check_text("", 0, NULL, false, &verdict);
	assert_int_equal(verdict.held, 0);
	check_text("", 0, "1:00112233445566778899", false, &verdict);
	assert_int_equal(verdict.broken, LW_AUDIT_CUT);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check_text(texts[i], strlen(texts[i]), "7:00112233445566778899", true, &verdict);
		assert_int_not_equal(verdict.broken, LW_AUDIT_HOLDS);
	}
	check_text("a\0b\n", 4, NULL, false, &verdict);
	assert_int_equal(verdict.broken, LW_AUDIT_CHANGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_end_needs_an_anchor),
		cmocka_unit_test(a_cut_inside_a_line_is_torn),
		cmocka_unit_test(a_log_written_anew_needs_an_anchor),
		cmocka_unit_test(a_key_is_of_one_machine),
		cmocka_unit_test(a_missing_beginning_is_told_apart),
		cmocka_unit_test(odd_texts_are_survived),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
