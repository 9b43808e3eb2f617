// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of the audit log read line by line: the same lines as in a text, wherever the pieces end in
 * which a file is read, and of a line that no record can be only its beginning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "audit/rows.h"
#include "base/io.h"

struct told {
	size_t count, longest, torn;
	uint8_t hash[LW_AUDIT_HASH]; /* of all lines, each after the hash so far */
};

static int tell(const char *bytes, size_t length, bool torn, void *data)
{
	struct told *told = data;
	uint8_t both[2 * LW_AUDIT_HASH];

	memcpy(both, told->hash, LW_AUDIT_HASH);
	lw_audit_hash(bytes, length, both + LW_AUDIT_HASH);
	lw_audit_hash(both, sizeof(both), told->hash);
	told->count++;
	told->torn += torn;
	told->longest = length > told->longest ? length : told->longest;
	return 0;
}

static struct told told_of_file(const char *text, size_t length, bool packed)
{
	char path[] = "/tmp/luwatch-test-files-XXXXXX";
	struct told told = { 0 };
	int fd = mkstemp(path);
	bool damaged;

	assert_true(fd >= 0);
	close(fd);
	if (packed)
		assert_int_equal(lw_audit_file_write_compressed(path, text, length), 0);
	else
		assert_int_equal(lw_write_file(path, text, length, 0600), 0);
	assert_int_equal(lw_audit_file_each_line(path, tell, &told, &damaged), 0);
	assert_false(damaged);
	unlink(path);
	return told;
}

static void lines_are_those_of_the_text(void **unused)
{
	size_t length = 3 << 20, i, next = 0;
	LW_FREE char *text = malloc(length);
	struct told want = { 0 }, told;

	(void)unused;
	for (i = 0; i < length; i++) {
		text[i] = i == next ? '\n' : (char)('a' + i % 26);
		if (i == next)
			next += 1 + i % 300000;
	}
	text[length - 1] = 'z';
	lw_audit_each_line(text, length, tell, &want);
	assert_int_equal(want.torn, 1);
	told = told_of_file(text, length, false);
	assert_memory_equal(&told, &want, sizeof(want));
	told = told_of_file(text, length, true);
	assert_memory_equal(&told, &want, sizeof(want));
}

static void too_long_a_line_is_cut(void **unused)
{
	size_t longest = LW_AUDIT_LINE_MAX, length = 3 * longest;
	LW_FREE char *text = malloc(length);
	struct told told;

	(void)unused;
	memset(text, 'x', length);
	memcpy(text, "a\nb\n", 4);
	memcpy(text + length - 4, "\nc\nd", 4);
	told = told_of_file(text, length, false);
	assert_int_equal(told.count, 5);
	assert_int_equal(told.torn, 1);
	assert_int_equal(told.longest, longest + 1);

	/* The longest that may be a record is whole. */
	text[4 + longest] = '\n';
	told = told_of_file(text, 4 + longest + 1, false);
	assert_int_equal(told.count, 3);
	assert_int_equal(told.longest, longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_those_of_the_text),
		cmocka_unit_test(too_long_a_line_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
