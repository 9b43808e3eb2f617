/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the next kernel shows: its log, its devices, its name and clocks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/fields.h"
#include "base/message.h"
#include "base/time.h"
#include "collect/gathering.h"
#include "collect/topology.h"
#include "fault/kernel_log.h"
#include "report/store.h"

/* The beginning of the kernel's log is gone: the journal may still have it. */
static int gather_beginning(struct gathering *g, const struct lw_kmsg_raw *kmsg)
{
	struct lw_kmsg_raw raw;
	int r = 0;

	if (!lw_kernel_log_read_journal(NULL, lw_boot_id(), kmsg, &raw)) {
		r = lw_saving_add(&g->saving, "journal.bin", raw.bytes, raw.length);
		lw_kmsg_raw_free(&raw);
	}
	return r;
}

/* By now it may have lost what the first collect of this boot still had. */
static int gather_first_log(struct gathering *g, bool *found)
{
	static const char *const names[] = { "journal.bin", "kmsg.bin" };
	LW_FREE char *folder = lw_handover_folder(g->state, g->old);
	LW_FREE uint8_t *all = NULL;
	size_t length = 0, i;

	for (i = 0; i < 2; i++) {
		LW_FREE char *path = lw_format("%s/%s", folder, names[i]);
		LW_FREE uint8_t *bytes = NULL;
		uint8_t *grown;
		size_t n;

		if (lw_read_own_file(path, LW_EVIDENCE_MAX + 65536, &bytes, &n) || !n)
			continue;
		grown = realloc(all, length + n);
		if (!grown)
			return -ENOMEM;
		memcpy(grown + length, bytes, n);
		length += n;
		all = grown;
	}
	*found = length;
	return length ? lw_saving_add(&g->saving, "journal.bin", all, length) : 0;
}

int lw_gather_log(struct gathering *g)
{
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	bool found = false;
	int r, read;

	lw_kernel_log_init(&log);
	read = lw_kernel_log_read_kmsg(&log, &raw);
	r = lw_saving_add(&g->saving, "kmsg.bin", raw.bytes, raw.length);
	if (!r && g->again)
		r = gather_first_log(g, &found);
	if (!r && !log.begins && !found)
		r = gather_beginning(g, &raw);
	json_object_set_new(g->json, "log_problem",
			    read       ? json_string(strerror(-read))
			    : raw.full ? json_string("more than 64 MiB")
				       : json_null());
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
	return r;
}

static json_t *device_json(const struct lw_device *d)
{
	LW_FREE char *name = d->name ? lw_escape(d->name, strlen(d->name), 0) : NULL;
	json_t *item = json_object(), *aliases = json_array();
	char rid[LW_RID_TEXT];
	size_t i;

	for (i = 0; i < d->alias_count; i++)
		json_array_append_new(aliases, json_string(lw_rid_format(d->aliases[i], rid)));
	json_object_set_new(item, "rid", json_string(lw_rid_format(d->rid, rid)));
	json_object_set_new(item, "aliases", aliases);
	json_object_set_new(item, "vendor", json_integer(d->vendor));
	json_object_set_new(item, "device", json_integer(d->device));
	json_object_set_new(item, "name", lw_text_or_null(name));
	json_object_set_new(item, "driver", lw_text_or_null(d->driver));
	json_object_set_new(item, "assigned", json_boolean(d->assigned));
	json_object_set_new(item, "rmrr", json_boolean(d->rmrr));
	return item;
}

void lw_gather_devices(struct gathering *g)
{
	struct lw_topology topology;
	json_t *list = json_array();
	size_t i;

	if (lw_topology_read("/sys", &topology))
		lw_warn("the PCI devices cannot be listed; aliases and names are missing");
	for (i = 0; i < topology.count; i++)
		json_array_append_new(list, device_json(&topology.devices[i]));
	json_object_set_new(g->json, "devices", list);
	lw_topology_free(&topology);
}

/* Whoever collects once more gives no other number. */
static uint64_t number_of(const struct gathering *g)
{
	LW_FREE char *folder = g->again ? lw_handover_folder(g->state, g->old) : NULL;
	json_t *old = g->again ? lw_evidence_json(folder) : NULL;
	uint64_t number = 0;

	lw_field_count(old, "number", &number);
	json_decref(old);
	return number ? number : lw_store_next_number(g->state);
}

void lw_gather_host(struct gathering *g)
{
	char machine_id[64] = "", hostname[65] = "";
	uint64_t now = lw_wall_clock();

	lw_read_line("/etc/machine-id", machine_id, sizeof(machine_id));
	gethostname(hostname, sizeof(hostname) - 1);
	json_object_set_new(g->json, "schema", json_string(LW_EVIDENCE_SCHEMA));
	json_object_set_new(g->json, "boot", json_string(lw_boot_name(LW_BOOT_KEXEC)));
	json_object_set_new(g->json, "kernel", json_string(lw_kernel_release()));
	json_object_set_new(g->json, "build_id", lw_text_or_null(lw_kernel_build_id()));
	json_object_set_new(g->json, "boot_id", json_string(lw_boot_id()));
	json_object_set_new(g->json, "agent", json_string(LW_VERSION));
	json_object_set_new(g->json, "machine_id", lw_text_or_null(machine_id));
	json_object_set_new(g->json, "hostname", lw_text_or_null(hostname));
	json_object_set_new(g->json, "collected_ns", json_integer(now));
	json_object_set_new(g->json, "boot_realtime_ns", json_integer(now - lw_boot_clock()));
	json_object_set_new(g->json, "number", json_integer((json_int_t)number_of(g)));
	json_object_set_new(g->json, "vtd", json_boolean(lw_vtd_units() > 0));
	json_object_set_new(g->json, "carriers", json_array());
}
