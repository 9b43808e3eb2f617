// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log as a whole: what is believed, what is counted as missing, that saved bytes give
 * the same result again, and that text in which others speak too is not mistaken for the kernel's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault/kernel_log.h"

#define BANNER "Linux version 6.12.0 (builder@host)"
#define FAULT                                                                                 \
	"DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x1000 [fault reason " \
	"0x06] x"

static void feed(struct lw_kernel_log *log, const char *record)
{
	assert_int_equal(lw_kernel_log_feed(log, record, strlen(record)), 0);
}

static void feed_text(struct lw_kernel_log *log, const char *text)
{
	/* Exact size, so that a sanitizer sees every overrun. */
	size_t length = strlen(text);
	char *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, text, length);
	assert_int_equal(lw_kernel_log_feed_text(log, copy, length), 0);
	free(copy);
}

static struct lw_kernel_log *start(void **state)
{
	lw_kernel_log_free(*state);
	return *state;
}

static int setup(void **state)
{
	*state = malloc(sizeof(struct lw_kernel_log));
	if (*state)
		lw_kernel_log_init(*state);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	lw_kernel_log_free(*state);
	free(*state);
	return 0;
}

static void records(void **state)
{
	struct lw_kernel_log *log = start(state);

	feed(log, "6,0,0,-;microcode: updated early\n");
	feed(log, "5,1,0,-;" BANNER "\n");
	feed(log,
	     "6,2,10,-;DMAR: Translation was enabled for dmar1 but we are not in kdump mode\n");
	feed(log, "6,3,11,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n");
	feed(log, "3,4,12,-;DMAR: DRHD: handling fault status reg 2\n");
	feed(log, "3,5,13,-;" FAULT "\n");
	feed(log, "3,6,14,-;" FAULT "\n SUBSYSTEM=pci\n DEVICE=+pci:0000:03:00.0\n");
	feed(log, "4,7,15,-;dmar_fault: 44 callbacks suppressed\n");
	feed(log, "4,8,16,-;dmar_fault: 2 callbacks suppressed\n");
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
	struct lw_kernel_log *log = start(state);

	feed(log, "6,100,5,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n");
	assert_false(log->begins || lw_kernel_log_complete(log));
	assert_int_equal(log->lost, 0);

	/* The banner is the beginning even where something spoke before it and is gone. */
	log = start(state);
	feed(log, "5,1,0,-;" BANNER "\n");
	feed(log, "5,2,0,-;x\n");
	assert_true(log->begins && lw_kernel_log_complete(log));
	assert_int_equal(log->boots, 1);

	/* But not when a program says it. */
	log = start(state);
	feed(log, "13,100,0,-;" BANNER "\n");
	assert_false(log->begins);
	assert_int_equal(log->fact_count, 0);
	log = start(state);
	feed_text(log, "<13>[    0.000000] " BANNER "\n");
	assert_false(log->begins);
}

static void gaps(void **state)
{
	struct lw_kernel_log *log = start(state);

	feed(log, "6,0,0,-;a\n");
	feed(log, "6,1,0,-;a\n");
	feed(log, "3,5,0,-;" FAULT "\n");
	assert_int_equal(log->gaps, 1);
	assert_int_equal(log->lost, 3);
	assert_false(lw_kernel_log_complete(log));
	/* The same records once more are not other faults. */
	feed(log, "3,5,0,-;" FAULT "\n");
	feed(log, "6,0,0,-;a\n");
	assert_int_equal(log->repeated, 2);
	assert_int_equal(log->fault_count, 1);
	feed(log, "6,18446744073709551615,0,-;a\n");
	assert_int_equal(log->gaps, 2);
	feed(log, "6,18446744073709551615,0,-;a\n");
	feed(log, "6,18446744073709551616,0,-;a\n");
	assert_int_equal(log->repeated, 3);
	assert_int_equal(log->malformed, 1);
}

