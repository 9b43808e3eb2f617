// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The readers of the live log and of saved ones against a collection of real lines: a file of rows
 * "variant <tab> kind <tab> prefix <tab> line", named by LUWATCH_LINES. What is expected of a row
 * comes from its kind and from regular expressions over the line, which know nothing of the parser.
 * Without the file there is nothing to check and the test says so; test_fault_line.c has every form.
 */
#include <inttypes.h>
#include <regex.h>
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
#include "skip.h"

#define DEFAULT_LINES "../shared/data/dmar-lines.tsv"

enum pattern { DEVICE, REASON, ACCESS, WHERE, PASID, STAMP, KMSG, STATUS, LIMIT, PATTERNS };

static const char *const patterns[PATTERNS] = {
	[DEVICE] =
		"device \\[*(([0-9a-f]{4,5}):)?(0x)?([0-9a-f]{2}):(0x)?([0-9a-f]{2})\\.([0-7])\\]",
	[REASON] = "fault reason (0x)?([0-9a-f]+)\\]",
	[ACCESS] = "\\[DMA (Read|Write)[] ]",
	[WHERE] = "fault (addr|index) (0x)?([0-9a-f]+)",
	[PASID] = "[^_]PASID (0x)?([0-9a-f]+)",
	[STAMP] = "(^|[ >])\\[ *([0-9]+)\\.([0-9]{6})\\]",
	[KMSG] = "^([0-9]+),([0-9]+),([0-9]+),",
	[STATUS] = "status reg ([0-9a-f]+)",
	[LIMIT] = "fault: ([0-9]+) callbacks",
};

static regex_t compiled[PATTERNS];
static regmatch_t found[9];

/* Whether LINE has PATTERN; the subexpressions are then in found[]. */
static bool has(enum pattern pattern, const char *line)
{
	return !regexec(&compiled[pattern], line, 9, found, 0);
}

static uint64_t number(const char *line, int group, int base)
{
	return found[group].rm_so < 0 ? 0 : strtoull(line + found[group].rm_so, NULL, base);
}

static bool empty(int group)
{
	return found[group].rm_so == found[group].rm_eo;
}

static void expect(bool right, const char *what, const char *line)
{
	if (!right)
		fail_msg("wrong %s: %s", what, line);
}

static void check_fault(const char *text, const struct lw_fault *fault, bool interrupt)
{
	uint64_t source, segment, pasid = LW_NO_PASID, address;
	uint32_t flags = interrupt ? LW_FAULT_INTERRUPT : 0;
	bool segment_known;

	expect(has(DEVICE, text), "device (none in the row)", text);
	segment_known = found[2].rm_so >= 0;
	segment = number(text, 2, 16);
	source = number(text, 4, 16) << 8 | number(text, 6, 16) << 3 | number(text, 7, 10);
	expect(fault->rid == (segment << 16 | source), "requester ID", text);
	expect(fault->segment_known == segment_known, "segment", text);

	expect(has(REASON, text), "reason (none in the row)", text);
	expect(fault->reason == number(text, 2, empty(1) ? 10 : 16), "reason", text);

	if (!interrupt) {
		expect(has(ACCESS, text), "type (none in the row)", text);
		if (text[found[1].rm_so] == 'R')
			flags |= LW_FAULT_READ;
	}
	expect(fault->flags == flags, "type", text);

	expect(has(WHERE, text), "address (none in the row)", text);
	expect((text[found[1].rm_so] == 'i') == interrupt, "kind", text);
	address = number(text, 3, 16);
	expect(fault->address_known && fault->address == address, "address", text);

	if (has(PASID, text))
		pasid = number(text, 2, 16);
	expect(fault->pasid == pasid, "PASID", text);
}

/* The time that the row shows; UINT64_MAX without one. */
static uint64_t time_of(const char *text)
{
	if (has(KMSG, text))
		return number(text, 3, 10) * 1000;
	if (has(STAMP, text))
		return number(text, 2, 10) * 1000000000 + number(text, 3, 10) * 1000;
	return UINT64_MAX;
}

/* "\n" in a field stands for a line end. */
static void unfold(char *text)
{
	char *at = text;

	for (; *text; text++, at++) {
		*at = *text;
		if (text[0] == '\\' && text[1] == 'n') {
			*at = '\n';
			text++;
		}
	}
	*at = '\0';
}

/* A record of the live log: read strictly. */
static void check_record(const char *kind, const char *text, const struct lw_line *line)
{
	if (strcmp(lw_line_kind_name(line->kind), kind))
		fail_msg("%s instead of %s: %s", lw_line_kind_name(line->kind), kind, text);
	if (!strcmp(kind, "fault") || !strcmp(kind, "irfault"))
		check_fault(text, &line->fault, kind[0] == 'i');
	if (!strcmp(kind, "status"))
		expect(has(STATUS, text) && line->status == number(text, 1, 16), "status", text);
	if (!strcmp(kind, "ratelimit"))
		expect(has(LIMIT, text) && line->suppressed == number(text, 1, 10), "count", text);
}

static void check_row(const char *kind, const char *prefix, const char *text)
{
	bool fault = !strcmp(kind, "fault") || !strcmp(kind, "irfault");
	const struct lw_saved *log;
	struct lw_line line;

	if (!strcmp(prefix, "none"))
		check_record(kind, text, (line = line_of_text(text), &line));
	if (!strcmp(prefix, "kmsg")) {
		line = line_of_record(text, strlen(text));
		check_record(kind, text, &line);
		expect(line.time_ns == time_of(text) && !line.facility, "time", text);
	}
	log = saved_of(text, strlen(text));
	expect(log->faults == fault, "number of faults", text);
	if (fault) {
		check_fault(text, &log->singles[0].fault, kind[0] == 'i');
		expect(log->singles[0].fault.first_ns == time_of(text), "time of the fault", text);
	}
	expect(log->statuses == !strcmp(kind, "status"), "number of statuses", text);
	expect(log->suppressed == (strcmp(kind, "ratelimit") ? 0 : has(LIMIT, text) ? number(text, 1, 10) : 1),
	       "suppressed", text);
	if (strcmp(kind, "negative"))
		expect(!lw_saved_left_total(log), "(left out)", text);
}

static void all_rows(void **state)
{
	const char *path = getenv("LUWATCH_LINES");
	char *row = NULL, *rest, *kind, *prefix, *text;
	unsigned int rows = 0, faults = 0;
	size_t room = 0, i;
	FILE *file;

	(void)state;
	path = path && *path ? path : DEFAULT_LINES;
	file = fopen(path, "re");
	if (!file)
		skip_because("no collection of lines at %s (LUWATCH_LINES names one)", path);
	for (i = 0; i < PATTERNS; i++)
		assert_int_equal(regcomp(&compiled[i], patterns[i], REG_EXTENDED), 0);
	while (getline(&row, &room, file) > 0) {
		rest = row;
		row[strcspn(row, "\n")] = '\0';
		strsep(&rest, "\t");
		kind = strsep(&rest, "\t");
		prefix = strsep(&rest, "\t");
		text = rest;
		if (!text || !strcmp(kind, "kind"))
			continue;
		unfold(text);
		check_row(kind, prefix, text);
		rows++;
		faults += !strcmp(kind, "fault") || !strcmp(kind, "irfault");
	}
	free(row);
	fclose(file);
	saved_forget();
	for (i = 0; i < PATTERNS; i++)
		regfree(&compiled[i]);
	print_message("%u rows checked, %u of them faults (%s)\n", rows, faults, path);
	assert_true(rows > 0 && faults > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
