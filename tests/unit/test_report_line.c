// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report in one line: what it says is what the report says, the digest is that of the file, a
 * line is never too long, and the file of them keeps whole lines only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fields.h"
#include "base/io.h"
#include "report/line.h"
#include "report/store.h"
#include "report/tell.h"
#include "sample.h"
#include "store_fixture.h"

static void says_what_the_report_says(void **unused)
{
	json_t *report = load_sample("violation"), *line;
	uint64_t count;

	(void)unused;
	json_object_set_new(report, "entry_states", json_pack("{si, si}", "leaked", 3, "lost", 0));
	json_object_set_new(report, "ring", json_string("canary"));
	json_object_set_new(report, "correlation", json_string("job-7"));
	json_object_set_new(report, "build_id", json_pack("{ss, ss}", "old", "aa", "new", "bb"));
	line = lw_report_line(report);
	assert_string_equal(lw_field_raw(line, "schema"), "luwatch.summary/1");
	assert_string_equal(lw_field_raw(line, "verdict"), "violation");
	assert_string_equal(lw_field_raw(line, "handover"), lw_field_raw(report, "id"));
	assert_string_equal(lw_field_raw(line, "kernel.new"), lw_field_raw(report, "kernel.new"));
	assert_string_equal(lw_field_raw(line, "boot.old"), lw_field_raw(report, "boot.old"));
	assert_string_equal(lw_field_raw(line, "build_id.new"), "bb");
	assert_string_equal(lw_field_raw(line, "ring"), "canary");
	assert_string_equal(lw_field_raw(line, "correlation"), "job-7");
	assert_true(lw_field_count(line, "entries.leaked", &count));
	assert_int_equal(count, 3);
	assert_true(lw_field_count(line, "findings.I1", &count) && count);
	json_decref(line);
	json_decref(report);
}

/* What is not known must not read as none. */
static void nothing_known_is_null(void **unused)
{
	json_t *report = json_object(), *line = lw_report_line(report), *value;
	const char *name;

	(void)unused;
	json_object_foreach(line, name, value)
		if (strcmp(name, "schema") && strcmp(name, "report_sha256") && strcmp(name, "final") &&
		    !json_is_object(value))
			assert_true(json_is_null(value));
	assert_true(json_is_null(lw_field(line, "entries.leaked")));
	json_decref(line);
	json_decref(report);
}

/* A clean word above a failed check is not passed on. */
static void no_false_clean(void **unused)
{
	json_t *report = load_sample("violation"), *line;

	(void)unused;
	json_object_set_new(report, "verdict", json_string("clean"));
	line = lw_report_line(report);
	assert_true(json_is_null(lw_field(line, "verdict")));
	json_decref(line);
	json_decref(report);
}

static void digest_is_of_the_file(void **unused)
{
	LW_FREE char *command = NULL;
	json_t *report, *line;
	char digest[65] = "";
	FILE *pipe;

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	assert_int_equal(lw_store_load(state, ID_A, &report), 0);
	line = lw_report_line(report);
	command = lw_format("sha256sum %s/handovers/" ID_A "/report-1.json", state);
	pipe = popen(command, "r");
	assert_int_equal(fscanf(pipe, "%64s", digest), 1);
	pclose(pipe);
	assert_string_equal(lw_field_raw(line, "report_sha256"), digest);
	json_decref(line);
	json_decref(report);
}

static void never_too_long(void **unused)
{
	json_t *report = load_sample("violation"), *labels = json_object(), *host;
	LW_FREE char *text = NULL;
	LW_FREE char *all = NULL;
	char name[40];
	int i;

	(void)unused;
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "label_%026d", i);
		json_object_set_new(labels, name, json_string("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
							      "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"));
	}
	json_object_set_new(report, "labels", labels);
	text = lw_report_line_text(report);
	assert_true(strlen(text) <= LW_LINE_MAX);
	assert_non_null(strstr(text, "\"labels\":null"));
	assert_non_null(strstr(text, "\"left_out\":[\"labels\"]"));
	assert_non_null(strstr(text, "\"verdict\":\"violation\""));
	host = json_object_get(report, "host");
	json_object_set_new(host, "name", json_sprintf("%4000d", 1));
	json_object_set_new(json_object_get(report, "kernel"), "new", json_sprintf("%4000d", 1));
	all = lw_report_line_text(report);
	assert_true(strlen(all) <= LW_LINE_MAX);
	assert_non_null(strstr(all, "\"verdict\":\"violation\""));
	json_decref(report);
}

static char *content(const char *path)
{
	char *bytes = NULL;
	size_t length;

	assert_int_equal(lw_read_file(path, 1 << 20, (uint8_t **)&bytes, &length), 0);
	return bytes;
}

static void whole_lines_only(void **unused)
{
	LW_FREE char *path = lw_format("%s/summary.jsonl", state), *before = lw_format("%s.1", path);
	LW_FREE char *text = NULL, *old = NULL, *new = NULL;

	(void)unused;
	assert_int_equal(lw_summary_file_has(path, "{1}\n"), 0);
	assert_int_equal(lw_summary_file_append(path, "{1}\n", 16), 0);
	write_raw("summary.jsonl", "{1}\n{to"); /* a crash in the middle of a line */
	assert_int_equal(lw_summary_file_append(path, "{2}\n", 16), 0);
	text = content(path);
	assert_string_equal(text, "{1}\n{to\n{2}\n");
	assert_int_equal(lw_summary_file_has(path, "{2}\n"), 1);
	assert_int_equal(lw_summary_file_has(path, "2}\n"), 0);
	assert_int_equal(lw_summary_file_append(path, "{3}\n", 12), 0);
	old = content(before);
	new = content(path);
	assert_string_equal(old, "{1}\n{to\n{2}\n");
	assert_string_equal(new, "{3}\n");
	assert_int_equal(lw_summary_file_has(path, "{2}\n"), 1);
}

static void many_writers(void **unused)
{
	LW_FREE char *path = lw_format("%s/summary.jsonl", state), *before = lw_format("%s.1", path);
	LW_FREE char *all = NULL, *new = NULL;
	LW_FREE char *old = NULL;
	char line[32];
	int i, j, status;

	(void)unused;
	for (i = 0; i < 4; i++) {
		if (fork())
			continue;
		for (j = 0; j < 50; j++) {
			snprintf(line, sizeof(line), "{\"%d\":%d}\n", i, j);
			if (lw_summary_file_append(path, line, 1500))
				_exit(1);
		}
		_exit(0);
	}
	for (i = 0; i < 4; i++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	old = content(before);
	new = content(path);
	all = lw_format("%s%s", old, new);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 50; j++) {
			snprintf(line, sizeof(line), "{\"%d\":%d}\n", i, j);
			assert_non_null(strstr(all, line));
		}
}

static void full_disk(void **unused)
{
	LW_FREE char *path = lw_format("%s/summary.jsonl", state);
	LW_FREE char *text = NULL;
	int status;

	(void)unused;
	assert_int_equal(lw_summary_file_append(path, "{1}\n", 1000), 0);
	if (!fork()) {
		struct rlimit limit = { 6, 6 };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(lw_summary_file_append(path, "{\"long\":2}\n", 1000) == -EFBIG ? 0 : 1);
	}
	wait(&status);
	assert_int_equal(status, 0);
	text = content(path);
	assert_string_equal(text, "{1}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_report_says),
		cmocka_unit_test(nothing_known_is_null),
		cmocka_unit_test(no_false_clean),
		TEST(digest_is_of_the_file),
		cmocka_unit_test(never_too_long),
		TEST(whole_lines_only),
		TEST(many_writers),
		TEST(full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
