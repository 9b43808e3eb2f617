// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The folder of stored hand-overs. Everything that becomes part of a path (ids, names) is checked
 * against a narrow alphabet first; everything that is read is an ordinary file of bounded size; and
 * nothing that was written is ever written again, because a report is an audit record.
 */
#include "report/store.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fields.h"
#include "base/id.h"
#include "base/io.h"
#include "base/time.h"
#include "report/index.h"
#include "report/stored.h"
#include "report/summary.h"

#define REPORT_LIMIT ((size_t)64 << 20)
#define ID_DIGITS    (LW_ID_TEXT - 1)

bool lw_store_is_id(const char *name)
{
	return strlen(name) == ID_DIGITS && strspn(name, "0123456789abcdef") == ID_DIGITS;
}

/* The revision in "report-N.json"; 0 when it is another name. */
static uint32_t revision_of(const char *name)
{
	unsigned long revision;
	char *end;

	if (strncmp(name, "report-", 7) || name[7] < '1' || name[7] > '9')
		return 0;
	revision = strtoul(name + 7, &end, 10);
	if (strcmp(end, ".json") || revision > 1000000)
		return 0;
	return (uint32_t)revision;
}

/* The latest revision in a hand-over's folder; 0 when it has none; or a negative errno. */
static int64_t latest_revision(const char *state, const char *id)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/%s", state, id);
	DIR *folder = opendir(path);
	struct dirent *item;
	uint32_t latest = 0;

	if (!folder)
		return -errno;
	while ((item = readdir(folder))) {
		uint32_t revision = revision_of(item->d_name);

		if (revision > latest)
			latest = revision;
	}
	closedir(folder);
	return latest;
}

static int load_revision(const char *state, const char *id, uint32_t revision, json_t **report)
{
	LW_FREE char *path =
		lw_format("%s/" LW_STORE_FOLDER "/%s/report-%u.json", state, id, revision);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;
	int r;

	r = lw_read_own_file(path, REPORT_LIMIT, &bytes, &length);
	if (r == -EFBIG)
		return -EBADMSG;
	if (r < 0)
		return r;
	*report = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
	/* A file in the wrong folder is another hand-over's report. */
	if (!json_is_object(*report) || strcmp(lw_field_raw(*report, "id"), id)) {
		json_decref(*report);
		*report = NULL;
		return -EBADMSG;
	}
	return 0;
}

static int load_latest(const char *state, const char *id, json_t **report)
{
	int64_t revision = latest_revision(state, id);

	if (revision <= 0)
		return revision ? (int)revision : -ENODATA;
	return load_revision(state, id, (uint32_t)revision, report);
}

/* Calls VISIT for each hand-over until it returns something else than 0. */
static int for_each_id(const char *state, int (*visit)(const char *id, void *data), void *data)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER, state);
	DIR *folder = opendir(path);
	struct dirent *item;
	int r = 0;

	if (!folder)
		return -errno;
	while (!r && (item = readdir(folder)))
		if (lw_store_is_id(item->d_name))
			r = visit(item->d_name, data);
	closedir(folder);
	return r;
}

struct match {
	char prefix[LW_ID_TEXT];
	char id[LW_ID_TEXT];
	size_t count;
};

static int match_prefix(const char *id, void *data)
{
	struct match *match = data;

	if (strncmp(id, match->prefix, strlen(match->prefix)))
		return 0;
	memcpy(match->id, id, LW_ID_TEXT);
	match->count++;
	return 0;
}

int lw_store_load(const char *state, const char *prefix, json_t **report)
{
	size_t length = strlen(prefix), i;
	struct match match = {};
	int r;

	if (!length || length > ID_DIGITS || strspn(prefix, "0123456789abcdefABCDEF") != length)
		return -EINVAL;
	for (i = 0; i < length; i++)
		match.prefix[i] = (char)tolower((unsigned char)prefix[i]);
	r = for_each_id(state, match_prefix, &match);
	if (r < 0)
		return r;
	if (!match.count)
		return -ENOENT;
	if (match.count > 1)
		return -ENOTUNIQ;
	return load_latest(state, match.id, report);
}

static const char *load_problem(int r)
{
	if (r == -ENODATA)
		return "evidence only, no report yet";
	return r == -EBADMSG ? "the report is damaged" : strerror(-r);
}

/* When the newest file of a hand-over's folder was put there, as RFC 3339; "" when not known. */
static void stored_time(const char *state, const char *id, char text[LW_TIME_TEXT])
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/%s", state, id);
	struct stat status;

	text[0] = '\0';
	if (!lstat(path, &status) && status.st_mtime > 0)
		lw_time_utc(status.st_mtime * 1000000000ULL, 0, text);
}

/* The summary of one hand-over; a report that cannot be read gives one with a problem. */
static json_t *summary(const char *state, const char *id, struct lw_index *index)
{
	json_t *report = NULL, *item = lw_index_summary(index, state, id);
	const char *problem = NULL;
	LW_FREE char *stamp = NULL;
	char stored[LW_TIME_TEXT];
	int64_t revision;
	int r;

	if (item)
		return item;
	revision = latest_revision(state, id);
	if (revision > 0) {
		stamp = lw_index_stamp(state, id, (uint32_t)revision);
		r = load_revision(state, id, (uint32_t)revision, &report);
	} else {
		r = revision ? (int)revision : -ENODATA;
	}
	if (r < 0)
		problem = load_problem(r);
	else if (lw_stored_verdict(report, NULL) == LW_VERDICT_DAMAGED)
		problem = "the report is damaged";
	stored_time(state, id, stored);
	item = lw_summary_of(report, id, revision > 0 ? revision : 0, stored, problem);
	json_decref(report);
	if (!r && stamp && item)
		lw_index_add(index, id, stamp, item);
	return item;
}

