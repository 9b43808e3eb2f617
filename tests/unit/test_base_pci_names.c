// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of PCI devices; that none is leaked, `make sanitized` sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/pci_names.h"

static char path[] = "/tmp/luwatch-names-XXXXXX";

static int write_names(void **state)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return -1;
	dprintf(fd, "8086  Intel Corporation\n\t10d3  82574L Gigabit Network Connection\n");
	dprintf(fd, "1022  Advanced Micro Devices, Inc. [AMD]\n\t1480  Root Complex\n");
	return close(fd);
}

static int remove_names(void **state)
{
	return unlink(path);
}

static void is_named(struct lw_pci_names *names, uint16_t vendor, uint16_t device, const char *name)
{
	char text[LW_PCI_NAME];

	assert_string_equal(lw_pci_name(names, vendor, device, text), name);
}

static void known_and_unknown(void **state)
{
	struct lw_pci_names *names = lw_pci_names_open(path);

	is_named(names, 0x8086, 0x10d3, "Intel 82574L Gigabit Network Connection");
	is_named(names, 0x1022, 0x1480, "AMD Root Complex");
	is_named(names, 0x8086, 0x0001, "Intel device 0001");
	is_named(names, 0x4321, 0x0001, "device 4321:0001");
	lw_pci_names_close(names);
}

static void no_database(void **state)
{
	struct lw_pci_names *names = lw_pci_names_open("/nonexistent");

	is_named(names, 0x8086, 0x10d3, "device 8086:10d3");
	lw_pci_names_close(names);
	is_named(NULL, 0x8086, 0x10d3, "device 8086:10d3");
}

/* Thousands of devices without a name, as on a large host. */
static void systems_own(void **state)
{
	struct lw_pci_names *names = lw_pci_names_open(NULL);
	char text[LW_PCI_NAME];
	unsigned int i;

	for (i = 0; i < 4096; i++)
		assert_non_null(lw_pci_name(names, 0xfff0, i, text));
	lw_pci_names_close(names);
}

/* libpci would end the process over it. */
static void damaged_database(void **state)
{
	char damaged[] = "/tmp/luwatch-damaged-XXXXXX";
	int fd = mkstemp(damaged);
	struct lw_pci_names *names;

	assert_true(fd >= 0);
	dprintf(fd, "\tthis is\nno database\n");
	close(fd);
	names = lw_pci_names_open(damaged);
	is_named(names, 0xfff1, 1, "device fff1:0001");
	is_named(names, 0xfff1, 1, "device fff1:0001");
	lw_pci_names_close(names);
	unlink(damaged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_and_unknown),
		cmocka_unit_test(no_database),
		cmocka_unit_test(damaged_database),
		cmocka_unit_test(systems_own),
	};

	return cmocka_run_group_tests(tests, write_names, remove_names);
}
