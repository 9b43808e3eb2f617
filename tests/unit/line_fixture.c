// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every form of a fault, and one record, parsed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line_fixture.h"

#define R  LW_FAULT_READ
#define W  0
#define IR LW_FAULT_INTERRUPT
#define NP LW_NO_PASID

const struct line_form line_forms[] = {
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

const size_t line_form_count = COUNT(line_forms);

bool line_is_form(const struct lw_fault *fault, const struct line_form *form)
{
	return fault->rid == form->rid && fault->segment_known == form->segment &&
	       fault->flags == form->flags && fault->reason == form->reason &&
	       fault->pasid == form->pasid && fault->address == form->address &&
	       fault->address_known && fault->count == 1 && fault->source == LW_SOURCE_LOG;
}

struct lw_line line_of_record(const char *record, size_t length)
{
	char *copy = malloc(length ? length : 1);
	struct lw_line line;

	assert_non_null(copy);
	memcpy(copy, record, length);
	memset(&line, 0xa5, sizeof(line));
	lw_line_parse(copy, length, &line);
	free(copy);
	return line;
}

struct lw_line line_of(const char *text, size_t length)
{
	static const char head[] = "3,1,2,-;", escape[] = "\\x0a";
	size_t n = sizeof(head) - 1, i;
	char *record = malloc(n + length * (sizeof(escape) - 1));
	struct lw_line line;

	assert_non_null(record);
	memcpy(record, head, n);
	for (i = 0; i < length; i++) {
		if (text[i] == '\n') {
			memcpy(record + n, escape, sizeof(escape) - 1);
			n += sizeof(escape) - 1;
		} else {
			record[n++] = text[i];
		}
	}
	line = line_of_record(record, n);
	free(record);
	return line;
}

struct lw_line line_of_text(const char *text)
{
	return line_of(text, strlen(text));
}
