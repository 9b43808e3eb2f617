// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `luwatch report --list`: what a line says is what the report says, what is not known is a "?" or
 * null and never a nought, and nothing that a terminal would obey comes out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fields.h"
#include "report/summary.h"
#include "text/list.h"
#include "sample.h"

#define ID "c0ffee00000000000000000000000001"

static json_t *counted_report(void)
{
	json_t *report = load_sample("violation");

	json_object_set_new(report, "id", json_string(ID));
	json_object_set_new(report, "entry_states",
			    json_pack("{si, si, si, si, si}", "cleared", 65000, "kept", 12, "leaked",
				      3, "lost", 0, "altered", 1));
	json_object_set_new(report, "losses", json_pack("{si, si}", "a", 4, "b", 5));
	return report;
}

/* The table of one hand-over; to be freed. */
static char *table_of(json_t *report, const char *problem, const char *boot_id)
{
	struct lw_style style = { .width = 100 };
	json_t *list = json_array();
	char *text = NULL;
	size_t size;

	json_array_append_new(list, lw_summary_of(report, ID, report ? 2 : 0, "2026-01-02T03:04:05Z",
						  problem));
	style.out = open_memstream(&text, &size);
	lw_summary_table(&style, list, boot_id);
	fclose(style.out);
	json_decref(list);
	json_decref(report);
	return text;
}

static void a_line_says_what_the_report_says(void **state)
{
	char *text = table_of(counted_report(), NULL, "another boot");
	const char *line = strchr(text, '\n') + 1;

	(void)state;
	assert_non_null(strstr(line, "c0ffee000000  2026-10-03 02:11:40  violation   2 final "));
	assert_non_null(strstr(line, " 0.4 ms   65000    12      3     -       1      12      9  "));
	assert_non_null(strstr(line, "6.12.117+deb12-amd64 -> 7.2.4-1-amd64\n"));
	assert_int_equal(line[0], ' ');
	free(text);
}

static void columns_stand_under_their_heads(void **state)
{
	static const char *const heads[] = { "CLEARED", "KEPT", "LEAKED", "LOST", "ALTERED", "LOSSES" };
	static const char *const values[] = { "65000", "12", "3", "-", "1", "9" };
	char *text = table_of(counted_report(), NULL, "");
	const char *line = strchr(text, '\n') + 1;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		size_t end = strstr(text, heads[i]) - text + strlen(heads[i]);
		size_t length = strlen(values[i]);

		assert_memory_equal(line + end - length, values[i], length);
		assert_int_equal(line[end - length - 1], ' ');
		assert_int_equal(line[end], ' ');
	}
	free(text);
}

static void the_boot_of_now_has_a_star(void **state)
{
	json_t *report = counted_report();
	char boot[64];
	char *text;

	(void)state;
	snprintf(boot, sizeof(boot), "%s", lw_field_raw(report, "boot.new"));
	text = table_of(report, NULL, boot);
	assert_non_null(strstr(text, "\n* c0ffee"));
	free(text);
}

static void what_is_not_known_is_no_nought(void **state)
{
	json_t *report = load_sample("violation"), *item;
	char *text;

	(void)state;
	json_object_del(report, "entry_states");
	json_object_del(report, "losses");
	json_object_set_new(report, "faults", json_string("none"));
	json_object_set_new(json_object_get(report, "time"), "shutdown_path_ns", json_integer(-1));
	item = lw_summary_of(report, ID, 1, "", NULL);
	assert_true(json_is_null(json_object_get(item, "entries")));
	assert_true(json_is_null(json_object_get(item, "faults")));
	assert_true(json_is_null(json_object_get(item, "losses")));
	assert_true(json_is_null(json_object_get(item, "shutdown_path_ns")));
	json_decref(item);
	text = table_of(report, NULL, "");
	assert_non_null(strstr(text, " ?       ?     ?      ?     ?       ?       ?      ?  "));
	free(text);
}

static void a_damaged_report_says_so(void **state)
{
	char *text = table_of(NULL, "the report is damaged", "");

	(void)state;
	assert_non_null(strstr(text, "2026-01-02 03:04:05  damaged     the report is damaged\n"));
	free(text);
}

static void nothing_hostile_comes_out(void **state)
{
	json_t *report = counted_report();
	char *text;

	(void)state;
	json_object_set_new(json_object_get(report, "kernel"), "old",
			    json_string("6.12\n  fake line\x1b[2J"));
	json_object_set_new(json_object_get(report, "time"), "shutdown",
			    json_string("2026\n\x1b]0;x\x07-not-a-time-at-all"));
	text = table_of(report, NULL, "");
	assert_null(strchr(text, '\x1b'));
	assert_null(strchr(text, '\x07'));
	assert_null(strstr(text, "\n  fake"));
	assert_non_null(strstr(text, "6.12\\x0a  fake line\\x1b[2J ->"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_what_the_report_says),
		cmocka_unit_test(columns_stand_under_their_heads),
		cmocka_unit_test(the_boot_of_now_has_a_star),
		cmocka_unit_test(what_is_not_known_is_no_nought),
		cmocka_unit_test(a_damaged_report_says_so),
		cmocka_unit_test(nothing_hostile_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
