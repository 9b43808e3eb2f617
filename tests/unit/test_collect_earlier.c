// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What others tell of the kernels before this one: out of a real journal file, which
 * systemd-journal-remote makes of the export format, out of an audit log and of evidence.
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
#include <errno.h>

#include "base/io.h"
#include "collect/earlier.h"
#include "probe/kernel.h"
#include "skip.h"

#define MAKER "/lib/systemd/systemd-journal-remote"
#define A     "aaaaaaaa111122223333444455556666"
#define B     "bbbbbbbb111122223333444455556666"

static char folder[64];
static FILE *export;
static uint64_t clock_us;

static int make_folder(void **unused)
{
	(void)unused;
	strcpy(folder, "/tmp/luwatch-test-earlier-XXXXXX");
	clock_us = 1790000000000000ULL;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **unused)
{
	LW_FREE char *command = lw_format("rm -rf %s", folder);

	(void)unused;
	return system(command);
}

static void put(const char *name, const char *text)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);

	assert_int_equal(lw_write_file(path, text, strlen(text), 0640), 0);
}

static struct lw_id id_of(const char *boot)
{
	struct lw_id id;

	assert_int_equal(lw_id_parse(boot, &id), 0);
	return id;
}

/* --- journal --------------------------------------------------------------------------------- */

static const char *this_boot(void)
{
	static char boot[33];
	const char *id = lw_boot_id();
	size_t n = 0;

	for (; *id; id++)
		if (*id != '-')
			boot[n++] = *id;
	return boot;
}

static void entry(const char *boot, const char *more)
{
	fprintf(export,
		"__REALTIME_TIMESTAMP=%llu\n__MONOTONIC_TIMESTAMP=%llu\n_BOOT_ID=%s\n%sMESSAGE=x\n\n",
		(unsigned long long)clock_us, (unsigned long long)(clock_us % 1000000000), boot, more);
	clock_us += 1000;
}

static int read_journal(struct lw_earlier_list *list)
{
	LW_FREE char *path = lw_format("%s/out.journal", folder);
	LW_FREE char *command = lw_format(MAKER " --split-mode=none -o %s %s/export >%s/log 2>&1",
					  path, folder, folder);
	const char *files[] = { path, NULL };
	const struct lw_earlier_places places = { .journal = files };

	fclose(export);
	assert_int_equal(system(command), 0);
	memset(list, 0, sizeof(*list));
	return lw_earlier_journal(&places, list);
}

static void begin(void)
{
	LW_FREE char *path = lw_format("%s/export", folder);

	if (access(MAKER, X_OK))
		skip_because("no systemd-journal-remote here");
	export = fopen(path, "w");
	assert_non_null(export);
}

#define REACHED "UNIT=kexec.target\nJOB_RESULT=done\nJOB_TYPE=start\n"

static void in_the_order_of_the_journal(void **state)
{
	struct lw_earlier_list list;

	(void)state;
	begin();
	entry(A, "");
	entry(A, REACHED);
	clock_us -= 3600000000ULL; /* B's clock was wrong */
	entry(B, "");
	entry(B, REACHED);
	entry(B, "");
	entry(this_boot(), "");
	entry(this_boot(), REACHED);
	assert_int_equal(read_journal(&list), 0);
	assert_int_equal(list.count, 2);
	assert_true(lw_id_equal(list.rows[0].kernel, id_of(B)));
	assert_true(lw_id_equal(list.rows[1].kernel, id_of(A)));
	assert_true(list.rows[0].order > list.rows[1].order);
	assert_true(list.rows[0].kexec);
	assert_int_equal(list.rows[0].seen_ns, (clock_us - 3000) * 1000);
}

static void not_by_kexec(void **state)
{
	struct lw_earlier_list list;

	(void)state;
	begin();
	entry(A, REACHED);
	entry(B, "UNIT=reboot.target\nJOB_RESULT=done\nJOB_TYPE=start\n");
	entry(this_boot(), "");
	assert_int_equal(read_journal(&list), 0);
	assert_false(list.rows[0].kexec);
	assert_true(list.rows[0].order > list.rows[1].order);
}

static void no_earlier_boot(void **state)
{
	struct lw_earlier_list list;

	(void)state;
	begin();
	entry(this_boot(), REACHED);
	assert_int_equal(read_journal(&list), -ENOENT);
	assert_int_equal(list.count, 0);
}

