/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and aliases from sysfs. The chain of bridges above a device is the chain of folders above
 * it; what kind each bridge is stands in its configuration space. A bridge may put its own or its
 * secondary bus's address on what passes through it, and then several devices share one requester
 * ID.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pci_names.h"
#include "collect/config_space.h"
#include "collect/topology.h"

#define MAX_ALIASES 16

static void add_alias(uint64_t *aliases, size_t *count, uint64_t own, uint64_t alias)
{
	size_t i;

	if (alias == own || *count >= MAX_ALIASES)
		return;
	for (i = 0; i < *count; i++)
		if (aliases[i] == alias)
			return;
	aliases[(*count)++] = alias;
}

/* What the bridge NAME does to the requester ID of traffic from below. */
static void bridge_alias(const char *sysfs, const char *name, uint64_t own, uint64_t *aliases,
			 size_t *count)
{
	LW_FREE char *path = lw_format("%s/bus/pci/devices/%s/config", sysfs, name);
	LW_FREE uint8_t *config = NULL;
	uint64_t bridge, secondary;
	size_t length;

	if (lw_rid_parse(name, &bridge) ||
	    lw_read_file(path, 2 * LW_CONFIG_EXTENDED_BYTES, &config, &length) || length < 64)
		return;
	secondary = LW_RID(LW_RID_SEGMENT(bridge), lw_config_secondary_bus(config, length), 0);
	switch (lw_config_express_type(config, length)) {
	case LW_EXPRESS_ROOT_PORT:
	case LW_EXPRESS_UPSTREAM:
	case LW_EXPRESS_DOWNSTREAM:
		return;
	case LW_EXPRESS_TO_PCI:
		add_alias(aliases, count, own, secondary);
		return;
	default: /* PCI to Express, and conventional bridges: their own address */
		add_alias(aliases, count, own, bridge);
	}
}

/*
 * What is behind a VMD controller (…/0000:00:0e.0/pci10000:e0/10000:e0:06.0/…) sends as the controller,
 * and bridges in between put nothing on it (pci_real_dma_dev()): PATH is cut to the controller's.
 */
static bool cut_to_sender(char *path, uint64_t *sender)
{
	char *root, *slash;

	while ((root = strrchr(path, '/'))) {
		*root = '\0';
		slash = strrchr(path, '/');
		if (!strncmp(root + 1, "pci", 3) && slash && !lw_rid_parse(slash + 1, sender))
			return true;
	}
	return false;
}

/* Walks up the folders from the device: each one above that is a PCI address is a bridge. */
static void find_aliases(const char *sysfs, const char *name, uint64_t own, uint64_t *aliases,
			 size_t *count)
{
	LW_FREE char *link = lw_format("%s/bus/pci/devices/%s", sysfs, name);
	LW_FREE char *path = realpath(link, NULL);
	LW_FREE char *behind = path ? strdup(path) : NULL;
	char *slash;
	uint64_t rid;

	if (!behind)
		return;
	if (cut_to_sender(behind, &rid)) {
		add_alias(aliases, count, own, rid);
		strcpy(path, behind);
	}
	slash = strrchr(path, '/');
	while (slash) {
		*slash = '\0';
		slash = strrchr(path, '/');
		if (!slash || lw_rid_parse(slash + 1, &rid))
			return;
		bridge_alias(sysfs, slash + 1, own, aliases, count);
	}
}

static uint16_t read_id(const char *sysfs, const char *name, const char *file)
{
	LW_FREE char *path = lw_format("%s/bus/pci/devices/%s/%s", sysfs, name, file);
	uint64_t id = 0;

	lw_read_number(path, &id);
	return id;
}

/* The name of the bound driver, allocated, or NULL. */
static char *read_driver(const char *sysfs, const char *name)
{
	LW_FREE char *path = lw_format("%s/bus/pci/devices/%s/driver", sysfs, name);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	char *slash;

	if (n < 0)
		return NULL;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return strdup(slash ? slash + 1 : target);
}

