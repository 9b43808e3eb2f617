// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log reader against what is no fault: other lines of the driver, lines that
 * must not be taken for faults, any bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line_fixture.h"

struct kind {
	const char *text;
	enum lw_line_kind kind;
};

static const struct kind others[] = {
	/* Quoted, retyped, of another driver. */
	{ "Subject: [Bug 209321] DMAR: [DMA Read] Request device [03:00.0] PASID ffffffff fault "
	  "addr fffd3000 [fault reason 06] PTE Read access is not set",
	  LW_LINE_OTHER },
	{ "> DMAR: [DMA Read] Request device [03:00.0] fault addr fffd3000 [fault reason 06] PTE",
	  LW_LINE_OTHER },
	{ "  DMAR: [DMA Read] Request device [03:00.0] fault addr fffd3000 [fault reason 06] PTE",
	  LW_LINE_OTHER },
	{ "[ 1.000000]   DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason "
	  "06]",
	  LW_LINE_OTHER },
	{ "[ 1.000000] foo: DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault "
	  "reason "
	  "06]",
	  LW_LINE_OTHER },
	{ "Feb 01 15:38:31 host DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault "
	  "reason 06] by logger -t DMAR",
	  LW_LINE_OTHER },
	{ "Feb 01 15:38:31 DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason "
	  "06]",
	  LW_LINE_OTHER },
	{ "2026-05-01T09:46:33+0000 DMAR: [DMA Read] Request device [03:00.0] fault addr f000 "
	  "[fault reason 06]",
	  LW_LINE_OTHER },
	{ "Feb 01 15:38:31 host kernel[12]: DMAR: [DMA Read] Request device [03:00.0] fault addr "
	  "f000 [fault reason 06]",
	  LW_LINE_OTHER },
	{ "Feb 01 15:38:31 host sudo kernel: DMAR: [DMA Read] Request device [03:00.0] fault addr "
	  "f000 [fault reason 06]",
	  LW_LINE_OTHER },
	{ "Feb 01 15:38:31 host sudo[42]: DMAR: DRHD: handling fault status reg 3", LW_LINE_OTHER },
	{ "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr 8e43c000, iommu "
	  "reg "
	  "= ffff82c00021d000",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x... [fault reason 0x06]",
	  LW_LINE_OTHER },
	{ "DMAR: DMAR:[DMA read] Request device [5e:00.0]fault addr fffff000", LW_LINE_OTHER },
	{ "DMAR:[DMA READ] Request device[00:02.0] fault addr 1fc00000", LW_LINE_OTHER },
	{ "[  123.456] DMAR: fault reason 06: PTE Read access is not set", LW_LINE_OTHER },
	{ "[DMA Read] Request device [03:00.0] fault addr fffd3000 [fault reason 06] PTE Read",
	  LW_LINE_OTHER },
	/* Numbers the kernel cannot have printed. */
	{ "DMAR: [DMA Read] Request device [03:20.0] fault addr f000 [fault reason 06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.8] fault addr f000 [fault reason 06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [103:00.0] fault addr f000 [fault reason 06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [100000:03:00.0] fault addr f000 [fault reason 06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [00:03:00.0] fault addr f000 [fault reason 06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr 10000000000000000 [fault reason "
	  "06] "
	  "x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason 256] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason 0x100] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason 0x6] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason 6] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason "
	  "18446744073709551622] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason 1f] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [03:00.0] fault addr f000 [fault reason 06]x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read PASID 0x100000] Request device [03:00.0] fault addr 0xf000 [fault "
	  "reason "
	  "0x06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read PASID 0x1ffffffff] Request device [03:00.0] fault addr 0xf000 [fault "
	  "reason 0x06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read PASID 0x1] Request device [03:00.0] PASID 2 fault addr 0xf000 [fault "
	  "reason 0x06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [INTR-REMAP] Request device [02:00.1] fault index 0x10000 [fault reason 0x22] x",
	  LW_LINE_OTHER },
	{ "DMAR: [INTR-REMAP] Request device [02:00.1] fault index 0x1 [fault reason 0x06] x",
	  LW_LINE_OTHER },
	{ "DMAR: [INTR-REMAP] Request device [02:00.1] fault addr 0x1 [fault reason 0x22] x",
	  LW_LINE_OTHER },
	{ "DMAR: [DMA Read] Request device [[03:00.0] fault addr f000 [fault reason 06] x",
	  LW_LINE_OTHER },
	{ "dmar_fault: 18446744073709551616 callbacks suppressed", LW_LINE_OTHER },
	{ "dmar_fault: 4294967296 callbacks suppressed", LW_LINE_OTHER },
	{ "dmar_fault: -1 callbacks suppressed", LW_LINE_OTHER },
	{ "dmar_fault: 44 callbacks suppressed by me", LW_LINE_OTHER },
	{ "DMAR: DRHD: handling fault status reg 100000000", LW_LINE_OTHER },
	{ "DMAR: DRHD: handling fault status reg 2'", LW_LINE_OTHER },
	{ "DMAR: DRHD: handling fault status reg ", LW_LINE_OTHER },
	/* A fragment of a record, and the dictionary of one. */
	{ "3,1,2,+;DMAR: DRHD: handling fault status reg 2", LW_LINE_OTHER },
	{ "3,1,18446744073709551615,-;DMAR: DRHD: handling fault status reg 2", LW_LINE_OTHER },
	{ "3,1,2,c;DMAR: DRHD: handling fault status reg 2", LW_LINE_OTHER },
	{ "3,1,2,-;x\nDMAR: DRHD: handling fault status reg 2", LW_LINE_OTHER },
	{ "3,1,2,-;x\\x0aDMAR: DRHD: handling fault status reg 2", LW_LINE_OTHER },
	{ " SUBSYSTEM=pci", LW_LINE_OTHER },
	{ "DMAR: Host address width 39", LW_LINE_OTHER },
	{ "DMAR-IR: Enabled IRQ remapping in xapic mode", LW_LINE_OTHER },
	{ "", LW_LINE_OTHER },

	{ "DRHD: handling fault status reg 602", LW_LINE_STATUS },
	{ "dmar: DRHD: handling fault status reg 2", LW_LINE_STATUS },
	{ "3,1,2,-;DMAR: DRHD: handling fault status reg 3\r\n", LW_LINE_STATUS },
	{ "3,439,13396476,-;DMAR: DRHD: handling fault status reg 3\n SUBSYSTEM=pci\n",
	  LW_LINE_STATUS },
	{ "dmar_fault: 497 callbacks suppressed", LW_LINE_SUPPRESSED },
	{ "DMAR: Dump dmar0 table entries for IOVA 0x0", LW_LINE_DUMP },
	{ "DMAR: root entry: 0x0000000127f42001", LW_LINE_DUMP },
	{ "DMAR: scalable mode root entry: hi 0x0000000102448001, low 0x0000000101b3e001",
	  LW_LINE_DUMP },
	{ "DMAR: context entry: hi 0x0000000000001502, low 0x000000012d8ab001", LW_LINE_DUMP },
	{ "DMAR: pasid dir entry: 0x0000000101b4e001", LW_LINE_DUMP },
	{ "DMAR: pasid table entry[7]: 0x0000000000000000", LW_LINE_DUMP },
	{ "DMAR: pte level: 2, pte value: 0xf000ff53f000ff53", LW_LINE_DUMP },
	{ "DMAR: PTE not present at level 4", LW_LINE_DUMP },
	{ "DMAR: page table not present at level 4", LW_LINE_DUMP },
	{ "DMAR: context table is not present", LW_LINE_DUMP },
	{ "DMAR: DRHD base: 0x000000fed91000 flags: 0x1", LW_LINE_BOOT },
	{ "DMAR: dmar0: reg_base_addr fed90000 ver 1:0 cap 1c0000c40660462 ecap 7e3ff0501e",
	  LW_LINE_BOOT },
	{ "dmar: IOMMU 0: reg_base_addr fed90000 ver 1:0 cap c9008020660262 ecap f0105a",
	  LW_LINE_BOOT },
	{ "pci 0000:06:00.1: Adding to iommu group 23", LW_LINE_BOOT },
};

