// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration space written down byte by byte, whole, cut and hostile; and PASID tables. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/config_space.h"
#include "luwatch/vtd.h"
#include "preflight/pasid.h"

/* A PCI Express endpoint with ATS at 0x100 and PASID at 0x140. */
static void endpoint(uint8_t config[LW_CONFIG_EXTENDED_BYTES])
{
	memset(config, 0, LW_CONFIG_EXTENDED_BYTES);
	config[0x04] = 0x06;
	config[0x06] = 0x10;
	config[0x0b] = 0x02;
	config[0x34] = 0x40;
	config[0x40] = 0x05;
	config[0x41] = 0x60;
	config[0x60] = 0x10;
	memcpy(&config[0x100], "\x0f\x00\x01\x14", 4);
	memcpy(&config[0x140], "\x1b\x00\x01\x00", 4);
}

static void an_endpoint_is_read(void **state)
{
	uint8_t config[LW_CONFIG_EXTENDED_BYTES];

	(void)state;
	endpoint(config);
	assert_int_equal(lw_config_express_type(config, sizeof(config)), 0);
	assert_true(lw_config_bus_master(config, sizeof(config)));
	assert_false(lw_config_bridge(config, sizeof(config)));
	assert_int_equal(lw_config_enabled(config, sizeof(config), LW_CAPABILITY_ATS), 0);
	assert_int_equal(lw_config_enabled(config, sizeof(config), LW_CAPABILITY_PASID), 0);
	config[0x107] = 0x80;
	assert_int_equal(lw_config_enabled(config, sizeof(config), LW_CAPABILITY_ATS), 1);
	assert_int_equal(lw_config_enabled(config, sizeof(config), LW_CAPABILITY_PASID), 0);
	config[0x146] = 1;
	assert_int_equal(lw_config_enabled(config, sizeof(config), LW_CAPABILITY_PASID), 1);
	config[0x04] = 0x02;
	assert_false(lw_config_bus_master(config, sizeof(config)));
}

static void bridges_are_known(void **state)
{
	uint8_t config[LW_CONFIG_EXTENDED_BYTES];

	(void)state;
	endpoint(config);
	config[0x0e] = 0x81;
	config[0x19] = 7;
	assert_true(lw_config_bridge(config, sizeof(config)));
	assert_int_equal(lw_config_secondary_bus(config, sizeof(config)), 7);
	config[0x0e] = 0x80;
	assert_false(lw_config_bridge(config, sizeof(config)));
	config[0x0b] = 0x06; /* a host bridge has the header of an endpoint */
	assert_true(lw_config_bridge(config, sizeof(config)));
}

/* A conventional function has no extended capabilities; one that was cut may have. */
static void what_was_not_read_is_not_known(void **state)
{
	uint8_t config[LW_CONFIG_EXTENDED_BYTES];

	(void)state;
	endpoint(config);
	assert_int_equal(lw_config_enabled(config, 256, LW_CAPABILITY_ATS), -ENODATA);
	config[0x60] = 0x09;
	assert_int_equal(lw_config_enabled(config, 256, LW_CAPABILITY_ATS), 0);
	assert_int_equal(lw_config_express_type(config, 64), -1);
}

static void lists_that_turn_in_circles_end(void **state)
{
	uint8_t config[LW_CONFIG_EXTENDED_BYTES];
	size_t length;

	(void)state;
	endpoint(config);
	config[0x143] = 0x10; /* back to 0x100 */
	assert_int_equal(lw_config_enabled(config, sizeof(config), 0x23), 0);
	config[0x40] = 0x05;
	config[0x41] = 0x40;
	assert_int_equal(lw_config_express_type(config, sizeof(config)), -1);
	memset(config, 0xff, sizeof(config));
	for (length = 0; length <= sizeof(config); length += 7)
		lw_config_enabled(config, length, LW_CAPABILITY_PASID);
}

/* Memory of a unit in scalable mode: page N at address N << 12. */
struct memory {
	uint64_t pages[8][512];
	uint64_t unreadable;
};

