/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What members of the group luwatch may know of faults without being root: maps and the kernel log
 * are closed to them, so the daemon leaves a file in /run. The folder belongs to the group.
 */
#include <errno.h>
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

static json_t *faults_now(struct lw_daemon *d)
{
	json_t *list = json_copy(d->shared_before);
	struct lw_map_fault *faults = NULL;
	struct lw_fault fault;
	int i, count = d->armed ? lw_map_faults(d->pins.maps.faults, &faults) : 0;

	for (i = 0; i < count; i++) {
		lw_fault_of_count(&faults[i].key, &faults[i].value, &fault);
		json_array_append_new(list, lw_fault_json(&fault));
	}
	free(faults);
	return list;
}

static json_t *share(struct lw_daemon *d)
{
	const struct lw_control *c = d->armed ? d->pins.control : NULL;
	char text[LW_TIME_TEXT];

	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "schema", LW_FAULTS_SCHEMA, "time",
			 lw_time_utc(lw_wall_clock(), 0, text),
			 "unseen", (json_int_t)(c ? c->faults_unseen : 0), "overflows",
			 (json_int_t)(c ? c->overflows : 0), "lost",
			 (json_int_t)(c ? c->faults_lost : 0), "faults", faults_now(d));
}

void lw_daemon_share_faults(struct lw_daemon *d)
{
	uint64_t count = d->armed ? d->pins.control->faults : 0, now = lw_boot_clock();
	LW_FREE char *text = NULL;
	json_t *json;
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
	json = share(d);
	text = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	json_decref(json);
	r = text ? lw_write_file(LW_FAULTS_FILE, text, strlen(text), 0640) : -ENOMEM;
	if (r && r != d->share_error)
		lw_warn(LW_FAULTS_FILE ": %s", strerror(-r));
	d->share_error = r;
}
