// SPDX-License-Identifier: GPL-2.0-or-later
/* Text of hand-over ids and requester IDs: one spelling in, the same spelling out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "luwatch/record.h"

static void id_round_trip(void **state)
{
	const char *texts[] = { "00000000000000000000000000000000",
				"0123456789abcdeffedcba9876543210",
				"ffffffffffffffffffffffffffffffff" };
	char text[LW_ID_TEXT];
	struct lw_id id;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(lw_id_parse(texts[i], &id), 0);
		assert_ptr_equal(lw_id_format(id, text), text);
		assert_string_equal(text, texts[i]);
		assert_int_equal(lw_id_is_zero(id), i == 0);
	}
	assert_int_equal(lw_id_parse("0123456789ABCDEFfedcba9876543210", &id), 0);
	assert_true(id.high == 0x0123456789abcdefULL && id.low == 0xfedcba9876543210ULL);
	assert_true(lw_id_equal(id, (struct lw_id){ id.high, id.low }));
	assert_false(lw_id_equal(id, (struct lw_id){ id.high, id.low ^ 1 }));
	assert_false(lw_id_equal(id, (struct lw_id){ id.high ^ 1, id.low }));
}

static void id_refuses(void **state)
{
	const char *texts[] = { "",
				"0",
				"0123456789abcdeffedcba987654321",
				"0123456789abcdeffedcba98765432100",
				"0123456789abcdeffedcba987654321g",
				"0x23456789abcdeffedcba9876543210",
				" 123456789abcdeffedcba9876543210",
				"0123456789abcdeffedcba9876543210\n",
				"01234567-9abc-deff-edcb-a98765432" };
	struct lw_id id = { 7, 8 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(lw_id_parse(texts[i], &id), -EINVAL);
	assert_true(id.high == 7 && id.low == 8);
}

/* Every segment width against a formatter of its own, and every bus and devfn. */
static void rid_round_trip(void **state)
{
	const uint32_t segments[] = { 0, 1, 0xffff, 0x10000, 0x1abcd, 0xfffff };
	char text[LW_RID_TEXT], expected[32];
	uint64_t rid;
	size_t i;
	unsigned int source;

	(void)state;
	for (i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
		for (source = 0; source <= 0xffff; source++) {
			snprintf(expected, sizeof(expected), "%04x:%02x:%02x.%x", segments[i],
				 source / 256, source % 256 / 8, source % 8);
			assert_int_equal(lw_rid_parse(expected, &rid), 0);
			assert_true(rid == ((uint64_t)segments[i] << 16 | source));
			assert_ptr_equal(lw_rid_format(rid, text), text);
			assert_string_equal(text, expected);
		}
	}
	assert_int_equal(lw_rid_parse("3a:1F.7", &rid), 0);
	assert_true(rid == 0x3aff);
	/* More than a segment can be, from a damaged record: cut, not overrun. */
	lw_rid_format(UINT64_MAX - 1, text);
	assert_string_equal(text, "fffff:ff:1f.6");
	lw_rid_format(LW_RID_OTHER, text);
	assert_string_equal(text, "other");
}

static void rid_refuses(void **state)
{
	const char *texts[] = { "",
				"0",
				"00",
				"00:",
				"00:1f",
				"00:1f.",
				"00:20.0",
				"00:1f.8",
				"00:1f.a",
				"00:1f.0 ",
				" 00:1f.0",
				"0:1f.0",
				"000:1f.0",
				"0000:00:1f",
				"000:00:1f.0",
				"000000:00:1f.0",
				"00:00:1f.0",
				"0000:00:20.0",
				"0000.00:1f.0",
				"0000:00.1f.0",
				"0000:00:1f:0",
				"0x00:1f.0",
				"00:+1.0",
				"00:-1.0",
				"0000:0:1f.0",
				"0000:00:1.0",
				"00:1.0",
				"0000:",
				"00000",
				"abcde:",
				"00:1f.00",
				"gg:00.0",
				"0000:gg:00.0",
				"00:g0.0",
				"100000:00:00.0" };
	uint64_t rid = 42;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (lw_rid_parse(texts[i], &rid) != -EINVAL)
			fail_msg("taken: '%s'", texts[i]);
	assert_true(rid == 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(id_round_trip),
		cmocka_unit_test(id_refuses),
		cmocka_unit_test(rid_round_trip),
		cmocka_unit_test(rid_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
