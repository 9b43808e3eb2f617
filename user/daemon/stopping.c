/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the daemon is being stopped. A restart must not end the watch over a hand-over, a shutdown
 * must: the next kernel will not know what this one saw. systemd is asked on its own socket,
 * because the message bus may be gone by then.
 */
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/io.h"
#include "daemon/daemon.h"

#define PRIVATE_SOCKET "/run/systemd/private"
#define ANSWER_US      2000000

bool lw_system_is_stopping(void)
{
	LW_FREE char *state = NULL;
	sd_bus *bus = NULL;
	int r;

	if (!lw_exists(PRIVATE_SOCKET))
		return false;
	r = sd_bus_new(&bus);
	if (r >= 0)
		r = sd_bus_set_address(bus, "unix:path=" PRIVATE_SOCKET);
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r >= 0)
		r = sd_bus_set_method_call_timeout(bus, ANSWER_US);
	if (r >= 0)
		r = sd_bus_get_property_string(
			bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
			"org.freedesktop.systemd1.Manager", "SystemState", NULL, &state);
	sd_bus_close_unref(bus);
	return r >= 0 && !strcmp(state, "stopping");
}
