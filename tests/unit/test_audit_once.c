// SPDX-License-Identifier: GPL-2.0-or-later
/* A report is in the audit log once, whichever version tells of it and however often. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/report.h"
#include "base/io.h"

static size_t times(const char *folder, const char *kind)
{
	LW_FREE char *command = lw_format("zcat -f %s/audit*.jsonl* | grep -c '\"kind\":\"%s\"'", folder, kind);
	size_t count = 0;
	FILE *out = popen(command, "r");

	assert_int_equal(fscanf(out, "%zu", &count), 1);
	pclose(out);
	return count;
}

static void once(void **unused)
{
	char folder[] = "/tmp/luwatch-test-audit-XXXXXX";
	LW_FREE char *path = mkdtemp(folder) ? lw_format("%s/audit.jsonl", folder) : NULL;
	LW_FREE char *key = lw_format("%s/no-key", folder), *command = lw_format("rm -rf %s", folder);
	struct lw_audit_config config = { .path = path, .key = key };
	json_t *report = json_pack("{ss, si, ss, sb, s[{si}]}", "id", "0123456789abcdef0123456789abcdef",
				   "revision", 1, "verdict", "clean", "final", 0, "attempts", "number", 1);
	int i;

	(void)unused;
	assert_int_equal(lw_audit_report(&config, report, NULL), 0);
	/* An upgraded agent starts; and one whose log was rotated in the meantime, twice. */
	for (i = 0; i < 3; i++) {
		assert_int_equal(lw_audit_report(&config, report, NULL), 0);
		assert_int_equal(lw_audit_rotate(&config, NULL), 0);
	}
	assert_int_equal(times(folder, "collected"), 1);
	assert_int_equal(times(folder, "kexec-begun"), 1);
	/* Another revision, and another report under the same number, are news. */
	json_object_set_new(report, "revision", json_integer(2));
	assert_int_equal(lw_audit_report(&config, report, NULL), 0);
	assert_int_equal(lw_audit_report(&config, report, NULL), 0);
	assert_int_equal(times(folder, "revised"), 1);
	json_object_set_new(report, "verdict", json_string("violation"));
	assert_int_equal(lw_audit_report(&config, report, NULL), 0);
	assert_int_equal(times(folder, "revised"), 2);
	json_decref(report);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
