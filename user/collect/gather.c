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

#include "base/message.h"
#include "base/time.h"
#include "carry/carrier.h"
#include "collect/gather.h"
#include "collect/gathering.h"
#include "collect/tables.h"
#include "probe/programs.h"
#include "report/store.h"

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

/*
 * What the first collect of this boot saw of devices, units and tables: by now user space has them, and
 * has changed what it may change. False when it did not look.
 */
static bool take_first_look(struct gathering *g)
{
	static const char *const keys[] = { "devices", "units", "pages" };
	LW_FREE char *folder = lw_handover_folder(g->state, g->old);
	json_t *old = lw_evidence_json(folder);
	bool found = json_object_size(json_object_get(old, "pages")) > 0;
	size_t i;

	for (i = 0; found && i < 3; i++)
		json_object_set(g->json, keys[i], json_object_get(old, keys[i]));
	if (found)
		json_object_set_new(g->json, "tables_late",
				    json_boolean(json_is_true(json_object_get(old, "tables_late"))));
	json_decref(old);
	return found;
}

static int gather_all(struct gathering *g)
{
	int r;

	lw_gather_host(g);
	r = lw_find_baselines(g);
	if (!r)
		r = lw_gather_carriers(g, false);
	if (!r && g->again)
		r = lw_gather_old(g);
	if (!r)
		r = lw_gather_log(g);
	if (!r)
		r = lw_gather_carriers(g, true);
	if (!r)
		r = lw_decide(g);
	if (r || g->which.boot_loader)
		return r;
	r = lw_save_baselines(g);
	if (r)
		return r;
	if (!g->again || !take_first_look(g)) {
		lw_gather_devices(g);
		lw_gather_tables(g->json, g->saving.folder);
		json_object_set_new(g->json, "tables_late",
				    json_boolean(lw_tables_late(g->again, lw_boot_clock())));
	}
	r = lw_saving_write(&g->saving, g->json);
	return r ? r : finish(g);
}

/* A try of this boot was whole, and cut off before it got its place: a hand-over's, or a reset's. */
static int finish_earlier(struct gathering *g)
{
	LW_FREE char *path = lw_format("%s/" LW_EVIDENCE, g->saving.folder);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;
	json_t *json = NULL;
	const char *id, *kind;
	int r = lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length);

	if (!r)
		json = json_loadb((char *)bytes, length, 0, NULL);
	id = json_string_value(json_object_get(json, "id"));
	if (!id || lw_id_parse(id, &g->which.id))
		r = -EBADMSG;
	lw_id_format(g->which.id, g->id_text);
	kind = json_string_value(json_object_get(json, "boot"));
	g->which.boot_loader = !kind || strcmp(kind, lw_boot_name(LW_BOOT_KEXEC));
	if (!r)
		r = finish(g);
	if (!r)
		r = lw_find_baselines(g);
	json_decref(json);
	return r;
}

/* Not a kexec: an earlier boot that was armed ended some other way. */
static int find_reset(struct gathering *g, struct lw_gathered *gathered)
{
	LW_FREE char *path = NULL;
	struct lw_armed_file file;
	int r;

	if (lw_armed_find(g->state, NULL, &file))
		return 0;
	path = file.path;
	gathered->armed_before = true;
	gathered->id = file.id;
	memcpy(gathered->old_boot_id, file.boot_id, sizeof(file.boot_id));
	if (gathered->boot != LW_BOOT_COLD)
		return 0;
	r = lw_gather_reset(g, gathered->id, &gathered->survived);
	if (!r && gathered->survived.saved && lw_was_under_way(&gathered->survived)) {
		gathered->boot = LW_BOOT_KEXEC;
		gathered->fresh = true;
		lw_id_format(gathered->id, g->id_text);
		r = note_collected(g);
		if (!r)
			unlink(path);
	}
	return r;
}

static int gather(struct gathering *g, struct lw_gathered *gathered)
{
	int r = lw_saving_begin(&g->saving);

	if (r == 1)
		r = finish_earlier(g);
	else if (!r)
		r = gather_all(g);
	if (!r && g->which.boot_loader) {
		gathered->boot = LW_BOOT_COLD;
		gathered->boot_loader = true;
		r = find_reset(g, gathered);
	} else if (!r) {
		close_sources(g);
		gathered->fresh = true;
	}
	return r;
}

