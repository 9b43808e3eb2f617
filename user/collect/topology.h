/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PCI functions of this machine with their DMA aliases, as the kernel's own rules give them
 * (pci_for_each_dma_alias(), drivers/pci/search.c, Linux 6.12).
 */
#ifndef LUWATCH_TOPOLOGY_H
#define LUWATCH_TOPOLOGY_H

#include <stddef.h>

#include "arm/baseline.h"
#include "correlate/evidence.h"

struct lw_topology {
	struct lw_device *devices; /* sorted by requester ID */
	size_t count;
};

/*
 * Reads the topology from SYSFS ("/sys" but in tests). 0 or negative errno; a machine without PCI
 * has no devices. Give the result to lw_topology_free().
 */
int lw_topology_read(const char *sysfs, struct lw_topology *topology);
/* All its DMA aliases, as arming wants them; allocated, the caller frees. -ENOMEM, else 0. */
int lw_topology_aliases(const struct lw_topology *topology, struct lw_alias **aliases, size_t *count);
void lw_topology_free(struct lw_topology *topology);

#endif
