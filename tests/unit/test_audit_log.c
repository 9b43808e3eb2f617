// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing the audit log in a folder of its own: what a crash or a hand left behind the last record,
 * rotation, and disks that refuse. Whatever happens, what was acknowledged is still there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/chain.h"
#include "audit/files.h"
#include "audit/rows.h"
#include "base/io.h"

static char folder[64], path[96], key_path[96];
static struct lw_audit_config config;

static int make_folder(void **state)
{
	strcpy(folder, "/tmp/luwatch-audit-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	snprintf(key_path, sizeof(key_path), "%s/no-key", folder);
	config = (struct lw_audit_config){ .path = path, .key = key_path, .wait_ms = 50 };
	return 0;
}

static int remove_folder(void **state)
{
	char *command = lw_format("rm -rf %s", folder);
	int r = system(command);

	free(command);
	return r;
}

static int note(const char *word, struct lw_audit_result *result)
{
	json_t *detail = json_pack("{ss}", "word", word);
	struct lw_audit_event event = { .kind = LW_AUDIT_NOTE, .detail = detail };
	int r = lw_audit_append(&config, &event, result);

	json_decref(detail);
	return r;
}

static void check(struct lw_audit_rows *rows, struct lw_audit_verdict *verdict)
{
	char *stem = lw_format("%s/audit", folder), **list;
	struct lw_audit_chain chain = { 0 };
	size_t count;

	assert_int_equal(lw_audit_files_list(stem, &list, &count), 0);
	list = reallocarray(list, count + 1, sizeof(*list));
	list[count++] = strdup(path);
	assert_int_equal(lw_audit_rows_read(list, count, NULL, rows, NULL), 0);
	lw_audit_files_free(list, count);
	free(stem);
	chain.lines = rows->lines;
	chain.count = rows->count;
	lw_audit_chain_check(&chain, verdict);
}

/* The chain holds and has COUNT records. */
static void expect_holds(size_t count)
{
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;

	check(&rows, &verdict);
	assert_string_equal(lw_audit_break_name(verdict.broken), "holds");
	assert_int_equal(rows.count, count);
	assert_int_equal(verdict.held, count);
	lw_audit_rows_free(&rows);
}

/* Record SEQ is of KIND. */
static void expect_kind(uint64_t seq, const char *kind)
{
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;

	check(&rows, &verdict);
	assert_in_range(seq, 1, rows.count);
	assert_string_equal(rows.lines[seq - 1].kind, kind);
	lw_audit_rows_free(&rows);
}

static void add_bytes(const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static void expect_file(const char *name, const void *bytes, size_t length)
{
	char *full = lw_format("%s/%s", folder, name);
	uint8_t *there;
	size_t size;

	assert_int_equal(lw_read_file(full, 1 << 20, &there, &size), 0);
	assert_int_equal(size, length);
	assert_memory_equal(there, bytes, length);
	free(there);
	free(full);
}

static void first_records(void **state)
{
	const struct lw_audit_event event = { .kind = LW_AUDIT_COLLECTED };
	struct lw_audit_result result;
	struct stat st;
	mode_t mask = umask(077);

	assert_int_equal(note("a", &result), 0);
	assert_int_equal(result.record.seq, 2);
	assert_int_equal(result.closed.seq, 0);
	assert_int_equal(lw_audit_append(&config, &event, &result), 0);
	assert_int_equal(result.record.seq, 3);
	assert_int_equal(result.closed.seq, 3);
	umask(mask);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	expect_kind(1, "log-started");
	expect_kind(3, "collected");
	expect_holds(3);
}

static void a_torn_tail_is_kept_and_told(void **state)
{
	assert_int_equal(note("a", NULL), 0);
	add_bytes("{\"schema\":\"luw", 14);
	assert_int_equal(note("b", NULL), 0);
	expect_file("audit.jsonl.torn-3", "{\"schema\":\"luw", 14);
	expect_kind(3, "log-repaired");
	expect_holds(4);
	/* A page that never reached the disk. */
	add_bytes("\0\0\0\0ash\":\"00\"}\n", 15);
	assert_int_equal(note("c", NULL), 0);
	expect_file("audit.jsonl.torn-5", "\0\0\0\0ash\":\"00\"}\n", 15);
	expect_kind(5, "log-repaired");
	expect_holds(6);
}

/* The crash came after the tail was cut off and before the record that tells of it. */
static void a_repair_that_was_cut_short_is_told(void **state)
{
	char *torn = lw_format("%s/audit.jsonl.torn-3", folder);

	assert_int_equal(note("a", NULL), 0);
	assert_int_equal(lw_write_file(torn, "lost", 4, 0640), 0);
	add_bytes("another", 7);
	assert_int_equal(note("b", NULL), 0);
	expect_file("audit.jsonl.torn-3", "lost", 4);
	expect_file("audit.jsonl.torn-3.2", "another", 7);
	expect_kind(3, "log-repaired");
	expect_holds(4);
	free(torn);
}

static void a_first_record_can_be_torn(void **state)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0640);

	close(fd);
	add_bytes("{\"sch", 5);
	assert_int_equal(note("a", NULL), 0);
	expect_file("audit.jsonl.torn-1", "{\"sch", 5);
	expect_holds(2);
}