/* A reserved region of type "direct" is firmware's RMRR: DMA there goes on by design. */
static bool has_rmrr(const char *sysfs, const char *name)
{
	LW_FREE char *path =
		lw_format("%s/bus/pci/devices/%s/iommu_group/reserved_regions", sysfs, name);
	LW_FREE uint8_t *text = NULL;
	size_t length;

	return !lw_read_file(path, 65536, &text, &length) && strstr((char *)text, " direct\n");
}

static bool is_user_space_driver(const char *driver)
{
	return driver && (!strcmp(driver, "vfio-pci") || strstr(driver, "vfio") ||
			  !strcmp(driver, "uio_pci_generic") || !strcmp(driver, "igb_uio"));
}

static int read_device(const char *sysfs, const char *name, struct lw_pci_names *names,
		       struct lw_device *d)
{
	uint64_t aliases[MAX_ALIASES], *copy;
	char text[LW_PCI_NAME];

	memset(d, 0, sizeof(*d));
	if (lw_rid_parse(name, &d->rid))
		return -EINVAL;
	find_aliases(sysfs, name, d->rid, aliases, &d->alias_count);
	if (d->alias_count) {
		copy = malloc(d->alias_count * sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		memcpy(copy, aliases, d->alias_count * sizeof(*copy));
		d->aliases = copy;
	}
	d->vendor = read_id(sysfs, name, "vendor");
	d->device = read_id(sysfs, name, "device");
	d->name = strdup(lw_pci_name(names, d->vendor, d->device, text));
	d->driver = read_driver(sysfs, name);
	d->assigned = is_user_space_driver(d->driver);
	d->rmrr = has_rmrr(sysfs, name);
	return 0;
}

static int by_rid(const void *a, const void *b)
{
	const struct lw_device *x = a, *y = b;

	return x->rid < y->rid ? -1 : x->rid > y->rid;
}

int lw_topology_read(const char *sysfs, struct lw_topology *topology)
{
	LW_FREE char *path = lw_format("%s/bus/pci/devices", sysfs);
	struct lw_pci_names *names;
	struct dirent *entry;
	DIR *directory;
	int r = 0;

	memset(topology, 0, sizeof(*topology));
	directory = opendir(path);
	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	names = lw_pci_names_open(NULL);
	while (!r && (entry = readdir(directory))) {
		struct lw_device *grown;

		if (entry->d_name[0] == '.')
			continue;
		grown = realloc(topology->devices, (topology->count + 1) * sizeof(*grown));
		if (!grown) {
			r = -ENOMEM;
			break;
		}
		topology->devices = grown;
		r = read_device(sysfs, entry->d_name, names, &grown[topology->count]);
		if (!r)
			topology->count++;
		else if (r == -EINVAL)
			r = 0;
	}
	closedir(directory);
	lw_pci_names_close(names);
	if (topology->count)
		qsort(topology->devices, topology->count, sizeof(*topology->devices), by_rid);
	return r;
}

void lw_topology_free(struct lw_topology *topology)
{
	size_t i;

	for (i = 0; i < topology->count; i++) {
		free((void *)topology->devices[i].aliases);
		free((void *)topology->devices[i].name);
		free((void *)topology->devices[i].driver);
	}
	free(topology->devices);
	memset(topology, 0, sizeof(*topology));
}

int lw_topology_aliases(const struct lw_topology *topology, struct lw_alias **aliases, size_t *count)
{
	size_t i, j, all = 0;

	for (i = 0; i < topology->count; i++)
		all += topology->devices[i].alias_count;
	*count = 0;
	*aliases = calloc(all + 1, sizeof(**aliases));
	if (!*aliases)
		return -ENOMEM;
	for (i = 0; i < topology->count; i++)
		for (j = 0; j < topology->devices[i].alias_count; j++)
			(*aliases)[(*count)++] = (struct lw_alias){ topology->devices[i].rid,
								    topology->devices[i].aliases[j] };
	return 0;
}
