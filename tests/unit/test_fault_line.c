// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log reader against every form of a fault that it knows, behind every prefix.
 * test_line_data.c does the same with a larger collection.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "line_fixture.h"

#define R  LW_FAULT_READ
#define W  0
#define IR LW_FAULT_INTERRUPT
#define NP LW_NO_PASID

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
	line = line_of_text(text);
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
		whole = line_of_text(forms[i].text);
		end = strchr(strstr(forms[i].text, "[fault"), ']');
		for (length = 0; length < strlen(forms[i].text); length++) {
			line = line_of(forms[i].text, length);
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
		assert_true(line_of(forms[i].text, (size_t)(end - forms[i].text)).incomplete);
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
	assert_int_equal(line_of_text(text).kind, LW_LINE_FAULT);
	for (piece = 0; piece < COUNT(pieces); at += strlen(pieces[piece]), piece++) {
		for (i = at; i < at + strlen(pieces[piece]); i++) {
			char good = text[i];

			for (j = 0; j < COUNT(bad); j++) {
				text[i] = bad[j];
				if (line_of(text, length).kind == LW_LINE_FAULT)
					fail_msg("byte %zu as %02x is still a fault", i,
						 (unsigned char)bad[j]);
				changes++;
			}
			text[i] = good;
		}
	}
	assert_true(changes > 700);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms_behind_all_prefixes),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(each_byte_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