/* A line that no crash made stays: it is evidence, and writing goes on behind it. */
static void a_changed_last_record_stays(void **state)
{
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;
	int fd;

	assert_int_equal(note("a", NULL), 0);
	assert_int_equal(note("b", NULL), 0);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "X", 1, lseek(fd, 0, SEEK_END) - 200), 1);
	close(fd);
	assert_int_equal(note("c", NULL), 0);
	assert_int_equal(note("d", NULL), 0);
	check(&rows, &verdict);
	assert_string_equal(lw_audit_break_name(verdict.broken), "changed");
	assert_int_equal(verdict.seq, 3);
	assert_int_equal(verdict.held, 2);
	assert_int_equal(verdict.again, 4);
	assert_int_equal(verdict.damages, 1);
	assert_int_equal(rows.count, 6);
	lw_audit_rows_free(&rows);
}

static void a_damaged_and_a_torn_line(void **state)
{
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;

	assert_int_equal(note("a", NULL), 0);
	add_bytes("no record\nnor this", 18);
	assert_int_equal(note("b", NULL), 0);
	expect_file("audit.jsonl.torn-4", "nor this", 8);
	check(&rows, &verdict);
	assert_int_equal(verdict.seq, 3);
	assert_int_equal(verdict.again, 4);
	assert_string_equal(rows.lines[3].kind, "log-repaired");
	assert_string_equal(rows.lines[4].kind, "log-damaged");
	lw_audit_rows_free(&rows);
}

static void rotation_keeps_the_chain(void **state)
{
	struct lw_audit_result result;
	struct stat st;
	char *plain;
	int i;

	config.rotate_bytes = 2500;
	for (i = 0; i < 12; i++)
		assert_int_equal(note("word", &result), 0);
	assert_true(result.record.seq > 14);
	expect_holds(result.record.seq);
	plain = lw_format("%s/audit-000000000006.jsonl.gz", folder);
	assert_int_equal(stat(plain, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	free(plain);
	config.rotate_bytes = 0;
	assert_int_equal(lw_audit_rotate(&config, &result), 0);
	assert_int_equal(result.closed.seq, result.record.seq);
	expect_holds(result.record.seq + 1);
}

static void rotation_by_age(void **state)
{
	assert_int_equal(note("a", NULL), 0);
	config.rotate_seconds = 1;
	usleep(2100 * 1000);
	assert_int_equal(note("b", NULL), 0);
	expect_kind(3, "log-rotated");
	expect_kind(4, "log-opened");
	expect_holds(5);
}

/* After the rename of a rotation, or a hand that took the file away. */
static void a_missing_current_file_is_begun_anew(void **state)
{
	struct lw_audit_result result;

	assert_int_equal(note("a", NULL), 0);
	assert_int_equal(lw_audit_rotate(&config, &result), 0);
	assert_int_equal(result.closed.seq, 3);
	unlink(path);
	assert_int_equal(note("b", NULL), 0);
	expect_kind(4, "log-opened");
	expect_holds(5);
}

static void a_disk_that_refuses(void **state)
{
	struct rlimit old, small;
	struct lw_audit_result result;
	struct stat before, after;

	assert_int_equal(note("a", NULL), 0);
	assert_int_equal(stat(path, &before), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = (rlim_t)before.st_size + 100; /* in the middle of the next line */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(note("b", &result), -EFBIG);
	assert_int_equal(note("c", &result), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(lw_audit_lost(), 2);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(note("d", &result), 0);
	assert_int_equal(lw_audit_lost(), 0);
	assert_int_equal(result.record.seq, 4);
	expect_kind(3, "log-lost");
	expect_holds(4);
}

static void a_stuck_writer_costs_a_wait(void **state)
{
	char *name = lw_format("%s.lock", path);
	struct stat st;
	int fd;

	assert_int_equal(note("a", NULL), 0);
	fd = open(name, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(note("b", NULL), -ETIMEDOUT);
	close(fd);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600); /* readers cannot hold writers up */
	assert_int_equal(note("c", NULL), 0);
	expect_holds(4);
	free(name);
}

static void only_a_plain_file_is_written_to(void **state)
{
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(note("a", NULL), -ELOOP);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(note("a", NULL), -EINVAL);
	unlink(path);
	assert_int_equal(note("a", NULL), 0);
	expect_kind(2, "log-lost");
}

static void odd_events_are_recorded(void **state)
{
	struct lw_audit_actor actor = { .loginuid = -1, .pid = 7, .command = "\xff\x1b[2J" };
	char *big = malloc((1 << 20) + 10);
	struct lw_audit_event event = { .kind = LW_AUDIT_PRESERVED, .actor = &actor };
	uint64_t *rids = calloc(65537, sizeof(*rids));
	json_t *detail;

	memset(big, 'x', (1 << 20) + 9);
	big[(1 << 20) + 9] = '\0';
	detail = json_pack("{ss}", "text", big);
	event.detail = detail;
	event.rids = rids;
	event.rid_count = 65536;
	assert_int_equal(lw_audit_append(&config, &event, NULL), 0);
	event.rid_count = 65537;
	assert_int_equal(lw_audit_append(&config, &event, NULL), -E2BIG);
	assert_int_equal(note("after", NULL), 0);
	expect_holds(4);
	expect_kind(2, "preserved");
	json_decref(detail);
	free(rids);
	free(big);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_records),
		TEST(a_torn_tail_is_kept_and_told),
		TEST(a_repair_that_was_cut_short_is_told),
		TEST(a_first_record_can_be_torn),
		TEST(a_changed_last_record_stays),
		TEST(a_damaged_and_a_torn_line),
		TEST(rotation_keeps_the_chain),
		TEST(rotation_by_age),
		TEST(a_missing_current_file_is_begun_anew),
		TEST(a_disk_that_refuses),
		TEST(a_stuck_writer_costs_a_wait),
		TEST(only_a_plain_file_is_written_to),
		TEST(odd_events_are_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
