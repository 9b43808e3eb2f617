// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose requester ID a device sends with, by the chain of folders above it. The folders here are made
 * up: neither a VMD controller nor a conventional bridge below one exists in an emulated machine; the
 * chain is the one that Linux 6.12 shows for a drive behind VMD.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "collect/topology.h"

static char folder[] = "/tmp/luwatch-topology-XXXXXX";

/* Makes PATH with all that is above it, and the link to it in bus/pci/devices. EXPRESS: port type, or -1. */
static void add_function(const char *path, int express, uint8_t secondary)
{
	LW_FREE char *whole = lw_format("%s/devices/%s", folder, path);
	LW_FREE char *link = lw_format("%s/bus/pci/devices%s", folder, strrchr(path, '/'));
	LW_FREE char *target = lw_format("../../../devices/%s", path);
	LW_FREE char *file = lw_format("%s/config", whole);
	LW_FREE char *make = lw_format("mkdir -p %s %s/bus/pci/devices", whole, folder);
	uint8_t config[256] = { 0 };

	assert_int_equal(system(make), 0);
	assert_int_equal(symlink(target, link), 0);
	config[0x06] = express >= 0 ? 0x10 : 0; /* a list of capabilities */
	config[0x0e] = 1;
	config[0x19] = secondary;
	config[0x34] = 0x40;
	config[0x40] = 0x10; /* PCI Express */
	config[0x42] = express >= 0 ? express << 4 : 0;
	assert_int_equal(lw_write_file(file, config, sizeof(config), 0600), 0);
}

static int make_machine(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	add_function("pci0000:00/0000:00:0e.0", 9, 0);
	add_function("pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0", 4, 0xe1);
	add_function("pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0", 0, 0);
	add_function("pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:07.0", -1, 0xe2);
	add_function("pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:07.0/10000:e2:00.0", 0, 0);
	add_function("pci0000:00/0000:00:1c.0", -1, 3);
	add_function("pci0000:00/0000:00:1c.0/0000:03:00.0", 0, 0);
	add_function("pci0000:00/0000:00:1d.0", 4, 4);
	add_function("pci0000:00/0000:00:1d.0/0000:04:00.0", 0, 0);
	return 0;
}

static int remove_machine(void **state)
{
	LW_FREE char *command = lw_format("rm -r %s", folder);

	(void)state;
	return system(command);
}

/* The aliases of RID, in FOUND; their number. */
static size_t aliases_of(uint64_t rid, uint64_t *found)
{
	struct lw_topology topology;
	struct lw_alias *list;
	size_t i, all, count = 0;

	assert_int_equal(lw_topology_read(folder, &topology), 0);
	assert_int_equal(topology.count, 9);
	assert_int_equal(lw_topology_aliases(&topology, &list, &all), 0);
	for (i = 0; i < all; i++)
		if (list[i].rid == rid)
			found[count++] = list[i].alias;
	free(list);
	lw_topology_free(&topology);
	return count;
}

static void test_drive_behind_vmd_sends_as_the_controller(void **state)
{
	uint64_t found[16];

	(void)state;
	assert_int_equal(aliases_of(LW_RID(0x10000, 0xe1, 0), found), 1);
	assert_int_equal(found[0], LW_RID(0, 0, 0x70));
}

/* The bridge is within the controller's domain: it has no part in what the unit sees. */
static void test_bridge_behind_vmd_puts_nothing_on_it(void **state)
{
	uint64_t found[16];

	(void)state;
	assert_int_equal(aliases_of(LW_RID(0x10000, 0xe2, 0), found), 1);
	assert_int_equal(found[0], LW_RID(0, 0, 0x70));
}

static void test_conventional_bridge_and_root_port(void **state)
{
	uint64_t found[16];

	(void)state;
	assert_int_equal(aliases_of(LW_RID(0, 3, 0), found), 1);
	assert_int_equal(found[0], LW_RID(0, 0, 0xe0));
	assert_int_equal(aliases_of(LW_RID(0, 4, 0), found), 0);
	assert_int_equal(aliases_of(LW_RID(0, 0, 0x70), found), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drive_behind_vmd_sends_as_the_controller),
		cmocka_unit_test(test_bridge_behind_vmd_puts_nothing_on_it),
		cmocka_unit_test(test_conventional_bridge_and_root_port),
	};

	return cmocka_run_group_tests(tests, make_machine, remove_machine);
}
