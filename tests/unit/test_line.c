// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log reader against every form it knows, behind every prefix, and against lines that
 * must not be taken for faults. test_line_data.c does the same with a larger collection.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "fault/line.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define R  LW_FAULT_READ
#define W  0
#define IR LW_FAULT_INTERRUPT
#define NP LW_NO_PASID

/* Parses a copy without terminator and of exact size, so that a sanitizer sees every overrun. */
static struct lw_line parse(const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	struct lw_line line;

	assert_non_null(copy);
	copy = realloc(copy, length ? length : 1);
	memcpy(copy, text, length);
	memset(&line, 0xa5, sizeof(line));
	lw_line_parse(copy, length, &line);
	free(copy);
	return line;
}

static struct lw_line parse_text(const char *text)
{
	return parse(text, strlen(text));
}

struct form {
	const char *text;
	uint64_t rid;
	bool segment;
	uint32_t flags, reason, pasid;
	uint64_t address;
};

/* Every way the driver has printed a fault, oldest first. */
static const struct form forms[] = {
	{ "DMAR:[DMA Write] Request device [00:02.0] fault addr 6df084000 \n"
	  "DMAR:[fault reason 05] PTE Write access is not set",
	  0x0010, false, W, 0x05, NP, 0x6df084000 },
	{ "dmar: DMAR:[DMA Read] Request device [02:00.0] fault addr a0c58000\n"
	  "DMAR:[fault reason 02] Present bit in context entry is clear",
	  0x0200, false, R, 0x02, NP, 0xa0c58000 },
	{ "DMAR: DMAR:[DMA Read] Request device [04:00.0] fault addr ca6d5000 \n"
	  "               DMAR:[fault reason 01] Present bit in root entry is clear",
	  0x0400, false, R, 0x01, NP, 0xca6d5000 },
	{ "dmar: DMAR:[DMA Read] Request device [02:00.0] fault addr a0c58000 DMAR:[fault reason "
	  "02] Present bit in context entry is clear",
	  0x0200, false, R, 0x02, NP, 0xa0c58000 },
	{ "DMAR: [DMA Write] Request device [01:00.0] fault addr 1ffe2d000 [fault reason 12] "
	  "non-zero reserved fields in PTE",
	  0x0100, false, W, 12, NP, 0x1ffe2d000 },
	{ "DMAR: [DMA Read] Request device [01:00.0] fault addr ffff90d53fada000 [fault reason 04] "
	  "Access beyond MGAW",
	  0x0100, false, R, 4, NP, 0xffff90d53fada000 },
	{ "DMAR: [DMA Write] Request device [00:1f.7] PASID ffffffff fault addr 0 [fault reason "
	  "05] PTE Write access is not set",
	  0x00ff, false, W, 5, NP, 0 },
	{ "DMAR: [DMA Read] Request device [7a:02.0] PASID 2 fault addr 7f81c968d000 [fault reason "
	  "113] SM: Present bit in first-level paging entry is clear",
	  0x7a10, false, R, 0x71, 2, 0x7f81c968d000 },
	{ "DMAR: [DMA Read NO_PASID] Request device [0x00:0x02.0] fault addr 0x3a818000 [fault "
	  "reason 0x06] PTE Read access is not set",
	  0x0010, false, R, 6, NP, 0x3a818000 },
	{ "DMAR: [DMA Read PASID 0xfffff] Request device [0xfe:0x1f.7] fault addr 0x1000 [fault "
	  "reason 0x59] SM: Present bit in PASID Table Entry is clear",
	  0xfeff, false, R, 0x59, 0xfffff, 0x1000 },
	{ "DMAR: [DMA Write NO_PASID] Request device [05:00.0] fault addr 0xeb61a000 [fault reason "
	  "0x05] PTE Write access is not set",
	  0x0500, false, W, 5, NP, 0xeb61a000 },
	{ "DMAR: [DMA Write PASID 0x2] Request device [7a:02.0] fault addr 0x7f81c968d000 [fault "
	  "reason 0x71] SM: Present bit in first-level paging entry is clear",
	  0x7a10, false, W, 0x71, 2, 0x7f81c968d000 },
	{ "DMAR: [DMA Write NO_PASID] Request device [0000:73:00.1] fault addr 0x0 [fault reason "
	  "0x05] PTE Write access is not set",
	  0x7301, true, W, 5, NP, 0 },
	{ "DMAR: [DMA Read PASID 0x1] Request device [10001:e1:00.0] fault addr 0x2000 [fault "
	  "reason 0xff] Unknown",
	  0x10001e100, true, R, 0xff, 1, 0x2000 },
	{ "DMAR: [DMA Read NO_PASID] Request device [00:0d.0] fault addr 0x1154e1000\n       "
	  "[fault reason 0x5a]\n       SM: Non-zero reserved field set in PASID Table Entry",
	  0x0068, false, R, 0x5a, NP, 0x1154e1000 },
	{ "DMAR:[DMA Write] Request device [05:01.0] fault addr ffbfe000 #012DMAR:[fault reason "
	  "02] Present bit in context entry is clear",
	  0x0508, false, W, 2, NP, 0xffbfe000 },
	{ "INTR-REMAP: Request device [[f0:1f.0] fault index 2a\nINTR-REMAP:[fault reason 37] "
	  "Blocked a compatibility format interrupt request",
	  0xf0f8, false, IR, 0x25, NP, 0x2a },
	{ "DMAR: INTR-REMAP: Request device [[f0:1f.0] fault index 0\n               "
	  "INTR-REMAP:[fault reason 37] Blocked a compatibility format interrupt request",
	  0xf0f8, false, IR, 0x25, NP, 0 },
	{ "DMAR: INTR-REMAP: Request device [[f0:1f.0] fault index 0\\x0aINTR-REMAP:[fault reason "
	  "37] Blocked a compatibility format interrupt request",
	  0xf0f8, false, IR, 0x25, NP, 0 },
	{ "DMAR: [INTR-REMAP] Request device [00:11.0] fault index 3b [fault reason 38] Blocked an "
	  "interrupt request due to source-id verification failure",
	  0x0088, false, IR, 0x26, NP, 0x3b },
	{ "DMAR: [INTR-REMAP] Request device [0xe2:0x00.0] fault index 0xa00 [fault reason 0x25] "
	  "Blocked a compatibility format interrupt request",
	  0xe200, false, IR, 0x25, NP, 0xa00 },
	{ "DMAR: [INTR-REMAP] Request device [02:00.1] fault index 0x788d\n  [fault reason 0x22] "
	  "Present field in the IRTE entry is clear",
	  0x0201, false, IR, 0x22, NP, 0x788d },
	{ "DMAR: [INTR-REMAP] Request device [0001:02:00.1] fault index 0xffff [fault reason 0x20] "
	  "Detected reserved fields in the decoded interrupt-remapped request",
	  0x10201, true, IR, 0x20, NP, 0xffff },
	/* Printed as a DMA fault, because the driver has no text for 0x27. */
	{ "DMAR: [DMA Write NO_PASID] Request device [02:00.1] fault addr 0x788d000000000000 "
	  "[fault reason 0x27] Unknown",
	  0x0201, false, IR, 0x27, NP, 0x788d },
};