static void not_this_boot(void **state)
{
	struct lw_earlier_list list;

	(void)state;
	begin();
	entry(A, "");
	assert_int_equal(read_journal(&list), -ENOENT);
	assert_int_equal(list.count, 0);
}

/* --- what luwatch left ----------------------------------------------------------------------- */

#define ID   "0123456789abcdef0123456789abcdef"
#define BOOT "aaaaaaaa-1111-2222-3333-444455556666"

static void of_the_last_collect(void **state)
{
	const struct lw_earlier_places places = { .state = folder };
	LW_FREE char *below = lw_format("%s/handovers/" ID, folder);
	struct lw_earlier_list list = {};

	(void)state;
	assert_int_equal(lw_earlier_evidence(&places, &list), -ENOENT);
	put("collected", BOOT " " ID "\n");
	assert_int_equal(lw_earlier_evidence(&places, &list), -ENOENT);
	assert_int_equal(lw_make_directory(below), 0);
	put("handovers/" ID "/evidence.json", "{\"boot_id\":\"strange\"}");
	assert_int_equal(lw_earlier_evidence(&places, &list), -EBADMSG);
	put("handovers/" ID "/evidence.json",
	    "{\"boot_id\":\"" BOOT "\",\"tsc\":\"0x123\",\"tsc_at_ns\":456}");
	assert_int_equal(lw_earlier_evidence(&places, &list), 0);
	assert_int_equal(list.count, 1);
	assert_true(lw_id_equal(list.rows[0].kernel, id_of(A)));
	assert_int_equal(list.rows[0].tsc, 0x123);
	assert_int_equal(list.rows[0].seen_ns, 456);
}

static void of_the_audit_log(void **state)
{
	LW_FREE char *path = lw_format("%s/audit.jsonl", folder);
	const struct lw_earlier_places places = { .audit = path };
	struct lw_earlier_list list = {};

	(void)state;
	assert_int_equal(lw_earlier_audit(&places, &list), -ENOENT);
	put("audit.jsonl",
	    "{\"seq\":1,\"time\":\"2026-11-22T18:30:00Z\",\"boot_id\":\"" BOOT "\",\"detail\":null}\n"
	    "{\"seq\":2,\"time\":\"2026-11-22T18:30:01Z\",\"boot_id\":\"" BOOT
	    "\",\"kind\":\"disarmed\",\"detail\":{\"tsc\":\"0x77\"}}\n"
	    "no JSON\n[]\n{\"seq\":3}\n"
	    "{\"seq\":4,\"time\":\"2026-11-22T18:31:00Z\",\"boot_id\":\"" BOOT "\"}\n"
	    "{\"seq\":5,\"time\":7,\"boot_id\":\"bbbbbbbb-1111-2222-3333-444455556666\","
	    "\"detail\":{\"tsc\":\"0x99\"}}\n"
	    "{\"seq\":6,\"boot_id\":\"cccccccc-1111-2222-3333-444455556666\"}");
	assert_int_equal(lw_earlier_audit(&places, &list), 0);
	assert_int_equal(list.count, 2);
	assert_true(lw_id_equal(list.rows[0].kernel, id_of(A)));
	assert_int_equal(list.rows[0].order, 4);
	assert_int_equal(list.rows[0].tsc, 0x77);
	assert_int_equal(list.rows[0].seen_ns, 1795372201ULL * 1000000000);
	assert_true(lw_id_equal(list.rows[1].kernel, id_of(B)));
	assert_int_equal(list.rows[1].tsc, 0); /* nobody knows when */
}

/* All of them, as evidence: also who had nothing to tell. */
static void as_evidence(void **state)
{
	LW_FREE char *path = lw_format("%s/none", folder);
	const char *files[] = { NULL };
	const struct lw_earlier_places places = { folder, path, files };
	struct lw_earlier_list list;
	json_t *json = json_object(), *rows;

	(void)state;
	lw_earlier_read(&places, json, &list);
	rows = json_object_get(json, "earlier_kernels");
	assert_int_equal(list.count, 0);
	assert_int_equal(json_array_size(rows), LW_TELLERS);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "nothing")),
			    "No such file or directory");
	json_decref(json);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(in_the_order_of_the_journal),
		IN_FOLDER(not_by_kexec),
		IN_FOLDER(no_earlier_boot),
		IN_FOLDER(not_this_boot),
		IN_FOLDER(of_the_last_collect),
		IN_FOLDER(of_the_audit_log),
		IN_FOLDER(as_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
