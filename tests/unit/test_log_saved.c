// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saved logs: what is taken, what is left out and why, and that neither depends on how the bytes
 * came in. tests/logs has the shapes that people bring; here are the rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "fault/known.h"
#include "log/mark.h"
#include "log/stream.h"
#include "record/decode.h"

#define BANNER "Linux version 6.12.0 (builder@host)"
#define WORDS  "Request device [03:00.0] fault addr 0x1000 [fault reason 0x06] PTE Read access is not set"
#define FAULT  "DMAR: [DMA Read NO_PASID] " WORDS
#define OTHER                                                                                     \
	"DMAR: [DMA Write PASID 0x5] Request device [0001:81:00.1] fault addr 0x7c261000 [fault " \
	"reason 0x71] SM: Present bit in first-level paging entry is clear"

#define DUMP                                                                                      \
	"[    5.000000] DMAR: DRHD: handling fault status reg 3\n[    5.000010] " FAULT "\n"        \
	"[    5.000020] dmar_fault: 30 callbacks suppressed\n[    5.000030] " OTHER "\n"

static struct lw_saved log_;

/* LOG as one file, STEP bytes at a time (0: all at once). */
static struct lw_saved *read_bytes(const char *bytes, size_t length, size_t step)
{
	struct lw_stream *stream = malloc(sizeof(*stream));
	char *copy;
	size_t at, n;

	assert_non_null(stream);
	lw_saved_free(&log_);
	lw_saved_file(&log_, "file");
	lw_stream_init(stream, &log_);
	for (at = 0; at < length; at += n) {
		n = step && step < length - at ? step : length - at;
		/* Exact size, so that a sanitizer sees every overrun. */
		copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, bytes + at, n);
		lw_stream_push(stream, copy, n);
		free(copy);
	}
	lw_stream_end(stream);
	free(stream);
	assert_int_equal(log_.error, 0);
	return &log_;
}

/* The same answer however the bytes come in. */
static struct lw_saved *read_text(const char *text)
{
	static const size_t steps[] = { 1, 7, 4096 };
	size_t length = strlen(text), i;
	uint64_t faults, left, lines;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		read_bytes(text, length, steps[i]);
		faults = log_.faults;
		left = lw_saved_left_total(&log_);
		lines = log_.lines;
		read_bytes(text, length, 0);
		assert_int_equal(log_.faults, faults);
		assert_int_equal(lw_saved_left_total(&log_), left);
		assert_int_equal(log_.lines, lines);
	}
	return &log_;
}

/* Each word wherever it stands, with vectors and without. */
static void the_search(void **state)
{
	static const char *const words[] = {
		"fault", "DEFAULT", "DMAR", "dmar", "INTR-REMAP", "AMD-Vi", "Linux version", "printk messages",
		"Missed ", "[8086:1137] type 00", "Content-Transfer-Encoding", "begin 644", "UTF-8?B?", "8859-1?B?",
		"Dmesg: base64", "H4sI", "DRHD", "[DMA Read", "Request device [",
	};
	char text[200];
	size_t i, at, length;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		length = strlen(words[i]);
		for (at = 0; at + length <= sizeof(text); at++) {
			const char *found;

			memset(text, 'd', sizeof(text));
			memcpy(text + at, words[i], length);
			found = lw_mark_find(text, text + sizeof(text));
			if (!found || found < text + at || found >= text + at + length)
				fail_msg("%s at %zu", words[i], at);
			assert_ptr_equal(found, lw_mark_find_by_hand(text, text + sizeof(text)));
			assert_null(lw_mark_find(text + at + length, text + sizeof(text)));
			assert_null(lw_mark_find(text, text + at));
		}
	}
	strcpy(text, "one, two, default, Default");
	assert_null(lw_mark_find(text, text + strlen(text)));
}

