/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that come and go while this kernel is armed. */
#ifndef LUWATCH_DAEMON_HOTPLUG_H
#define LUWATCH_DAEMON_HOTPLUG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether MESSAGE, a uevent of the kernel ("ACTION@PATH" and then "KEY=VALUE" strings, each with its
 * zero), says that a PCI function came or went.
 */
bool lw_uevent_changes_devices(const char *message, size_t length);

#endif
