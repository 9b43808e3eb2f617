// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The folder of stored hand-overs: what is written is found again and never changes, ids cannot
 * lead out of the folder, and damaged files are told from missing ones.
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
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/store.h"
#include "store_fixture.h"


static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void empty_store_has_nothing(void **unused)
{
	json_t *out = NULL;

	(void)unused;
	assert_int_equal(lw_store_list(state, &out), -ENOENT);
	assert_int_equal(lw_store_load(state, "a", &out), -ENOENT);
	assert_int_equal(lw_store_load_boot(state, "b", "", &out), -ENOENT);
	assert_null(out);
}

static void saved_report_is_found_again(void **unused)
{
	json_t *report = NULL;
	struct stat status;
	char path[256];

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	save(ID_C, 1, "2026-10-03T03:00:00Z", "boot-c");
	assert_int_equal(lw_store_load(state, ID_A, &report), 0);
	assert_string_equal(member(report, "id"), ID_A);
	json_decref(report);
	assert_int_equal(lw_store_load(state, "BBB", &report), 0);
	assert_string_equal(member(report, "id"), ID_C);
	json_decref(report);
	assert_int_equal(lw_store_load_boot(state, "boot-c", "", &report), 0);
	assert_string_equal(member(report, "id"), ID_C);
	json_decref(report);

	snprintf(path, sizeof(path), "%s/handovers/" ID_A, state);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0750);
	strcat(path, "/report-1.json");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
}

static void latest_revision_wins(void **unused)
{
	json_t *report;
	int i;

	(void)unused;
	for (i = 1; i <= 11; i++) {
		report = make_report(ID_A, "2026-10-03T02:00:00Z", "boot-a");
		json_object_set_new(report, "revision", json_integer(i));
		assert_int_equal(lw_store_save(state, ID_A, (uint32_t)i, report), 0);
		json_decref(report);
	}
	/* Left behind by a crash, or by somebody: no revisions. */
	write_raw("handovers/" ID_A "/report-12.json.77.new", "{");
	write_raw("handovers/" ID_A "/report-013.json", "{");
	write_raw("handovers/" ID_A "/report-99x.json", "{");
	assert_int_equal(lw_store_load(state, ID_A, &report), 0);
	assert_int_equal(json_integer_value(json_object_get(report, "revision")), 11);
	json_decref(report);
}

static void reports_do_not_change(void **unused)
{
	json_t *report;

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	report = make_report(ID_A, "2026-10-03T02:00:01Z", "boot-a");
	assert_int_equal(lw_store_save(state, ID_A, 1, report), -EEXIST);
	assert_int_equal(lw_store_save(state, ID_A, 0, report), -EINVAL);
	assert_int_equal(lw_store_save(state, ID_B, 1, report), -EINVAL);
	json_decref(report);
}

/* Without its end, and with something behind it. */
static void nearly_the_same_is_another(void **unused)
{
	json_t *report = make_report(ID_A, "2026-10-03T02:00:00Z", "boot-a");
	struct stat status;
	char path[128];
	FILE *file;

	(void)unused;
	assert_int_equal(lw_store_save(state, ID_A, 1, report), 0);
	snprintf(path, sizeof(path), "%s/handovers/" ID_A "/report-1.json", state);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs("\n", file);
	fclose(file);
	assert_int_equal(lw_store_save(state, ID_A, 1, report), -EEXIST);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(truncate(path, status.st_size - 1), 0);
	assert_int_equal(lw_store_save(state, ID_A, 1, report), 0);
	assert_int_equal(truncate(path, status.st_size - 2), 0);
	assert_int_equal(lw_store_save(state, ID_A, 1, report), -EEXIST);
	json_decref(report);
}

static void prefixes_must_be_unique(void **unused)
{
	json_t *report = NULL;

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	save(ID_B, 1, "2026-10-03T03:00:00Z", "boot-b");
	assert_int_equal(lw_store_load(state, "aaaa", &report), -ENOTUNIQ);
	assert_int_equal(lw_store_load(state, "b", &report), -ENOENT);
	assert_int_equal(lw_store_load(state, ID_B, &report), 0);
	json_decref(report);
}

