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
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pci_names.h"
#include "command/command.h"
#include "report/store.h"

#define ID_A "aaaa0000000000000000000000000001"
#define ID_B "aaaa0000000000000000000000000002"
#define ID_C "bbbb0000000000000000000000000003"

static char state[64];

static int make_state(void **unused)
{
	(void)unused;
	strcpy(state, "/tmp/luwatch-test-store-XXXXXX");
	umask(022);
	return mkdtemp(state) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static int remove_state(void **unused)
{
	(void)unused;
	return nftw(state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static json_t *make_report(const char *id, const char *collected, const char *boot)
{
	return json_pack("{ss, ss, ss, sb, ss, s{s{ss}}, s{ss, ss}, s{ss}}", "schema",
			 "luwatch.report/1", "id", id, "verdict", "clean", "final", 1, "headline",
			 "CLEAN", "invariants", "I12", "result", "pass", "boot", "kind", "kexec",
			 "new", boot, "time", "collected", collected);
}

static void save(const char *id, uint32_t revision, const char *collected, const char *boot)
{
	json_t *report = make_report(id, collected, boot);

	assert_non_null(report);
	assert_int_equal(lw_store_save(state, id, revision, report), 0);
	json_decref(report);
}

static void write_raw(const char *relative, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", state, relative);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

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

/* Runs `luwatch report` on the test's folder with its output thrown away. */
static int run(const char *a, const char *b)
{
	char *argv[] = { "report", "--state", state, (char *)a, (char *)b, NULL };
	int argc = b ? 5 : a ? 4 : 3, code;
	int out = dup(1), error = dup(2), null = open("/dev/null", O_WRONLY);

	fflush(stdout);
	dup2(null, 1);
	dup2(null, 2);
	code = lw_command_report(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	dup2(error, 2);
	close(null);
	close(error);
	close(out);
	return code;
}

static void command_exits_by_verdict(void **unused)
{
	char boot_id[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

	(void)unused;
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%63s", boot_id), 1);
	fclose(file);

	assert_int_equal(run(NULL, NULL), LW_EXIT_NO_HANDOVER);
	assert_int_equal(run("--list", NULL), LW_EXIT_CLEAN);
	assert_int_equal(run("aa", NULL), LW_EXIT_ERROR);
	assert_int_equal(run("../..", NULL), LW_EXIT_USAGE);
	save(ID_A, 1, "2026-10-03T02:00:00Z", boot_id);
	assert_int_equal(run(NULL, NULL), LW_EXIT_CLEAN);
	assert_int_equal(run("--json", NULL), LW_EXIT_CLEAN);
	assert_int_equal(run("aa", "-v"), LW_EXIT_CLEAN);
	assert_int_equal(run("--list", "--json"), LW_EXIT_CLEAN);
	write_raw("handovers/" ID_A "/report-2.json",
		  "{\"schema\":\"luwatch.report/1\",\"id\":\"" ID_A
		  "\",\"verdict\":\"violation\"}");
	assert_int_equal(run("aa", NULL), LW_EXIT_VIOLATION);
}

static void pci_names_fall_back_to_numbers(void **unused)
{
	struct lw_pci_names *names;
	char text[LW_PCI_NAME], path[256];

	(void)unused;
	write_raw("pci.ids", "8086  Intel Corporation\n\t10d3  82574L Gigabit Network Connection\n"
			     "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n\t1234  Test Device\n");
	snprintf(path, sizeof(path), "%s/pci.ids", state);
	names = lw_pci_names_open(path);
	assert_non_null(names);
	assert_string_equal(lw_pci_name(names, 0x8086, 0x10d3, text),
			    "Intel 82574L Gigabit Network Connection");
	assert_string_equal(lw_pci_name(names, 0x1002, 0x1234, text), "AMD/ATI Test Device");
	assert_string_equal(lw_pci_name(names, 0xfff1, 0x0001, text), "device fff1:0001");
	lw_pci_names_close(names);

	write_raw("pci.ids", "\tthis is\nno database\n");
	names = lw_pci_names_open(path);
	assert_string_equal(lw_pci_name(names, 0xfff1, 1, text), "device fff1:0001");
	assert_string_equal(lw_pci_name(names, 0xfff1, 1, text), "device fff1:0001");
	lw_pci_names_close(names);

	snprintf(path, sizeof(path), "%s/no-such-file", state);
	names = lw_pci_names_open(path);
	assert_string_equal(lw_pci_name(names, 0xfff1, 1, text), "device fff1:0001");
	lw_pci_names_close(names);
	assert_string_equal(lw_pci_name(NULL, 0xfff1, 1, text), "device fff1:0001");
	lw_pci_names_close(NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_state, remove_state)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_store_has_nothing),	      TEST(saved_report_is_found_again),
		TEST(latest_revision_wins),	      TEST(reports_do_not_change),
		TEST(prefixes_must_be_unique),	      TEST(ids_cannot_leave_the_folder),
		TEST(evidence_lies_beside_and_stays), TEST(list_is_newest_first),
		TEST(damage_is_told_from_absence),    TEST(command_exits_by_verdict),
		TEST(pci_names_fall_back_to_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
