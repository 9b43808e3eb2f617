// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the report's schema, and the table of fault reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fault/fault.h"

static void reasons(void **state)
{
	/* Nobody but the host's kernel can cause these: root, context, PASID and page tables. */
	const char *hosts = "\x01\x02\x03\x07\x08\x09\x0a\x0b\x0c\x23\x24\x27\x30\x78\x7a\x7b\x7c";
	/* Of root, context and PASID level, and yet the device's request is enough. */
	const char *requests = "\x44\x45\x46\x47\x51\x59";
	uint32_t reason;

	(void)state;
	for (reason = 0; reason < 0x200; reason++) {
		bool host = (reason && reason < 0x80 && strchr(hosts, (int)reason)) ||
			    (reason >= 0x38 && reason <= 0x5b && !strchr(requests, (int)reason));

		assert_int_equal(lw_reason_caused_by(reason) == LW_CAUSED_BY_HOST, host);
		assert_int_equal(lw_reason_is_cleared_entry(reason),
				 reason == 1 || reason == 2 || reason == 0x39 || reason == 0x41);
		if (lw_reason_is_cleared_entry(reason))
			assert_non_null(strstr(lw_reason_text(reason), "not present"));
	}
	/* The set of codes in drivers/iommu/intel/dmar.c of 6.12, and 0x27. */
	for (reason = 0; reason < 0x200; reason++) {
		bool known =
			(reason >= 0x01 && reason <= 0x0d) || (reason >= 0x20 && reason <= 0x27) ||
			(reason >= 0x30 && reason <= 0x32) || (reason >= 0x38 && reason <= 0x3a) ||
			(reason >= 0x40 && reason <= 0x48) || (reason >= 0x50 && reason <= 0x52) ||
			(reason >= 0x58 && reason <= 0x5d) || (reason >= 0x70 && reason <= 0x7c) ||
			(reason >= 0x80 && reason <= 0x87) || reason == 0x90;

		assert_int_equal(lw_reason_text(reason) != NULL, known);
	}
	assert_null(lw_reason_text(UINT32_MAX));
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(lw_window_name(LW_WINDOW_BEFORE), "before");
	assert_string_equal(lw_window_name(LW_WINDOW_BLACKOUT), "blackout");
	assert_string_equal(lw_window_name(LW_WINDOW_EARLY_BOOT), "early-boot");
	assert_string_equal(lw_window_name(LW_WINDOW_AFTER), "after");
	assert_string_equal(lw_window_name(LW_WINDOWS), "unknown");
	assert_string_equal(lw_fault_class_name(LW_CLASS_PARKED), "parked");
	assert_string_equal(lw_fault_class_name(LW_CLASS_BROKEN), "broken");
	assert_string_equal(lw_fault_class_name(LW_CLASS_GUEST), "guest");
	assert_string_equal(lw_fault_class_name(LW_CLASS_LEAK_HIT), "leak-hit");
	assert_string_equal(lw_fault_class_name(LW_CLASS_ORDINARY), "ordinary");
	assert_string_equal(lw_fault_class_name(LW_CLASS_INTERRUPT), "interrupt-remapping");
	assert_string_equal(lw_fault_class_name(LW_CLASS_UNKNOWN_DEVICE), "unknown-device");
	assert_string_equal(lw_fault_class_name((enum lw_fault_class)99), "unknown");
	assert_string_equal(lw_fault_source_name(LW_SOURCE_REGISTER), "register");
	assert_string_equal(lw_fault_source_name(LW_SOURCE_LATCHED), "latched");
	assert_string_equal(lw_fault_source_name(LW_SOURCE_LOG), "log");
	assert_string_equal(lw_fault_source_name((enum lw_fault_source)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
