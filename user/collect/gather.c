/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gathering. Whatever fails here becomes a "problem" in the evidence and so, in the end, an answer
 * in the report; only a state folder that cannot be written stops it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "carry/carrier.h"
#include "carry/cmdline.h"
#include "collect/gather.h"
#include "collect/tables.h"
#include "collect/topology.h"
#include "fault/kernel_log.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "report/store.h"

#define EVIDENCE "evidence.json"

struct gathering {
	const char *state;
	struct lw_id id;
	char id_text[LW_ID_TEXT];
	char *cmdline;
	json_t *json;
	char *baseline;		/* the old system's baseline on disk; removed when all is saved */
	bool armed_now;		/* this kernel was armed before anything was collected */
};

char *lw_handover_folder(const char *state, struct lw_id id)
{
	char text[LW_ID_TEXT];

	return lw_format("%s/" LW_STORE_FOLDER "/%s", state, lw_id_format(id, text));
}

static json_t *text_or_null(const char *text)
{
	json_t *string = text && *text ? json_string(text) : NULL;

	return string ? string : json_null();
}

static int save(const struct gathering *g, const char *name, const void *bytes, size_t length)
{
	int r = lw_store_save_evidence(g->state, g->id_text, name, bytes, length);

	if (r && r != -EEXIST)
		lw_error("%s/" LW_STORE_FOLDER "/%s/%s: %s", g->state, g->id_text, name,
			 strerror(-r));
	return r == -EEXIST ? 0 : r;
}

static int add_carrier(struct gathering *g, const char *name, bool expected, const uint8_t *bytes,
		       size_t length, const char *problem)
{
	LW_FREE char *file = lw_format("%s.bin", name);
	json_t *item = json_object();
	int r = length ? save(g, file, bytes, length) : 0;

	json_object_set_new(item, "name", json_string(name));
	json_object_set_new(item, "file", length ? json_string(file) : json_null());
	json_object_set_new(item, "expected", json_boolean(expected));
	json_object_set_new(item, "problem", text_or_null(problem));
	json_array_append_new(json_object_get(g->json, "carriers"), item);
	return r;
}

static int gather_carriers(struct gathering *g)
{
	struct lw_recovered recovered;
	int r = 0, expected, i;

	json_object_set_new(g->json, "carriers", json_array());
	for (i = 0; !r && i < LW_CARRIER_COUNT; i++) {
		if (lw_carriers[i]->emptied_by_arming && g->armed_now) {
			r = add_carrier(g, lw_carriers[i]->name, true, NULL, 0,
					"this kernel was armed before its records were collected, "
					"which empties the buffer");
			continue;
		}
		expected = lw_carriers[i]->recover(g->cmdline, &recovered);
		r = add_carrier(g, lw_carriers[i]->name, expected, recovered.bytes, recovered.length,
				recovered.problem);
		free(recovered.bytes);
	}
	return r;
}

/* The baseline that the old system left on disk: the second copy. */
static int gather_disk(struct gathering *g)
{
	struct lw_armed_file file;
	uint8_t *bytes = NULL;
	size_t length;
	int r;

	if (lw_armed_find(g->state, &g->id, &file))
		return add_carrier(g, "disk", false, NULL, 0, "no baseline of the old system is on disk");
	r = lw_read_file(file.path, 4 << 20, &bytes, &length);
	if (r)
		r = add_carrier(g, "disk", true, NULL, 0, strerror(-r));
	else
		r = add_carrier(g, "disk", true, bytes, length, NULL);
	json_object_set_new(g->json, "baseline_boot_id", json_string(file.boot_id));
	g->baseline = file.path;
	free(bytes);
	return r;
}

/* The beginning of the kernel's log is gone: the journal may still have it. */
static int gather_beginning(struct gathering *g, const struct lw_kmsg_raw *kmsg)
{
	struct lw_kmsg_raw raw;
	int r = 0;

	if (!lw_kernel_log_read_journal(NULL, lw_boot_id(), kmsg, &raw)) {
		r = save(g, "journal.bin", raw.bytes, raw.length);
		lw_kmsg_raw_free(&raw);
	}
	return r;
}

static int gather_log(struct gathering *g)
{
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	int r, read;

	lw_kernel_log_init(&log);
	read = lw_kernel_log_read_kmsg(&log, &raw);
	r = save(g, "kmsg.bin", raw.bytes, raw.length);
	if (!r && !log.begins)
		r = gather_beginning(g, &raw);
	json_object_set_new(g->json, "log_problem", read ? json_string(strerror(-read)) :
						    raw.full ? json_string("more than 64 MiB") :
							       json_null());
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
	json_object_set_new(item, "name", text_or_null(name));
	json_object_set_new(item, "driver", text_or_null(d->driver));
	json_object_set_new(item, "assigned", json_boolean(d->assigned));
	json_object_set_new(item, "rmrr", json_boolean(d->rmrr));
	return item;
}

static void gather_devices(struct gathering *g)
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

static void gather_tables(struct gathering *g)
{
	LW_FREE char *folder = lw_handover_folder(g->state, g->id);

	lw_gather_tables(g->json, folder);
}

