// SPDX-License-Identifier: GPL-2.0-or-later
/* Which of the kernel's uevents are of devices that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/hotplug.h"

#define UEVENT(text) text, sizeof(text)

static void pci_functions(void **state)
{
	(void)state;
	assert_true(lw_uevent_changes_devices(
		UEVENT("add@/devices/pci0000:00/0000:00:04.0\0ACTION=add\0"
		       "DEVPATH=/devices/pci0000:00/0000:00:04.0\0SUBSYSTEM=pci\0PCI_CLASS=20000\0SEQNUM=4711")));
	assert_true(lw_uevent_changes_devices(
		UEVENT("remove@/devices/pci0000:00/0000:00:04.0\0ACTION=remove\0SUBSYSTEM=pci\0SEQNUM=4712")));
}

/* A driver that comes or goes changes no alias; neither does anything that is no PCI function. */
static void others(void **state)
{
	(void)state;
	assert_false(lw_uevent_changes_devices(
		UEVENT("bind@/devices/pci0000:00/0000:00:04.0\0ACTION=bind\0SUBSYSTEM=pci")));
	assert_false(lw_uevent_changes_devices(
		UEVENT("add@/devices/virtual/net/tap0\0ACTION=add\0SUBSYSTEM=net")));
	assert_false(lw_uevent_changes_devices(UEVENT("add@/bus/pci/drivers/x\0ACTION=add\0SUBSYSTEM=drivers")));
}

static void damaged(void **state)
{
	static const char cut[] = "add@/x\0ACTION=add\0SUBSYSTEM=pci";
	size_t length;

	(void)state;
	assert_false(lw_uevent_changes_devices(cut, 0));
	/* Every length but the whole one, which ends with a zero. */
	for (length = 1; length < sizeof(cut); length++)
		assert_false(lw_uevent_changes_devices(cut, length));
	assert_true(lw_uevent_changes_devices(cut, sizeof(cut)));
	/* As udev's own messages begin. */
	assert_false(lw_uevent_changes_devices(UEVENT("libudev\0\xfe\xed\xca\xfe")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pci_functions),
		cmocka_unit_test(others),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests_name("daemon_hotplug", tests, NULL, NULL);
}
