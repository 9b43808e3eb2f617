// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tampering with the audit log: each way to change, remove, insert or reorder a record, done to
 * each record of a log in turn, must be found and named; so must a change of any single byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "audit_lines.h"

static void whole_log_holds(void **state)
{
	struct log log;
	char *anchor;

	make_log(&log, 1, "x", true);
	anchor = anchor_of(&log, RECORDS - 1);
	expect(&log, NULL, false, LW_AUDIT_HOLDS, 0, RECORDS);
	expect(&log, anchor, true, LW_AUDIT_HOLDS, 0, RECORDS);
	anchor[18] = '\0'; /* 16 digits are enough */
	expect(&log, anchor, false, LW_AUDIT_HOLDS, 0, RECORDS);
	free(anchor);
	free_log(&log);
}

static void each_byte_is_covered(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x20, 0x80 };
	struct lw_audit_verdict verdict;
	size_t at, length, i, seq = 1;
	struct log log;
	char *text;

	make_log(&log, 1, "x", true);
	log.count = 4;
	text = join(&log);
	length = strlen(text);
	for (at = 0; at < length; at++) {
		bool newline = text[at] == '\n';

		for (i = 0; i < sizeof(flips); i++) {
			text[at] ^= flips[i];
			check_text(text, length, NULL, false, &verdict);
			assert_int_equal(verdict.broken, LW_AUDIT_CHANGED);
			assert_true(verdict.seq <= seq && seq <= verdict.until);
			assert_int_equal(verdict.held, seq - 1);
			text[at] ^= flips[i];
		}
		seq += newline;
	}
	free(text);
	log.count = RECORDS;
	free_log(&log);
}

static void each_removed_record_is_named(void **state)
{
	struct log log;
	size_t at;

	for (at = 0; at + 1 < RECORDS; at++) {
		make_log(&log, 1, "x", false);
		take_out(&log, at);
		expect(&log, NULL, false, LW_AUDIT_REMOVED, at + 1, at);
		free_log(&log);
	}
}

static void each_inserted_record_is_named(void **state)
{
	uint8_t hash[LW_AUDIT_HASH], prev[LW_AUDIT_HASH];
	struct log log;
	size_t at;

	for (at = 1; at + 1 < RECORDS; at++) {
		/* A line that is no record. */
		make_log(&log, 1, "x", false);
		put_in(&log, at, strdup("{\"schema\":\"luwatch.audit/1\"}\n"));
		expect(&log, NULL, false, LW_AUDIT_INSERTED, at + 1, at);
		free_log(&log);
		/* A copy of the one before, and of the first one. */
		make_log(&log, 1, "x", false);
		put_in(&log, at, strdup(log.lines[at - 1]));
		expect(&log, NULL, false, LW_AUDIT_INSERTED, at + 1, at);
		free_log(&log);
		make_log(&log, 1, "x", false);
		put_in(&log, at, strdup(log.lines[0]));
		expect(&log, NULL, false, LW_AUDIT_INSERTED, at + 1, at);
		free_log(&log);
		/* A record with a right hash and link, in the place of another. */
		make_log(&log, 1, "x", false);
		hash_of(log.lines[at], hash, prev);
		put_in(&log, at, make_line(at + 1, prev, LW_AUDIT_NOTE, "forged", false, hash));
		expect(&log, NULL, false, LW_AUDIT_INSERTED, at + 1, at);
		free_log(&log);
		/* One with a number of its own. */
		make_log(&log, 1, "x", false);
		memset(prev, 0x11, sizeof(prev));
		put_in(&log, at, make_line(999, prev, LW_AUDIT_NOTE, "forged", false, hash));
		expect(&log, NULL, false, LW_AUDIT_INSERTED, at + 1, at);
		free_log(&log);
	}
}

static void each_reordering_is_named(void **state)
{
	size_t from, to;
	struct log log;

	for (from = 1; from < RECORDS; from++) {
		for (to = 1; to < RECORDS; to++) {
			size_t first = from < to ? from : to;
			char *line;

			if (from == to)
				continue;
			make_log(&log, 1, "x", false);
			line = strdup(log.lines[from]);
			take_out(&log, from);
			put_in(&log, to, line);
			expect(&log, NULL, false, LW_AUDIT_REORDERED, first + 1, first);
			free_log(&log);
		}
	}
}

/* Whoever changes a record and hashes it anew is found by its neighbour. */
static void each_replaced_record_is_named(void **state)
{
	uint8_t hash[LW_AUDIT_HASH], prev[LW_AUDIT_HASH];
	enum lw_audit_kind kind;
	struct log log;
	size_t at;

	for (at = 0; at + 1 < RECORDS; at++) {
		make_log(&log, 1, "x", true);
		hash_of(log.lines[at], hash, prev);
		kind = at ? LW_AUDIT_NOTE : LW_AUDIT_LOG_STARTED;
		free(log.lines[at]);
		log.lines[at] = make_line(at + 1, prev, kind, "forged", false, hash);
		expect(&log, NULL, false, LW_AUDIT_REPLACED, at + 1, at);
		if (at) /* the key knows before the neighbour does */
			expect(&log, NULL, true, LW_AUDIT_UNSIGNED, at + 1, at);
		free_log(&log);
	}
}

/* Only the writer's own mistake, or root's hand, makes a record that links but skips numbers. */
static void a_number_that_is_skipped_is_named(void **state)
{
	uint8_t hash[LW_AUDIT_HASH], prev[LW_AUDIT_HASH];
	struct log log;

	make_log(&log, 1, "x", false);
	hash_of(log.lines[RECORDS - 1], hash, prev);
	put_in(&log, RECORDS, make_line(RECORDS + 2, hash, LW_AUDIT_NOTE, "x", false, prev));
	expect(&log, NULL, false, LW_AUDIT_REMOVED, RECORDS + 1, RECORDS);
	free_log(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_log_holds),
		cmocka_unit_test(each_byte_is_covered),
		cmocka_unit_test(each_removed_record_is_named),
		cmocka_unit_test(each_inserted_record_is_named),
		cmocka_unit_test(each_reordering_is_named),
		cmocka_unit_test(each_replaced_record_is_named),
		cmocka_unit_test(a_number_that_is_skipped_is_named),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
