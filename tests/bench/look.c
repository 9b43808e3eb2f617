// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What luwatchd does after one fault more when it knows N kinds of faults already, and what a scrape takes then:
 * the daemon's own functions over a map of this kernel. The file in /run is really written.
 *
 * usage: look N...	prints N LOOK SCRAPE BYTES for each, times in nanoseconds of the processor
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <bpf/bpf.h>

#include "base/folders.h"
#include "base/time.h"
#include "daemon/daemon.h"
#include "fault/json.h"

static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void add_fault(struct lw_daemon *d, uint32_t kind)
{
	struct lw_fault_key key = { .rid = LW_RID(0, kind >> 8, kind & 0xff), .pasid = LW_NO_PASID, .reason = 6 };
	struct lw_fault_value value = {};

	bpf_map_lookup_elem(d->pins.maps.faults, &key, &value);
	value.count++;
	value.last_ns = d->pins.control->faults++;
	if (bpf_map_update_elem(d->pins.maps.faults, &key, &value, BPF_ANY))
		exit(1);
}

/* The least of five, for the first has to make room. */
static void measure(struct lw_daemon *d, uint32_t kinds)
{
	uint64_t look = UINT64_MAX, scrape = UINT64_MAX;
	struct lw_metrics metrics = { .armed = true, .account = &d->books.account, .version = "", .kernel = "" };
	size_t length = 0;
	struct stat status = {};
	int i;

	for (i = 0; i < 6; i++) {
		uint64_t start;

		add_fault(d, i % kinds);
		d->shared_ns = lw_boot_clock() - 6000000000ULL; /* the five seconds are over */
		start = processor_ns();
		lw_daemon_look(d);
		if (i && processor_ns() - start < look)
			look = processor_ns() - start;
		start = processor_ns();
		free(lw_metrics_text(&metrics, &length));
		if (processor_ns() - start < scrape)
			scrape = processor_ns() - start;
	}
	stat(LW_FAULTS_FILE, &status);
	printf("%u %llu %llu %llu\n", kinds, (unsigned long long)look, (unsigned long long)scrape,
	       (unsigned long long)status.st_size);
}

int main(int argc, char **argv)
{
	struct lw_control control = { .layout = LW_CONTROL_LAYOUT };
	struct lw_daemon d = { .armed = true };
	uint32_t kinds = 0, wanted;
	int i;

	mkdir(LW_RUN_FOLDER, 0750);
	d.pins.control = &control;
	d.pins.maps.faults = bpf_map_create(BPF_MAP_TYPE_HASH, "faults", sizeof(struct lw_fault_key),
					    sizeof(struct lw_fault_value), LW_MAX_FAULTS, NULL);
	if (d.pins.maps.faults < 0)
		return 1;
	for (i = 1; i < argc; i++) {
		wanted = strtoul(argv[i], NULL, 0);
		while (kinds < wanted)
			add_fault(&d, kinds++);
		measure(&d, kinds);
	}
	return 0;
}
