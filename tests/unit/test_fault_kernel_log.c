// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log as a whole: what is believed and what is counted as missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "log_fixture.h"

static void records(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	log_feed(log, "6,0,0,-;microcode: updated early\n");
	log_feed(log, "5,1,0,-;" BANNER "\n");
	log_feed(log,
	     "6,2,10,-;DMAR: Translation was enabled for dmar1 but we are not in kdump mode\n");
	log_feed(log, "6,3,11,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n");
	log_feed(log, "3,4,12,-;DMAR: DRHD: handling fault status reg 2\n");
	log_feed(log, "3,5,13,-;" FAULT "\n");
	log_feed(log, "3,6,14,-;" FAULT "\n SUBSYSTEM=pci\n DEVICE=+pci:0000:03:00.0\n");
	log_feed(log, "4,7,15,-;dmar_fault: 44 callbacks suppressed\n");
	log_feed(log, "4,8,16,-;dmar_fault: 2 callbacks suppressed\n");
	assert_true(log->begins && lw_kernel_log_complete(log));
	assert_int_equal(log->records, 9);
	assert_int_equal(log->boots, 1);
	assert_int_equal(log->statuses, 1);
	assert_int_equal(log->suppressed, 46);
	assert_int_equal(log->fault_count, 2);
	assert_int_equal(log->boot_fault, 0);
	assert_int_equal(log->faults[1].rid, 0x300);
	assert_int_equal(log->faults[1].first_ns, 14000);
	assert_int_equal(log->faults[1].count, 1);
	assert_int_equal(log->faults[1].source, LW_SOURCE_LOG);
	assert_true(lw_kernel_log_has(log, LW_FACT_VTD));
	assert_true(lw_kernel_log_has(log, LW_FACT_TRANSLATION_ON));
	assert_false(lw_kernel_log_has(log, LW_FACT_TABLES_COPIED));
	assert_int_equal(log->fact_count, 3);
	assert_string_equal(log->facts[1].unit, "dmar1");
	assert_int_equal(log->facts[1].time_ns, 10000);
}

static void without_its_beginning(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	log_feed(log, "6,100,5,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n");
	assert_false(log->begins || lw_kernel_log_complete(log));
	assert_int_equal(log->lost, 0);

	/* The banner is the beginning even where something spoke before it and is gone. */
	log = log_start(state);
	log_feed(log, "5,1,0,-;" BANNER "\n");
	log_feed(log, "5,2,0,-;x\n");
	assert_true(log->begins && lw_kernel_log_complete(log));
	assert_int_equal(log->boots, 1);

	/* But not when a program says it. */
	log = log_start(state);
	log_feed(log, "13,100,0,-;" BANNER "\n");
	assert_false(log->begins);
	assert_int_equal(log->fact_count, 0);
}

static void gaps(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	log_feed(log, "6,0,0,-;a\n");
	log_feed(log, "6,1,0,-;a\n");
	log_feed(log, "3,5,0,-;" FAULT "\n");
	assert_int_equal(log->gaps, 1);
	assert_int_equal(log->lost, 3);
	assert_false(lw_kernel_log_complete(log));
	/* The same records once more are not other faults. */
	log_feed(log, "3,5,0,-;" FAULT "\n");
	log_feed(log, "6,0,0,-;a\n");
	assert_int_equal(log->repeated, 2);
	assert_int_equal(log->fault_count, 1);
	log_feed(log, "6,18446744073709551615,0,-;a\n");
	assert_int_equal(log->gaps, 2);
	log_feed(log, "6,18446744073709551615,0,-;a\n");
	log_feed(log, "6,18446744073709551616,0,-;a\n");
	assert_int_equal(log->repeated, 3);
	assert_int_equal(log->malformed, 1);
}

static void programs_are_not_believed(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	log_feed(log, "6,0,0,-;a\n");
	log_feed(log, "12,1,0,-;" FAULT "\n");
	log_feed(log, "8,2,0,-;" FAULT "\n");
	log_feed(log, "12,3,0,-;DMAR: DRHD: handling fault status reg 2\n");
	log_feed(log, "12,4,0,-;dmar_fault: 44 callbacks suppressed\n");
	log_feed(log, "12,5,0,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n");
	log_feed(log, "12,6,0,-;DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault\n");
	assert_int_equal(log->rejected, 2);
	assert_int_equal(log->fault_count, 0);
	assert_int_equal(log->suppressed, 0);
	assert_int_equal(log->statuses, 0);
	assert_int_equal(log->facts_seen, 0);
	assert_int_equal(log->cut, 0);
	/* A line end inside a record does not begin another one. */
	log_feed(log, "6,7,0,-;usb 1-1: Product: x\\x0a" FAULT "\n");
	log_feed(log, "6,8,0,-;usb 1-1: Product: x\n " FAULT "\n");
	assert_int_equal(log->fault_count, 0);
	assert_true(lw_kernel_log_complete(log));
}