static void programs_are_not_believed(void **state)
{
	struct lw_kernel_log *log = start(state);

	feed(log, "6,0,0,-;a\n");
	feed(log, "12,1,0,-;" FAULT "\n");
	feed(log, "8,2,0,-;" FAULT "\n");
	feed(log, "12,3,0,-;DMAR: DRHD: handling fault status reg 2\n");
	feed(log, "12,4,0,-;dmar_fault: 44 callbacks suppressed\n");
	feed(log, "12,5,0,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n");
	feed(log, "12,6,0,-;DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault\n");
	assert_int_equal(log->rejected, 2);
	assert_int_equal(log->fault_count, 0);
	assert_int_equal(log->suppressed, 0);
	assert_int_equal(log->statuses, 0);
	assert_int_equal(log->facts_seen, 0);
	assert_int_equal(log->cut, 0);
	/* A line end inside a record does not begin another one. */
	feed(log, "6,7,0,-;usb 1-1: Product: x\\x0a" FAULT "\n");
	feed(log, "6,8,0,-;usb 1-1: Product: x\n " FAULT "\n");
	assert_int_equal(log->fault_count, 0);
	assert_true(lw_kernel_log_complete(log));
}

static void cut_and_malformed(void **state)
{
	struct lw_kernel_log *log = start(state);

	feed(log, "6,0,0,-;a\n");
	feed(log, "3,1,0,-;DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x10\n");
	assert_int_equal(log->cut, 1);
	assert_false(lw_kernel_log_complete(log));
	log = start(state);
	feed(log, "6,0,0,-;a\n");
	feed(log, "");
	feed(log, "[    1.000000] " FAULT "\n");
	feed(log, FAULT "\n");
	assert_int_equal(log->malformed, 3);
	assert_int_equal(log->fault_count, 0);
	assert_false(lw_kernel_log_complete(log));
}

