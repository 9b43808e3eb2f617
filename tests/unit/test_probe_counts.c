// SPDX-License-Identifier: GPL-2.0-or-later
/* How often one kernel has started the next, out of the lines and lists of those who count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe/counts.h"

static void kernel_log(void **state)
{
	static const struct {
		const char *record, *counts;
	} cases[] = {
		{ "6,300,100,-;KHO: exec from: 7.3.4-lu (count 3)\n", "kho=3" },
		{ "6,301,100,-;luo: Retrieved live update data, liveupdate number: 17\n", "luo=17" },
		{ "5,0,0,-;Linux version 7.3.4\n", "kho=0 luo=0" },
		{ "5,1,0,-;Linux version 7.3.4\n", "" },
		/* A program's words, one that quotes them, cut ones. */
		{ "14,300,100,-;KHO: exec from: 7.3.4-lu (count 3)\n", "" },
		{ "6,300,100,-;x KHO: exec from: 7.3.4-lu (count 3)\n", "" },
		{ "6,300,100,-;KHO: exec from: 7.3.4-lu\n", "" },
		{ "6,300", "" },
		{ "", "" },
	};
	char text[LW_COUNTS_TEXT];
	struct lw_counts counts;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&counts, 0, sizeof(counts));
		lw_counts_take_kmsg(&counts, cases[i].record);
		assert_string_equal(lw_counts_format(&counts, text), cases[i].counts);
	}
	/* The beginning of the log, and then the number. */
	memset(&counts, 0, sizeof(counts));
	lw_counts_take_kmsg(&counts, cases[2].record);
	lw_counts_take_kmsg(&counts, cases[0].record);
	assert_string_equal(lw_counts_format(&counts, text), "kho=3 luo=0");
}

static void measurement_list(void **state)
{
	(void)state;
	assert_int_equal(lw_ima_kernels(""), 0);
	/* ima-ng, then ima-sig, whose signature is empty; a file whose name ends like it. */
	assert_int_equal(lw_ima_kernels("10 1d8d ima-ng sha256:0000 boot_aggregate\n"
					"10 77aa ima-ng sha256:0123 /root/boot_aggregate\n"
					"10 77aa ima-ng sha256:0123 /root/x_boot_aggregate\n"
					"10 1d8d ima-sig sha256:0000 boot_aggregate \n"
					"10 1d8d ima-ng sha256:0000 boot_aggregate_late\n"),
			 2);
}

static void texts(void **state)
{
	struct lw_counts counts = { .known = 0xf, .of = { 999999, 999999, 999999, 999999 } }, back;
	char text[LW_COUNTS_TEXT];

	(void)state;
	lw_counts_parse(lw_counts_format(&counts, text), &back);
	assert_memory_equal(&counts, &back, sizeof(counts));
	counts.of[1] = 1000000; /* nobody lives to see it */
	lw_counts_parse(lw_counts_format(&counts, text), &back);
	assert_int_equal(back.known, 0xd);
	lw_counts_parse("khos=1 kho=x luo ima=-1  other=5 systemd=7", &back);
	assert_int_equal(back.known, 1U << LW_COUNTED_BY_SYSTEMD);
	assert_int_equal(back.of[LW_COUNTED_BY_SYSTEMD], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_log),
		cmocka_unit_test(measurement_list),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
