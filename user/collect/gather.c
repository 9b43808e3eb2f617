/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gathering. What cannot be read becomes a "problem" in the evidence and so, in the end, an answer
 * in the report; only a state folder that cannot be written stops it. In this order: what can be
 * read again, then what reading takes away, then the decision which hand-over all this is about.
 */
#include <dirent.h>
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
#include "collect/save.h"
#include "collect/tables.h"
#include "collect/topology.h"
#include "collect/which.h"
#include "fault/kernel_log.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "report/store.h"

#define BASELINE_LIMIT (4 << 20)
#define BASELINES      16

/* A baseline on disk of another boot: nobody has collected that boot's hand-over yet. */
struct uncollected {
	char *path;
	char boot[LW_BOOT_ID_TEXT];
	uint8_t *bytes;
	size_t length;
	struct lw_id id;
};

struct gathering {
	const char *state;
	struct lw_saving saving;
	struct lw_which which;
	struct lw_candidate *candidates;
	size_t count;
	struct uncollected disk[BASELINES];
	size_t disk_count;
	char id_text[LW_ID_TEXT];
	char *cmdline;
	json_t *json;
	bool again;	  /* once more in the same boot, by another luwatch */
	struct lw_id old; /* with .again: under which it was collected first */
	bool armed_now; /* this kernel was armed before anything was collected */
	bool newer;	/* something is of a newer version: another luwatch may read it */
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

/* evidence.json of a folder; NULL when there is none. */
static json_t *evidence_json(const char *folder)
{
	LW_FREE char *path = lw_format("%s/" LW_EVIDENCE, folder);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length))
		return NULL;
	return json_loadb((char *)bytes, length, 0, NULL);
}

/* The boot whose evidence lies in a hand-over's folder, "" when there is none. */
static void boot_of_folder(const char *folder, char boot[LW_BOOT_ID_TEXT])
{
	json_t *json = evidence_json(folder);
	const char *text = json_string_value(json_object_get(json, "boot_id"));

	snprintf(boot, LW_BOOT_ID_TEXT, "%s", text ? text : "");
	json_decref(json);
}

/* A report that was made before stays, and the next one is another revision. */
static json_int_t next_revision(const struct gathering *g)
{
	char id[LW_ID_TEXT];
	json_t *report = NULL;
	json_int_t revision = 1;

	if (!g->again || lw_store_load(g->state, lw_id_format(g->old, id), &report))
		return 1;
	revision += json_integer_value(json_object_get(report, "revision"));
	json_decref(report);
	return revision;
}

/* --- carriers -------------------------------------------------------------------------------- */

static int add_candidates(struct gathering *g, const uint8_t *bytes, size_t length,
			  unsigned int from)
{
	struct lw_decoded decoded = {};
	int r = lw_decode(bytes, length, &decoded);

	if (!r)
		r = lw_candidates_add(&g->candidates, &g->count, &decoded, from);
	g->newer |= decoded.counts.newer > 0;
	lw_decoded_free(&decoded);
	return r;
}

static void add_carrier(struct gathering *g, const char *name, const char *file, bool expected,
			const char *problem)
{
	json_array_append_new(json_object_get(g->json, "carriers"),
			      json_pack("{ss so sb so}", "name", name, "file", text_or_null(file),
					"expected", expected, "problem", text_or_null(problem)));
}

/* Whether NAME is a carrier that can be read once more. */
static bool is_readable(const char *name)
{
	int i;

	for (i = 0; i < LW_CARRIER_COUNT; i++)
		if (!strcmp(lw_carriers[i]->name, name))
			return !lw_carriers[i]->consumes;
	return false;
}

/* Saves what a carrier or a file brought. */
static int save_carrier(struct gathering *g, const char *name, bool expected, const uint8_t *bytes,
			size_t length, const char *problem)
{
	LW_FREE char *file = lw_format("%s.bin", name);
	int r = length ? lw_saving_add(&g->saving, file, bytes, length) : 0;

	if (!r && length)
		r = add_candidates(g, bytes, length, LW_FROM_CARRIER);
	if (!r)
		add_carrier(g, name, length ? file : NULL, expected, problem);
	return r;
}

