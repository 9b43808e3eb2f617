// SPDX-License-Identifier: GPL-2.0-or-later
/* How long hand-overs are kept. */
#include "report/keep.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fields.h"
#include "base/io.h"
#include "base/time.h"
#include "report/acknowledged.h"
#include "report/store.h"

#define SECOND	1000000000ULL
#define LEAVING ".leaving-" /* nobody takes a folder of that name for a hand-over */

enum lw_keep_reason lw_keep_decide(const struct lw_keep *rules, const json_t *item, uint64_t rank,
				   bool acknowledged, uint64_t now)
{
	const char *verdict = lw_field_raw(item, "verdict");
	uint64_t collected;

	if (!rank || (strcmp(verdict, "clean") && strcmp(verdict, "incomplete") &&
		      (strcmp(verdict, "violation") || !acknowledged)))
		return LW_KEPT;
	if (*lw_field_raw(item, "problem"))
		return LW_KEPT;
	if (rules->seconds && !lw_time_read(lw_field_raw(item, "collected"), &collected) &&
	    collected < now && (now - collected) / SECOND > rules->seconds)
		return LW_GONE_BY_AGE;
	return rules->number && rank >= rules->number ? LW_GONE_BY_NUMBER : LW_KEPT;
}

static void remove_leaving(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *item;

	while (folder && (item = readdir(folder))) {
		LW_FREE char *file = lw_format("%s/%s", path, item->d_name);

		if (strcmp(item->d_name, ".") && strcmp(item->d_name, ".."))
			unlink(file);
	}
	if (folder)
		closedir(folder);
	rmdir(path);
}

/* It goes as a whole: half a hand-over would look like a damaged one. */
static int remove_handover(const char *state, const char *id)
{
	LW_FREE char *from = lw_format("%s/" LW_STORE_FOLDER "/%s", state, id);
	LW_FREE char *to = lw_format("%s/" LW_STORE_FOLDER "/" LEAVING "%s", state, id);

	if (rename(from, to))
		return -errno;
	remove_leaving(to);
	return 0;
}

/* What a crash left between. */
static void finish_earlier(const char *state)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER, state);
	DIR *folder = opendir(path);
	struct dirent *item;

	while (folder && (item = readdir(folder))) {
		LW_FREE char *leaving = lw_format("%s/%s", path, item->d_name);

		if (!strncmp(item->d_name, LEAVING, strlen(LEAVING)))
			remove_leaving(leaving);
	}
	if (folder)
		closedir(folder);
}

int64_t lw_keep_apply(const char *state, const struct lw_keep *rules, const char *kept,
		      uint64_t now,
		      int (*tell)(void *data, const json_t *item, enum lw_keep_reason reason),
		      void *data)
{
	json_t *list = NULL, *item;
	int64_t removed = 0;
	size_t rank;
	int r;

	if (!rules->number && !rules->seconds)
		return 0;
	finish_earlier(state);
	r = lw_store_list(state, &list);
	if (r)
		return r == -ENOENT ? 0 : r;
	json_array_foreach(list, rank, item) {
		const char *id = lw_field_raw(item, "id");
		enum lw_keep_reason reason;

		if (!lw_store_is_id(id) || (kept && !strcmp(id, kept)))
			continue;
		reason = lw_keep_decide(rules, item, rank, lw_acknowledged_as(state, id, lw_field_raw(item, "verdict")), now);
		if (reason == LW_KEPT)
			continue;
		r = tell(data, item, reason);
		if (!r)
			r = remove_handover(state, id);
		if (r)
			break;
		removed++;
	}
	json_decref(list);
	return r ? r : removed;
}
