/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After a reset. The machine was armed, and this boot is none of a kexec; all the same a kexec may have
 * been under way, and the next kernel died of it. A trace buffer at a fixed address lives through a warm
 * reset, and a pstore keeps what the console said. What of these has records of the armed hand-over is
 * saved as its evidence. A kexec that was under way is then judged as far as it goes, once and for good:
 * whatever it was, nobody collected it. Of anything else is told how far it got, without a verdict.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "carry/carrier.h"
#include "collect/gather.h"
#include "collect/gathering.h"
#include "carry/text.h"

#define PSTORE	     "/sys/fs/pstore"
#define PSTORE_FILES 64
#define PSTORE_LIMIT (4UL << 20)

/* One file of the pstore; COUNT counts them, and *LENGTH is what they have in all. */
static int gather_crash_log(const char *path, int *count, uint8_t **all, size_t *length)
{
	LW_FREE uint8_t *bytes = NULL;
	uint8_t *grown;
	size_t n;

	if (*count >= PSTORE_FILES || lw_read_own_file(path, PSTORE_LIMIT, &bytes, &n))
		return 0;
	/* Records are the carrier's, which reads them. */
	if (lw_find_text(bytes, n))
		return 0;
	++*count;
	/* No record goes on from one into the next. */
	grown = realloc(*all, *length + n + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + *length, bytes, n);
	grown[*length + n] = '\n';
	*length += n + 1;
	*all = grown;
	return 0;
}

static int gather_pstore(struct gathering *g, struct lw_survived *survived)
{
	LW_FREE uint8_t *all = NULL;
	DIR *directory = opendir(PSTORE);
	struct dirent *entry;
	size_t length = 0;
	int r = 0;

	while (directory && !r && (entry = readdir(directory))) {
		LW_FREE char *path = lw_format(PSTORE "/%s", entry->d_name);

		if (entry->d_name[0] != '.')
			r = gather_crash_log(path, &survived->crash_logs, &all, &length);
	}
	if (directory)
		closedir(directory);
	return r || !length ? r : lw_gather_bytes(g, "crash-log", all, length);
}

/* What the records of the armed hand-over tell. */
static void look_at_records(const struct gathering *g, struct lw_id id, struct lw_survived *survived)
{
	size_t i;

	for (i = 0; i < g->count; i++) {
		const struct lw_candidate *c = &g->candidates[i];

		if (!lw_id_equal(c->id, id) || !(c->from & LW_FROM_CARRIER))
			continue;
		survived->records = true;
		/* A reboot leaves a record as well, under the number of an attempt that was refused. */
		survived->attempt = c->begin_boot_ns || c->whole ? c->attempt : 0;
		survived->refused = c->refused;
		survived->whole = c->whole;
		survived->kexec_ns = c->kexec_ns;
	}
}

static int save(struct gathering *g, struct lw_survived *survived)
{
	char old[LW_ID_TEXT];
	int r;

	json_object_set_new(g->json, "id", json_string(lw_id_format(g->which.id, old)));
	json_object_set_new(g->json, "id_known", json_true());
	if (lw_was_under_way(survived)) {
		json_object_set_new(g->json, "next_lost", json_true());
		json_object_set_new(g->json, "revision", json_integer(1));
	} else {
		json_object_set_new(g->json, "boot", json_string(lw_boot_name(LW_BOOT_COLD)));
	}
	r = lw_save_baselines(g);
	if (!r)
		lw_gather_devices(g);
	if (!r)
		r = lw_saving_write(&g->saving, g->json);
	if (!r)
		r = lw_saving_finish(&g->saving, old);
	survived->saved = !r;
	return r;
}

static int gather(struct gathering *g, struct lw_survived *survived)
{
	int r;

	lw_gather_host(g);
	r = lw_find_baselines(g);
	if (!r)
		r = lw_gather_carriers(g, false);
	if (!r)
		r = gather_pstore(g, survived);
	return r ? r : lw_gather_carriers(g, true);
}

/* An earlier collect of this boot has saved it. */
static int read_again(struct gathering *g, const char *folder)
{
	json_t *json = lw_evidence_json(folder), *item;
	struct lw_decoded decoded = {};
	size_t i, length;
	int r = 0;

	json_array_foreach(json_object_get(json, "carriers"), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));
		LW_FREE char *path = lw_format("%s/%s.bin", folder, name ? name : "");
		LW_FREE uint8_t *bytes = NULL;

		if (r < 0 || !name || !strcmp(name, "disk") || strchr(name, '/') ||
		    lw_read_own_file(path, LW_EVIDENCE_MAX, &bytes, &length) ||
		    lw_decode(bytes, length, &decoded))
			continue;
		r = lw_candidates_add(&g->candidates, &g->count, &decoded, LW_FROM_CARRIER);
		lw_decoded_free(&decoded);
	}
	json_decref(json);
	return r < 0 ? r : 0;
}

static bool is_of_this_boot(const char *folder)
{
	char boot[LW_BOOT_ID_TEXT];

	lw_boot_of_folder(folder, boot);
	return !strcmp(boot, lw_boot_id());
}

/* 0: gathered; 1: an earlier collect of this boot had; or a negative errno, told. */
static int gather_once(struct gathering *g, const char *folder, struct lw_survived *survived)
{
	char id[LW_ID_TEXT];
	size_t length;
	int r = lw_read_file("/proc/cmdline", 65536, (uint8_t **)&g->cmdline, &length);

	if (r)
		return r;
	g->json = json_object();
	r = lw_saving_lock(&g->saving, g->state, lw_boot_id());
	if (r)
		return r;
	if (is_of_this_boot(folder))
		return 1;
	r = lw_saving_begin(&g->saving);
	if (!r)
		return gather(g, survived);
	/* It was whole, and had only not got its place. */
	return r < 0 ? r : lw_saving_finish(&g->saving, lw_id_format(g->which.id, id)) ?: 1;
}

/* Whoever took this boot for one of a kexec at first has gathered already, and has the lock. */
int lw_gather_reset(struct gathering *g, struct lw_id id, struct lw_survived *survived)
{
	LW_FREE char *folder = lw_handover_folder(g->state, id);
	int r = 0;

	g->which.id = id;
	if (g->saving.lock < 0)
		r = gather_once(g, folder, survived);
	else if (is_of_this_boot(folder))
		r = 1;
	if (r == 1) {
		survived->saved = true;
		r = read_again(g, folder);
		look_at_records(g, id, survived);
	} else if (!r) {
		look_at_records(g, id, survived);
		/* What was taken away is kept, whatever it is. */
		if (survived->records || g->saving.taken)
			r = save(g, survived);
	}
	if (!r && survived->saved && !g->armed_now)
		lw_carriers_clear();
	lw_saving_close(&g->saving);
	return r;
}