/* 80,000 faults of 6,000 kinds: the first are kept one by one, then counted, then left over. */
static void many_faults(void **state)
{
	struct lw_kernel_log *log = start(state);
	uint64_t total = 0, merged = 0;
	char record[256];
	unsigned int i;

	for (i = 0; i < 80000; i++) {
		snprintf(record, sizeof(record),
			 "3,%u,%u,-;DMAR: [DMA Write PASID 0x%x] Request device [%02x:00.0] fault "
			 "addr 0x%x [fault reason 0x05] x\n",
			 i, i, i % 6000, i % 256, i % 12000 < 6000 ? 0x1000 : 0x2000);
		feed(log, record);
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
	feed(log, record);
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
	feed(log, record);
	snprintf(record, sizeof(record),
		 "3,90002,95000000,-;DMAR: [DMA Read PASID 0x%x] Request device [%02x:00.0] fault "
		 "addr 0x5000 [fault reason 0x05] x\n",
		 i % 6000, i % 256);
	feed(log, record);
	snprintf(record, sizeof(record),
		 "3,90003,95000000,-;DMAR: [DMA Write PASID 0x%x] Request device [0000:%02x:00.0] "
		 "fault addr 0x5000 [fault reason 0x05] x\n",
		 i % 6000, i % 256);
	feed(log, record);
	assert_int_equal(log->unplaced, merged + 3);
}

/* Beyond the limit too, a fault of the next kernel is not counted into one of the old kernel. */
static void merging_ends_with_a_boot(void **state)
{
	struct lw_kernel_log *log = start(state);
	unsigned int i;

	for (i = 0; i < LW_KERNEL_LOG_FAULTS + 2; i++)
		feed_text(log, "[  900.000000] " FAULT "\n");
	feed_text(log, "[    0.000000] " BANNER "\n[    0.500000] " FAULT "\n");
	assert_int_equal(log->fault_count, LW_KERNEL_LOG_FAULTS + 2);
	assert_int_equal(log->boot_fault, LW_KERNEL_LOG_FAULTS + 1);
	assert_int_equal(log->faults[LW_KERNEL_LOG_FAULTS].count, 2);
	assert_int_equal(log->faults[LW_KERNEL_LOG_FAULTS + 1].count, 1);
	assert_int_equal(log->merged, 3);
}

static void text_forms(void **state)
{
	struct lw_kernel_log *log = start(state);

	feed_text(log,
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
	log = start(state);
	feed_text(log, "DMAR: DRHD: handling fault status reg 3\n" FAULT "\n\n"
		       "DMAR:[DMA Write] Request device [00:02.0] fault addr 6df084000 \n"
		       "DMAR:[fault reason 05] PTE Write access is not set\n");
	assert_int_equal(log->fault_count, 2);
	assert_int_equal(log->statuses, 1);
	assert_int_equal(log->cut, 0);

	/* Cut at the end of the file; too long to be put together. */
	log = start(state);
	feed_text(log, "[    4.000000] DMAR: DMAR:[DMA Read] Request device [05:00.0] fault addr");
	assert_int_equal(log->cut, 1);
	log = start(state);
	feed_text(log, "DMAR: [DMA Read] Request\nx");
	assert_int_equal(log->cut, 0);
}

static void text_of_others(void **state)
{
	struct lw_kernel_log *log = start(state);

	/* A program on the console, and the rest of a record that has a line end in it. */
	feed_text(log, "[    1.000000] usb 1-1: Product: x\n" FAULT "\n"
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
	struct lw_kernel_log *log = start(state);

	/* A console that was attached in the middle of the old kernel's life. */
	feed_text(log, "[  900.000000] " FAULT "\n"
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
	feed_text(log, "[    0.000000] " BANNER "\n");
	assert_int_equal(log->boots, 2);
	assert_int_equal(log->boot_fault, 2);

	log = start(state);
	feed_text(log, "6,0,0,-;a\n5,1,0,-;" BANNER "\n3,2,0,-;" FAULT "\n SUBSYSTEM=pci\n"
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
	struct lw_kernel_log *log = start(state);
	char text[4096];
	size_t used, begin, end;

	feed_text(log,
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
	log = start(state);
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
		log = start(state);
		assert_int_equal(lw_kernel_log_feed_text(log, copy, used), 0);
		assert_int_equal(log->malformed, 1);
		assert_int_equal(log->fault_count, 0);
		free(copy);
	}
}

/* A /dev/kmsg that is played: records and errors in turn. */
struct played {
	const char *const *records;
	unsigned int next;
};

static ssize_t play(void *context, char *buffer, size_t size)
{
	struct played *played = context;
	const char *record = played->records[played->next];

	if (!record)
		return -EAGAIN;
	played->next++;
	if (record[0] == '!')
		return -atoi(record + 1);
	assert_true(strlen(record) <= size);
	memcpy(buffer, record, strlen(record));
	return (ssize_t)strlen(record);
}

static void assert_same(const struct lw_kernel_log *a, const struct lw_kernel_log *b)
{
	size_t i;

	assert_int_equal(a->fault_count, b->fault_count);
	for (i = 0; i < a->fault_count; i++) {
		const struct lw_fault *x = &a->faults[i], *y = &b->faults[i];

		assert_true(x->rid == y->rid && x->segment_known == y->segment_known &&
			    x->address_known == y->address_known && x->reason == y->reason &&
			    x->flags == y->flags && x->pasid == y->pasid &&
			    x->address == y->address && x->count == y->count &&
			    x->first_ns == y->first_ns && x->last_ns == y->last_ns);
	}
	assert_int_equal(a->fact_count, b->fact_count);
	for (i = 0; i < a->fact_count; i++) {
		const struct lw_kernel_log_fact *x = &a->facts[i], *y = &b->facts[i];

		assert_string_equal(x->unit, y->unit);
		assert_true(x->fact == y->fact && x->time_ns == y->time_ns && x->boot == y->boot);
	}
	assert_true(
		a->merged == b->merged && a->boots == b->boots && a->boot_fault == b->boot_fault &&
		a->begins == b->begins && a->suppressed == b->suppressed &&
		a->suppressed_earlier == b->suppressed_earlier && a->facts_seen == b->facts_seen &&
		a->records == b->records && a->statuses == b->statuses && a->gaps == b->gaps &&
		a->lost == b->lost && a->repeated == b->repeated && a->rejected == b->rejected &&
		a->cut == b->cut && a->malformed == b->malformed && a->unplaced == b->unplaced &&
		a->facts_dropped == b->facts_dropped);
}

static void reading_and_replaying(void **state)
{
	char epipe[16], einval[16], eintr[16], eio[16];
	const char *rows[] = { "6,0,0,-;a\n",
			       eintr,
			       "5,1,0,-;" BANNER "\n",
			       "3,2,5,-;" FAULT "\n SUBSYSTEM=pci\n DEVICE=+pci:x\n",
			       epipe,
			       "3,9,6,-;" FAULT "\n",
			       einval,
			       "12,11,7,-,caller=T1;" FAULT "\n",
			       "4,12,8,-;dmar_fault: 44 callbacks suppressed",
			       "3,13,8,-;" FAULT "\n",
			       NULL };
	const char *broken[] = { "6,0,0,-;a\n", eio, NULL };
	struct played played = { .records = rows };
	struct lw_kernel_log *log = start(state), again;
	struct lw_kmsg_raw raw = { 0 };

	snprintf(epipe, sizeof(epipe), "!%d", EPIPE);
	snprintf(einval, sizeof(einval), "!%d", EINVAL);
	snprintf(eintr, sizeof(eintr), "!%d", EINTR);
	snprintf(eio, sizeof(eio), "!%d", EIO);
	assert_int_equal(lw_kernel_log_read(log, &raw, play, &played), 0);
	assert_int_equal(log->fault_count, 3);
	assert_int_equal(log->gaps, 2);
	assert_int_equal(log->lost, 7);
	assert_int_equal(log->rejected, 1);
	assert_int_equal(log->suppressed, 44);
	assert_int_equal(raw.overwritten, 1);
	assert_int_equal(raw.oversized, 1);
	assert_false(raw.full);

	lw_kernel_log_init(&again);
	assert_int_equal(lw_kernel_log_feed_saved(&again, raw.bytes, raw.length), 0);
	assert_same(log, &again);
	lw_kernel_log_free(&again);
	/* The same bytes as text, in `decode`, bring the same faults. */
	assert_int_equal(lw_kernel_log_feed_text(&again, raw.bytes, raw.length), 0);
	assert_int_equal(again.fault_count, 3);
	assert_int_equal(again.rejected, 1);
	assert_int_equal(again.lost, 7);
	lw_kernel_log_free(&again);
	lw_kmsg_raw_free(&raw);
	assert_null(raw.bytes);

	log = start(state);
	played = (struct played){ .records = broken };
	assert_int_equal(lw_kernel_log_read(log, &raw, play, &played), -EIO);
	assert_int_equal(log->records, 1);
	assert_int_equal(raw.length, 10);
	lw_kmsg_raw_free(&raw);
}

static ssize_t fail_always(void *context, char *buffer, size_t size)
{
	(void)buffer;
	(void)size;
	++*(unsigned int *)context;
	return -EPIPE;
}

static ssize_t never_end(void *context, char *buffer, size_t size)
{
	uint64_t *sequence = context;

	memset(buffer, 'x', 8000);
	buffer[snprintf(buffer, size, "6,%llu,0,-;", (unsigned long long)(*sequence)++)] = 'x';
	buffer[7999] = '\n';
	return 8000;
}

static void reading_ends(void **state)
{
	struct lw_kernel_log *log = start(state);
	struct lw_kmsg_raw raw = { 0 };
	unsigned int calls = 0;
	uint64_t sequence = 0;

	assert_int_equal(lw_kernel_log_read(log, &raw, fail_always, &calls), -EPIPE);
	assert_in_range(calls, 2, 10000);
	raw.overwritten = 0;
	assert_int_equal(lw_kernel_log_read(log, &raw, never_end, &sequence), 0);
	assert_true(raw.full);
	assert_in_range(raw.length, LW_KMSG_RAW_LIMIT, LW_KMSG_RAW_LIMIT + 16384);
	lw_kmsg_raw_free(&raw);
}

/* The kernel this test runs on, where its log may be read. */
static void this_kernel(void **state)
{
	struct lw_kernel_log *log = start(state), again;
	struct lw_kmsg_raw raw = { 0 };
	int error = lw_kernel_log_read_kmsg(log, &raw);

	if (error) {
		print_message("skipped: /dev/kmsg cannot be read: %s\n", strerror(-error));
		lw_kmsg_raw_free(&raw);
		skip();
	}
	lw_kernel_log_init(&again);
	assert_int_equal(lw_kernel_log_feed_saved(&again, raw.bytes, raw.length), 0);
	assert_same(log, &again);
	assert_int_equal(log->malformed, 0);
	print_message("%llu records, %zu bytes, %zu faults, beginning %s\n",
		      (unsigned long long)log->records, raw.length, log->fault_count,
		      log->begins ? "there" : "gone");
	lw_kernel_log_free(&again);
	lw_kmsg_raw_free(&raw);
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
		cmocka_unit_test(merging_ends_with_a_boot),
		cmocka_unit_test(text_forms),
		cmocka_unit_test(text_of_others),
		cmocka_unit_test(text_of_several_boots),
		cmocka_unit_test(journal_export),
		cmocka_unit_test(reading_and_replaying),
		cmocka_unit_test(reading_ends),
		cmocka_unit_test(this_kernel),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
