/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the old kernel left: in the carriers, and its baseline on disk. What reading takes away goes
 * straight into a file.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carry/carrier.h"
#include "collect/gather.h"
#include "collect/gathering.h"

#define BASELINE_LIMIT (4 << 20)

static int add_candidates(struct gathering *g, const uint8_t *bytes, size_t length,
			  unsigned int from)
{
	struct lw_decoded decoded = {};
	int r = lw_decode(bytes, length, &decoded);

	if (!r)
		r = lw_candidates_add(&g->candidates, &g->count, &decoded, from);
	g->crowded |= r == 1;
	g->newer |= decoded.counts.newer > 0;
	lw_decoded_free(&decoded);
	return r < 0 ? r : 0;
}

static void add_carrier(struct gathering *g, const char *name, const char *file, bool expected,
			const char *problem)
{
	json_array_append_new(json_object_get(g->json, "carriers"),
			      json_pack("{ss so sb so}", "name", name, "file", lw_text_or_null(file),
					"expected", expected, "problem", lw_text_or_null(problem)));
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

int lw_gather_bytes(struct gathering *g, const char *name, const uint8_t *bytes, size_t length)
{
	return save_carrier(g, name, true, bytes, length, NULL);
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
int lw_gather_old(struct gathering *g)
{
	LW_FREE char *folder = lw_handover_folder(g->state, g->old);
	json_t *json = lw_evidence_json(folder), *item;
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
int lw_gather_carriers(struct gathering *g, bool consumed)
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
	g->crowded |= r == 1;
	c = lw_candidate_of(&g->candidates, &g->count, u->id);
	if (c)
		c->kernel = lw_id_of_boot(boot);
	lw_decoded_free(&decoded);
	return c && r >= 0 ? 0 : -ENOMEM;
}

int lw_find_baselines(struct gathering *g)
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
int lw_save_baselines(struct gathering *g)
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
