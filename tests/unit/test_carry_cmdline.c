// SPDX-License-Identifier: GPL-2.0-or-later
/* Our words on a kernel command line: found, composed, and not piled up from kexec to kexec. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carry/cmdline.h"

#define ID "0123456789abcdeffedcba9876543210"
#define WORD "luwatch=1,0x3fff0000,0x10000," ID
#define MEMMAP "memmap=64K$0x3fff0000"

static const struct lw_words ours = {
	.id = { 0x0123456789abcdefULL, 0xfedcba9876543210ULL },
	.address = 0x3fff0000,
	.size = 0x10000,
	.version = LW_WORD_VERSION,
};

static void composes(const char *cmdline, const char *keep, const char *expected)
{
	char *line = lw_words_compose(cmdline, &ours, keep);
	struct lw_words found;

	assert_string_equal(line, expected);
	assert_int_equal(lw_words_find(line, &found), 1);
	assert_memory_equal(&found, &ours, sizeof(found));
	free(line);
}

static void ours_come_first(void **state)
{
	composes("", NULL, MEMMAP " " WORD);
	composes("root=/dev/vda quiet", NULL, MEMMAP " " WORD " root=/dev/vda quiet");
	composes("quiet -- single", "a=1 b=2", MEMMAP " " WORD " a=1 b=2 quiet -- single");
	composes("b=2 quiet", "a=1 b=2", MEMMAP " " WORD " a=1 b=2 quiet");
	composes("dyndbg=\"file a.c +p", NULL, MEMMAP " " WORD " dyndbg=\"file a.c +p");
}

static void earlier_ones_go(void **state)
{
	composes(MEMMAP " " WORD " quiet", NULL, MEMMAP " " WORD " quiet");
	composes("quiet memmap=16K$0x2000000 luwatch=1,0x2000000,0x4000," ID, NULL,
		 MEMMAP " " WORD " quiet");
	composes("luwatch=9,whatever luwatch=nonsense", NULL, MEMMAP " " WORD);
	/* Another program's region and the operator's switch stay. */
	composes("memmap=16K$0x2000000", NULL, MEMMAP " " WORD " memmap=16K$0x2000000");
	composes("luwatch=off", NULL, MEMMAP " " WORD " luwatch=off");
}

/* Recording is off: the line goes on as it is, without the words of an earlier image. */
static void none_of_ours(void **state)
{
	char *line = lw_words_compose(MEMMAP " " WORD " quiet luwatch=off", NULL, NULL);

	assert_string_equal(line, "quiet luwatch=off");
	free(line);
}

static void damaged_words_are_refused(void **state)
{
	static const char *const damaged[] = {
		"luwatch=1", "luwatch=1,", "luwatch=one,0x1000,0x1000," ID, "luwatch=1,0x1001,0x1000," ID,
		"luwatch=1,0x1000,0x1001," ID, "luwatch=1,0x1000,0x10000000," ID,
		"luwatch=1,0xfffffffffffff000,0x2000," ID, "luwatch=1,0x1000,0x1000,0123",
		"luwatch=1,0x1000,0x1000," ID "0", "luwatch=1,0x1000,0x1000," ID ",",
	};
	struct lw_words words;
	size_t i;

	for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		if (lw_words_find(damaged[i], &words) != -EINVAL)
			fail_msg("%s was taken", damaged[i]);
	assert_int_equal(lw_words_find("luwatch=2,new", &words), -EPROTONOSUPPORT);
	assert_int_equal(words.version, 2);
	assert_int_equal(lw_words_find("quiet xluwatch=1 luwatch", &words), 0);
	assert_int_equal(lw_words_find("a=\"luwatch=1,\"", &words), 0);
}

static void the_last_value_counts(void **state)
{
	char value[8];

	assert_true(lw_word_value("a=1 b=2 a=3", "a", value, sizeof(value)));
	assert_string_equal(value, "3");
	assert_true(lw_word_value("a=0123456789", "a", value, sizeof(value)));
	assert_string_equal(value, "0123456");
	assert_false(lw_word_value("aa=1 a", "a", value, sizeof(value)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_come_first),
		cmocka_unit_test(earlier_ones_go),
		cmocka_unit_test(none_of_ours),
		cmocka_unit_test(damaged_words_are_refused),
		cmocka_unit_test(the_last_value_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
