// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The beginning of the kernel log out of a real journal file, which systemd-journal-remote makes of
 * the export format: the same faults as in the whole log, nothing twice, nothing of another boot or
 * of a program, and a gap where journald missed something.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>

#include "base/io.h"
#include "fault/kernel_log.h"
#include "skip.h"

#define MAKER "/lib/systemd/systemd-journal-remote"
#define BOOT  "78275e3c-7ed5-4ed3-bd73-3a43e530e5da"
#define THIS  "78275e3c7ed54ed3bd733a43e530e5da"
#define OTHER "11111111222233334444555555555555"

#define FAULT(rid) "DMAR: [DMA Read NO_PASID] Request device [" rid "] fault addr 0x1000 [fault reason 0x06] x"

static FILE *export;
static unsigned int entries;
static char folder[64];

static int make_folder(void **unused)
{
	(void)unused;
	strcpy(folder, "/tmp/luwatch-test-journal-XXXXXX");
	entries = 0;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **unused)
{
	LW_FREE char *command = lw_format("rm -rf %s", folder);

	(void)unused;
	return system(command);
}

static void begin(void)
{
	LW_FREE char *path = lw_format("%s/export", folder);

	if (access(MAKER, X_OK))
		skip_because("no systemd-journal-remote here");
	export = fopen(path, "w");
	assert_non_null(export);
}

static void entry(const char *boot, const char *transport, int facility, uint64_t time_us,
		  const char *more, const char *message)
{
	entries++;
	fprintf(export,
		"__REALTIME_TIMESTAMP=%llu\n__MONOTONIC_TIMESTAMP=%llu\n_BOOT_ID=%s\n"
		"_TRANSPORT=%s\nPRIORITY=6\nSYSLOG_FACILITY=%d\n",
		1790000000000000ULL + entries, 5000000ULL + entries, boot, transport, facility);
	if (time_us != UINT64_MAX)
		fprintf(export, "_SOURCE_MONOTONIC_TIMESTAMP=%llu\n", (unsigned long long)time_us);
	fprintf(export, "%sMESSAGE=%s\n\n", more, message);
}

/* What a journal of this boot has, and beside it what it must not be confused with. */
static void usual_entries(void)
{
	entry(OTHER, "kernel", 0, 0, "", "Linux version 6.1.0 (another boot)");
	entry(OTHER, "kernel", 0, 50, "", FAULT("09:00.0"));
	entry(THIS, "kernel", 0, 0, "", "Linux version 6.12.0 (this boot)");
	entry(THIS, "kernel", 0, 100, "", FAULT("01:00.0"));
	entry(THIS, "syslog", 0, 150, "", FAULT("08:00.0"));
	entry(THIS, "kernel", 3, 160, "", FAULT("07:00.0"));
	entry(THIS, "kernel", 0, 300, "", "a tab\tand a \\");
	entry(THIS, "kernel", 0, 300, "", FAULT("02:00.0"));
	entry(THIS, "kernel", 0, 400, "", FAULT("03:00.0"));
}

/* The kernel's own buffer begins with the second record of 300. */
static struct lw_kmsg_raw kmsg_of(char *bytes)
{
	return (struct lw_kmsg_raw){ .bytes = bytes, .length = strlen(bytes) };
}

static char late[] = "6,41,300,-;" FAULT("02:00.0") "\n6,42,400,-;" FAULT("03:00.0") "\n";

static int read_back(struct lw_kmsg_raw *raw)
{
	LW_FREE char *path = lw_format("%s/out.journal", folder);
	LW_FREE char *command = lw_format(MAKER " --split-mode=none -o %s %s/export >%s/log 2>&1",
					  path, folder, folder);
	struct lw_kmsg_raw kmsg = kmsg_of(late);
	const char *files[] = { path, NULL };

	assert_int_equal(fclose(export), 0);
	assert_int_equal(system(command), 0);
	return lw_kernel_log_read_journal(files, BOOT, &kmsg, raw);
}

