// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Saved evidence, read back: what is missing, was changed or belongs to another version is no evidence,
 * and never makes an answer of what is left.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "audit/entry.h"
#include "base/io.h"
#include "collect/case.h"
#include "collect/tables.h"

static const char beginning[] = "5,0,1000,-;Linux version 6.13.0\n"
				"6,1,2000,-;DMAR: IOMMU enabled\n";
static const char rest[] = "6,2,3000,-;DMAR: Intel(R) Virtualization Technology for Directed I/O\n"
			   "3,3,4000,-;DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr "
			   "0x5000 [fault reason 0x05] PTE Write access is not set\n";

static char folder[] = "/tmp/luwatch-test-XXXXXX";
static json_t *evidence, *files;

static void put(const char *name, const char *text, bool noted)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);
	char hash_text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	assert_int_equal(lw_write_file(path, text, strlen(text), 0600), 0);
	lw_audit_hash(text, strlen(text), hash);
	if (noted)
		json_object_set_new(files, name,
				    json_pack("{sI ss}", "bytes", (json_int_t)strlen(text), "sha256",
					      lw_audit_hash_text(hash, hash_text)));
}

/* The kernel's log had lost its beginning, and the journal had it. */
static void whole(void)
{
	files = json_object();
	evidence = json_pack("{ss ss ss sb so s[]}", "schema", "luwatch.evidence/1", "id",
			     "0123456789abcdef0123456789abcdef", "boot", "kexec", "vtd", 1, "files",
			     files, "carriers");
	put("journal.bin", beginning, true);
	put("kmsg.bin", rest, true);
}

static int load(struct lw_case *c)
{
	LW_FREE char *text = json_dumps(evidence, 0);

	put("evidence.json", text, false);
	json_decref(evidence);
	return lw_case_load(folder, c);
}

static void expect_log(bool complete, const char *problem)
{
	struct lw_case c;

	assert_int_equal(load(&c), 0);
	assert_int_equal(c.evidence.log_complete, complete);
	if (problem)
		assert_non_null(strstr(c.evidence.log_problem, problem));
	else
		assert_null(c.evidence.log_problem);
	lw_case_close(&c);
}

static void log_in_two_parts(void **state)
{
	(void)state;
	whole();
	expect_log(true, NULL);
}

/* The journal's part begins with the first line and has no hole: it is still not the log. */
static void log_without_its_end(void **state)
{
	LW_FREE char *path = lw_format("%s/kmsg.bin", folder);

	(void)state;
	whole();
	put("kmsg.bin", "6,2,3000,-;nothing happened\n", false);
	expect_log(false, "kmsg.bin cannot be used: it was changed");
	whole();
	unlink(path);
	expect_log(false, "kmsg.bin cannot be used: it is missing");
}

/* A file that was put there later is of nobody knows what. */
static void file_that_was_not_saved(void **state)
{
	(void)state;
	whole();
	json_object_del(files, "kmsg.bin");
	expect_log(false, "kmsg.bin cannot be used: it was not there when the evidence was saved");
}

static void log_that_could_not_be_read(void **state)
{
	(void)state;
	whole();
	json_object_set_new(evidence, "log_problem", json_string("Operation not permitted"));
	expect_log(false, "Operation not permitted");
}

/* What another version means by its fields nobody can know. */
static void another_schema(void **state)
{
	struct lw_case c;

	(void)state;
	whole();
	json_object_set_new(evidence, "schema", json_string("luwatch.evidence/2"));
	assert_int_equal(load(&c), -EBADMSG);
	lw_case_close(&c);
	whole();
	json_object_del(evidence, "schema");
	assert_int_equal(load(&c), -EBADMSG);
	lw_case_close(&c);
}

static int make_folder(void **state)
{
	(void)state;
	return !mkdtemp(folder);
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "evidence.json", "journal.bin", "kmsg.bin" };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		LW_FREE char *path = lw_format("%s/%s", folder, names[i]);

		unlink(path);
	}
	return rmdir(folder);
}

/* A first look at noon at what was handed over in the morning accuses nobody of a changed table. */
static void late_looks(void **state)
{
	(void)state;
	assert_false(lw_tables_late(false, 20 * 1000000000ULL));
	assert_true(lw_tables_late(true, 20 * 1000000000ULL));
	assert_true(lw_tables_late(false, 4 * 3600 * 1000000000ULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_in_two_parts),
		cmocka_unit_test(log_without_its_end),
		cmocka_unit_test(file_that_was_not_saved),
		cmocka_unit_test(log_that_could_not_be_read),
		cmocka_unit_test(late_looks),
		cmocka_unit_test(another_schema),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
