/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that the audit log knows as preserved, beside those that are. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/id.h"
#include "base/io.h"
#include "daemon/marks.h"

#define FILE_LIMIT (4 << 20)

static void add_asker(json_t *list, const struct lw_map_mark *mark)
{
	LW_FREE char *comm = lw_escape(mark->comm, strnlen(mark->comm, 16), 0);
	LW_FREE char *session = lw_escape(mark->session, strlen(mark->session), 0);
	bool known = session && *session;
	char rid[LW_RID_TEXT];

	json_array_append_new(
		list, json_pack("{ss, ss, sI, sI, ss?, so}", "rid", lw_rid_format(mark->rid, rid), "by",
				comm ? comm : "?", "pid", (json_int_t)mark->pid, "boot_ns",
				(json_int_t)mark->marked_ns, "session", known ? session : NULL, "token",
				known ? json_sprintf("0x%" PRIx64, mark->token) : json_null()));
}

int lw_marks_compare(const struct lw_marks *before, const struct lw_marks *now,
		     struct lw_marks_change *change)
{
	json_t *askers = json_array();
	size_t i = 0, j = 0;

	memset(change, 0, sizeof(*change));
	change->added = calloc(now->count + 1, sizeof(*change->added));
	change->removed = calloc(before->count + 1, sizeof(*change->removed));
	change->detail = json_pack("{so}", "askers", askers);
	if (!change->added || !change->removed || !change->detail) {
		lw_marks_change_free(change);
		return -ENOMEM;
	}
	while (i < before->count || j < now->count) {
		uint64_t old = i < before->count ? before->list[i].rid : UINT64_MAX;
		uint64_t new = j < now->count ? now->list[j].rid : UINT64_MAX;

		if (old < new) {
			change->removed[change->removed_count++] = old;
		} else if (new < old) {
			change->added[change->added_count++] = new;
			add_asker(askers, &now->list[j]);
		}
		i += old <= new;
		j += new <= old;
	}
	return 0;
}

void lw_marks_change_free(struct lw_marks_change *change)
{
	free(change->added);
	free(change->removed);
	json_decref(change->detail);
}

int lw_marks_load(struct lw_marks *marks, const char *path)
{
	LW_FREE uint8_t *text = NULL;
	char *line, *rest, *end;
	size_t length;
	uint64_t rid;
	int r = lw_read_file(path, FILE_LIMIT, &text, &length);

	memset(marks, 0, sizeof(*marks));
	if (r)
		return r == -ENOENT ? 0 : r;
	marks->list = calloc(length / 2 + 1, sizeof(*marks->list));
	line = marks->list ? strtok_r((char *)text, "\n", &rest) : NULL;
	if (!line)
		return marks->list ? 0 : -ENOMEM;
	marks->armed_ns = strtoull(line, &end, 10);
	if (*end == ' ')
		snprintf(marks->boot_id, sizeof(marks->boot_id), "%s", end + 1);
	while ((line = strtok_r(NULL, "\n", &rest)))
		if (!lw_rid_parse(line, &rid) &&
		    (!marks->count || rid > marks->list[marks->count - 1].rid))
			marks->list[marks->count++].rid = rid;
	return 0;
}

int lw_marks_save(const struct lw_marks *marks, const char *path)
{
	char *text = NULL, rid[LW_RID_TEXT];
	size_t length, i;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return -ENOMEM;
	fprintf(out, "%" PRIu64 " %s\n", marks->armed_ns, marks->boot_id);
	for (i = 0; i < marks->count; i++)
		fprintf(out, "%s\n", lw_rid_format(marks->list[i].rid, rid));
	r = fclose(out) ? -ENOMEM : lw_write_file(path, text, length, 0600);
	free(text);
	return r;
}

size_t lw_marks_of_boot(const char *state, const char *boot_id, uint64_t **rids)
{
	LW_FREE char *path = lw_format("%s/" LW_MARKS_STORED, state);
	struct lw_marks marks;
	size_t count = 0, i;

	*rids = NULL;
	if (!lw_marks_load(&marks, path) && marks.count && !strcmp(marks.boot_id, boot_id)) {
		*rids = calloc(marks.count, sizeof(**rids));
		for (i = 0; *rids && i < marks.count; i++)
			(*rids)[count++] = marks.list[i].rid;
	}
	free(marks.list);
	return count;
}
