// SPDX-License-Identifier: GPL-2.0-or-later
/* A fault as JSON comes back as it was, and nothing else comes back as a fault. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "fault/json.h"

static const struct lw_fault write_fault = {
	.rid = LW_RID(0, 3, 0x10), .address_known = true, .reason = 5, .pasid = LW_NO_PASID,
	.address = 0xfee00000, .count = 3, .first_ns = 7, .last_ns = INT64_MAX,
};

static void check(const struct lw_fault *fault)
{
	json_t *json = lw_fault_json(fault);
	struct lw_fault back;

	assert_int_equal(lw_fault_of_json(json, &back), 0);
	assert_memory_equal(&back, fault, sizeof(back));
	json_decref(json);
}

static void comes_back(void **state)
{
	struct lw_fault fault = write_fault;

	check(&fault);
	fault.flags = LW_FAULT_READ;
	fault.pasid = 0xfffff;
	fault.source = LW_SOURCE_LATCHED;
	check(&fault);
	fault.flags = LW_FAULT_READ | LW_FAULT_EXECUTE;
	fault.first_ns = fault.last_ns = UINT64_MAX;
	fault.address_known = false;
	fault.address = 0;
	check(&fault);
	fault.rid = LW_RID_OTHER;
	fault.flags |= LW_FAULT_OTHER;
	check(&fault);
	fault.flags = LW_FAULT_INTERRUPT;
	fault.source = LW_SOURCE_LOG;
	check(&fault);
}

/* One field at a time is replaced by something it must not be; NULL takes it away. */
static void nothing_else_does(void **state)
{
	static const struct {
		const char *key, *value;
	} wrong[] = {
		{ "rid", "\"0000:03:00\"" }, { "rid", "3" },	       { "rid", NULL },
		{ "type", "\"reads\"" },     { "type", NULL },	       { "reason", "256" },
		{ "reason", "-1" },	     { "reason", "\"5\"" },    { "address", "\"0x\"" },
		{ "address", "\"fee\"" },    { "address", "\"0x-1\"" }, { "address", NULL },
		{ "address", "\"0x11112222333344445\"" },	       { "pasid", "1048576" },
		{ "pasid", "\"1\"" },	     { "count", "-3" },	       { "count", "1.5" },
		{ "first_ns", "-1" },	     { "last_ns", "\"\"" },    { "source", "\"log \"" },
		{ "source", NULL },
	};
	struct lw_fault back;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json_t *json = lw_fault_json(&write_fault);

		if (wrong[i].value)
			json_object_set_new(json, wrong[i].key,
					    json_loads(wrong[i].value, JSON_DECODE_ANY, NULL));
		else
			json_object_del(json, wrong[i].key);
		if (lw_fault_of_json(json, &back) != -EBADMSG)
			fail_msg("%s = %s was taken", wrong[i].key,
				 wrong[i].value ? wrong[i].value : "nothing");
		json_decref(json);
	}
	assert_int_equal(lw_fault_of_json(NULL, &back), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(nothing_else_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
