// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The index of stored reports: it is used while the files are those it was made of, and whatever
 * happens to them or to itself, the list is that of the reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fields.h"
#include "base/io.h"
#include "report/store.h"
#include "store_fixture.h"

#define MANY  20
#define INDEX "handovers/index.json"

static time_t later;

/* Stands in for the C library's, so that files can be old without waiting for it. */
time_t time(time_t *out)
{
	struct timespec now;

	(void)out;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec + later;
}

static const char *id_of(unsigned int i)
{
	static char id[33];

	snprintf(id, sizeof(id), "%032x", i + 1);
	return id;
}

static const char *path_of(const char *relative)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", state, relative);
	return path;
}

static void save_many(void)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		save(id_of(i), 1, "2026-10-03T02:00:00Z", "boot-a");
}

/* FIELD of the hand-over with this number in a new list; "" when it is not there. */
static const char *listed(unsigned int number, const char *field)
{
	static char text[64];
	json_t *list = NULL, *item;
	size_t i;

	text[0] = '\0';
	assert_int_equal(lw_store_list(state, &list), 0);
	json_array_foreach(list, i, item)
		if (!strcmp(lw_field_raw(item, "id"), id_of(number)))
			snprintf(text, sizeof(text), "%s", lw_field_raw(item, field));
	json_decref(list);
	return text;
}

/* Makes every row of the index say something that no report says. */
static void forge_index(void)
{
	json_t *index = json_load_file(path_of(INDEX), 0, NULL), *row;
	const char *id;

	assert_non_null(index);
	assert_int_equal(json_object_size(json_object_get(index, "rows")), MANY);
	json_object_foreach(json_object_get(index, "rows"), id, row)
		json_object_set_new(json_object_get(row, "summary"), "boot", json_string("index"));
	assert_int_equal(json_dump_file(index, path_of(INDEX), 0), 0);
	json_decref(index);
}

static void make_index(void)
{
	save_many();
	later = 10;
	assert_string_equal(listed(3, "boot"), "boot-a");
	forge_index();
	assert_string_equal(listed(3, "boot"), "index");
}

static void young_files_get_no_row(void **unused)
{
	(void)unused;
	save_many();
	later = 0;
	assert_string_equal(listed(3, "boot"), "boot-a");
	assert_false(lw_exists(path_of(INDEX)));
	later = -1000;
	assert_string_equal(listed(3, "boot"), "boot-a");
	assert_false(lw_exists(path_of(INDEX)));
}

static void changed_report_is_read(void **unused)
{
	LW_FREE uint8_t *text = NULL;
	struct timespec times[2];
	struct stat status;
	char path[256], name[64];
	size_t length;

	(void)unused;
	make_index();
	snprintf(name, sizeof(name), "handovers/%s/report-1.json", id_of(3));
	snprintf(path, sizeof(path), "%s", path_of(name));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(lw_read_file(path, 65536, &text, &length), 0);
	memcpy(strstr((char *)text, "boot-a"), "boot-b", 6);
	write_raw(name, (char *)text);
	times[0] = status.st_atim;
	times[1] = status.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_string_equal(listed(3, "boot"), "boot-b");
	assert_string_equal(listed(4, "boot"), "index");
}

static void new_revision_is_read(void **unused)
{
	(void)unused;
	make_index();
	save(id_of(3), 2, "2026-10-03T02:00:00Z", "boot-c");
	assert_string_equal(listed(3, "boot"), "boot-c");
	assert_string_equal(listed(4, "boot"), "index");
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void removed_handover_is_not_listed(void **unused)
{
	char name[64];

	(void)unused;
	make_index();
	snprintf(name, sizeof(name), "handovers/%s", id_of(3));
	assert_int_equal(nftw(path_of(name), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_string_equal(listed(3, "id"), "");
	assert_string_equal(listed(4, "boot"), "index");
}

static void damaged_index_is_made_anew(void **unused)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{\"schema\":\"luwatch.index/1\"}",
		"{\"schema\":\"luwatch.index/1\",\"agent\":\"" LW_VERSION "\",\"rows\":[1]}",
		"{\"schema\":\"luwatch.index/1\",\"agent\":\"" LW_VERSION "\",\"rows\":"
		"{\"00000000000000000000000000000004\":{\"stamp\":1,\"summary\":[]}}}",
		"{\"schema\":\"luwatch.index/1\",\"agent\":\"" LW_VERSION "\",\"rows\":"
		"{\"00000000000000000000000000000004\":{\"stamp\":\"\",\"summary\":"
		"{\"id\":\"00000000000000000000000000000004\",\"revision\":1,\"boot\":\"x\"}}}}",
	};
	size_t i;

	(void)unused;
	make_index();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_raw(INDEX, bad[i]);
		assert_string_equal(listed(3, "boot"), "boot-a");
		forge_index(); /* all rows are there again */
	}
	assert_int_equal(remove(path_of(INDEX)), 0);
	assert_int_equal(symlink("/etc/hostname", path_of(INDEX)), 0);
	assert_string_equal(listed(3, "boot"), "boot-a");
}

static void other_version_is_not_believed(void **unused)
{
	json_t *index;

	(void)unused;
	make_index();
	index = json_load_file(path_of(INDEX), 0, NULL);
	json_object_set_new(index, "agent", json_string("0.0.0"));
	assert_int_equal(json_dump_file(index, path_of(INDEX), 0), 0);
	json_decref(index);
	assert_string_equal(listed(3, "boot"), "boot-a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(young_files_get_no_row),	      TEST(changed_report_is_read),
		TEST(new_revision_is_read),	      TEST(removed_handover_is_not_listed),
		TEST(damaged_index_is_made_anew),     TEST(other_version_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