static int gather_readable(struct gathering *g, const struct lw_carrier *carrier)
{
	struct lw_recovered recovered = {};
	int expected = carrier->recover(g->cmdline, &recovered), r;

	r = save_carrier(g, carrier->name, expected, recovered.bytes, recovered.length,
			 recovered.problem);
	free(recovered.bytes);
	return r;
}

/* What an earlier try of this boot took from where it was and then did not bring to an end. */
static int add_kept(struct gathering *g, const struct lw_carrier *carrier)
{
	LW_FREE char *file = lw_format("%s.bin", carrier->name);
	int n, r = 0;

	for (n = 1; !r && n <= g->saving.tries; n++) {
		LW_FREE char *name = lw_format("%s-%d", carrier->name, n);
		LW_FREE uint8_t *bytes = NULL;
		size_t length;

		if (!lw_saving_kept(&g->saving, n, file, &bytes, &length))
			r = save_carrier(g, name, true, bytes, length, NULL);
	}
	return r;
}

/* The bytes go straight into a file that is there in full before the first of them is read. */
static int gather_consumed(struct gathering *g, const struct lw_carrier *carrier, size_t room)
{
	LW_FREE char *file = lw_format("%s.bin", carrier->name);
	struct lw_recovered recovered = { .room = room };
	int expected, r = add_kept(g, carrier);

	if (r)
		return r;
	recovered.into = lw_saving_map(&g->saving, file, room);
	if (!recovered.into)
		return -errno;
	expected = carrier->recover(g->cmdline, &recovered);
	r = add_candidates(g, recovered.into, recovered.length, LW_FROM_CARRIER);
	if (!r)
		r = lw_saving_mapped(&g->saving, file, recovered.into, room, recovered.length);
	if (!r && (recovered.length || g->saving.tries == 0 || !recovered.problem[0]))
		add_carrier(g, carrier->name, recovered.length ? file : NULL, expected,
			    recovered.problem);
	return r;
}

/* What the first collect of this boot took from where it was: all but what can be read again. */
static int add_old(struct gathering *g)
{
	LW_FREE char *folder = lw_handover_folder(g->state, g->old);
	json_t *json = evidence_json(folder), *item;
	size_t i;
	int r = 0;

	json_array_foreach(json_object_get(json, "carriers"), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));
		LW_FREE char *path = lw_format("%s/%s.bin", folder, name ? name : "");
		LW_FREE uint8_t *bytes = NULL;
		size_t length;

		if (r || !name || strchr(name, '/') || is_readable(name) ||
		    lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length))
			continue;
		r = save_carrier(g, name, true, bytes, length, NULL);
	}
	json_decref(json);
	return r;
}

/* CONSUMED: those that reading empties, and only after everything else is saved. */
static int gather_carriers(struct gathering *g, bool consumed)
{
	int r = 0, i;

	for (i = 0; !r && i < LW_CARRIER_COUNT; i++) {
		const struct lw_carrier *carrier = lw_carriers[i];
		size_t room = carrier->consumes ? carrier->consumes() : 0;

		if ((room > 0) != consumed || (g->again && !is_readable(carrier->name)))
			continue;
		if (carrier->emptied_by_arming && g->armed_now)
			add_carrier(g, carrier->name, NULL, true,
				    "this kernel was armed before its records were collected, "
				    "which empties the buffer");
		else if (consumed)
			r = gather_consumed(g, carrier, room);
		else
			r = gather_readable(g, carrier);
	}
	return r;
}

/* --- the disk -------------------------------------------------------------------------------- */

/* The name says of which boot it is, the records of which hand-over. */
static int take_baseline(struct gathering *g, char *path, const char *boot)
{
	struct uncollected *u = &g->disk[g->disk_count];
	struct lw_decoded decoded = {};
	struct lw_candidate *c;
	int r = lw_read_own_file(path, BASELINE_LIMIT, &u->bytes, &u->length);

	if (r || lw_decode(u->bytes, u->length, &decoded) || !decoded.count) {
		lw_decoded_free(&decoded);
		free(u->bytes);
		free(path);
		return r == -ENOMEM ? r : 0;
	}
	u->id = (struct lw_id){ decoded.records[0].handover[0], decoded.records[0].handover[1] };
	u->path = path;
	snprintf(u->boot, sizeof(u->boot), "%s", boot);
	g->disk_count++;
	r = lw_candidates_add(&g->candidates, &g->count, &decoded, LW_FROM_DISK);
	c = lw_candidate_of(&g->candidates, &g->count, u->id);
	if (c)
		c->kernel = lw_id_of_boot(boot);
	lw_decoded_free(&decoded);
	return c ? r : -ENOMEM;
}