struct prefix {
	const char *text;
	int facility;
	uint64_t time_ns;
};

#define NO_TIME UINT64_MAX

/* Every way a log is shown or saved. */
static const struct prefix prefixes[] = {
	{ "", -1, NO_TIME },
	{ "[    0.000000] ", -1, 0 },
	{ "[ 1093.712738] ", -1, 1093712738000 },
	{ "[3713481.751007] ", -1, 3713481751007000 },
	{ "[    2.5][T49880] ", -1, 2500000000 },
	{ "[    2.500000][  C31] ", -1, 2500000000 },
	{ "[Fri May  1 09:46:33 2026] ", -1, NO_TIME },
	{ "[  +0.000017] ", -1, NO_TIME },
	{ "[    1.000001 <    0.000017>] ", -1, 1000001000 },
	{ "[<    0.000017>] ", -1, NO_TIME },
	{ "[May 1 09:46] ", -1, NO_TIME },
	{ "[May30 09:46] ", -1, NO_TIME },
	{ "kern  :err   : ", 0, NO_TIME },
	{ "kern  :err   : [ 4629.299366] ", 0, 4629299366000 },
	{ "kern  :err   : [Mon Jun 10 00:14:04 2024] ", 0, NO_TIME },
	{ "user  :warn  : [    1.000000] ", 1, 1000000000 },
	{ "daemon:notice: [    1.000000] ", 3, 1000000000 },
	{ "authpriv:info  : [    1.000000] ", 10, 1000000000 },
	{ "ftp   :info  : [    1.000000] ", 11, 1000000000 },
	{ "local7:info  : [    1.000000] ", 23, 1000000000 },
	{ "2026-05-01T09:46:33,123456+00:00 ", -1, NO_TIME },
	{ "kern  :err   : 2026-05-01T09:46:33,123456+02:00 ", 0, NO_TIME },
	{ "<3>[   58.435452] ", 0, 58435452000 },
	{ "<3> [425.622571] ", 0, 425622571000 },
	{ "<12>[   58.435452] ", 1, 58435452000 },
	{ "<3>", 0, NO_TIME },
	{ "kernel: ", -1, NO_TIME },
	{ "kernel: [ 2403.441828][T49880] ", -1, 2403441828000 },
	{ "Feb 01 15:38:31 host kernel: ", -1, NO_TIME },
	{ "Feb  1 15:38:31 host.example.org kernel: ", -1, NO_TIME },
	{ "Sep 19 09:34:40 kernel: ", -1, NO_TIME },
	{ "Feb 01 15:38:31.123456 host kernel: ", -1, NO_TIME },
	{ "May 30 17:32:17 host kernel: [    0.168626] ", -1, 168626000 },
	{ "2026-05-01T09:46:33+0000 host kernel: ", -1, NO_TIME },
	{ "2026-05-01T09:46:33.123456+02:00 host kernel: ", -1, NO_TIME },
	{ "2026-05-01T09:46:33Z host kernel: ", -1, NO_TIME },
	{ "2021-03-16 11:26:49.107 kernel: ", -1, NO_TIME },
	{ "Sat 2026-05-30 17:32:17 UTC host kernel: ", -1, NO_TIME },
	{ "1717084337.123456 host kernel: ", -1, NO_TIME },
	{ "[    9.752989] host kernel: ", -1, 9752989000 },
	{ "00:08:19  ", -1, NO_TIME },
	{ "3,439,13396476,-;", 0, 13396476000 },
	{ "3,439,13396476,-,caller=T1;", 0, 13396476000 },
	{ "12,18446744073709551615,1,-;", 1, 1000 },
};