static void two_halves_and_wraps(void **state)
{
	struct lw_saved *log = read_text(
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

	assert_int_equal(log->faults, 4);
	assert_int_equal(log->single_count, 4);
	assert_int_equal(log->singles[0].fault.rid, 0x400);
	assert_int_equal(log->singles[0].fault.reason, 1);
	assert_int_equal(log->singles[0].fault.first_ns, 1000000000);
	assert_int_equal(log->singles[1].fault.rid, 0xf0f8);
	assert_int_equal(log->singles[1].fault.address, 5);
	assert_int_equal(log->singles[2].fault.reason, 0x5a);
	assert_int_equal(log->singles[2].fault.address, 0x1154e1000);
	assert_int_equal(log->singles[2].line, 6);
	assert_int_equal(log->singles[3].fault.rid, 0x300);
	assert_int_equal(log->left_by[LW_SAVED_CUT], 1);
	assert_int_equal(log->left[0].line, 10);
	assert_true(log->begins && !lw_saved_complete(log));
}

/* Never the wrong value: a number that a line end may have cut is joined or is none. */
static void numbers_are_whole(void **state)
{
	struct lw_saved *log = read_text(
		"DMAR: [DMA Write NO_PASID] Request device [81:00.1] fault addr 0x7c2\n"
		"61000 [fault reason 0x05] PTE Write access is not set\n");

	assert_int_equal(log->faults, 1);
	assert_int_equal(log->singles[0].fault.address, 0x7c261000);
	log = read_text("node7: DMAR: [DMA Write] Request device [81:00.1] fault addr 7c2\n"
			"node7: 61000 [fault reason 05] PTE Write access is not set\n");
	assert_int_equal(log->faults, 1);
	assert_int_equal(log->singles[0].fault.address, 0x7c261000);
	/* The rest of another line is not this one's. */
	log = read_text("DMAR: [DMA Write] Request device [81:00.1] fault addr 7c2\n"
			"61000 and so on\n"
			"DMAR: [DMA Write] Request device [82:00.1] fault addr 1000 \n"
			"DMAR:[fault reason 05] PTE Write access is not set\n");
	assert_int_equal(log->faults, 1);
	assert_int_equal(log->singles[0].fault.rid, 0x8201);
	assert_int_equal(log->left_by[LW_SAVED_CUT], 1);
}

/* In three pieces, with others between: read whole, once, or told. */
static void in_pieces(void **state)
{
	const struct lw_saved *log;

	/* The digit behind the second head may be the number's first. */
	log = read_text("Nov 22 10:00:00 host kernel: [   12.345678] DM\n"
			"AR:[DMA Write] Request device [05:01.0] fault addr \n"
			"[   12.345679] ata1.00: 976773168 sectors, multi 16\n"
			"Nov 22 10:00:00 host kernel: [   12.345678] f\n"
			"fbfe000 #012DMAR:[fault reason 02] Present bit in context entry is clear\n");
	assert_int_equal(log->faults, 0);
	assert_true(lw_saved_left_total(log));
	/* What one fault took is not there for the next. */
	log = read_text("  12:dmar:\n  12: DMAR:\n  12:[DMA Read] Request device [02:00.0] faul\n"
			"  12:t addr a0c58000 DMAR:[fault reason 02] Present bit in context entry is clear\n");
	assert_int_equal(log->faults, 1);
	/* No piece has the words by which the others are known. */
	log = read_text("Nov 22 10:00:00 host kernel: [   12.345678] DMAR: [\n"
			"[   12.345679] ata1.00: 976773168 sectors, multi 16\n"
			"DMA Write] Request de\ne1000e 0000:00:1f.6 eth0: up\n"
			"Nov 22 10:00:00 host kernel: [   12.345678] vice [00:1f.7] PASID ffffffff fault addr 0 [fau\n"
			"lt reason 05] PTE Write access is not set\n");
	assert_true(log->faults == 1 || lw_saved_left_total(log));
}

static void others_are_not_believed(void **state)
{
	static const struct {
		const char *text;
		enum lw_saved_why why;
	} lines[] = {
		{ "Feb 01 15:38:31 host sudo[42]: " FAULT, LW_SAVED_PROGRAM },
		{ "Feb 01 15:38:31 host DMAR: [DMA Read] " WORDS, LW_SAVED_PROGRAM },
		{ "Feb 01 15:38:31 host logger: " FAULT, LW_SAVED_PROGRAM },
		{ "user  :warn  : [    3.000000] " FAULT, LW_SAVED_PROGRAM },
		{ "<13>[    3.000000] " FAULT, LW_SAVED_PROGRAM },
		{ "12,900,912345678,-;" FAULT, LW_SAVED_PROGRAM },
		{ "<14>1 2026-11-22T10:00:00Z host npd 12 - - " FAULT, LW_SAVED_PROGRAM },
		{ "{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"" FAULT "\"}", LW_SAVED_PROGRAM },
		{ "{\"MESSAGE\":\"" FAULT "\",\"SYSLOG_FACILITY\":\"3\"}", LW_SAVED_PROGRAM },
		{ "{\"MESSAGE\":\"" FAULT "\",\"SYSLOG_IDENTIFIER\":\"me\"}", LW_SAVED_PROGRAM },
		{ "Subject: [Bug 209321] " FAULT, LW_SAVED_QUOTED },
		{ "\t * kernel: [ 2892.897750] " FAULT, LW_SAVED_QUOTED },
		{ "// " FAULT, LW_SAVED_QUOTED },
		{ "(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr 8e43c000, "
		  "iommu reg = ffff82c00021d000",
		  LW_SAVED_OTHER_SYSTEM },
		{ "DMAR: [DMA read NO_PASID] " WORDS, LW_SAVED_SPELLING },
		{ "DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x... [fault reason "
		  "0x06]",
		  LW_SAVED_SPELLING },
		{ "DMAR: [DMA Read] Request device [03:00.0] fault addr 0x7>", LW_SAVED_CUT },
		{ "[    1.000000] ** 12 printk messages dropped **", LW_SAVED_LOST },
	};
	struct lw_saved *log;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		log = read_text(lines[i].text);
		if (log->faults || log->left_by[lines[i].why] != 1 || lw_saved_complete(log))
			fail_msg("%s: %lu faults, %s", lines[i].text, (unsigned long)log->faults,
				 log->left_count ? lw_saved_why_name(log->left[0].why) : "nothing");
	}
}

