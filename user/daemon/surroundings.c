/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fault is judged by: the devices of this machine and what is to be preserved, as they are
 * now. Both change without an event, so they are looked at whenever there is a new fault. Reading
 * the topology again takes thousands of small files on a large host; whether it changed takes one
 * link for each device.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"
#include "daemon/daemon.h"

#define DEVICES	 "/sys/bus/pci/devices"
#define FRESH_NS 1000000000ULL

static uint64_t mix_text(uint64_t state, const char *text)
{
	for (; *text; text++)
		state = lw_mix(state, (unsigned char)*text);
	return state;
}

/* Which devices there are and which driver each has, as a number; their order does not matter. */
static uint64_t devices_digest(void)
{
	DIR *directory = opendir(DEVICES);
	struct dirent *entry;
	uint64_t digest = 1;
	char driver[256];
	ssize_t length;

	while (directory && (entry = readdir(directory))) {
		LW_FREE char *path = lw_format(DEVICES "/%s/driver", entry->d_name);

		length = readlink(path, driver, sizeof(driver) - 1);
		driver[length > 0 ? length : 0] = '\0';
		digest += mix_text(mix_text(LW_MIX_SEED, entry->d_name), driver);
	}
	if (directory)
		closedir(directory);
	return digest;
}

static void refresh_topology(struct lw_daemon *d)
{
	uint64_t now = lw_boot_clock(), digest;

	if (d->topology_ns && now - d->topology_ns < FRESH_NS)
		return;
	d->topology_ns = now;
	digest = devices_digest();
	if (digest == d->topology_digest)
		return;
	lw_topology_free(&d->topology);
	if (lw_topology_read("/sys", &d->topology))
		lw_warn("the PCI devices cannot be listed");
	d->topology_digest = digest;
}

void lw_daemon_refresh_sight(struct lw_daemon *d)
{
	refresh_topology(d);
	free(d->preserved.rids);
	memset(&d->preserved, 0, sizeof(d->preserved));
	if (d->armed &&
	    lw_map_preserved(&d->pins, d->topology.devices, d->topology.count, &d->preserved))
		lw_warn("the preserved set cannot be read; faults may get a milder class");
}

struct lw_live_context lw_daemon_context(const struct lw_daemon *d)
{
	return (struct lw_live_context){
		.handed_over = d->watch.handed_over,
		.handover = d->watch.handover,
		.preserved = d->preserved.rids,
		.preserved_count = d->preserved.count,
		.devices = d->topology.devices,
		.device_count = d->topology.count,
	};
}