static int find_baselines(struct gathering *g)
{
	LW_FREE char *folder = lw_format("%s/armed", g->state);
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char boot[LW_BOOT_ID_TEXT];
	int r = 0;

	while (directory && !r && g->disk_count < BASELINES && (entry = readdir(directory))) {
		const char *end = strstr(entry->d_name, ".baseline");

		if (!end || strcmp(end, ".baseline") ||
		    end - entry->d_name != LW_BOOT_ID_TEXT - 1 ||
		    !strncmp(entry->d_name, lw_boot_id(), LW_BOOT_ID_TEXT - 1))
			continue;
		memcpy(boot, entry->d_name, LW_BOOT_ID_TEXT - 1);
		boot[LW_BOOT_ID_TEXT - 1] = '\0';
		r = take_baseline(g, lw_format("%s/%s", folder, entry->d_name), boot);
	}
	if (directory)
		closedir(directory);
	return r;
}

/* The second copy of the baseline; those of other boots are kept beside it. */
static int save_baselines(struct gathering *g)
{
	bool found = false;
	size_t i;
	int r = 0;

	for (i = 0; !r && i < g->disk_count; i++) {
		const struct uncollected *u = &g->disk[i];
		LW_FREE char *other = lw_format("%s.baseline", u->boot);
		bool ours = !found && lw_id_equal(u->id, g->which.id);

		r = lw_saving_add(&g->saving, ours ? "disk.bin" : other, u->bytes, u->length);
		if (!r && ours) {
			add_carrier(g, "disk", "disk.bin", true, NULL);
			json_object_set_new(g->json, "baseline_boot_id", json_string(u->boot));
			found = true;
		}
	}
	if (!r && !found && !g->again)
		add_carrier(g, "disk", NULL, false, "no baseline of the old system is on disk");
	return r;
}

/* --- the next kernel ------------------------------------------------------------------------- */

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

