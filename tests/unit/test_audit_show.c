// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading the audit log: filters, points in time, key files, and text that somebody chose to look
 * like something else on a terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "audit/chain.h"
#include "audit/files.h"
#include "audit/show.h"
#include "base/time.h"
#include "base/id.h"

static const char example[] =
	"{\"schema\":\"luwatch.audit/1\",\"seq\":7,\"time\":\"2024-05-31T12:00:01.5Z\","
	"\"kind\":\"set-changed\",\"handover\":\"00aa\",\"devices\":[\"0000:01:00.0\"],"
	"\"actor\":{\"loginuid\":1000,\"session\":3,\"uid\":0,\"pid\":9,"
	"\"command\":\"luwatch \\u001b[2J declare\"},\"detail\":{\"added\":1}}";

static bool takes(struct lw_audit_filter filter)
{
	json_t *record = json_loads(example, 0, NULL);
	bool result = lw_audit_filter_takes(&filter, record);

	json_decref(record);
	return result;
}

static void filters(void **state)
{
	struct lw_audit_filter device = { .by_device = true };
	uint64_t at;

	assert_int_equal(lw_time_read("2024-05-31T12:00:01Z", &at), 0);
	assert_true(takes((struct lw_audit_filter){}));
	assert_true(takes((struct lw_audit_filter){ .since_ns = at }));
	assert_false(takes((struct lw_audit_filter){ .since_ns = at + 1000000000 }));
	assert_true(takes((struct lw_audit_filter){ .kind = "set-changed" }));
	assert_false(takes((struct lw_audit_filter){ .kind = "armed" }));
	assert_true(takes((struct lw_audit_filter){ .handover = "00" }));
	assert_false(takes((struct lw_audit_filter){ .handover = "01" }));
	assert_int_equal(lw_rid_parse("01:00.0", &device.rid), 0);
	assert_true(takes(device));
	device.rid++;
	assert_false(takes(device));
}

static void text_is_escaped(void **state)
{
	static const char *const odd[] = {
		"{}", "[]", "null", "{\"actor\":7,\"devices\":{},\"detail\":\"x\",\"time\":5}",
		"{\"devices\":[1,null,\"\\u001b\"],\"detail\":{\"\\u007f\":\"\\u202e\"}}"
	};
	json_t *record = json_loads(example, 0, NULL);
	char *text = lw_audit_show(record);
	size_t i;

	assert_null(strchr(text, 0x1b));
	assert_non_null(strstr(text, "2024-05-31"));
	assert_non_null(strstr(text, "login uid 1000, session 3, uid 0, pid 9: luwatch \\x1b[2J"));
	free(text);
	json_decref(record);
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		record = json_loads(odd[i], JSON_DECODE_ANY, NULL);
		text = lw_audit_show(record);
		assert_non_null(text);
		assert_null(strpbrk(text, "\x1b\x7f"));
		free(text);
		json_decref(record);
	}
}

static void anchors(void **state)
{
	static const char *const wrong[] = { "",
					     "1",
					     "1:",
					     "1:00112233",
					     ":0011223344556677",
					     "0:0011223344556677",
					     "1:001122334455667G",
					     "1:0011223344556677 ",
					     "-1:0011223344556677",
					     "1:00112233445566778899AABB" };
	struct lw_audit_kept kept;
	size_t i;

	assert_int_equal(lw_audit_kept_parse("12:0011223344556677", &kept), 0);
	assert_int_equal(kept.seq, 12);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(lw_audit_kept_parse(wrong[i], &kept), -EINVAL);
}

static void file_names(void **state)
{
	assert_int_equal(lw_audit_file_number("/x/audit-000000000123.jsonl"), 123);
	assert_int_equal(lw_audit_file_number("a-b-000000000123.jsonl.gz"), 123);
	assert_int_equal(lw_audit_file_number("/x/audit.jsonl"), 0);
	assert_int_equal(lw_audit_file_number("/x-000000000123.jsonl/audit.jsonl"), 0);
	assert_int_equal(lw_audit_file_number("audit-123.jsonl"), 0);
	assert_int_equal(lw_audit_file_number("audit-000000000123.jsonl.gz.new"), 0);
}

static void key_files(void **state)
{
	static const char machine[] = "0123456789abcdef0123456789abcdef";
	static const char *const wrong[] = {
		"",
		"x",
		"luwatch-audit-public-key/1 0123 AAAA",
		"luwatch-audit-public-key/1 0123456789abcdef0123456789abcdef AAAA",
		"luwatch-audit-public-key/2 0123456789abcdef0123456789abcdef "
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	};
	struct lw_audit_key key, again;
	char *text, *longer;
	size_t i;

	assert_int_equal(lw_audit_key_make("too-short", &key), -EINVAL);
	assert_int_equal(lw_audit_key_make(machine, &key), 0);
	text = lw_audit_key_format(&key, true);
	assert_int_equal(lw_audit_key_parse(text, &again), 0);
	assert_true(again.private);
	assert_memory_equal(again.secret, key.secret, sizeof(key.secret));
	free(text);
	text = lw_audit_key_format(&key, false);
	assert_int_equal(lw_audit_key_parse(text, &again), 0);
	assert_false(again.private);
	longer = malloc(strlen(text) + 2);
	strcat(strcpy(longer, text), "x");
	assert_int_equal(lw_audit_key_parse(longer, &again), -EINVAL);
	free(longer);
	free(text);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(lw_audit_key_parse(wrong[i], &again), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters),    cmocka_unit_test(anchors),    cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(file_names), cmocka_unit_test(key_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