static void gather_host(struct gathering *g)
{
	char machine_id[64] = "", hostname[65] = "";
	uint64_t now = lw_wall_clock();

	lw_read_line("/etc/machine-id", machine_id, sizeof(machine_id));
	gethostname(hostname, sizeof(hostname) - 1);
	json_object_set_new(g->json, "schema", json_string("luwatch.evidence/1"));
	json_object_set_new(g->json, "id", json_string(g->id_text));
	json_object_set_new(g->json, "boot", json_string(lw_boot_name(LW_BOOT_KEXEC)));
	json_object_set_new(g->json, "kernel", json_string(lw_kernel_release()));
	json_object_set_new(g->json, "boot_id", json_string(lw_boot_id()));
	json_object_set_new(g->json, "agent", json_string(LW_VERSION));
	json_object_set_new(g->json, "machine_id", text_or_null(machine_id));
	json_object_set_new(g->json, "hostname", text_or_null(hostname));
	json_object_set_new(g->json, "collected_ns", json_integer(now));
	json_object_set_new(g->json, "boot_realtime_ns", json_integer(now - lw_boot_clock()));
	json_object_set_new(g->json, "vtd", json_boolean(lw_vtd_units() > 0));
}

/* The boot id in the evidence of hand-over ID, allocated; NULL when there is none. */
static char *collected_in(const char *state, struct lw_id id)
{
	LW_FREE char *folder = lw_handover_folder(state, id);
	LW_FREE char *path = lw_format("%s/" EVIDENCE, folder);
	json_t *old = json_load_file(path, 0, NULL);
	const char *boot_id = json_string_value(json_object_get(old, "boot_id"));
	char *copy = boot_id ? strdup(boot_id) : NULL;

	json_decref(old);
	return copy;
}

/*
 * Which hand-over: the word on the command line, else the disk, else only this boot itself. A word
 * whose hand-over was collected in another boot is an old one that some loader copied along.
 */
static void find_id(struct gathering *g)
{
	struct lw_armed_file file = {};
	LW_FREE char *earlier = NULL;
	struct lw_words words;
	bool found = lw_words_find(g->cmdline, &words) == 1;

	if (found)
		earlier = collected_in(g->state, words.id);
	/* Evidence of this boot: a collect that was cut off before it ended. */
	if (earlier && !strcmp(earlier, lw_boot_id())) {
		free(earlier);
		earlier = NULL;
	}
	json_object_set_new(g->json, "word_stale", json_boolean(earlier != NULL));
	if (found && !earlier)
		g->id = words.id;
	else if (!lw_armed_find(g->state, NULL, &file))
		g->id = file.id;
	else
		g->id = lw_id_of_boot(lw_boot_id());
	json_object_set_new(g->json, "word_found", json_boolean(found && !earlier));
	json_object_set_new(g->json, "id_known", json_boolean(found || file.path));
	free(file.path);
	lw_id_format(g->id, g->id_text);
}

static int write_evidence(struct gathering *g)
{
	LW_FREE char *text = json_dumps(g->json, JSON_INDENT(1));

	return text ? save(g, EVIDENCE, text, strlen(text)) : -ENOMEM;
}

/* STATE/collected: "boot-id id" of the last collect, so that a second one finds the first. */
static bool find_collected(struct gathering *g)
{
	LW_FREE char *path = lw_format("%s/collected", g->state);
	LW_FREE char *earlier = NULL;
	char line[128];

	if (lw_read_line(path, line, sizeof(line)) < 37 || strncmp(line, lw_boot_id(), 36) ||
	    line[36] != ' ' || lw_id_parse(line + 37, &g->id))
		return false;
	lw_id_format(g->id, g->id_text);
	earlier = collected_in(g->state, g->id);
	return earlier && !strcmp(earlier, lw_boot_id());
}

static int note_collected(const struct gathering *g)
{
	LW_FREE char *path = lw_format("%s/collected", g->state);
	LW_FREE char *line = lw_format("%s %s\n", lw_boot_id(), g->id_text);

	return lw_write_file(path, line, strlen(line), 0640);
}

static int gather_all(struct gathering *g)
{
	int r = lw_make_directory(g->state);

	if (r) {
		lw_error("%s: %s", g->state, strerror(-r));
		return r;
	}
	find_id(g);
	gather_host(g);
	r = gather_carriers(g);
	if (!r)
		r = gather_log(g);
	if (r)
		return r;
	gather_devices(g);
	gather_tables(g);
	r = gather_disk(g);
	if (!r)
		r = write_evidence(g);
	if (!r)
		r = note_collected(g);
	if (r)
		return r;
	/* Saved: a later kexec must not find these records a second time. */
	if (g->baseline)
		unlink(g->baseline);
	if (!g->armed_now)
		lw_carriers_clear();
	return 0;
}

/* Not a kexec: an earlier boot that was armed ended some other way. */
static void find_reset(const char *state, struct lw_gathered *gathered)
{
	struct lw_armed_file file;

	if (lw_armed_find(state, NULL, &file))
		return;
	gathered->armed_before = true;
	gathered->id = file.id;
	memcpy(gathered->old_boot_id, file.boot_id, sizeof(file.boot_id));
	free(file.path);
}

int lw_gather(const char *state, struct lw_gathered *gathered)
{
	struct gathering g = { .state = state, .armed_now = lw_exists(LW_PIN_ROOT) };
	size_t length;
	int r;

	memset(gathered, 0, sizeof(*gathered));
	if (geteuid()) {
		lw_error("collecting reads the carriers: run it as root");
		return -EPERM;
	}
	gathered->boot = lw_boot_kind();
	if (gathered->boot != LW_BOOT_KEXEC) {
		find_reset(state, gathered);
		return 0;
	}
	r = lw_read_file("/proc/cmdline", 65536, (uint8_t **)&g.cmdline, &length);
	if (r)
		return r;
	g.json = json_object();
	if (!find_collected(&g)) {
		r = gather_all(&g);
		gathered->fresh = true;
	}
	gathered->id = g.id;
	json_decref(g.json);
	free(g.cmdline);
	free(g.baseline);
	return r;
}