static int gather_log(struct gathering *g)
{
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	int r, read;

	lw_kernel_log_init(&log);
	read = lw_kernel_log_read_kmsg(&log, &raw);
	r = lw_saving_add(&g->saving, "kmsg.bin", raw.bytes, raw.length);
	if (!r && !log.begins)
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

static void gather_host(struct gathering *g)
{
	char machine_id[64] = "", hostname[65] = "";
	uint64_t now = lw_wall_clock();

	lw_read_line("/etc/machine-id", machine_id, sizeof(machine_id));
	gethostname(hostname, sizeof(hostname) - 1);
	json_object_set_new(g->json, "schema", json_string("luwatch.evidence/1"));
	json_object_set_new(g->json, "boot", json_string(lw_boot_name(LW_BOOT_KEXEC)));
	json_object_set_new(g->json, "kernel", json_string(lw_kernel_release()));
	json_object_set_new(g->json, "boot_id", json_string(lw_boot_id()));
	json_object_set_new(g->json, "agent", json_string(LW_VERSION));
	json_object_set_new(g->json, "machine_id", text_or_null(machine_id));
	json_object_set_new(g->json, "hostname", text_or_null(hostname));
	json_object_set_new(g->json, "collected_ns", json_integer(now));
	json_object_set_new(g->json, "boot_realtime_ns", json_integer(now - lw_boot_clock()));
	json_object_set_new(g->json, "vtd", json_boolean(lw_vtd_units() > 0));
	json_object_set_new(g->json, "carriers", json_array());
}

/* --- which hand-over ------------------------------------------------------------------------- */

static int add_word(struct gathering *g, struct lw_boot_facts *facts)
{
	struct lw_candidate *c;
	struct lw_words words;
	int r = lw_words_find(g->cmdline, &words);

	facts->word = r == 1		      ? LW_WORD_FOUND
		      : r == -EPROTONOSUPPORT ? LW_WORD_NEWER
		      : r		      ? LW_WORD_DAMAGED
					      : LW_WORD_NONE;
	g->newer |= facts->word == LW_WORD_NEWER;
	if (r != 1)
		return 0;
	c = lw_candidate_of(&g->candidates, &g->count, words.id);
	if (!c)
		return -ENOMEM;
	c->from |= LW_FROM_WORD;
	return 0;
}

static void read_start(struct lw_boot_facts *facts)
{
	struct lw_tsc tsc;
	uint64_t since;

	facts->start_ns = lw_wall_clock() - lw_boot_clock();
	if (!lw_tsc_read(&tsc))
		return;
	since = (__uint128_t)tsc.boot_ns * tsc.hz / 1000000000;
	if (tsc.count <= since)
		return;
	facts->start_tsc = tsc.count - since;
	facts->tsc_hz = tsc.hz;
	facts->start_slack_ns = tsc.boot_ns / 1000;
}

static int decide(struct gathering *g)
{
	struct lw_boot_facts facts = { .boot = lw_id_of_boot(lw_boot_id()) };
	char boot[LW_BOOT_ID_TEXT];
	size_t i;
	int r = add_word(g, &facts);

	if (r)
		return r;
	for (i = 0; i < g->count; i++) {
		LW_FREE char *folder = lw_handover_folder(g->state, g->candidates[i].id);

		boot_of_folder(folder, boot);
		g->candidates[i].collected_in = lw_id_of_boot(boot);
	}
	read_start(&facts);
	facts.candidates = g->candidates;
	facts.count = g->count;
	lw_which(&facts, &g->which);
	lw_id_format(g->which.id, g->id_text);
	json_object_set_new(g->json, "id", json_string(g->id_text));
	json_object_set_new(g->json, "id_known", json_boolean(g->count > 0));
	json_object_set_new(g->json, "word_found",
			    json_boolean(facts.word != LW_WORD_NONE && !g->which.stale_word));
	json_object_set_new(g->json, "word_stale", json_boolean(g->which.stale_word));
	json_object_set_new(g->json, "which_finding", text_or_null(g->which.finding));
	json_object_set_new(g->json, "which_doubt", text_or_null(g->which.doubt));
	json_object_set_new(g->json, "newer", json_boolean(g->newer));
	json_object_set_new(g->json, "revision", json_integer(next_revision(g)));
	return 0;
}

/* --- one collect ----------------------------------------------------------------------------- */

static int note_collected(const struct gathering *g)
{
	LW_FREE char *path = lw_format("%s/collected", g->state);
	LW_FREE char *line = lw_format("%s %s\n", lw_boot_id(), g->id_text);

	return lw_write_file(path, line, strlen(line), 0640);
}

/* Saved: no later boot must take these records, or that baseline, for its own. */
static void close_sources(struct gathering *g)
{
	size_t i;

	note_collected(g);
	lw_carriers_mark_seen(g->cmdline, lw_id_of_boot(lw_boot_id()));
	for (i = 0; i < g->disk_count; i++)
		unlink(g->disk[i].path);
	if (!g->armed_now)
		lw_carriers_clear();
}

/* The folder gets its place; the first collect's keeps what it has under another name. */
static int finish(struct gathering *g)
{
	char old[LW_ID_TEXT];
	int r = 0;

	if (g->again)
		r = lw_saving_replace(&g->saving, lw_id_format(g->old, old));
	return r ? r : lw_saving_finish(&g->saving, g->id_text);
}

static int gather_all(struct gathering *g)
{
	int r;

	gather_host(g);
	r = find_baselines(g);
	if (!r)
		r = gather_carriers(g, false);
	if (!r && g->again)
		r = add_old(g);
	if (!r)
		r = gather_log(g);
	if (!r)
		r = gather_carriers(g, true);
	if (!r)
		r = decide(g);
	if (r || g->which.boot_loader)
		return r;
	r = save_baselines(g);
	if (r)
		return r;
	gather_devices(g);
	lw_gather_tables(g->json, g->saving.folder);
	r = lw_saving_write(&g->saving, g->json);
	return r ? r : finish(g);
}

/* A try of this boot was whole, and cut off before it got its place. */
static int finish_earlier(struct gathering *g)
{
	LW_FREE char *path = lw_format("%s/" LW_EVIDENCE, g->saving.folder);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;
	json_t *json = NULL;
	const char *id;
	int r = lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length);

	if (!r)
		json = json_loadb((char *)bytes, length, 0, NULL);
	id = json_string_value(json_object_get(json, "id"));
	if (!id || lw_id_parse(id, &g->which.id))
		r = -EBADMSG;
	lw_id_format(g->which.id, g->id_text);
	if (!r)
		r = finish(g);
	if (!r)
		r = find_baselines(g);
	json_decref(json);
	return r;
}

