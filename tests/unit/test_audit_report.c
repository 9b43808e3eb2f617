// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the audit log keeps of a report: which devices went over, in which live-update session and under
 * which token, so that an auditor needs no report for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/report.h"
#include "base/io.h"

static const char report_text[] =
	"{\"id\": \"00112233445566778899aabbccddeeff\", \"revision\": 1, \"final\": false,"
	" \"verdict\": \"clean\", \"attempts\": [{\"number\": 1, \"started\": null, \"comm\": \"kexec\","
	" \"pid\": 5, \"aborted\": false}], \"sets\": {\"marked\": [\"0000:01:00.0\", \"0000:02:00.0\"],"
	" \"marks\": [{\"rid\": \"0000:01:00.0\", \"session\": \"vm-7\", \"token\": \"0x2a\", \"task\": \"qemu\"},"
	" {\"rid\": \"0000:02:00.0\", \"session\": null, \"token\": null, \"task\": \"\"}]}}";

/* Of the record of this kind its detail; NULL when there is none. */
static json_t *detail_of(const char *text, const char *kind)
{
	LW_FREE char *copy = strdup(text);
	json_t *found = NULL, *record;
	char *line, *rest = NULL;

	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		record = json_loads(line, 0, NULL);
		if (record && !strcmp(json_string_value(json_object_get(record, "kind")), kind))
			found = json_incref(json_object_get(record, "detail"));
		json_decref(record);
	}
	return found;
}

static void sessions(void **state)
{
	char folder[] = "/tmp/luwatch-test-audit-report-XXXXXX";
	LW_FREE char *path = mkdtemp(folder) ? lw_format("%s/audit.jsonl", folder) : NULL;
	LW_FREE char *key = lw_format("%s/no-key", folder), *command = lw_format("rm -rf %s", folder);
	struct lw_audit_config config = { .path = path, .key = key };
	json_t *report = json_loads(report_text, 0, NULL), *detail, *marks;
	LW_FREE uint8_t *text = NULL;
	size_t length;

	(void)state;
	assert_non_null(path);
	assert_non_null(report);
	assert_int_equal(lw_audit_report(&config, report, NULL), 0);
	assert_int_equal(lw_read_file(path, 1 << 20, &text, &length), 0);
	detail = detail_of((char *)text, "kexec-begun");
	marks = json_object_get(detail, "marks");
	/* Only of what is known. */
	assert_int_equal(json_array_size(marks), 1);
	marks = json_array_get(marks, 0);
	assert_string_equal(json_string_value(json_object_get(marks, "rid")), "0000:01:00.0");
	assert_string_equal(json_string_value(json_object_get(marks, "session")), "vm-7");
	assert_string_equal(json_string_value(json_object_get(marks, "token")), "0x2a");
	json_decref(detail);
	json_decref(report);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(sessions) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