static int read_page(void *context, uint64_t address, uint64_t words[512])
{
	struct memory *memory = context;

	if (address == memory->unreadable || address >> 12 >= 8)
		return -EFAULT;
	memcpy(words, memory->pages[address >> 12], 4096);
	return 0;
}

static void build(struct memory *memory, struct lw_unit_view *unit)
{
	memset(memory, 0, sizeof(*memory));
	memset(unit, 0, sizeof(*unit));
	unit->readable = 1;
	unit->rtaddr = VTD_MODE_SCALABLE << 10;
	unit->root[1 << 1 | 1] = 1 << 12 | VTD_PRESENT;
	memory->unreadable = ~0ULL;
	memory->pages[1][4 * 4] = 2 << 12 | 1 << 9 | VTD_PRESENT; /* 01:10.4, PDTS 1: 256 words */
	memory->pages[1][4 * 4 + 1] = 0;
	memory->pages[2][0] = 3 << 12 | VTD_PRESENT;
	memory->pages[2][255] = 4 << 12 | VTD_PRESENT;
	memory->pages[2][256] = 5 << 12 | VTD_PRESENT; /* behind the end */
	memory->pages[3][0] = VTD_PRESENT;	       /* RID_PASID */
	memory->pages[3][5 * 8] = VTD_PRESENT;
	memory->pages[4][63 * 8] = VTD_PRESENT;
	memory->pages[5][0] = VTD_PRESENT;
}

#define DEVICE LW_RID(0, 1, 0x84)

static void pasids_are_counted(void **state)
{
	struct lw_unit_view unit;
	struct memory memory;

	(void)state;
	build(&memory, &unit);
	assert_int_equal(lw_pasids_in_use(&unit, DEVICE, read_page, &memory), 2);
	memory.pages[1][4 * 4 + 1] = 5; /* another RID_PASID */
	assert_int_equal(lw_pasids_in_use(&unit, DEVICE, read_page, &memory), 2);
	assert_int_equal(lw_pasids_in_use(&unit, DEVICE + 1, read_page, &memory), 0);
	assert_int_equal(lw_pasids_in_use(&unit, LW_RID(0, 2, 0), read_page, &memory), 0);
	memory.pages[1][4 * 4] &= ~VTD_PRESENT;
	assert_int_equal(lw_pasids_in_use(&unit, DEVICE, read_page, &memory), 0);
	unit.rtaddr = 0; /* legacy mode has none */
	assert_int_equal(lw_pasids_in_use(&unit, DEVICE, read_page, &memory), 0);
}

static void tables_that_cannot_be_read_are_no_zero(void **state)
{
	struct lw_unit_view unit;
	struct memory memory;
	int page, i;

	(void)state;
	for (page = 1; page <= 4; page++) {
		build(&memory, &unit);
		memory.unreadable = (uint64_t)page << 12;
		assert_int_equal(lw_pasids_in_use(&unit, DEVICE, read_page, &memory), -EFAULT);
	}
	build(&memory, &unit);
	unit.readable = 0;
	assert_int_equal(lw_pasids_in_use(&unit, DEVICE, read_page, &memory), -EIO);
	/* A directory of 16,384 words, each with the same table: not all are read. */
	build(&memory, &unit);
	memory.pages[1][4 * 4] = 2 << 12 | 7 << 9 | VTD_PRESENT;
	for (page = 2; page < 8; page++)
		for (i = 0; i < 512; i++)
			memory.pages[page][i] = 3 << 12 | VTD_PRESENT;
	assert_true(lw_pasids_in_use(&unit, DEVICE, read_page, &memory) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_endpoint_is_read),
		cmocka_unit_test(bridges_are_known),
		cmocka_unit_test(what_was_not_read_is_not_known),
		cmocka_unit_test(lists_that_turn_in_circles_end),
		cmocka_unit_test(pasids_are_counted),
		cmocka_unit_test(tables_that_cannot_be_read_are_no_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