static int gather(struct gathering *g, struct lw_gathered *gathered)
{
	int r = lw_saving_begin(&g->saving, g->state, lw_boot_id());

	if (r == 1)
		r = finish_earlier(g);
	else if (!r)
		r = gather_all(g);
	if (!r && g->which.boot_loader) {
		gathered->boot = LW_BOOT_COLD;
		gathered->boot_loader = true;
	} else if (!r) {
		close_sources(g);
	}
	lw_saving_close(&g->saving);
	return r;
}

/* Whether FOLDER has the evidence of this boot. */
static bool is_this_boot(const char *folder)
{
	char boot[LW_BOOT_ID_TEXT];

	boot_of_folder(folder, boot);
	return boot[0] && !strcmp(boot, lw_boot_id());
}

bool lw_collected(const char *state, struct lw_id *id)
{
	LW_FREE char *path = lw_format("%s/collected", state);
	LW_FREE char *above = lw_format("%s/" LW_STORE_FOLDER, state);
	LW_FREE char *folder = NULL;
	struct dirent *entry;
	char line[128];
	bool found = false;
	DIR *all;

	/* "boot-id id" of the last collect. */
	if (lw_read_line(path, line, sizeof(line)) >= LW_BOOT_ID_TEXT &&
	    !strncmp(line, lw_boot_id(), LW_BOOT_ID_TEXT - 1) && line[LW_BOOT_ID_TEXT - 1] == ' ' &&
	    !lw_id_parse(line + LW_BOOT_ID_TEXT, id)) {
		folder = lw_handover_folder(state, *id);
		if (is_this_boot(folder))
			return true;
	}
	/* That note was lost; the evidence itself says the same. */
	all = opendir(above);
	while (all && !found && (entry = readdir(all))) {
		LW_FREE char *one = lw_format("%s/%s", above, entry->d_name);

		found = lw_store_is_id(entry->d_name) && is_this_boot(one) &&
			!lw_id_parse(entry->d_name, id);
	}
	if (all)
		closedir(all);
	return found;
}

/* Something was of a newer version, and this is another luwatch than the one that could not read it. */
static bool may_know_more(const char *state, struct lw_id id)
{
	LW_FREE char *folder = lw_handover_folder(state, id);
	json_t *json = evidence_json(folder);
	const char *agent = json_string_value(json_object_get(json, "agent"));
	bool more = json_is_true(json_object_get(json, "newer")) && agent && strcmp(agent, LW_VERSION);

	json_decref(json);
	return more;
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

static void free_gathering(struct gathering *g)
{
	size_t i;

	for (i = 0; i < g->disk_count; i++) {
		free(g->disk[i].path);
		free(g->disk[i].bytes);
	}
	free(g->candidates);
	free(g->cmdline);
	json_decref(g->json);
}

int lw_gather(const char *state, struct lw_gathered *gathered)
{
	struct gathering g = { .state = state, .armed_now = lw_exists(LW_PIN_ROOT) };
	size_t length;
	int r = 0;

	memset(gathered, 0, sizeof(*gathered));
	if (geteuid()) {
		lw_error("collecting reads the carriers: run it as root");
		return -EPERM;
	}
	gathered->boot = lw_boot_kind();
	if (gathered->boot == LW_BOOT_KEXEC) {
		if (lw_collected(state, &gathered->id)) {
			g.old = gathered->id;
			g.again = may_know_more(state, g.old);
			if (!g.again)
				return 0;
		}
		r = lw_read_file("/proc/cmdline", 65536, (uint8_t **)&g.cmdline, &length);
		if (r)
			return r;
		g.json = json_object();
		r = gather(&g, gathered);
		gathered->fresh = gathered->boot == LW_BOOT_KEXEC;
		gathered->id = g.which.id;
	}
	if (!r && gathered->boot != LW_BOOT_KEXEC)
		find_reset(state, gathered);
	free_gathering(&g);
	return r;
}