static void other_kinds(void **state)
{
	struct lw_line line;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(others); i++) {
		line = others[i].text[0] == '3' ? line_of_record(others[i].text, strlen(others[i].text)) :
						  line_of_text(others[i].text);
		if (line.kind != others[i].kind)
			fail_msg("%s instead of %s: %s", lw_line_kind_name(line.kind),
				 lw_line_kind_name(others[i].kind), others[i].text);
		if (line.incomplete)
			fail_msg("more is waited for: %s", others[i].text);
	}
	assert_int_equal(line_of_text("DRHD: handling fault status reg 602").status, 0x602);
	assert_int_equal(line_of_text("dmar_fault: 13380 callbacks suppressed").suppressed, 13380);
	line = line_of_record("6,7,8,-;dmar_fault: 1 callbacks suppressed", 42);
	assert_true(line.kmsg && line.sequence == 7 && line.time_ns == 8000);
}

static void facts(void **state)
{
	const struct {
		const char *text, *unit;
		enum lw_fact fact;
	} rows[] = {
		{ "Linux version 6.12.0 (x@y)", "", LW_FACT_LINUX_VERSION },
		{ "Command line: ro quiet elfcorehdr=0x7000000", "", LW_FACT_KDUMP },
		{ "Kernel command line: elfcorehdr=0x7000000 ro", "", LW_FACT_KDUMP },
		{ "Command line: ro xelfcorehdr=1", "", LW_FACT_NONE },
		{ "Command line: ro elfcorehdr", "", LW_FACT_NONE },
		{ "DMAR: IOMMU enabled", "", LW_FACT_IOMMU_ENABLED },
		{ "DMAR: IOMMU disabled", "", LW_FACT_IOMMU_DISABLED },
		{ "DMAR: Intel(R) Virtualization Technology for Directed I/O", "", LW_FACT_VTD },
		{ "DMAR: Translation is enabled prior to OS.", "", LW_FACT_TRANSLATION_ON },
		{ "DMAR: Translation already enabled - trying to copy translation structures", "",
		  LW_FACT_TRANSLATION_ON },
		{ "DMAR: Translation was enabled for dmar1 but we are not in kdump mode", "dmar1",
		  LW_FACT_TRANSLATION_ON },
		{ "DMAR: Copied translation tables from previous kernel for dmar12", "dmar12",
		  LW_FACT_TABLES_COPIED },
		{ "DMAR: Failed to copy translation tables from previous kernel for dmar0", "dmar0",
		  LW_FACT_TABLES_NOT_COPIED },
		{ "DMAR-IR: IRQ remapping was enabled on dmar7 but we are not in kdump mode",
		  "dmar7", LW_FACT_INTERRUPTS_ON },
		{ "DMAR-IR: Copied IR table for dmar1 from previous kernel", "dmar1",
		  LW_FACT_INTERRUPTS_COPIED },
		{ "DMAR-IR: Failed to copy IR table for dmar1 from previous kernel", "dmar1",
		  LW_FACT_INTERRUPTS_NOT_COPIED },
		{ "DMAR: Copied translation tables from previous kernel for 0123456789abcdef", "",
		  LW_FACT_NONE },
	};
	struct lw_line line;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		line = line_of_text(rows[i].text);
		if (line.fact != rows[i].fact)
			fail_msg("%s: %s", lw_fact_name(line.fact), rows[i].text);
		assert_string_equal(line.unit, rows[i].unit);
		assert_int_equal(line.kind, line.fact ? LW_LINE_BOOT : LW_LINE_OTHER);
	}
	for (i = 0; i < LW_FACTS; i++)
		assert_non_null(lw_fact_name((enum lw_fact)i));
	assert_string_equal(lw_fact_name(LW_FACTS), "unknown");
}

