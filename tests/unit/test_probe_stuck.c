// SPDX-License-Identifier: GPL-2.0-or-later
/* A unit with a fault whose interrupt never came, and what only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "probe/stuck.h"

static const char interrupts[] =
	"            CPU0       CPU1       CPU2\n"
	"   0:         33          0          0    IO-APIC    2-edge      timer\n"
	"  24:          4          0       1003  DMAR-MSI    0-edge      dmar0\n"
	"  25:          0          0          0  DMAR-MSI    1-edge      dmar1\n"
	"  26:         12          1          0  DMAR-MSI   10-edge      dmar10\n"
	"  27:          7          7          7  PCI-MSIX-0000:00:02.0   0-edge      virtio0-dmar0x\n"
	" NMI:          0          0          0   Non-maskable interrupts\n"
	" ERR:          5\n";

static void counted_by_name(void **state)
{
	(void)state;
	assert_int_equal(lw_interrupts_of(interrupts, "dmar0"), 1007);
	assert_int_equal(lw_interrupts_of(interrupts, "dmar1"), 0);
	assert_int_equal(lw_interrupts_of(interrupts, "dmar10"), 13);
	assert_int_equal(lw_interrupts_of(interrupts, "dmar2"), 0);
	assert_int_equal(lw_interrupts_of(interrupts, "ar0"), 0);
	assert_int_equal(lw_interrupts_of(interrupts, ""), 0);
	assert_int_equal(lw_interrupts_of("", "dmar0"), 0);
	assert_int_equal(lw_interrupts_of("24: 5 6 DMAR-MSI 0-edge dmar0", "dmar0"), 11);
	assert_int_equal(lw_interrupts_of("24:", "dmar0"), 0);
	assert_int_equal(lw_interrupts_of("24: 99999999999999999999999 dmar0", "dmar0"), UINT64_MAX);
}

/* One look at a unit with that status, with so many interrupts until then. */
static void look(struct lw_stuck *stuck, uint32_t fsts, const char *text)
{
	struct lw_unit_view view = { .iommu = 0xffff888000001000, .fsts = fsts };

	memcpy(view.name, "dmar0", 6);
	assert_int_equal(lw_stuck_take(stuck, &view, 1, text), 0);
}

static const char before[] = "24: 5 0 DMAR-MSI 0-edge dmar0\n", after[] = "24: 5 1 DMAR-MSI 0-edge dmar0\n";

static void stuck_in_two_looks(void **state)
{
	struct lw_stuck stuck = {};
	int i;

	(void)state;
	look(&stuck, VTD_FSTS_PPF, before);
	assert_true(stuck.any_pending);
	assert_false(lw_stuck_is(&stuck, 0xffff888000001000));
	for (i = 0; i < 3; i++)
		look(&stuck, VTD_FSTS_PPF, before);
	assert_true(lw_stuck_is(&stuck, 0xffff888000001000));
	assert_false(lw_stuck_is(&stuck, 0xffff888000002000));
	assert_int_equal(stuck.found, 1);
	/* Somebody cleared it, and it happens again. */
	look(&stuck, 0, before);
	assert_false(lw_stuck_is(&stuck, 0xffff888000001000));
	look(&stuck, VTD_FSTS_PPF, before);
	assert_int_equal(stuck.found, 1);
	look(&stuck, VTD_FSTS_PPF, before);
	assert_int_equal(stuck.found, 2);
	lw_stuck_free(&stuck);
}

static void not_stuck(void **state)
{
	struct lw_stuck stuck = {};

	(void)state;
	/* Faults that go on: each has its interrupt. */
	look(&stuck, VTD_FSTS_PPF, before);
	look(&stuck, VTD_FSTS_PPF, after);
	/* A queue error is no fault, and a unit that is gone reads as all ones. */
	look(&stuck, VTD_FSTS_QUEUE_ERRORS, after);
	look(&stuck, VTD_FSTS_QUEUE_ERRORS, after);
	look(&stuck, ~0U, after);
	assert_false(stuck.any_pending);
	look(&stuck, ~0U, after);
	assert_int_equal(stuck.found, 0);
	/* No unit at all. */
	assert_int_equal(lw_stuck_take(&stuck, NULL, 0, after), 0);
	assert_false(lw_stuck_is(&stuck, 0));
	lw_stuck_free(&stuck);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted_by_name),
		cmocka_unit_test(stuck_in_two_looks),
		cmocka_unit_test(not_stuck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
