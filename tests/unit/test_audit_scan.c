// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of the audit log read without a JSON parser: what is taken, the parser takes too, and sees
 * the same in it. Tried on lines as they are written and on each with one byte changed, removed or
 * doubled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "audit/entry.h"
#include "audit/scan.h"
#include "base/io.h"

static size_t taken, tried;

static void same(const char *is, const json_t *record, const char *key)
{
	assert_string_equal(is, json_string_value(json_object_get(record, key)));
}

/* COVERED lacks the hash and the brace behind it. */
static bool try(const char *covered, size_t length)
{
	struct lw_audit_said said;
	char *whole = malloc(length + 1);
	json_t *record;

	tried++;
	if (!lw_audit_scan(covered, length, &said)) {
		free(whole);
		return false;
	}
	memcpy(whole, covered, length);
	whole[length] = '}';
	record = json_loadb(whole, length + 1, JSON_REJECT_DUPLICATES, NULL);
	if (!record)
		print_error("taken, and no JSON: %.*s\n", (int)length, covered);
	assert_non_null(record);
	same("luwatch.audit/1", record, "schema");
	same(said.time, record, "time");
	same(said.boot_id, record, "boot_id");
	same(said.kind, record, "kind");
	same(said.prev, record, "prev");
	assert_true(said.seq == json_integer_value(json_object_get(record, "seq")));
	assert_true(said.boot_ns == json_integer_value(json_object_get(record, "boot_ns")));
	json_decref(record);
	free(whole);
	taken++;
	return true;
}

/* A line up to its hash; DETAIL is JSON. */
static char *line_of(const char *detail, bool sign)
{
	struct lw_audit_stamp stamp = { .seq = 12, .boot_ns = 34, .boot_id = "b" };
	struct lw_audit_actor actor = { .loginuid = 1000, .session = 3, .command = "test" };
	struct lw_audit_event event = { .kind = LW_AUDIT_NOTE, .actor = &actor };
	json_t *value = json_loads(detail, JSON_DECODE_ANY, NULL);
	uint8_t hash[LW_AUDIT_HASH];
	struct lw_audit_key key;
	char *line;

	assert_non_null(value);
	assert_int_equal(lw_audit_key_make("0123456789abcdef0123456789abcdef", &key), 0);
	strcpy(stamp.machine, key.machine);
	stamp.time.tv_sec = 1700000000;
	event.detail = value;
	line = lw_audit_record_format(&stamp, &event, sign ? &key : NULL, hash);
	json_decref(value);
	assert_non_null(line);
	*strstr(line, ",\"hash\":\"") = '\0';
	return line;
}

static const char *const details[] = {
	"null", "{\"a\":1,\"b\":-20,\"c\":[],\"d\":{}}",
	"{\"text\":\"a \\\"b\\\" \\\\ \\n\",\"list\":[1,{\"a\":true,\"b\":false},null]}",
};

static void lines_as_written_are_taken(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < 2 * sizeof(details) / sizeof(details[0]); i++) {
		LW_FREE char *line = line_of(details[i / 2], i & 1);

		assert_true(try(line, strlen(line)));
	}
}

static void what_is_taken_is_json(void **unused)
{
	static const char others[] = "\"\\{}[],:01-9.eEntu /\x01\x7f\x80\xff";
	size_t i, at, k;

	(void)unused;
	for (i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		LW_FREE char *line = line_of(details[i], true);
		size_t length = strlen(line);
		LW_FREE char *changed = malloc(length + 1);

		for (at = 0; at < length; at++) {
			try(line, at);
			memcpy(changed, line, length);
			for (k = 0; k < sizeof(others); k++) {
				changed[at] = others[k];
				try(changed, length);
			}
			memcpy(changed + at, line + at + 1, length - at - 1);
			try(changed, length - 1);
			memcpy(changed + at, line + at, 1);
			memcpy(changed + at + 1, line + at, length - at);
			try(changed, length + 1);
		}
	}
	assert_true(taken > tried / 10 && taken < tried);
}

static void what_is_not_plain_is_left(void **unused)
{
	static const char *const left[] = {
		"{\"a\":1.5}", "{\"a\":1234567890123456789}", "{\"a\":\"\\u00e4\"}",
		"[[[[[[[[[[1]]]]]]]]]]",
		"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
		"\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1}",
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		LW_FREE char *line = line_of(left[i], false);

		if (try(line, strlen(line)))
			fail_msg("taken: %s", line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_as_written_are_taken),
		cmocka_unit_test(what_is_taken_is_json),
		cmocka_unit_test(what_is_not_plain_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