/* Any bytes at all, and megabytes of them: no fault, no harm (run with a sanitizer). */
static void hostile_bytes(void **state)
{
	const char head[] = "DMAR: [DMA Read] Request device [03:00.0] fault addr ";
	size_t big = 1 << 20, i;
	char *text = malloc(big);
	unsigned int seed = 1;

	(void)state;
	assert_non_null(text);
	memset(text, 'f', big);
	memcpy(text, head, strlen(head));
	assert_int_equal(line_of(text, big).kind, LW_LINE_OTHER);
	memset(text, ' ', big);
	memcpy(text, "DMAR: [DMA Read]", 16);
	assert_int_equal(line_of(text, big).kind, LW_LINE_OTHER);
	memset(text, '[', big);
	assert_int_equal(line_of(text, big).kind, LW_LINE_OTHER);
	memset(text, '9', big);
	assert_int_equal(line_of(text, big).kind, LW_LINE_OTHER);
	memset(text, 0, big);
	assert_int_equal(line_of(text, big).kind, LW_LINE_OTHER);
	for (i = 0; i < 20000; i++) {
		size_t length = i % 300, j;

		for (j = 0; j < length; j++) {
			seed = seed * 1664525 + 1013904223;
			text[j] = (char)(seed >> 24);
		}
		assert_int_equal(line_of(text, length).kind, LW_LINE_OTHER);
	}
	/* An embedded NUL ends nothing and hides nothing. */
	memcpy(text, "DMAR: DRHD: handling fault status reg 2\0002", 41);
	assert_int_equal(line_of(text, 41).kind, LW_LINE_OTHER);
	assert_int_equal(line_of(text, 39).kind, LW_LINE_STATUS);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_kinds),
		cmocka_unit_test(facts),
		cmocka_unit_test(hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