static void expect_form(const struct form *form, const struct prefix *prefix)
{
	char text[1024];
	struct lw_line line;

	snprintf(text, sizeof(text), "%s%s", prefix->text, form->text);
	line = parse_text(text);
	if (line.kind != (form->flags == IR ? LW_LINE_INTERRUPT_FAULT : LW_LINE_FAULT))
		fail_msg("not taken: %s", text);
	if (line.fault.rid != form->rid || line.fault.segment_known != form->segment ||
	    line.fault.flags != form->flags || line.fault.reason != form->reason ||
	    line.fault.pasid != form->pasid || line.fault.address != form->address)
		fail_msg("wrong value: %s", text);
	if (line.facility != prefix->facility || line.time_ns != prefix->time_ns ||
	    line.prefixed != !!*prefix->text || line.fault.first_ns != prefix->time_ns ||
	    line.fault.last_ns != prefix->time_ns)
		fail_msg("wrong prefix: %s (facility %d, time %" PRIu64 ")", text, line.facility,
			 line.time_ns);
	assert_true(line.fault.address_known && line.fault.count == 1 && !line.incomplete);
	assert_int_equal(line.fault.source, LW_SOURCE_LOG);
}

static void all_forms_behind_all_prefixes(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(forms); i++) {
		for (j = 0; j < COUNT(prefixes); j++) {
			/* A line end ends the text of a /dev/kmsg record; there it is \x0a. */
			if (strchr(prefixes[j].text, ';') && strchr(forms[i].text, '\n'))
				continue;
			expect_form(&forms[i], &prefixes[j]);
		}
	}
	print_message("%zu forms behind %zu prefixes\n", COUNT(forms), COUNT(prefixes));
}

/* Cut anywhere, a fault is either not one or (only its words are cut) the same one. */
static void cut_anywhere(void **state)
{
	const char *end;
	struct lw_line whole, line;
	size_t i, length;

	(void)state;
	for (i = 0; i < COUNT(forms); i++) {
		whole = parse_text(forms[i].text);
		end = strchr(strstr(forms[i].text, "[fault"), ']');
		for (length = 0; length < strlen(forms[i].text); length++) {
			line = parse(forms[i].text, length);
			if (length <= (size_t)(end - forms[i].text)) {
				assert_int_equal(line.kind, LW_LINE_OTHER);
			} else {
				assert_int_equal(line.kind, whole.kind);
				assert_true(line.fault.rid == whole.fault.rid &&
					    line.fault.segment_known == whole.fault.segment_known &&
					    line.fault.reason == whole.fault.reason &&
					    line.fault.flags == whole.fault.flags &&
					    line.fault.pasid == whole.fault.pasid &&
					    line.fault.address == whole.fault.address);
			}
		}
		assert_true(parse(forms[i].text, (size_t)(end - forms[i].text)).incomplete);
	}
}

