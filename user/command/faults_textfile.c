/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters for node-exporter where no daemon runs: a timer starts the command, the file is
 * replaced as a whole. Only what the armed programs counted, because counters must not fall, and the
 * kernel log forgets.
 */
#include <stdlib.h>
#include <string.h>

#include "arm/misses.h"
#include "base/io.h"
#include "base/message.h"
#include "collect/topology.h"
#include "command/command.h"
#include "command/faults.h"
#include "config/level.h"
#include "daemon/books.h"
#include "daemon/daemon.h"
#include "daemon/metrics.h"
#include "probe/kernel.h"

/* Books what was counted so far. 0 or a negative errno. */
static int take_counters(struct lw_books *books, const struct lw_pins *pins)
{
	struct lw_preserved_now preserved = {};
	struct lw_topology topology = {};
	struct lw_map_fault *faults = NULL;
	int count = lw_map_faults(pins->maps.faults, &faults);

	if (count < 0)
		return count;
	if (lw_topology_read("/sys", &topology))
		lw_warn("the PCI devices cannot be listed");
	if (lw_map_preserved(pins, topology.devices, topology.count, &preserved))
		lw_warn("the preserved set cannot be read; faults may get a milder class");
	lw_books_take(books, &(struct lw_live_context){ .preserved = preserved.rids,
							.preserved_count = preserved.count,
							.devices = topology.devices,
							.device_count = topology.count },
		      faults, (size_t)count);
	free(preserved.rids);
	lw_topology_free(&topology);
	free(faults);
	return 0;
}

static int put(const char *path, struct lw_config *config, const struct lw_books *books,
	       const struct lw_pins *pins)
{
	struct lw_metrics m = {
		.version = LW_VERSION,
		.kernel = lw_kernel_release(),
		.armed = true,
		.level = pins->control->probes_only ? LW_LEVEL_PROBES : LW_LEVEL_FULL,
		.ring = config->ring,
		.labels = config->labels,
		.label_count = config->label_count,
		.account = &books->account,
		.fault_interrupts = pins->control->fault_interrupts,
	};
	LW_FREE char *text = NULL;
	size_t length;

	lw_control_losses(pins->control, m.losses);
	text = lw_metrics_faults(&m, &length);
	return text ? lw_write_file(path, text, length, 0644) : -ENOMEM;
}

int lw_faults_textfile(const char *path, const struct lw_pins *pins)
{
	struct lw_known known = {};
	struct lw_books books = { .known = &known };
	struct lw_refusal refusal;
	struct lw_config config;
	int r;

	if (pins->state != LW_PINS_COMPLETE) {
		lw_error("not armed: `luwatch arm`, then faults are counted in the kernel without the daemon");
		return LW_EXIT_NOT_POSSIBLE;
	}
	lw_host_config_look(&config, &refusal);
	if (*config.known && lw_known_read(&known, config.known, &(unsigned int){ 0 }))
		lw_warn("the list of known faults cannot be read: luwatch run --check-config");
	r = take_counters(&books, pins);
	if (!r)
		r = put(path, &config, &books, pins);
	lw_books_free(&books);
	if (!r)
		return LW_EXIT_CLEAN;
	lw_error("%s cannot be written: %s%s", path, strerror(-r), lw_advice(r));
	return lw_exit_of(r);
}