static void feed(struct lw_kernel_log *log, const struct lw_kmsg_raw *raw)
{
	lw_kernel_log_init(log);
	assert_int_equal(lw_kernel_log_feed_saved(log, raw->bytes, raw->length), 0);
	assert_int_equal(lw_kernel_log_feed_saved(log, late, strlen(late)), 0);
}

static void the_beginning_comes_back(void **state)
{
	static const uint64_t rids[] = { 0x0100, 0x0200, 0x0300 };
	struct lw_kernel_log log;
	struct lw_kmsg_raw raw;
	size_t i;

	(void)state;
	begin();
	usual_entries();
	assert_int_equal(read_back(&raw), 0);
	assert_non_null(strstr(raw.bytes, ",300,-;a tab\\x09and a \\x5c\n"));
	feed(&log, &raw);
	assert_true(log.begins);
	assert_true(lw_kernel_log_complete(&log));
	assert_int_equal(log.fault_count, 3);
	for (i = 0; i < 3; i++)
		assert_int_equal(log.faults[i].rid & 0xffff, rids[i]);
	/* Said by a program through the kernel's log: not believed. */
	assert_int_equal(log.rejected, 1);
	assert_int_equal(log.repeated, 0);
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
}

static void without_its_first_line_it_is_incomplete(void **state)
{
	struct lw_kernel_log log;
	struct lw_kmsg_raw raw;

	(void)state;
	begin();
	entry(THIS, "kernel", 0, 100, "", FAULT("01:00.0"));
	assert_int_equal(read_back(&raw), 0);
	feed(&log, &raw);
	assert_false(log.begins);
	assert_false(lw_kernel_log_complete(&log));
	assert_int_equal(log.fault_count, 3);
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
}

static void what_journald_missed_is_a_gap(void **state)
{
	struct lw_kernel_log log;
	struct lw_kmsg_raw raw;

	(void)state;
	begin();
	usual_entries();
	entry(THIS, "driver", 3, UINT64_MAX, "MESSAGE_ID=e9bf28e6e834481bb6f48f548ad13606\n",
	      "Missed 12 kernel messages");
	assert_int_equal(read_back(&raw), 0);
	feed(&log, &raw);
	assert_true(log.begins);
	assert_false(lw_kernel_log_complete(&log));
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
}

static void an_entry_without_its_time_is_a_gap(void **state)
{
	struct lw_kernel_log log;
	struct lw_kmsg_raw raw;

	(void)state;
	begin();
	entry(THIS, "kernel", 0, 0, "", "Linux version 6.12.0 (this boot)");
	entry(THIS, "kernel", 0, UINT64_MAX, "", FAULT("01:00.0"));
	assert_int_equal(read_back(&raw), 0);
	feed(&log, &raw);
	assert_true(log.begins);
	assert_false(lw_kernel_log_complete(&log));
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
}

static void another_boot_is_nothing(void **state)
{
	struct lw_kmsg_raw raw;

	(void)state;
	begin();
	entry(OTHER, "kernel", 0, 0, "", "Linux version 6.1.0 (another boot)");
	assert_int_equal(read_back(&raw), -ENODATA);
}

static void no_record_to_end_at(void **state)
{
	static char odd[][32] = { "", "rubbish\n", "6,1;x\n", "no newline 6,1,2,-;x" };
	const char *files[] = { NULL };
	struct lw_kmsg_raw raw, kmsg;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		kmsg = kmsg_of(odd[i]);
		assert_int_equal(lw_kernel_log_read_journal(files, BOOT, &kmsg, &raw), -ENODATA);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_beginning_comes_back),
		TEST(without_its_first_line_it_is_incomplete),
		TEST(what_journald_missed_is_a_gap),
		TEST(an_entry_without_its_time_is_a_gap),
		TEST(another_boot_is_nothing),
		TEST(no_record_to_end_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