/* Each byte of a fault's form matters, its numbers apart: changed, there is no fault. */
static void each_byte_matters(void **state)
{
	/* Every second piece is a number. */
	const char *const pieces[] = { "DMAR: [DMA Read PASID 0x",
				       "2",
				       "] Request device [",
				       "7a",
				       ":",
				       "02",
				       ".",
				       "0",
				       "] fault addr 0x",
				       "7f81c968d000",
				       " [fault reason 0x",
				       "71",
				       "]" };
	const char bad[] = { '\0', '?', '-', 'z', '\x80', '\xff', '(', '\x7f' };
	char text[128] = "";
	size_t piece, at = 0, i, j, length;
	unsigned int changes = 0;

	(void)state;
	for (piece = 0; piece < COUNT(pieces); piece++)
		strcat(text, pieces[piece]);
	length = strlen(text);
	assert_int_equal(parse_text(text).kind, LW_LINE_FAULT);
	for (piece = 0; piece < COUNT(pieces); at += strlen(pieces[piece]), piece++) {
		for (i = at; i < at + strlen(pieces[piece]); i++) {
			char good = text[i];

			for (j = 0; j < COUNT(bad); j++) {
				text[i] = bad[j];
				if (parse(text, length).kind == LW_LINE_FAULT)
					fail_msg("byte %zu as %02x is still a fault", i,
						 (unsigned char)bad[j]);
				changes++;
			}
			text[i] = good;
		}
	}
	assert_true(changes > 700);
}

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
	{ "[ 1093.704664] DMAR: DRHD: handling fault status reg 3\r\n", LW_LINE_STATUS },
	{ "3,439,13396476,-;DMAR: DRHD: handling fault status reg 3\n SUBSYSTEM=pci\n",
	  LW_LINE_STATUS },
	{ "[   31.698564] dmar_fault: 497 callbacks suppressed", LW_LINE_SUPPRESSED },
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
		line = parse_text(others[i].text);
		if (line.kind != others[i].kind)
			fail_msg("%s instead of %s: %s", lw_line_kind_name(line.kind),
				 lw_line_kind_name(others[i].kind), others[i].text);
		if (line.incomplete)
			fail_msg("more is waited for: %s", others[i].text);
	}
	assert_int_equal(parse_text("DRHD: handling fault status reg 602").status, 0x602);
	assert_int_equal(parse_text("dmar_fault: 13380 callbacks suppressed").suppressed, 13380);
	line = parse_text("6,7,8,-;dmar_fault: 1 callbacks suppressed");
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
		line = parse_text(rows[i].text);
		if (line.fact != rows[i].fact)
			fail_msg("%s: %s", lw_fact_name(line.fact), rows[i].text);
		assert_string_equal(line.unit, rows[i].unit);
		assert_int_equal(line.kind, line.fact ? LW_LINE_BOOT : LW_LINE_OTHER);
	}
	for (i = 0; i < LW_FACTS; i++)
		assert_non_null(lw_fact_name((enum lw_fact)i));
	assert_string_equal(lw_fact_name(LW_FACTS), "unknown");
}

static void second_halves(void **state)
{
	size_t offset;
	const char *text = "[   20.210641] DMAR:[fault reason 01] Present bit in root entry";

	(void)state;
	assert_true(lw_line_continues(text, strlen(text), &offset));
	assert_int_equal(offset, 15);
	text = "               INTR-REMAP:[fault reason 37] Blocked";
	assert_true(lw_line_continues(text, strlen(text), &offset));
	text = "[ 1.0] DMAR: fault reason 01";
	assert_false(lw_line_continues(text, strlen(text), &offset));
	text = "3,1,2,-;DMAR:[fault reason 01] x";
	assert_false(lw_line_continues(text, strlen(text), &offset));
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
	assert_int_equal(parse(text, big).kind, LW_LINE_OTHER);
	memset(text, ' ', big);
	memcpy(text, "DMAR: [DMA Read]", 16);
	assert_int_equal(parse(text, big).kind, LW_LINE_OTHER);
	memset(text, '[', big);
	assert_int_equal(parse(text, big).kind, LW_LINE_OTHER);
	memset(text, '9', big);
	assert_int_equal(parse(text, big).kind, LW_LINE_OTHER);
	memset(text, 0, big);
	assert_int_equal(parse(text, big).kind, LW_LINE_OTHER);
	for (i = 0; i < 20000; i++) {
		size_t length = i % 300, j;

		for (j = 0; j < length; j++) {
			seed = seed * 1664525 + 1013904223;
			text[j] = (char)(seed >> 24);
		}
		assert_int_equal(parse(text, length).kind, LW_LINE_OTHER);
	}
	/* An embedded NUL ends nothing and hides nothing. */
	memcpy(text, "DMAR: DRHD: handling fault status reg 2\0002", 41);
	assert_int_equal(parse(text, 41).kind, LW_LINE_OTHER);
	assert_int_equal(parse(text, 39).kind, LW_LINE_STATUS);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms_behind_all_prefixes),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(each_byte_matters),
		cmocka_unit_test(other_kinds),
		cmocka_unit_test(facts),
		cmocka_unit_test(second_halves),
		cmocka_unit_test(hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
