// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every form of a fault behind everything that a log puts in front of it, read as a saved log: the words
 * are searched and what is before them is read backwards. tests/logs has whole shapes.
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

#include "line_fixture.h"
#include "saved_fixture.h"

struct prefix {
	const char *text;
	int facility; /* above 0: a program wrote it */
	uint64_t time_ns;
};

#define NO_TIME UINT64_MAX

/* Every way a log is shown or saved. */
static const struct prefix prefixes[] = {
	{ "", -1, NO_TIME },
	{ "[    0.000000] ", -1, 0 },
	{ "[ 1093.712738] ", -1, 1093712738000 },
	{ "[3713481.751007] ", -1, 3713481751007000 },
	{ "[    2.500000][T49880] ", -1, 2500000000 },
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

static void expect_form(const struct line_form *form, const struct prefix *prefix)
{
	char text[1024];
	const struct lw_saved *log;

	snprintf(text, sizeof(text), "%s%s\n", prefix->text, form->text);
	log = saved_of(text, strlen(text));
	if (prefix->facility > 0) {
		if (log->faults || log->left_by[LW_SAVED_PROGRAM] != 1)
			fail_msg("believed, or not told: %s", text);
		return;
	}
	if (log->faults != 1 || lw_saved_left_total(log))
		fail_msg("%" PRIu64 " faults, %" PRIu64 " left out: %s", log->faults, lw_saved_left_total(log), text);
	if (!line_is_form(&log->singles[0].fault, form))
		fail_msg("wrong value: %s", text);
	if (log->singles[0].fault.first_ns != prefix->time_ns)
		fail_msg("wrong time (%" PRIu64 "): %s", log->singles[0].fault.first_ns, text);
}

static void all_forms_behind_all_prefixes(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < line_form_count; i++) {
		for (j = 0; j < COUNT(prefixes); j++) {
			/* A line end ends the text of a /dev/kmsg record; there it is \x0a. */
			if (strchr(prefixes[j].text, ';') && strchr(line_forms[i].text, '\n'))
				continue;
			expect_form(&line_forms[i], &prefixes[j]);
		}
	}
	print_message("%zu forms behind %zu prefixes\n", line_form_count, COUNT(prefixes));
}

/* Cut anywhere, it is the same fault, or it is told to be cut, or no word of it is left. */
static void cut_anywhere(void **state)
{
	const struct lw_saved *log;
	size_t i, length, end, begin;

	(void)state;
	for (i = 0; i < line_form_count; i++) {
		const char *text = line_forms[i].text;

		end = (size_t)(strchr(strstr(text, "[fault"), ']') - text);
		begin = (size_t)(strstr(text, "Request device [") - text) + 16;
		for (length = 0; length <= strlen(text); length++) {
			log = saved_of(text, length);
			if (length > end) {
				assert_int_equal(log->faults, 1);
				assert_true(line_is_form(&log->singles[0].fault, &line_forms[i]));
			} else {
				assert_int_equal(log->faults, 0);
				if (length >= begin && !lw_saved_left_total(log))
					fail_msg("not told: %.*s", (int)length, text);
			}
		}
	}
}

/* In front of the two pieces of a broken line. */
static const struct {
	const char *first, *second;
} pieces[] = {
	{ "", "" }, { "> ", "> " }, { "[   12.345678] ", "               " }, { "[   12.345678] ", "[   12.345679] " },
	{ "Nov 22 10:00:00 a kernel: ", "Nov 22 10:00:00 a kernel: " },
	{ "Nov 22 10:00:00 a kernel: [   12.345678] ", "Nov 22 10:00:00 a kernel: " },
	{ "a ", "b " }, { "a: ", "b: " }, { "con: a ", "con: b " }, { "A1 ", "A2 " }, { "0xa ", "0xb " },
	{ "  1 ", "  2 " }, { "  9  ", " 10  " }, { "1: ", "2: " }, { "9) ", "10) " }, { "|", "|" }, { "| ", "| " },
	{ "- ", "  " }, { "* `", "  `" }, { "# ", "# " }, { "10:00:00 ", "10:00:01 " }, { "10:00 ", "10:01 " },
	{ "2026-11-22T10:00:00.1Z stdout P ", "2026-11-22T10:00:00.1Z stdout F " },
	{ "2026-11-22T10:00:00.1Z stdout P [   12.345678] ", "2026-11-22T10:00:00.1Z stdout F " },
	{ "host1 | ", "host1 | " }, { "cafe | ", "beef | " }, { "<3>", "<3>" }, { "\"", "\"" }, { "'", "'" },
	{ "\t", "\t" }, { "", "    " }, { "    ", "" }, { "", "\t" }, { "", "+" }, { "", ">" }, { "", "> " },
	{ "", "| " }, { "", "... " }, { "", "   12 " }, { "", "0: " }, { "", "0x1 " },
	{ "[1] ", "[2] " }, { "[a] ", "[b] " }, { "3,1,2,-;", "3,2,2,-;" }, { "d1 e2 ", "d1 e3 " },
	{ "00000010 ", "00000020 " }, { "deadbeef ", "cafebabe " }, { "c0: ", "c1: " },
};

/*
 * With the sanitizers nearly all of the time is for the tables that each log gets and gives back: there it is one in 29
 * places, of each pair of pieces other ones.
 */
#ifdef __SANITIZE_ADDRESS__
#define STEP 29
#else
#define STEP 1
#endif

/* Broken at any place it is the same fault, or told to be cut: never another one. */
static void broken_anywhere(void **state)
{
	unsigned int read = 0, told = 0;
	const struct lw_saved *log;
	size_t i, j, at;
	char text[1024];

	(void)state;
	for (i = 0; i < line_form_count; i++) {
		for (j = 0; j < COUNT(pieces); j++) {
			for (at = 1 + (i + j) % STEP; at < strlen(line_forms[i].text); at += STEP) {
				snprintf(text, sizeof(text), "%s%.*s\n%s%s\n", pieces[j].first, (int)at,
					 line_forms[i].text, pieces[j].second, line_forms[i].text + at);
				log = saved_of(text, strlen(text));
				if (log->faults > 1 || (!log->faults && !lw_saved_left_total(log)) ||
				    (log->faults && !line_is_form(&log->singles[0].fault, &line_forms[i])))
					fail_msg("%d faults, %d left out: %s", (int)log->faults,
						 (int)lw_saved_left_total(log), text);
				read += log->faults;
				told += !log->faults;
			}
		}
	}
	print_message("%u read, %u told to be cut\n", read, told);
	assert_true(read > told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms_behind_all_prefixes),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(broken_anywhere),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	saved_forget();
	return failed;
}
