// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Escaping must let ordinary text through unchanged and never let a byte out that a terminal would
 * obey; the last test proves the second over every byte and a sample of every pair.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/escape.h"

static void expect(const char *bytes, size_t length, size_t limit, const char *shown)
{
	char *text = lw_escape(bytes, length, limit);

	assert_non_null(text);
	assert_string_equal(text, shown);
	free(text);
}

#define EXPECT(bytes, shown) expect(bytes, sizeof(bytes) - 1, 0, shown)

static void ordinary_text_is_unchanged(void **state)
{
	(void)state;
	EXPECT("", "");
	EXPECT("Intel 82574L [8086:10d3] ~", "Intel 82574L [8086:10d3] ~");
	EXPECT("M\xc3\xbcnchen \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x94\xa5",
	       "M\xc3\xbcnchen \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x94\xa5");
}

static void controls_are_shown(void **state)
{
	(void)state;
	EXPECT("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07");
	EXPECT("a\nb\tc\rd\x7f", "a\\x0ab\\x09c\\x0dd\\x7f");
	EXPECT("nul\0inside", "nul\\x00inside");
	EXPECT("\xc2\x9b", "\\u009b"); /* C1 form of escape-bracket */
}

static void backslash_stays_unambiguous(void **state)
{
	(void)state;
	EXPECT("\\x1b", "\\\\x1b");
}

static void invisible_characters_are_shown(void **state)
{
	(void)state;
	EXPECT("\xe2\x80\xae"
	       "evil",
	       "\\u202eevil");		   /* right-to-left override */
	EXPECT("\xe2\x81\xa6", "\\u2066"); /* left-to-right isolate */
	EXPECT("\xd8\x9c", "\\u061c");	   /* Arabic letter mark */
	EXPECT("a\xe2\x80\x8b"
	       "b",
	       "a\\u200bb");			   /* zero width space */
	EXPECT("\xe2\x80\xa8", "\\u2028");	   /* line separator */
	EXPECT("\xef\xbb\xbf", "\\ufeff");	   /* byte order mark */
	EXPECT("\xf3\xa0\x81\x81", "\\U000e0041"); /* tag letter */
}

static void invalid_utf8_is_shown_by_the_byte(void **state)
{
	(void)state;
	EXPECT("\xff\xfe", "\\xff\\xfe");
	EXPECT("\xc0\x9b", "\\xc0\\x9b"); /* overlong escape */
	EXPECT("\xe0\x80\x9b", "\\xe0\\x80\\x9b");
	EXPECT("\xed\xa0\x80", "\\xed\\xa0\\x80");	    /* surrogate */
	EXPECT("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond Unicode */
	EXPECT("cut \xe2\x80", "cut \\xe2\\x80");
	EXPECT("\xc3(", "\\xc3(");
}

static void long_text_is_cut_with_a_mark(void **state)
{
	(void)state;
	expect("0123456789", 10, 10, "0123456789");
	expect("0123456789a", 11, 10, "0123456...");
	/* Never in the middle of a form or of a character. */
	expect("01234\x1b\x1b\x1b", 8, 10, "01234...");
	expect("012345\xc3\xbc\xc3\xbc\xc3\xbc", 12, 10, "012345...");
}

static void columns_count_characters(void **state)
{
	(void)state;
	assert_int_equal(lw_escape_columns(""), 0);
	assert_int_equal(lw_escape_columns("M\xc3\xbcnchen"), 7);
}

/* Whatever comes in, what goes out has no byte below space, no delete and no C1 control. */
static void check_output(const char *bytes, size_t length)
{
	char *text = lw_escape(bytes, length, 0);
	size_t i;

	assert_non_null(text);
	for (i = 0; text[i]; i++) {
		unsigned char byte = (unsigned char)text[i];

		assert_true(byte >= 0x20 && byte != 0x7f);
		assert_false(byte == 0xc2 && (unsigned char)text[i + 1] < 0xa0);
	}
	free(text);
}

static void no_input_gets_a_control_out(void **state)
{
	uint32_t random = 1;
	char bytes[64];
	int round;
	size_t i;

	(void)state;
	for (i = 0; i < 0x10000; i++) {
		bytes[0] = (char)(i >> 8);
		bytes[1] = (char)i;
		check_output(bytes, 2);
	}
	for (round = 0; round < 100000; round++) {
		for (i = 0; i < sizeof(bytes); i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = (char)(random >> 24);
		}
		check_output(bytes, sizeof(bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_text_is_unchanged),
		cmocka_unit_test(controls_are_shown),
		cmocka_unit_test(backslash_stays_unambiguous),
		cmocka_unit_test(invisible_characters_are_shown),
		cmocka_unit_test(invalid_utf8_is_shown_by_the_byte),
		cmocka_unit_test(long_text_is_cut_with_a_mark),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(no_input_gets_a_control_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
