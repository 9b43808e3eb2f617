// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saved kernel logs in text and in the journal's export format: what others say in them is not mistaken
 * for the kernel's words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_fixture.h"

static void text_forms(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	log_feed_text(log,
		  "[    0.000000] " BANNER "\n"
		  "[    1.000000] DMAR: DMAR:[DMA Read] Request device [04:00.0] fault addr 1000 \n"
		  "               DMAR:[fault reason 01] Present bit\n"
		  "[    2.000000] DMAR: INTR-REMAP: Request device [[f0:1f.0] fault index 5\n"
		  "[    2.000001] INTR-REMAP:[fault reason 37] Blocked\r\n"
		  "[    3.000000] DMAR: [DMA Read NO_PASID] Request device [00:0d.0] fault addr\n"
		  "    0x1154e1000\n"
		  "       [fault reason 0x5a]\n       SM: Non-zero reserved field\n"
		  "[    4.000000] DMAR: DMAR:[DMA Read] Request device [05:00.0] fault addr 1000 \n"
		  "[    5.000000] something else\n"
		  "[    6.000000] " FAULT);
	assert_int_equal(log->fault_count, 4);
	assert_int_equal(log->faults[0].rid, 0x400);
	assert_int_equal(log->faults[0].reason, 1);
	assert_int_equal(log->faults[0].first_ns, 1000000000);
	assert_int_equal(log->faults[1].rid, 0xf0f8);
	assert_int_equal(log->faults[1].address, 5);
	assert_int_equal(log->faults[1].first_ns, 2000000000);
	assert_int_equal(log->faults[2].reason, 0x5a);
	assert_int_equal(log->faults[2].address, 0x1154e1000);
	assert_int_equal(log->faults[3].rid, 0x300);
	assert_int_equal(log->cut, 1);
	assert_true(log->begins && !lw_kernel_log_complete(log));
	assert_int_equal(log->rejected, 0);

	/* Without any prefix, as in a mail. */
	log = log_start(state);
	log_feed_text(log, "DMAR: DRHD: handling fault status reg 3\n" FAULT "\n\n"
		       "DMAR:[DMA Write] Request device [00:02.0] fault addr 6df084000 \n"
		       "DMAR:[fault reason 05] PTE Write access is not set\n");
	assert_int_equal(log->fault_count, 2);
	assert_int_equal(log->statuses, 1);
	assert_int_equal(log->cut, 0);

	/* Cut at the end of the file; too long to be put together. */
	log = log_start(state);
	log_feed_text(log, "[    4.000000] DMAR: DMAR:[DMA Read] Request device [05:00.0] fault addr");
	assert_int_equal(log->cut, 1);
	log = log_start(state);
	log_feed_text(log, "DMAR: [DMA Read] Request\nx");
	assert_int_equal(log->cut, 0);
}

static void text_of_others(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	/* A program on the console, and the rest of a record that has a line end in it. */
	log_feed_text(log, "[    1.000000] usb 1-1: Product: x\n" FAULT "\n"
		       "               " FAULT "\n"
		       "[    2.000000] " FAULT "\n"
		       "dmar_fault: 44 callbacks suppressed\n"
		       "DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr\n"
		       "user  :warn  : [    3.000000] " FAULT "\n");
	assert_int_equal(log->fault_count, 1);
	assert_int_equal(log->faults[0].first_ns, 2000000000);
	assert_int_equal(log->rejected, 2);
	assert_int_equal(log->suppressed, 0);
	assert_int_equal(log->cut, 0);
}

static void text_of_several_boots(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	/* A console that was attached in the middle of the old kernel's life. */
	log_feed_text(log, "[  900.000000] " FAULT "\n"
		       "[  900.000001] dmar_fault: 9 callbacks suppressed\n"
		       "[  900.000002] DMAR: Intel(R) Virtualization Technology for Directed I/O\n"
		       "[    0.000000] " BANNER "\n"
		       "[    0.500000] " FAULT "\n"
		       "[    0.600000] dmar_fault: 3 callbacks suppressed\n");
	assert_int_equal(log->boots, 1);
	assert_int_equal(log->fault_count, 2);
	assert_int_equal(log->boot_fault, 1);
	assert_int_equal(log->suppressed, 3);
	assert_int_equal(log->suppressed_earlier, 9);
	assert_false(lw_kernel_log_has(log, LW_FACT_VTD));
	assert_int_equal(log->facts[0].boot, 0);
	assert_int_equal(log->facts[1].boot, 1);
	log_feed_text(log, "[    0.000000] " BANNER "\n");
	assert_int_equal(log->boots, 2);
	assert_int_equal(log->boot_fault, 2);

	log = log_start(state);
	log_feed_text(log, "6,0,0,-;a\n5,1,0,-;" BANNER "\n3,2,0,-;" FAULT "\n SUBSYSTEM=pci\n"
		       "6,0,0,-;a\n5,1,0,-;" BANNER "\n3,2,0,-;" FAULT "\n");
	assert_int_equal(log->boots, 2);
	assert_int_equal(log->fault_count, 2);
	assert_int_equal(log->boot_fault, 1);
	assert_int_equal(log->repeated, 0);
	assert_true(lw_kernel_log_complete(log));
}

