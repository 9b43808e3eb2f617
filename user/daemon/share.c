/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What members of the group luwatch may know of faults without being root: maps and the kernel log
 * are closed to them, so the daemon leaves a file in /run. The folder belongs to the group.
 *
 * After one fault more, of ten thousand known kinds, one has changed: the others keep their text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "daemon/daemon.h"
#include "fault/json.h"
#include "fault/kernel_log.h"
#include "fault/registers.h"
#include "probe/kernel.h"

#define SHARE_S 5 /* not more often than this */
#define NEAR	8 /* so far a kind may be from where it was */

/* What only the kernel log has: faults from before the programs watched. Read once. */
static json_t *faults_before(uint64_t until)
{
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	json_t *list = json_array();
	size_t i;
	int r;

	lw_kernel_log_init(&log);
	r = lw_kernel_log_read_kmsg(&log, &raw);
	if (r)
		lw_warn("the kernel log cannot be read: %s", strerror(-r));
	for (i = 0; i < log.fault_count; i++)
		if (log.faults[i].first_ns < until)
			json_array_append_new(list, lw_fault_json(&log.faults[i]));
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
	return list;
}

static char *fault_text(const struct lw_map_fault *counted)
{
	struct lw_fault fault;
	json_t *json;
	char *text;

	lw_fault_of_count(&counted->key, &counted->value, &fault);
	json = lw_fault_json(&fault);
	text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(json);
	return text;
}

void lw_daemon_forget_shared(struct lw_daemon *d)
{
	size_t i;

	for (i = 0; i < d->shared_kinds; i++)
		free(d->shared[i].text);
	free(d->shared);
	d->shared = NULL;
	d->shared_kinds = 0;
}

/* Where KEY is among the next few from WAS on, or END. */
static struct lw_shared_fault *find_near(struct lw_shared_fault *was, struct lw_shared_fault *end,
					 const struct lw_fault_key *key)
{
	int i;

	for (i = 0; i < NEAR && was + i < end; i++)
		if (!memcmp(&was[i].key, key, sizeof(*key)))
			return was + i;
	return end;
}

/*
 * Brings the texts up to what the map says. Both are in the map's order, in which what is new comes between and
 * what changes stays, or goes to the front of a few others.
 */
static int update_texts(struct lw_daemon *d)
{
	struct lw_map_fault *now = NULL;
	int count = d->armed ? lw_map_faults(d->pins.maps.faults, &now) : 0, i;
	struct lw_shared_fault *texts, *was = d->shared, *end = was + d->shared_kinds;

	if (count < 0)
		return count;
	texts = calloc(count + 1, sizeof(*texts));
	for (i = 0; texts && i < count; i++) {
		struct lw_shared_fault *old = find_near(was, end, &now[i].key);

		if (old < end)
			was = old + 1;
		texts[i].key = now[i].key;
		texts[i].count = now[i].value.count;
		if (old < end && old->count == texts[i].count && old->text) {
			texts[i].text = old->text;
			old->text = NULL;
		} else {
			texts[i].text = fault_text(&now[i]);
		}
	}
	free(now);
	lw_daemon_forget_shared(d);
	d->shared = texts;
	d->shared_kinds = texts ? count : 0;
	return texts ? 0 : -ENOMEM;
}

/* What stands before the list of faults, without the brace that ends it. */
static char *head_text(const struct lw_daemon *d)
{
	const struct lw_control *c = d->armed ? d->pins.control : NULL;
	char text[LW_TIME_TEXT], *head;
	json_t *json;

	json = json_pack("{s:s, s:s, s:I, s:I, s:I}", "schema", LW_FAULTS_SCHEMA, "time",
			 lw_time_utc(lw_wall_clock(), 0, text), "unseen", (json_int_t)(c ? c->faults_unseen : 0), "overflows",
			 (json_int_t)(c ? c->overflows : 0), "lost",
			 (json_int_t)(c ? c->faults_lost : 0));
	head = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	json_decref(json);
	if (head)
		head[strlen(head) - 1] = '\0';
	return head;
}

/* The whole file. */
static int share(struct lw_daemon *d, char **text, size_t *length)
{
	LW_FREE char *head = head_text(d);
	const char *comma = "";
	json_t *item;
	int r = update_texts(d);
	size_t i;
	FILE *f;

	f = head && !r ? open_memstream(text, length) : NULL;
	if (!f)
		return r ? r : -ENOMEM;
	fprintf(f, "%s,\"faults\":[", head);
	json_array_foreach(d->shared_before, i, item) {
		fputs(comma, f);
		json_dumpf(item, f, JSON_COMPACT | JSON_ENSURE_ASCII);
		comma = ",";
	}
	for (i = 0; i < d->shared_kinds; i++) {
		if (!d->shared[i].text)
			continue;
		fputs(comma, f);
		fputs(d->shared[i].text, f);
		comma = ",";
	}
	fputs("]}", f);
	return fclose(f) ? -errno : 0;
}

void lw_daemon_share_faults(struct lw_daemon *d)
{
	uint64_t count = d->armed ? d->pins.control->faults : 0, now = lw_boot_clock();
	LW_FREE char *text = NULL;
	size_t length;
	int r;

	if (d->shared_before && d->shared_count == count)
		return;
	if (d->shared_before && now - d->shared_ns < SHARE_S * 1000000000ULL) {
		lw_daemon_timer(d->look_timer, SHARE_S);
		return;
	}
	if (!d->shared_before)
		d->shared_before = faults_before(d->armed ? d->pins.control->armed_ns : UINT64_MAX);
	d->shared_count = count;
	d->shared_ns = now;
	r = share(d, &text, &length);
	if (!r)
		r = lw_write_file(LW_FAULTS_FILE, text, length, 0640);
	if (r && r != d->share_error)
		lw_warn(LW_FAULTS_FILE ": %s", strerror(-r));
	d->share_error = r;
}