/* Whether FOLDER has the evidence of the hand-over that began this boot: not what survived a reset. */
static bool is_this_boot(const char *folder)
{
	json_t *json = lw_evidence_json(folder);
	const char *boot = json_string_value(json_object_get(json, "boot_id"));
	const char *kind = json_string_value(json_object_get(json, "boot"));
	bool is = boot && kind && !strcmp(boot, lw_boot_id()) &&
		  !strcmp(kind, lw_boot_name(LW_BOOT_KEXEC));

	json_decref(json);
	return is;
}

/* As the last collect noted, "boot-id id". */
static bool is_noted(const char *state, struct lw_id *id)
{
	LW_FREE char *path = lw_format("%s/collected", state);
	LW_FREE char *folder = NULL;
	char line[128];

	if (lw_read_line(path, line, sizeof(line)) < LW_BOOT_ID_TEXT ||
	    strncmp(line, lw_boot_id(), LW_BOOT_ID_TEXT - 1) || line[LW_BOOT_ID_TEXT - 1] != ' ' ||
	    lw_id_parse(line + LW_BOOT_ID_TEXT, id))
		return false;
	folder = lw_handover_folder(state, *id);
	return is_this_boot(folder);
}

bool lw_collected(const char *state, struct lw_id *id)
{
	LW_FREE char *above = lw_format("%s/" LW_STORE_FOLDER, state);
	struct dirent *entry;
	bool found = false;
	DIR *all;

	if (is_noted(state, id))
		return true;
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
	json_t *json = lw_evidence_json(folder);
	const char *agent = json_string_value(json_object_get(json, "agent"));
	bool more = json_is_true(json_object_get(json, "newer")) && agent && strcmp(agent, LW_VERSION);

	json_decref(json);
	return more;
}

/* Whether there is nothing to do: it was collected, and this luwatch knows no more of it. */
static bool is_done(struct gathering *g)
{
	if (!lw_collected(g->state, &g->old))
		return false;
	g->again = may_know_more(g->state, g->old);
	g->which.id = g->old;
	return !g->again;
}

/* Another collect may have come first: asked before its lock is waited for, and once it is ours. */
static int gather_once(struct gathering *g, struct lw_gathered *gathered)
{
	size_t length;
	int r;

	if (is_done(g))
		return 0;
	r = lw_read_file("/proc/cmdline", 65536, (uint8_t **)&g->cmdline, &length);
	if (r)
		return r;
	g->json = json_object();
	r = lw_saving_lock(&g->saving, g->state, lw_boot_id());
	if (!r && !is_done(g))
		r = gather(g, gathered);
	lw_saving_close(&g->saving);
	return r;
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

/* By the evidence, so that a second look in this boot says the same. */
static bool is_next_lost(const char *state, struct lw_id id)
{
	LW_FREE char *folder = lw_handover_folder(state, id);
	json_t *json = lw_evidence_json(folder);
	bool lost = json_is_true(json_object_get(json, "next_lost"));

	json_decref(json);
	return lost;
}

int lw_gather(const char *state, struct lw_gathered *gathered)
{
	struct gathering g = { .state = state, .saving.lock = -1,
			       .armed_now = lw_exists(LW_PIN_ROOT) };
	int r = 0;

	memset(gathered, 0, sizeof(*gathered));
	if (geteuid()) {
		lw_error("collecting reads the carriers: run it as root");
		return -EPERM;
	}
	gathered->boot = lw_boot_kind();
	if (gathered->boot == LW_BOOT_COLD && is_noted(state, &gathered->id)) {
		gathered->boot = LW_BOOT_KEXEC;
		g.which.id = gathered->id;
	} else if (gathered->boot == LW_BOOT_KEXEC) {
		r = gather_once(&g, gathered);
		gathered->id = g.which.id;
	}
	if (!r && gathered->boot != LW_BOOT_KEXEC && !gathered->boot_loader)
		r = find_reset(&g, gathered);
	if (!r && gathered->boot == LW_BOOT_KEXEC)
		gathered->next_lost = is_next_lost(state, gathered->id);
	free_gathering(&g);
	return r;
}