static void ids_cannot_leave_the_folder(void **unused)
{
	static const char *const bad[] = { "",	     ".", "..",	    "../x", "/etc", "a/..",
					   "aaaa\n", "g", ID_A "0", "%s",   "*" };
	json_t *report = make_report("../../x", "", "");
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *out = NULL;

		assert_int_equal(lw_store_load(state, bad[i], &out), -EINVAL);
		assert_int_equal(lw_store_save(state, bad[i], 1, report), -EINVAL);
		assert_int_equal(lw_store_save_evidence(state, bad[i], "x", "", 0), -EINVAL);
	}
	assert_int_equal(lw_store_save(state, "../../x", 1, report), -EINVAL);
	json_decref(report);
}

static void evidence_lies_beside_and_stays(void **unused)
{
	static const char *const bad[] = { "", ".x", "..", "a/b", "report-1.json", "a b", "\n" };
	json_t *out = NULL;
	size_t i;

	(void)unused;
	assert_int_equal(lw_store_save_evidence(state, ID_A, "pages.bin", "\0raw", 4), 0);
	assert_int_equal(lw_store_save_evidence(state, ID_A, "pages.bin", "\0raw", 4), 0);
	assert_int_equal(lw_store_save_evidence(state, ID_A, "pages.bin", "\0raX", 4), -EEXIST);
	assert_int_equal(lw_store_save_evidence(state, ID_A, "pages.bin", "", 0), -EEXIST);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(lw_store_save_evidence(state, ID_A, bad[i], "", 0), -EINVAL);
	assert_int_equal(lw_store_load(state, ID_A, &out), -ENODATA);
	assert_int_equal(lw_store_list(state, &out), 0);
	assert_string_equal(member(json_array_get(out, 0), "problem"),
			    "evidence only, no report yet");
	json_decref(out);
}

static void list_is_newest_first(void **unused)
{
	json_t *list;

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	save(ID_B, 1, "2027-01-01T00:00:00Z", "boot-b");
	save(ID_C, 1, "2026-12-31T23:59:59Z", "boot-c");
	write_raw("handovers/not-an-id", "");
	assert_int_equal(lw_store_list(state, &list), 0);
	assert_int_equal(json_array_size(list), 3);
	assert_string_equal(member(json_array_get(list, 0), "id"), ID_B);
	assert_string_equal(member(json_array_get(list, 1), "id"), ID_C);
	assert_string_equal(member(json_array_get(list, 2), "id"), ID_A);
	assert_string_equal(member(json_array_get(list, 0), "verdict"), "clean");
	json_decref(list);
}

static void save_number(const char *id, uint64_t number, const char *collected, const char *verdict)
{
	json_t *report = make_report(id, collected, id);

	json_object_set_new(report, "number", json_integer((json_int_t)number));
	json_object_set_new(report, "verdict", json_string(verdict));
	assert_int_equal(lw_store_save(state, id, 1, report), 0);
	json_decref(report);
}

/* A violation that was collected while the clock stood at 2006 is not hidden behind an older clean one. */
static void order_of_collecting(void **unused)
{
	json_t *list;

	(void)unused;
	save_number(ID_A, 1, "2026-10-03T02:00:00Z", "clean");
	save_number(ID_B, 2, "2006-01-01T00:01:00Z", "violation");
	assert_int_equal(lw_store_list(state, &list), 0);
	assert_string_equal(member(json_array_get(list, 0), "id"), ID_B);
	assert_string_equal(member(json_array_get(list, 0), "verdict"), "violation");
	json_decref(list);
	/* One that nobody gave a number is older than those that have one. */
	save(ID_C, 1, "2027-01-01T00:00:00Z", "boot-c");
	assert_int_equal(lw_store_list(state, &list), 0);
	assert_string_equal(member(json_array_get(list, 0), "id"), ID_B);
	assert_string_equal(member(json_array_get(list, 2), "id"), ID_C);
	json_decref(list);
}

