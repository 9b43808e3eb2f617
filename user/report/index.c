// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The index of stored reports. A file that is changed, also by somebody who sets its times back,
 * gets another change time, a folder with a new report another one, too; only what changes within
 * the same tick of the file system's clock keeps it, so what is that young gets no row.
 */
#include "report/index.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/fields.h"
#include "base/io.h"
#include "report/store.h"

#define SCHEMA	   "luwatch.index/1"
#define LIMIT	   ((size_t)64 << 20)
#define YOUNG_S	   2
#define WORTH_ROWS 16 /* fewer are read faster than the index is written */

static char *index_path(const char *state)
{
	return lw_format("%s/" LW_STORE_FOLDER "/index.json", state);
}

void lw_index_read(const char *state, struct lw_index *index)
{
	LW_FREE char *path = index_path(state);
	LW_FREE uint8_t *bytes = NULL;
	json_t *whole = NULL;
	size_t length;

	*index = (struct lw_index){ .rows = json_object() };
	if (!lw_read_own_file(path, LIMIT, &bytes, &length))
		whole = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
	if (!strcmp(lw_field_raw(whole, "schema"), SCHEMA) &&
	    !strcmp(lw_field_raw(whole, "agent"), LW_VERSION))
		index->found = json_incref(json_object_get(whole, "rows"));
	json_decref(whole);
}

/* False when PATH is not there, or was changed just now (or, by a wrong clock, later). */
static bool settled(const char *path, struct stat *status)
{
	return !lstat(path, status) && status->st_ctim.tv_sec + YOUNG_S < time(NULL);
}

char *lw_index_stamp(const char *state, const char *id, uint32_t revision)
{
	LW_FREE char *folder = lw_format("%s/" LW_STORE_FOLDER "/%s", state, id);
	LW_FREE char *file = lw_format("%s/report-%u.json", folder, revision);
	struct stat in, of;

	if (!settled(folder, &in) || !settled(file, &of) || !S_ISREG(of.st_mode))
		return NULL;
	return lw_format("%lu %lld.%09ld %lld.%09ld, %lu %lld %lld.%09ld %lld.%09ld",
			 (unsigned long)in.st_ino, (long long)in.st_mtim.tv_sec,
			 in.st_mtim.tv_nsec, (long long)in.st_ctim.tv_sec, in.st_ctim.tv_nsec,
			 (unsigned long)of.st_ino, (long long)of.st_size,
			 (long long)of.st_mtim.tv_sec, of.st_mtim.tv_nsec,
			 (long long)of.st_ctim.tv_sec, of.st_ctim.tv_nsec);
}

void lw_index_add(struct lw_index *index, const char *id, const char *stamp, json_t *summary)
{
	json_object_set_new(index->rows, id,
			    json_pack("{ss, sO}", "stamp", stamp, "summary", summary));
	index->made++;
}

json_t *lw_index_summary(struct lw_index *index, const char *state, const char *id)
{
	json_t *row = json_object_get(index->found, id), *summary = json_object_get(row, "summary");
	LW_FREE char *stamp = NULL;
	uint64_t revision;

	if (!lw_field_count(summary, "revision", &revision) || !revision || revision > UINT32_MAX ||
	    strcmp(lw_field_raw(summary, "id"), id))
		return NULL;
	stamp = lw_index_stamp(state, id, (uint32_t)revision);
	if (!stamp || strcmp(stamp, lw_field_raw(row, "stamp")))
		return NULL;
	json_object_set(index->rows, id, row);
	return json_incref(summary);
}

void lw_index_close(struct lw_index *index, const char *state)
{
	LW_FREE char *path = index_path(state);
	LW_FREE char *text = NULL;
	json_t *whole;

	if (index->made >= WORTH_ROWS) {
		whole = json_pack("{ss, ss, sO}", "schema", SCHEMA, "agent", LW_VERSION, "rows",
				  index->rows);
		text = json_dumps(whole, JSON_COMPACT);
		json_decref(whole);
	}
	if (text)
		(void)lw_write_file(path, text, strlen(text), 0640);
	json_decref(index->found);
	json_decref(index->rows);
	*index = (struct lw_index){ 0 };
}