static void cut_and_malformed(void **state)
{
	struct lw_kernel_log *log = log_start(state);

	log_feed(log, "6,0,0,-;a\n");
	log_feed(log, "3,1,0,-;DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x10\n");
	assert_int_equal(log->cut, 1);
	assert_false(lw_kernel_log_complete(log));
	log = log_start(state);
	log_feed(log, "6,0,0,-;a\n");
	log_feed(log, "");
	log_feed(log, "[    1.000000] " FAULT "\n");
	log_feed(log, FAULT "\n");
	assert_int_equal(log->malformed, 3);
	assert_int_equal(log->fault_count, 0);
	assert_false(lw_kernel_log_complete(log));
}

/* 80,000 faults of 6,000 kinds: the first are kept one by one, then counted, then left over. */
static void many_faults(void **state)
{
	struct lw_kernel_log *log = log_start(state);
	uint64_t total = 0, merged = 0;
	char record[256];
	unsigned int i;

	for (i = 0; i < 80000; i++) {
		snprintf(record, sizeof(record),
			 "3,%u,%u,-;DMAR: [DMA Write PASID 0x%x] Request device [%02x:00.0] fault "
			 "addr 0x%x [fault reason 0x05] x\n",
			 i, i, i % 6000, i % 256, i % 12000 < 6000 ? 0x1000 : 0x2000);
		log_feed(log, record);
	}
	assert_int_equal(log->fault_count, LW_KERNEL_LOG_FAULTS + LW_KERNEL_LOG_MERGED);
	for (i = 0; i < log->fault_count; i++) {
		total += log->faults[i].count;
		merged += i < LW_KERNEL_LOG_FAULTS ? 0 : log->faults[i].count;
		assert_int_equal(log->faults[i].rid, log->faults[i].first_ns / 1000 % 256 << 8);
		assert_int_equal(log->faults[i].pasid, log->faults[i].first_ns / 1000 % 6000);
		assert_true(i < LW_KERNEL_LOG_FAULTS || log->faults[i].count <= 3);
	}
	assert_int_equal(merged, log->merged);
	assert_int_equal(total + log->unplaced, 80000);
	assert_true(log->unplaced > 0 && !lw_kernel_log_complete(log));
	/* rid and PASID repeat together after 96,000 lines, so a merged fault is one so far. */
	i = LW_KERNEL_LOG_FAULTS;
	assert_true(log->faults[i].count == 1 && log->faults[i].address_known);
	snprintf(record, sizeof(record),
		 "3,90000,95000000,-;DMAR: [DMA Write PASID 0x%x] Request device [%02x:00.0] fault "
		 "addr 0x5000 [fault reason 0x05] x\n",
		 i % 6000, i % 256);
	log_feed(log, record);
	assert_int_equal(log->faults[i].count, 2);
	assert_int_equal(log->faults[i].first_ns, (uint64_t)i * 1000);
	assert_int_equal(log->faults[i].last_ns, 95000000000);
	assert_false(log->faults[i].address_known);
	assert_int_equal(log->faults[i].address, 0);
	/* Another reason, type or segment is another fault. */
	merged = log->unplaced;
	snprintf(record, sizeof(record),
		 "3,90001,95000000,-;DMAR: [DMA Write PASID 0x%x] Request device [%02x:00.0] fault "
		 "addr 0x5000 [fault reason 0x06] x\n",
		 i % 6000, i % 256);
	log_feed(log, record);
	snprintf(record, sizeof(record),
		 "3,90002,95000000,-;DMAR: [DMA Read PASID 0x%x] Request device [%02x:00.0] fault "
		 "addr 0x5000 [fault reason 0x05] x\n",
		 i % 6000, i % 256);
	log_feed(log, record);
	snprintf(record, sizeof(record),
		 "3,90003,95000000,-;DMAR: [DMA Write PASID 0x%x] Request device [0000:%02x:00.0] "
		 "fault addr 0x5000 [fault reason 0x05] x\n",
		 i % 6000, i % 256);
	log_feed(log, record);
	assert_int_equal(log->unplaced, merged + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(without_its_beginning),
		cmocka_unit_test(gaps),
		cmocka_unit_test(programs_are_not_believed),
		cmocka_unit_test(cut_and_malformed),
		cmocka_unit_test(many_faults),
	};

	return cmocka_run_group_tests(tests, log_setup, log_teardown);
}