struct listing {
	const char *state;
	struct lw_index index;
	json_t *list;
};

static int add_summary(const char *id, void *data)
{
	struct listing *listing = data;
	json_t *item = summary(listing->state, id, &listing->index);

	return json_array_append_new(listing->list, item) ? -ENOMEM : 0;
}

/*
 * Newest first, in the order in which they were collected: a wall clock may have stood anywhere then. Those
 * without a number come last, by their times; RFC 3339 times in UTC sort as text.
 */
static int by_age(const void *a, const void *b)
{
	const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
	uint64_t of_left = 0, of_right = 0;
	int r;

	lw_field_count(left, "number", &of_left);
	lw_field_count(right, "number", &of_right);
	if (of_left != of_right)
		return of_left > of_right ? -1 : 1;
	r = strcmp(lw_field_raw(right, "collected"), lw_field_raw(left, "collected"));

	return r ? r : strcmp(lw_field_raw(left, "id"), lw_field_raw(right, "id"));
}

static int sort_list(json_t **list)
{
	size_t count = json_array_size(*list), i;
	LW_FREE json_t **items = calloc(count + 1, sizeof(*items));
	json_t *sorted = json_array();
	int r = 0;

	if (!items || !sorted) {
		json_decref(sorted);
		return -ENOMEM;
	}
	for (i = 0; i < count; i++)
		items[i] = json_array_get(*list, i);
	qsort(items, count, sizeof(*items), by_age);
	for (i = 0; i < count && !r; i++)
		r = json_array_append(sorted, items[i]) ? -ENOMEM : 0;
	json_decref(*list);
	*list = sorted;
	return r;
}

int lw_store_list(const char *state, json_t **list)
{
	struct listing listing = { .state = state, .list = json_array() };
	int r;

	lw_index_read(state, &listing.index);
	r = for_each_id(state, add_summary, &listing);
	lw_index_close(&listing.index, state);
	if (!r)
		r = sort_list(&listing.list);
	if (r) {
		json_decref(listing.list);
		return r;
	}
	*list = listing.list;
	return 0;
}

/* The last number that was given; where that is not known the greatest that a report has. */
static uint64_t last_number(const char *state, const char *path)
{
	char line[32];
	uint64_t number, last = 0;
	json_t *list, *item;
	size_t i;

	if (lw_read_line(path, line, sizeof(line)) > 0)
		last = strtoull(line, NULL, 10);
	if (last || lw_store_list(state, &list))
		return last;
	json_array_foreach(list, i, item)
		if (lw_field_count(item, "number", &number) && number > last)
			last = number;
	json_decref(list);
	return last;
}

uint64_t lw_store_next_number(const char *state)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/number", state);
	LW_FREE char *line = NULL;
	uint64_t next = last_number(state, path) + 1;

	line = lw_format("%llu\n", (unsigned long long)next);
	lw_write_file(path, line, strlen(line), 0640);
	return next;
}

/* Of a boot that was no hand-over: what survived a reset is kept, and has no verdict. */
static bool is_of_a_reset(const json_t *evidence)
{
	return !strcmp(lw_field_raw(evidence, "boot"), "cold");
}

static json_t *read_evidence(const char *state, const char *id)
{
	LW_FREE char *path = lw_format("%s/" LW_STORE_FOLDER "/%s/evidence.json", state, id);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (lw_read_own_file(path, REPORT_LIMIT, &bytes, &length))
		return NULL;
	return json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, NULL);
}

/* What a hand-over without a readable report, stored in this boot, means for who asks for this boot's. */
static int without_report(const char *state, const json_t *item, const char *boot_id, const char *booted)
{
	const char *id = lw_field_raw(item, "id");
	json_t *evidence = read_evidence(state, id);
	const char *boot = lw_field_raw(evidence, "boot_id");
	int r = -ENOENT;

	/* Of which boot it is the evidence says; where it says nothing, when it was stored. */
	if (*boot ? !strcmp(boot, boot_id) : strcmp(lw_field_raw(item, "collected"), booted) >= 0)
		r = latest_revision(state, id) ? -EBADMSG : is_of_a_reset(evidence) ? -ENOENT : -ENODATA;
	json_decref(evidence);
	return r;
}

int lw_store_load_boot(const char *state, const char *boot_id, const char *booted, json_t **report)
{
	json_t *list, *item;
	int missing = -ENOENT;
	size_t i;
	int r;

	r = lw_store_list(state, &list);
	if (r < 0)
		return r;
	r = -ENOENT;
	json_array_foreach(list, i, item) {
		const char *boot = lw_field_raw(item, "boot");

		if (!*boot && missing == -ENOENT)
			missing = without_report(state, item, boot_id, booted);
		if (strcmp(boot, boot_id))
			continue;
		r = load_latest(state, lw_field_raw(item, "id"), report);
		break;
	}
	json_decref(list);
	return r == -ENOENT ? missing : r;
}