/* A bullet that is a kernel's whole line is a log; one that quotes a piece is prose. */
static void bullets(void **state)
{
	struct lw_saved *log = read_text("* `[   12.345678] " FAULT "`\n * `" OTHER "`\n");

	assert_int_equal(log->faults, 2);
	assert_true(lw_saved_complete(log));
	log = read_text("* `" FAULT "` is what it says\n* like `" FAULT "`\n * [   12.345678] " FAULT "\n");
	assert_int_equal(log->faults, 0);
	assert_int_equal(log->left_by[LW_SAVED_QUOTED], 3);
}

/* Other blanks and other letters: read where all of it is alike, told where it is not. */
static void other_spellings(void **state)
{
	static const struct {
		const char *text;
		unsigned int faults;
	} logs[] = {
		{ "DMAR:%20%5BDMA%20Read%20NO_PASID%5D%20Request%20device%20%5B03:00.0%5D%20fault%20addr%20"
		  "0x1000%20%5Bfault%20reason%200x06%5D%20PTE", 1 },
		{ "log=DMAR%3A+[DMA+Read+NO_PASID]+Request+device+[03:00.0]+fault+addr+0x1000+[fault+reason+0x06]+", 1 },
		{ "DMAR:_[DMA_Read_NO_PASID]_Request_device_[03:00.0]_fault_addr_0x1000_[fault_reason_0x06]_x", 1 },
		{ "dmar: [dma read no_pasid] request device [03:00.0] fault addr 0x1000 [fault reason 0x06] pte", 1 },
		{ "DMAR: [DMA READ NO_PASID] REQUEST DEVICE [03:00.0] FAULT ADDR 0X1000 [FAULT REASON 0X06] PTE", 1 },
		/* Two ways in one line; a hand that typed; a run of what is no text. */
		{ "DMAR:_[DMA_Read]_Request_device_[03:00.0]-fault-addr-1000_[fault_reason 06]", 0 },
		{ "DMAR: [Dma Read] Request Device [03:00.0] Fault Addr 1000 [Fault Reason 06]", 0 },
		{ "DMAR: [DMA Read] Request.device.[03:00.0].fault.addr.0x1000.[fault.reason.0x06]", 0 },
		{ "DMAR: fault\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		  "\xff\xff\xff\xff\xff\xff\xff\xff" "addr fault%20addr", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct lw_saved *log = read_text(logs[i].text);

		assert_int_equal(log->faults, logs[i].faults);
		assert_int_equal(lw_saved_left_total(log), !logs[i].faults);
		if (log->faults) {
			assert_int_equal(log->singles[0].fault.address, 0x1000);
			assert_int_equal(log->singles[0].fault.reason, 6);
		}
	}
	/* What others say. */
	read_text("DMA fault address 0x1000\nDMA request, device busy\n" BANNER "\ndma: fault-addressing\n");
	assert_true(lw_saved_complete(&log_));
}

static void what_is_in_front(void **state)
{
	struct lw_saved *log = read_text("Feb 01 15:38:31 alpha kernel: [   12.345678] " FAULT "\n"
					 "Feb 01 15:38:32 beta kernel: [   12.345678] " FAULT "\n"
					 "Feb 01 15:38:33 beta kernel: [   12.345679] " FAULT "\n");

	assert_int_equal(log->group_count, 2);
	assert_string_equal(lw_saved_name(&log->hosts, log->groups[0].host), "alpha");
	assert_string_equal(lw_saved_name(&log->hosts, log->groups[1].host), "beta");
	assert_int_equal(log->groups[1].fault.count, 2);
	assert_string_equal(log->groups[1].first, "Feb 01 15:38:32");
	assert_string_equal(log->groups[1].last, "Feb 01 15:38:33");
	assert_string_equal(log->groups[1].words, "PTE Read access is not set");
	assert_int_equal(log->singles[0].fault.first_ns, 12345678000);
	/* A processor is no host. */
	log = read_text("[  812.402119] 000: " FAULT);
	assert_int_equal(log->hosts.count, 0);
	log = read_text("192.0.2.7: kern:     err: [2026-11-22T10:00:00.1Z]: " FAULT);
	assert_string_equal(lw_saved_name(&log->hosts, log->singles[0].host), "192.0.2.7");
	assert_string_equal(log->singles[0].when, "2026-11-22T10:00:00.1Z");
}

static void counting(void **state)
{
	struct lw_saved *log = read_text("      3  " FAULT "\n");
	char *text;
	size_t i, length;

	assert_int_equal(log->faults, 3);
	assert_int_equal(log->single_count, 3);
	/* A pager's line numbers, and dates that begin with the day. */
	log = read_text("      1 " FAULT "\n      2 " FAULT "\n");
	assert_int_equal(log->faults, 2);
	log = read_text("  8 nov. 10:00:00 host kernel: " FAULT "\n");
	assert_int_equal(log->faults, 1);
	log = read_text("Nov 22 10:00:00 host kernel: " FAULT "\n"
			"Nov 22 10:00:09 host last message repeated 2 times\n");
	assert_int_equal(log->faults, 3);
	log = read_text("Nov 22 10:00:00 host kernel: message repeated 4 times: [ " FAULT "]\n");
	assert_int_equal(log->faults, 4);

	/* The same dump twice; a clock that stands still is no second dump. */
	log = read_text("[    5.000000] " FAULT "\n[    9.000000] " OTHER "\n"
			"[    5.000000] " FAULT "\n[    9.000000] " OTHER "\n");
	assert_int_equal(log->faults, 2);
	assert_int_equal(log->twice, 2);
	log = read_text("[    5.000000] " FAULT "\n[    5.000000] " FAULT "\n");
	assert_int_equal(log->faults, 2);
	/* Of a dump of less than a second, too, and what counts beside the faults. */
	log = read_text(DUMP DUMP);
	assert_int_equal(log->faults, 2);
	assert_int_equal(log->suppressed, 30);
	assert_int_equal(log->statuses, 1);
	log = read_text("{\"stdout\": \"[    5.100000] " FAULT "\\n[    5.100000] " FAULT "\\n\", \"lines\": "
			"[\"[    5.100000] " FAULT "\", \"[    5.100000] " FAULT "\"]}");
	assert_int_equal(log->faults, 2);
	assert_int_equal(log->twice, 2);

	/* Exact beyond what is kept one by one. */
	length = sizeof("DMAR: [DMA Read] Request device [03:00.0] fault addr 00000000 [fault reason 06] x");
	text = malloc((LW_SAVED_SINGLE + 10) * length + 1);
	assert_non_null(text);
	for (i = 0; i < LW_SAVED_SINGLE + 10; i++)
		sprintf(text + i * length,
			"DMAR: [DMA Read] Request device [03:00.0] fault addr %08zx [fault reason "
			"06] x\n",
			i);
	read_bytes(text, strlen(text), 0);
	free(text);
	assert_int_equal(log_.faults, LW_SAVED_SINGLE + 10);
	assert_int_equal(log_.single_count, LW_SAVED_SINGLE);
	assert_int_equal(log_.groups[0].fault.count, LW_SAVED_SINGLE + 10);
	assert_int_equal(log_.groups[0].low, 0);
	assert_int_equal(log_.groups[0].high, LW_SAVED_SINGLE + 9);
}

static void nothing_is_not_zero(void **state)
{
	struct lw_saved *log = read_text("[    1.000000] DMAR: DRHD: handling fault status reg 3\n");

	assert_int_equal(log->statuses, 1);
	assert_false(lw_saved_complete(log));
	log = read_text("[    1.000000] DMAR: Host address width 39\n");
	assert_true(lw_saved_complete(log) && lw_saved_has_subject(log));
	log = read_text("Dear all,\n\nnothing to see here.\n");
	assert_false(lw_saved_has_subject(log));
	assert_int_equal(log->lines, 3);
	/* Numbers of /dev/kmsg that are missing. */
	log = read_text("6,1,1,-;x\n3,2,2,-;" FAULT "\n6,7,3,-;x\n");
	assert_int_equal(log->faults, 1);
	assert_int_equal(log->lost, 4);
	assert_false(lw_saved_complete(log));
}

static void json(void **state)
{
	struct lw_saved *log = read_text(
		"[\n {\"a\": [{\"msg\": \"[   12.345678] " FAULT "\\n[   12.345679] " OTHER "\\r\\n\"}],\n"
		"  \"MESSAGE\": [68,77,65,82,58]}, {\"log\": \"{\\\"message\\\":\\\"" FAULT "\\\"}\"}]");

	assert_int_equal(log->faults, 3);
	assert_true(lw_saved_complete(log));
	assert_int_equal(log->singles[1].fault.rid, 0x18101);
	assert_int_equal(log->singles[1].fault.pasid, 5);
	/* Cut in the middle, and the same line in two fields. */
	log = read_text("{\"x\": [{\"message\": \"" FAULT "\", \"event\": {\"original\": \"" FAULT
			"\"}}, {\"message\": \"" OTHER "\"}, {\"mess");
	assert_int_equal(log->faults, 2);
	/* In a line of something else. */
	log = read_text("Nov 22 10:00:00 host dockerd: {\"log\":\"" FAULT "\\n\",\"stream\":\"stdout\"}\n");
	assert_int_equal(log->faults, 1);
	log = read_text("{\"dmesg\": [{\"pri\": 3, \"time\":   12.345678, \"msg\": \"" FAULT "\"}]}");
	assert_int_equal(log->faults, 1);
	assert_int_equal(log->singles[0].fault.first_ns, 12345678000);
}

/* Why a line was left out, as log.schema.json has it. */
static void schema(void **state)
{
	json_t *whole = json_load_file("user/log/log.schema.json", 0, NULL);
	json_t *whys = json_object_get(
		json_object_get(json_object_get(whole, "$defs"), "why"), "enum");
	size_t i;

	assert_int_equal(json_array_size(whys), LW_SAVED_WHYS);
	for (i = 0; i < LW_SAVED_WHYS; i++)
		assert_string_equal(json_string_value(json_array_get(whys, i)), lw_saved_why_name(i));
	json_decref(whole);
}

/* Latin-1's and UTF-16's blank that is none; digits in front of the second half of a fault. */
static void blanks_and_rests(void **state)
{
	struct lw_saved *log = read_text("DMAR:\xa0[DMA Read NO_PASID]\xa0" WORDS "\n");

	assert_int_equal(log->faults, 1);
	log = read_text("DMAR:=C2=A0[DMA Read NO_PASID]=C2=A0" WORDS "\n");
	assert_int_equal(log->faults, 1);
	log = read_text("x INTR-REMAP: Request device [[15:17.6] fault index 91c\n"
			"6\"], [\"1795\", \"   INTR-REMAP:[fault reason 34] Present field is clear\n");
	assert_int_equal(log->faults, 0);
	log = read_text("1795341613.123456 h kernel: DMAR:[DMA Write] Request device [ec:0e.6] fault addr "
			"23b9\n8ab000 \n1795341613.123457 h kernel: DMAR:[fault reason 06] PTE Read\n");
	assert_true(log->faults ? log->singles[0].fault.address == 0x23b98ab000 :
				  !lw_saved_complete(log));
}

/* One line in two fields, with a head in one of them; lines that only end alike are two. */
/* Two files, the first of a length that 8 does not divide: the binary records of the second count, too. */
static void records_behind_text(void **state)
{
	struct lw_record record = { .magic = LW_RECORD_MAGIC, .version = LW_RECORD_VERSION,
				    .type = LW_REC_KEXEC, .epoch = 1, .seq = 1 };
	static const char head[] = "<6>[   1.000000] LWR1:00 cut\n";
	struct lw_decoded decoded = {};
	struct lw_stream stream;
	struct lw_saved log;
	size_t length;

	record.checksum = lw_checksum(&record);
	for (length = sizeof(head) - 1; length > sizeof(head) - 9; length--) {
		lw_saved_init(&log);
		lw_stream_init(&stream, &log);
		lw_stream_push(&stream, head, length);
		lw_stream_end(&stream);
		lw_stream_init(&stream, &log);
		lw_stream_push(&stream, (char *)&record, sizeof(record));
		lw_stream_end(&stream);
		assert_int_equal(lw_decode(log.records, log.record_length, &decoded), 0);
		assert_int_equal(decoded.count, 1);
		lw_decoded_free(&decoded);
		lw_saved_free(&log);
	}
}

static void fields_of_a_record(void **state)
{
	struct lw_saved *log;

	log = read_text("{\"message\": \"kernel: " FAULT "\", \"full\": \"<3>Nov 22 10:00:00 h kernel: "
			FAULT "\"}\n{\"full\": \"<3>Nov 22 10:00:00 h kernel: " OTHER
			"\", \"message\": \"" OTHER "\"}");
	assert_int_equal(log->faults, 2);
	log = read_text("{\"1\": \"[    1.000000] " FAULT "\", \"2\": \"[    2.000000] " FAULT "\"}");
	assert_int_equal(log->faults, 2);
}

/* "[    5.000000] dmar_fault: 30 callbacks suppressed\n" and a fault, and the fault alone. */
#define PART                                                                                       \
	"WyAgICA1LjAwMDAwMF0gZG1hcl9mYXVsdDogMzAgY2FsbGJhY2tzIHN1cHByZXNzZWQKWyAgICA1LjEw\n"       \
	"MDAwMF0gRE1BUjogW0RNQSBSZWFkIE5PX1BBU0lEXSBSZXF1ZXN0IGRldmljZSBbMDM6MDAuMF0gZmF1\n"       \
	"bHQgYWRkciAweDEwMDAgW2ZhdWx0IHJlYXNvbiAweDA2XSBQVEUgUmVhZCBhY2Nlc3MgaXMgbm90IHNl\n"       \
	"dAo=\n"
#define HEADERS "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n"

static void mail(void **state)
{
	struct lw_saved *log = read_text("From: a\n" HEADERS "X: y\n\n" PART);

	assert_int_equal(log->faults, 1);
	assert_int_equal(log->suppressed, 30);
	assert_true(lw_saved_complete(log));
	/* Plain and as HTML: once. What follows a part is read as before. */
	log = read_text("--b\n" HEADERS "\n" PART "--b\n" HEADERS "\n" PART "--b--\n[    6.000000] " FAULT "\n");
	assert_int_equal(log->faults, 2);
	assert_int_equal(log->suppressed, 30);
	assert_int_equal(log->twice, 1);
	/* With the line ends that a mail has on the wire. */
	log = read_text("content-transfer-encoding: BASE64\r\nX: y\r\n\r\n"
			"RE1BUjogRFJIRDogaGFuZGxpbmcgZmF1bHQgc3RhdHVzIHJlZyAzCg==\r\n\r\n--b\r\n");
	assert_int_equal(log->statuses, 1);
	/* What is no text, and what breaks off into something else. */
	log = read_text(HEADERS "\nH4sIAAAAAAAAAwMAAAAAAAAAAAA=\n");
	assert_int_equal(log->left_by[LW_SAVED_DAMAGED], 1);
	log = read_text(HEADERS "\nWyAg\n!!!\n");
	assert_int_equal(log->left_by[LW_SAVED_DAMAGED], 1);
	/* A header named in prose begins nothing; base64 that is text does. */
	log = read_text(HEADERS "so it says\n\nWyAgICA=\n" FAULT "\n");
	assert_int_equal(log->faults, 1);
	assert_true(lw_saved_complete(log));
	log = read_text("Hello,\n\n" PART FAULT "\n\n" PART);
	assert_int_equal(log->faults, 2);
	assert_int_equal(log->suppressed, 30);
	assert_int_equal(log->twice, 1);
}

static void coded(void **state)
{
	static const char pdf[] = "%PDF-1.7\n";
	struct lw_saved *log = read_text(
		"00000000: 444d 4152 3a20 4452 4844 3a20 6861 6e64  DMAR: DRHD: hand\n"
		"00000010: 6c69 6e67 2066 6175 6c74 2073 7461 7475  ling fault statu\n"
		"00000020: 7320 7265 6720 330a                      s reg 3.\n");

	assert_int_equal(log->statuses, 1);
	log = read_text("> 0000000   D   M   A   R   :       D   R   H   D   :       h   a   n   d\n"
			"> 0000020   l   i   n   g       f   a   u   l   t       s   t   a   t   u\n"
			"> 0000040   s       r   e   g       3  \\n\n> 0000050\n");
	assert_int_equal(log->statuses, 1);
	log = read_text("begin 644 log\n>1$U!4CH@1%)(1#H@:&%N9&QI;F<@9F%U;'0@<W1A='5S(')E9R`S\"@``\n`\nend\n");
	assert_int_equal(log->lines, 4);
	/* Numbers, a path and a long word are none. */
	log = read_text("000000 12 34\n000010 56\n/usr/lib/x86/64/linux/gnu/gconv/gconv/modules/cache/that/is/long/ok\n"
			"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" FAULT "\n");
	assert_int_equal(log->faults, 1);
	assert_true(lw_saved_complete(log));
	/* A line that a cut left without the driver's name, and without "fault". */
	log = read_text("x\n] Request device [03:00.0]\n");
	assert_int_equal(log->left_by[LW_SAVED_SPELLING], 1);
	/* What nobody here can read is told with what can. */
	log = read_text(pdf);
	assert_int_equal(log->left_by[LW_SAVED_ENCODED], 1);
	assert_non_null(strstr(log->left[0].text, "pdftotext"));
	log = read_text("Subject: =?utf-8?B?RE1BUjogRFJIRDogaGFuZGxpbmcgZmF1bHQgc3RhdHVzIHJlZyAz?=\n");
	assert_int_equal(log->left_by[LW_SAVED_QUOTED], 1);
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

static void journal_entries(void **state)
{
	struct lw_saved *log = read_text(
		"__CURSOR=s=2\n_SOURCE_MONOTONIC_TIMESTAMP=8\n_TRANSPORT=kernel\nMESSAGE=" FAULT "\n\n"
		/* logger, a program that calls itself kernel, and one that uses /dev/kmsg. */
		"__CURSOR=s=3\n_TRANSPORT=syslog\nSYSLOG_FACILITY=0\nMESSAGE=" FAULT "\n\n"
		"__CURSOR=s=5\n_TRANSPORT=kernel\nSYSLOG_FACILITY=1\nMESSAGE=" FAULT "\n\n"
		"__CURSOR=s=6\nMESSAGE=" OTHER "\n_TRANSPORT=kernel\n");
	char text[4096];
	size_t used;

	assert_int_equal(log->faults, 2);
	assert_int_equal(log->singles[0].fault.first_ns, 8000);
	assert_int_equal(log->left_by[LW_SAVED_PROGRAM], 2);

	/* A two-line fault is a binary field; what a program writes into one is no entry. */
	used = (size_t)sprintf(text, "__CURSOR=s=1\n_TRANSPORT=kernel\n");
	used += binary_field(text + used, "MESSAGE",
			     "DMAR:[DMA Write] Request device [00:02.0] fault addr 6df084000 \n"
			     "DMAR:[fault reason 05] PTE Write access is not set");
	used += (size_t)sprintf(text + used, "\n__CURSOR=s=2\n_TRANSPORT=journal\n");
	used += binary_field(text + used, "MESSAGE",
			     "x\n\n__CURSOR=s=3\n_TRANSPORT=kernel\nMESSAGE=" FAULT "\n\n");
	used += (size_t)sprintf(text + used, "\n");
	read_bytes(text, used, 0);
	assert_int_equal(log_.faults, 1);
	assert_int_equal(log_.singles[0].fault.rid, 0x10);
	assert_int_equal(log_.left_by[LW_SAVED_PROGRAM], 1);
	read_bytes(text, used - 30, 3);
	assert_int_equal(log_.left_by[LW_SAVED_DAMAGED], 1);

	log = read_text("Sun 2026-11-22 10:00:00.123450 CET [s=1;i=2]\n    PRIORITY=3\n"
			"    _TRANSPORT=kernel\n    _HOSTNAME=alpha\n    MESSAGE=" FAULT "\n"
			"Sun 2026-11-22 10:00:01.123450 CET [s=1;i=3]\n    MESSAGE=" FAULT "\n"
			"    _TRANSPORT=stdout\n");
	assert_int_equal(log->faults, 1);
	assert_string_equal(lw_saved_name(&log->hosts, log->singles[0].host), "alpha");
	assert_int_equal(log->left_by[LW_SAVED_PROGRAM], 1);
}

static void known(void **state)
{
	struct lw_fault fault = { .rid = 0x10, .reason = 6 }, other = { .rid = 0x18, .reason = 6 };
	struct lw_known list = {};

	assert_int_equal(lw_known_parse(&list, "# the iGPU\n\n 0000:00:02.0:0x06 # at boot\n00:03.0\n"),
			 0);
	assert_true(lw_known_has(&list, &fault) && lw_known_has(&list, &other));
	fault.reason = 5;
	other.reason = 5;
	assert_false(lw_known_has(&list, &fault));
	assert_true(lw_known_has(&list, &other));
	assert_int_equal(lw_known_parse(&list, "00:02.0\n00:02.0 06\n"), 2);
	assert_int_equal(lw_known_add(&list, "00:02.0:0x"), -22);
	assert_int_equal(lw_known_add(&list, "00:02"), -22);
}

static int teardown(void **state)
{
	lw_saved_free(&log_);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_search),
		cmocka_unit_test(two_halves_and_wraps),
		cmocka_unit_test(numbers_are_whole),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(others_are_not_believed),
		cmocka_unit_test(bullets),
		cmocka_unit_test(other_spellings),
		cmocka_unit_test(what_is_in_front),
		cmocka_unit_test(counting),
		cmocka_unit_test(nothing_is_not_zero),
		cmocka_unit_test(json),
		cmocka_unit_test(schema),
		cmocka_unit_test(records_behind_text),
		cmocka_unit_test(fields_of_a_record),
		cmocka_unit_test(mail),
		cmocka_unit_test(coded),
		cmocka_unit_test(blanks_and_rests),
		cmocka_unit_test(journal_entries),
		cmocka_unit_test(known),
	};

	lw_saved_init(&log_);
	return cmocka_run_group_tests(tests, NULL, teardown);
}
