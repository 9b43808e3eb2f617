// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The signing key changes: the first public key checks the whole log, no key signs anything from
 * before or after its time, and a crash at any step is gone on from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audit/chain.h"
#include "audit/rows.h"
#include "base/io.h"

static char folder[64], path[96], key_path[96], next_path[128];
static struct lw_audit_config config;
static struct lw_audit_key first;

static void write_key(const char *to, const struct lw_audit_key *key)
{
	char *text = lw_audit_key_format(key, true);

	assert_int_equal(lw_write_file(to, text, strlen(text), 0600), 0);
	free(text);
}

static int make_folder(void **state)
{
	char machine[LW_MACHINE_TEXT];

	strcpy(folder, "/tmp/luwatch-epoch-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	snprintf(key_path, sizeof(key_path), "%s/key", folder);
	snprintf(next_path, sizeof(next_path), "%s.next", key_path);
	config = (struct lw_audit_config){ .path = path, .key = key_path, .key_seconds = 3600 };
	/* The log signs only with a key of the machine it runs on. */
	if (lw_read_line("/etc/machine-id", machine, sizeof(machine)) != LW_MACHINE_TEXT - 1)
		return -1;
	assert_int_equal(lw_audit_key_make(machine, &first), 0);
	write_key(key_path, &first);
	return 0;
}

static int remove_folder(void **state)
{
	char *command = lw_format("rm -rf %s", folder);
	int r = system(command);

	free(command);
	return r;
}

static void note(const char *word)
{
	json_t *detail = json_pack("{ss}", "word", word);
	struct lw_audit_event event = { .kind = LW_AUDIT_NOTE, .detail = detail };

	assert_int_equal(lw_audit_append(&config, &event, NULL), 0);
	json_decref(detail);
}

/* The key was written AGO seconds ago. */
static void date_key(long ago)
{
	struct timespec times[2];

	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= ago;
	times[1] = times[0];
	assert_int_equal(utimensat(AT_FDCWD, key_path, times, 0), 0);
}

/* An hour passes for the key. */
static void age(void)
{
	date_key(3601);
}

static size_t read_log(const struct lw_audit_key *key, struct lw_audit_verdict *verdict,
		       struct lw_audit_rows *rows)
{
	char *paths[] = { path };
	struct lw_audit_chain chain = { .key = true };

	assert_int_equal(lw_audit_rows_read(paths, 1, key, rows, NULL), 0);
	chain.lines = rows->lines;
	chain.count = rows->count;
	lw_audit_chain_check(&chain, verdict);
	return rows->count;
}

static void expect(const struct lw_audit_key *key, enum lw_audit_break broken, uint64_t seq)
{
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;

	read_log(key, &verdict, &rows);
	assert_string_equal(lw_audit_break_name(verdict.broken), lw_audit_break_name(broken));
	assert_int_equal(verdict.seq, seq);
	lw_audit_rows_free(&rows);
}

static struct lw_audit_key key_now(void)
{
	struct lw_audit_key key;

	assert_int_equal(lw_audit_key_read(key_path, &key), 0);
	assert_true(key.private);
	return key;
}

/* Records 1 log-started, 2 a, 3 key-changed, 4 b, 5 key-changed, 6 c. */
static void three_keys(struct lw_audit_key *second, struct lw_audit_key *third)
{
	note("a");
	age();
	note("b");
	*second = key_now();
	age();
	note("c");
	*third = key_now();
}

static void the_first_public_key_checks_all(void **state)
{
	struct lw_audit_key second, third;
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;

	three_keys(&second, &third);
	assert_memory_not_equal(first.public, second.public, 32);
	assert_memory_not_equal(second.public, third.public, 32);
	assert_false(lw_exists(next_path));
	assert_int_equal(read_log(&first, &verdict, &rows), 6);
	assert_int_equal(verdict.broken, LW_AUDIT_HOLDS);
	assert_string_equal(rows.lines[2].kind, "key-changed");
	assert_memory_equal(rows.key.public, third.public, 32);
	lw_audit_rows_free(&rows);
	expect(&second, LW_AUDIT_FORGED, 1);
	expect(&third, LW_AUDIT_FORGED, 1);
}

/* All records from SEQ on are made anew and signed by KEY, as its thief would do. */
static void sign_anew_from(uint64_t seq, const struct lw_audit_key *key)
{
	struct lw_audit_stamp stamp = { .seq = seq };
	struct lw_audit_event event = { .kind = LW_AUDIT_NOTE };
	struct lw_audit_actor actor = { .command = "thief" };
	LW_FREE uint8_t *text = NULL;
	uint8_t hash[LW_AUDIT_HASH];
	struct lw_audit_line line;
	size_t length, i;
	char *at, *made;
	FILE *out;

	assert_int_equal(lw_read_file(path, 1 << 20, &text, &length), 0);
	out = fopen(path, "w");
	for (i = 1, at = (char *)text; i < seq; i++) {
		char *end = strchr(at, '\n');

		assert_int_equal(lw_audit_line_parse(at, end - at, &line), 0);
		memcpy(stamp.prev, line.hash, sizeof(hash));
		fwrite(at, 1, end + 1 - at, out);
		at = end + 1;
	}
	event.actor = &actor;
	for (; i <= 6; i++, stamp.seq++) {
		made = lw_audit_record_format(&stamp, &event, key, hash);
		fputs(made, out);
		memcpy(stamp.prev, hash, sizeof(hash));
		free(made);
	}
	fclose(out);
}

static void a_later_key_cannot_sign_yesterday(void **state)
{
	struct lw_audit_key second, third;

	three_keys(&second, &third);
	sign_anew_from(4, &third);
	expect(&first, LW_AUDIT_FORGED, 4);
}

static void an_earlier_key_is_worth_nothing_later(void **state)
{
	struct lw_audit_key second, third;

	three_keys(&second, &third);
	sign_anew_from(6, &second);
	expect(&first, LW_AUDIT_FORGED, 6);
}

/* Stopped before the record: the next key has signed nothing, and goes. */
static void a_crash_before_the_record(void **state)
{
	struct lw_audit_key other, now;

	note("a");
	assert_int_equal(lw_audit_key_make(first.machine, &other), 0);
	write_key(next_path, &other);
	note("b");
	assert_false(lw_exists(next_path));
	now = key_now();
	assert_memory_equal(now.public, first.public, 32);
	expect(&first, LW_AUDIT_HOLDS, 0);
}

/* The log ends in a key-changed record that the key files do not know of yet. */
static void begin_a_change(struct lw_audit_key *next)
{
	LW_FREE uint8_t *text = NULL;
	size_t length;
	char *end;

	note("a");
	age();
	note("b");
	*next = key_now();
	assert_int_equal(lw_read_file(path, 1 << 20, &text, &length), 0);
	text[length - 1] = '\0';
	end = strrchr((char *)text, '\n');
	assert_int_equal(truncate(path, end + 1 - (char *)text), 0);
	write_key(next_path, next);
}

static void the_next_writer_ends_a_change(void **state)
{
	struct lw_audit_key next, now;
	int old;

	for (old = 0; old < 3; old++) {
		remove(path);
		write_key(key_path, &first);
		begin_a_change(&next);
		if (old == 0)
			write_key(key_path, &first);
		else if (old == 1)
			assert_int_equal(lw_write_file(key_path, "\0\0\0", 3, 0600), 0);
		else
			remove(key_path);
		note("c");
		now = key_now();
		assert_memory_equal(now.public, next.public, 32);
		assert_false(lw_exists(next_path));
		expect(&first, LW_AUDIT_HOLDS, 0);
	}
}

/* A file's time may be finer than the clock's tick; only a clock that was put back makes a key of unknown age. */
static void a_key_from_the_future(void **state)
{
	struct lw_audit_key now;

	note("a");
	date_key(-1);
	note("b");
	now = key_now();
	assert_memory_equal(now.public, first.public, 32);
	date_key(-3600);
	note("c");
	now = key_now();
	assert_memory_not_equal(now.public, first.public, 32);
}

/* A next key that cannot be read is not thrown away, and the old one does not sign in its place. */
static void an_unreadable_next_key_stays(void **state)
{
	struct lw_audit_verdict verdict;
	struct lw_audit_rows rows;
	struct lw_audit_key next;
	size_t count;

	begin_a_change(&next);
	write_key(key_path, &first);
	assert_int_equal(lw_write_file(next_path, "?", 1, 0600), 0);
	note("c");
	note("d");
	assert_true(lw_exists(next_path));
	count = read_log(&first, &verdict, &rows);
	assert_false(rows.lines[count - 1].has_signature);
	lw_audit_rows_free(&rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_public_key_checks_all),
		TEST(a_later_key_cannot_sign_yesterday),
		TEST(an_earlier_key_is_worth_nothing_later),
		TEST(a_crash_before_the_record),
		TEST(the_next_writer_ends_a_change),
		TEST(an_unreadable_next_key_stays),
		TEST(a_key_from_the_future),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
