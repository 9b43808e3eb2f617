/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program as a transient unit of systemd, asked for on the manager's own socket: no bus daemon
 * has to run. The unit's name is that of the revision, so that it does not run twice at a time.
 */
#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/message.h"
#include "daemon/verdict_hook.h"

#define MANAGER	  "unix:path=/run/systemd/private"
#define WAIT_US	  (5 * 1000000ULL)
#define SECOND_US 1000000ULL

static int put_environment(sd_bus_message *m, char **environment)
{
	int r = sd_bus_message_open_container(m, 'r', "sv");

	r = r < 0 ? r : sd_bus_message_append(m, "s", "Environment");
	r = r < 0 ? r : sd_bus_message_open_container(m, 'v', "as");
	r = r < 0 ? r : sd_bus_message_append_strv(m, environment);
	r = r < 0 ? r : sd_bus_message_close_container(m);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int put_properties(sd_bus_message *m, const struct lw_verdict_hook *h)
{
	int r = sd_bus_message_open_container(m, 'a', "(sv)");

	r = r < 0 ? r
		  : sd_bus_message_append(m, "(sv)(sv)(sv)(sv)(sv)", "Description", "s",
					  "luwatch: program told of a verdict", "Type", "s", "exec",
					  "CollectMode", "s", "inactive-or-failed",
					  "SyslogIdentifier", "s", "luwatch-hook", "RuntimeMaxUSec",
					  "t", h->seconds * SECOND_US);
	r = r < 0 ? r
		  : sd_bus_message_append(m, "(sv)(sv)(sv)(sv)", "NoNewPrivileges", "b", 1,
					  "CapabilityBoundingSet", "t", (uint64_t)0, "PrivateTmp",
					  "b", 1, "ExecStart", "a(sasb)", 1, h->program, 1,
					  h->program, 0);
	if (r >= 0)
		r = *h->user ? sd_bus_message_append(m, "(sv)", "User", "s", h->user)
			     : sd_bus_message_append(m, "(sv)", "DynamicUser", "b", 1);
	r = r < 0 ? r : put_environment(m, h->environment);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

int lw_verdict_hook_start_unit(const struct lw_verdict_hook *h)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *m = NULL;
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	r = r < 0 ? r : sd_bus_set_address(bus, MANAGER);
	r = r < 0 ? r : sd_bus_start(bus);
	r = r < 0 ? r
		  : sd_bus_message_new_method_call(
			    bus, &m, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
			    "org.freedesktop.systemd1.Manager", "StartTransientUnit");
	r = r < 0 ? r : sd_bus_message_append(m, "ss", h->unit, "fail");
	r = r < 0 ? r : put_properties(m, h);
	r = r < 0 ? r : sd_bus_message_append(m, "a(sa(sv))", 0);
	r = r < 0 ? r : sd_bus_call(bus, m, WAIT_US, &error, NULL);
	if (sd_bus_error_has_name(&error, "org.freedesktop.systemd1.UnitExists"))
		r = 0;
	if (r < 0)
		lw_warn("%s: %s", h->unit,
			sd_bus_error_is_set(&error) ? error.message : strerror(-r));
	sd_bus_error_free(&error);
	sd_bus_message_unref(m);
	sd_bus_flush_close_unref(bus);
	return r < 0 ? r : 0;
}