static void numbers(void **unused)
{
	(void)unused;
	save_number(ID_A, 41, "2026-10-03T02:00:00Z", "clean");
	assert_int_equal(lw_store_next_number(state), 42);
	assert_int_equal(lw_store_next_number(state), 43);
	/* The file is damaged: the reports know. */
	write_raw("handovers/number", "x");
	assert_int_equal(lw_store_next_number(state), 42);
}

/* Evidence without a report is of the boot that it says, whatever the clock said then. */
static void boot_of_evidence(void **unused)
{
	json_t *out = NULL;
	char path[256];

	(void)unused;
	snprintf(path, sizeof(path), "%s/handovers/" ID_A, state);
	save(ID_B, 1, "2006-10-03T02:00:00Z", "boot-b");
	assert_int_equal(mkdir(path, 0750), 0);
	write_raw("handovers/" ID_A "/evidence.json", "{\"boot\": \"kexec\", \"boot_id\": \"boot-a\"}");
	assert_int_equal(lw_store_load_boot(state, "boot-a", "2999-01-01T00:00:00Z", &out), -ENODATA);
	assert_int_equal(lw_store_load_boot(state, "boot-c", "", &out), -ENOENT);
	assert_null(out);
}

static void damage_is_told_from_absence(void **unused)
{
	static const char *const bad[] = { "",
					   "{",
					   "[]",
					   "{}",
					   "{\"id\":\"" ID_B "\"}",
					   "{\"id\":\"" ID_A "\",\"id\":\"" ID_A "\"}",
					   "{\"id\":\"" ID_A "\"} x",
					   "\xff" };
	json_t *out = NULL;
	char path[256];
	size_t i;

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_raw("handovers/" ID_A "/report-1.json", bad[i]);
		assert_int_equal(lw_store_load(state, ID_A, &out), -EBADMSG);
		/* It may have been this boot's report, unless this boot is younger. */
		assert_int_equal(lw_store_load_boot(state, "boot-a", "", &out), -EBADMSG);
		assert_int_equal(lw_store_load_boot(state, "boot-a", "2999-01-01T00:00:00Z", &out),
				 -ENOENT);
		assert_null(out);
	}
	/* Neither a pipe nor a link is read. */
	snprintf(path, sizeof(path), "%s/handovers/" ID_A "/report-1.json", state);
	assert_int_equal(remove(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(lw_store_load(state, ID_A, &out), -EBADMSG);
	assert_int_equal(remove(path), 0);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(lw_store_load(state, ID_A, &out), -EBADMSG);
}

/* Evidence without a report: of a hand-over that is still to be judged, or of what survived a reset. */
static void evidence_alone_is_no_damage(void **unused)
{
	json_t *out = NULL;
	char path[256];

	(void)unused;
	save(ID_A, 1, "2026-10-03T02:00:00Z", "boot-a");
	snprintf(path, sizeof(path), "%s/handovers/" ID_A "/report-1.json", state);
	assert_int_equal(remove(path), 0);
	write_raw("handovers/" ID_A "/evidence.json", "{\"boot\":\"kexec\"}");
	assert_int_equal(lw_store_load_boot(state, "boot-b", "", &out), -ENODATA);
	write_raw("handovers/" ID_A "/evidence.json", "{\"boot\":\"cold\"}");
	assert_int_equal(lw_store_load_boot(state, "boot-b", "", &out), -ENOENT);
	write_raw("handovers/" ID_A "/evidence.json", "{\"boot\":");
	assert_int_equal(lw_store_load_boot(state, "boot-b", "", &out), -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_store_has_nothing),	      TEST(saved_report_is_found_again),
		TEST(latest_revision_wins),	      TEST(reports_do_not_change),
		TEST(nearly_the_same_is_another),
		TEST(prefixes_must_be_unique),	      TEST(ids_cannot_leave_the_folder),
		TEST(evidence_alone_is_no_damage),
		TEST(evidence_lies_beside_and_stays), TEST(list_is_newest_first), TEST(order_of_collecting), TEST(numbers),
		TEST(boot_of_evidence),
		TEST(damage_is_told_from_absence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