/* One field of the export format with its length, for values that have line ends in them. */
static size_t binary_field(char *at, const char *name, const char *value)
{
	uint64_t length = strlen(value);
	size_t used = (size_t)sprintf(at, "%s\n", name);

	memcpy(at + used, &length, 8);
	memcpy(at + used + 8, value, length);
	at[used + 8 + length] = '\n';
	return used + 9 + length;
}

static void journal_export(void **state)
{
	struct lw_kernel_log *log = log_start(state);
	char text[4096];
	size_t used, begin, end;

	log_feed_text(log,
		  "__CURSOR=s=1\n_SOURCE_MONOTONIC_TIMESTAMP=7\nMESSAGE=" BANNER
		  "\nSYSLOG_FACILITY=0\n_TRANSPORT=kernel\n\n"
		  "__CURSOR=s=2\n_SOURCE_MONOTONIC_TIMESTAMP=8\n_TRANSPORT=kernel\nMESSAGE=" FAULT
		  "\n\n"
		  /* logger, a program that calls itself kernel, and one that uses /dev/kmsg. */
		  "__CURSOR=s=3\n_TRANSPORT=syslog\nSYSLOG_FACILITY=0\nMESSAGE=" FAULT "\n\n"
		  "__CURSOR=s=4\nTRANSPORT=kernel\nMESSAGE=" FAULT "\n\n"
		  "__CURSOR=s=5\n_TRANSPORT=kernel\nSYSLOG_FACILITY=1\nMESSAGE=" FAULT "\n\n"
		  "__CURSOR=s=6\nMESSAGE=" FAULT "\n_TRANSPORT=kernel\n");
	assert_int_equal(log->fault_count, 2);
	assert_int_equal(log->faults[0].first_ns, 8000);
	assert_int_equal(log->faults[1].first_ns, UINT64_MAX);
	assert_int_equal(log->rejected, 3);
	assert_int_equal(log->records, 6);
	assert_true(lw_kernel_log_complete(log));

	/* A two-line fault is a binary field; what a program writes into one is no entry. */
	log = log_start(state);
	used = (size_t)sprintf(text, "__CURSOR=s=1\n_TRANSPORT=kernel\n");
	used += binary_field(text + used, "MESSAGE",
			     "DMAR:[DMA Write] Request device [00:02.0] fault addr 6df084000 \n"
			     "DMAR:[fault reason 05] PTE Write access is not set");
	used += (size_t)sprintf(text + used, "\n__CURSOR=s=2\n_TRANSPORT=journal\n");
	used += binary_field(text + used, "MESSAGE",
			     "x\n\n__CURSOR=s=3\n_TRANSPORT=kernel\nMESSAGE=" FAULT "\n\n");
	used += (size_t)sprintf(text + used, "\n");
	assert_int_equal(lw_kernel_log_feed_text(log, text, used), 0);
	assert_int_equal(log->fault_count, 1);
	assert_int_equal(log->faults[0].rid, 0x10);
	assert_int_equal(log->malformed, 0);
	/* Cut anywhere in the first binary field, the line ends around it apart. */
	begin = (size_t)(strstr(text, "MESSAGE\n") + 8 - text);
	end = (size_t)((char *)memmem(text, used, "\n\n__CURSOR=s=2", 14) - text);
	for (used = begin; used < end; used++) {
		char *copy = malloc(used);

		assert_non_null(copy);
		memcpy(copy, text, used);
		log = log_start(state);
		assert_int_equal(lw_kernel_log_feed_text(log, copy, used), 0);
		assert_int_equal(log->malformed, 1);
		assert_int_equal(log->fault_count, 0);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_forms),
		cmocka_unit_test(text_of_others),
		cmocka_unit_test(text_of_several_boots),
		cmocka_unit_test(journal_export),
	};

	return cmocka_run_group_tests(tests, log_setup, log_teardown);
}
