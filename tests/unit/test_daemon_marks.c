// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which devices the audit log is told of: each that is newly preserved, each that no longer is, none
 * twice, also over a restart of the daemon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "daemon/marks.h"

static struct lw_map_mark one[] = { { .rid = 8, .pid = 1 } };
static struct lw_map_mark some[] = { { .rid = 1, .pid = 7, .marked_ns = 99, .comm = "a\033[1mb",
				       .token = 0xabc, .session = "vm\033-9" },
				     { .rid = 8, .pid = 1 },
				     { .rid = 0x10018, .pid = 2, .comm = "luod" } };

static void changes(void **state)
{
	struct lw_marks none = {}, first = { .list = one, .count = 1 }, all = { .list = some, .count = 3 };
	struct lw_marks_change change;
	const json_t *asker;

	(void)state;
	assert_int_equal(lw_marks_compare(&first, &all, &change), 0);
	assert_int_equal(change.added_count, 2);
	assert_int_equal(change.added[0], 1);
	assert_int_equal(change.added[1], 0x10018);
	assert_int_equal(change.removed_count, 0);
	asker = json_array_get(json_object_get(change.detail, "askers"), 0);
	assert_string_equal(json_string_value(json_object_get(asker, "by")), "a\\x1b[1mb");
	assert_int_equal(json_integer_value(json_object_get(asker, "pid")), 7);
	assert_int_equal(json_integer_value(json_object_get(asker, "boot_ns")), 99);
	assert_string_equal(json_string_value(json_object_get(asker, "session")), "vm\\x1b-9");
	assert_string_equal(json_string_value(json_object_get(asker, "token")), "0xabc");
	/* One that no session preserved has none, and no token either. */
	asker = json_array_get(json_object_get(change.detail, "askers"), 1);
	assert_true(json_is_null(json_object_get(asker, "session")));
	assert_true(json_is_null(json_object_get(asker, "token")));
	lw_marks_change_free(&change);

	assert_int_equal(lw_marks_compare(&all, &first, &change), 0);
	assert_int_equal(change.added_count, 0);
	assert_int_equal(change.removed_count, 2);
	assert_int_equal(change.removed[1], 0x10018);
	lw_marks_change_free(&change);

	assert_int_equal(lw_marks_compare(&all, &all, &change), 0);
	assert_int_equal(change.added_count + change.removed_count, 0);
	lw_marks_change_free(&change);
	assert_int_equal(lw_marks_compare(&none, &none, &change), 0);
	lw_marks_change_free(&change);
}

static void a_restart_remembers(void **state)
{
	struct lw_marks all = { .armed_ns = 12345, .list = some, .count = 3 }, back;
	char path[] = "/tmp/luwatch-test-marks-XXXXXX";
	int fd = mkstemp(path);
	size_t i;
	static const char damaged[] = "77\n0000:00:02.0\nrubbish\n0000:00:01.0\n\n";

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(lw_marks_save(&all, path), 0);
	assert_int_equal(lw_marks_load(&back, path), 0);
	assert_int_equal(back.armed_ns, 12345);
	assert_int_equal(back.count, 3);
	for (i = 0; i < 3; i++)
		assert_int_equal(back.list[i].rid, some[i].rid);
	free(back.list);

	/* What is damaged or out of order is left out. */
	assert_int_equal(lw_write_file(path, damaged, strlen(damaged), 0600), 0);
	assert_int_equal(lw_marks_load(&back, path), 0);
	assert_int_equal(back.armed_ns, 77);
	assert_int_equal(back.count, 1);
	free(back.list);
	assert_int_equal(lw_write_file(path, "", 0, 0600), 0);
	assert_int_equal(lw_marks_load(&back, path), 0);
	assert_int_equal(back.count, 0);
	free(back.list);
	close(fd);
	unlink(path);
	assert_int_equal(lw_marks_load(&back, path), 0);
	assert_int_equal(back.count, 0);
}

/* A reboot with something preserved: the next boot asks for it by the boot id of the baseline. */
static void the_next_boot_asks(void **state)
{
	struct lw_marks all = { .armed_ns = 12345, .list = some, .count = 3,
				.boot_id = "cd2efdff-b602-49a3-9f6d-1b41c50eb095" };
	char folder[] = "/tmp/luwatch-test-marks-XXXXXX";
	LW_FREE char *path = mkdtemp(folder) ? lw_format("%s/preserved", folder) : NULL;
	uint64_t *rids;

	(void)state;
	assert_non_null(path);
	assert_int_equal(lw_marks_of_boot(folder, all.boot_id, &rids), 0);
	assert_null(rids);
	assert_int_equal(lw_marks_save(&all, path), 0);
	assert_int_equal(lw_marks_of_boot(folder, "b1066d27-a516-4787-97a6-fb0b30818e23", &rids), 0);
	assert_int_equal(lw_marks_of_boot(folder, "", &rids), 0);
	assert_int_equal(lw_marks_of_boot(folder, all.boot_id, &rids), 3);
	assert_int_equal(rids[2], 0x10018);
	free(rids);
	/* All given up before the end. */
	all.count = 0;
	assert_int_equal(lw_marks_save(&all, path), 0);
	assert_int_equal(lw_marks_of_boot(folder, all.boot_id, &rids), 0);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes),
		cmocka_unit_test(a_restart_remembers),
		cmocka_unit_test(the_next_boot_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
