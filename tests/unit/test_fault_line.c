// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reader of the kernel's records against every form of a fault that it knows. test_log_forms.c
 * does the same with logs that somebody saved, test_fault_line_data.c with a larger collection.
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

/* Heads of /dev/kmsg, each with its facility and time. */
static const struct {
	const char *text;
	int facility;
	uint64_t time_ns, sequence;
} heads[] = {
	{ "3,439,13396476,-;", 0, 13396476000, 439 },
	{ "3,439,13396476,-,caller=T1;", 0, 13396476000, 439 },
	{ "12,18446744073709551615,1,-;", 1, 1000, UINT64_MAX },
	{ "3,0,0,-;", 0, 0, 0 },
};

static void all_forms_behind_all_heads(void **state)
{
	char text[1024];
	struct lw_line line;
	size_t i, j, n;
	const char *at;

	(void)state;
	for (i = 0; i < line_form_count; i++) {
		for (j = 0; j < COUNT(heads); j++) {
			n = strlen(heads[j].text);
			memcpy(text, heads[j].text, n);
			/* A line end ends the text of a record; in it there is the kernel's escape. */
			for (at = line_forms[i].text; *at; at++)
				n += (size_t)sprintf(text + n, *at == '\n' ? "\\x0a" : "%c", *at);
			line = line_of_record(text, n);
			if (!line_is_form(&line.fault, &line_forms[i]))
				fail_msg("not as it is: %.*s", (int)n, text);
			assert_int_equal(line.kind, line_forms[i].flags == LW_FAULT_INTERRUPT ?
							    LW_LINE_INTERRUPT_FAULT : LW_LINE_FAULT);
			assert_true(line.kmsg && !line.incomplete);
			assert_int_equal(line.facility, heads[j].facility);
			assert_true(line.time_ns == heads[j].time_ns && line.sequence == heads[j].sequence);
			assert_true(line.fault.first_ns == line.time_ns && line.fault.last_ns == line.time_ns);
		}
	}
}

/* The live log is read strictly: the same words in any other dress are nobody's. */
static void nothing_but_records(void **state)
{
	static const char *const others[] = {
		"", "<3>", "[    1.000000] ", "kern  :err   : [    1.000000] ", "kernel: ",
		"Feb 01 15:38:31 host kernel: ", "3,1,2;", "3,1,-;", "x3,1,2,-;", "3,1,2,-\n;", " 3,1,2,-;",
	};
	char text[1024];
	struct lw_line line;
	size_t i, j;

	(void)state;
	for (i = 0; i < line_form_count; i++) {
		for (j = 0; j < COUNT(others); j++) {
			snprintf(text, sizeof(text), "%s%s", others[j], line_forms[i].text);
			line = line_of_record(text, strlen(text));
			assert_true(!line.kmsg && line.facility == -1);
			assert_int_equal(line.kind, LW_LINE_OTHER);
		}
	}
}

/* Cut anywhere, a fault is either not one or (only its words are cut) the same one. */
static void cut_anywhere(void **state)
{
	const char *end;
	struct lw_line whole, line;
	size_t i, length;

	(void)state;
	for (i = 0; i < line_form_count; i++) {
		whole = line_of_text(line_forms[i].text);
		end = strchr(strstr(line_forms[i].text, "[fault"), ']');
		for (length = 0; length < strlen(line_forms[i].text); length++) {
			line = line_of(line_forms[i].text, length);
			if (length <= (size_t)(end - line_forms[i].text)) {
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
		assert_true(line_of(line_forms[i].text, (size_t)(end - line_forms[i].text)).incomplete);
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
		cmocka_unit_test(all_forms_behind_all_heads),
		cmocka_unit_test(nothing_but_records),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(each_byte_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
