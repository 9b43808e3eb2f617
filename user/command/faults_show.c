/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One fault as a line of text or of JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "base/id.h"
#include "base/time.h"
#include "command/faults.h"
#include "fault/json.h"

static uint64_t wall_clock_of(uint64_t boot_ns)
{
	return boot_ns == UINT64_MAX ? 0 : boot_ns + lw_wall_clock() - lw_boot_clock();
}

struct lw_shown_fault lw_faults_of_boot(const struct lw_fault *fault)
{
	return (struct lw_shown_fault){
		.fault = *fault,
		.first = wall_clock_of(fault->first_ns),
		.last = wall_clock_of(fault->last_ns),
	};
}

static void set_time(json_t *item, const char *name, uint64_t when)
{
	char text[LW_TIME_TEXT];

	json_object_set_new(item, name, when ? json_string(lw_time_utc(when, 6, text)) : json_null());
}

static void show_json(const struct lw_shown_fault *shown)
{
	json_t *item = json_pack("{ss}", "schema", "luwatch.fault/1"), *fault = lw_fault_json(&shown->fault);

	json_object_update(item, fault);
	json_decref(fault);
	set_time(item, "first", shown->first);
	set_time(item, "last", shown->last);
	if (shown->handover) {
		json_object_set_new(item, "handover", json_string(shown->handover));
		json_object_set_new(item, "window", json_string(lw_window_name(shown->fault.window)));
		json_object_set_new(item, "class",
				    json_string(lw_fault_class_name(shown->fault.class)));
	}
	json_dumpf(item, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(item);
}

static void show_text(const struct lw_shown_fault *shown)
{
	const struct lw_fault *f = &shown->fault;
	const char *unknown = f->reason ? "(reason unknown to this version)" : "(several reasons)";
	const char *reason = lw_reason_text(f->reason);
	char rid[LW_RID_TEXT], time[LW_TIME_TEXT];

	lw_time_utc(shown->last, 0, time);
	printf("%-20s  %-13s %8" PRIu64 "  %-9s 0x%02x %s", *time ? time : "-",
	       lw_rid_format(f->rid, rid), f->count, lw_fault_type(f), f->reason,
	       reason ? reason : unknown);
	if (f->address_known)
		printf(", last at 0x%" PRIx64, f->address);
	if (f->pasid != LW_NO_PASID)
		printf(", PASID 0x%x", f->pasid);
	if (f->flags & LW_FAULT_OTHER)
		printf(" (several kinds, beyond those kept apart for one device)");
	if (shown->handover)
		printf(" (%s, %s of hand-over %.12s)", lw_fault_class_name(f->class),
		       lw_window_name(f->window), shown->handover);
	else if (f->source == LW_SOURCE_LOG)
		printf(" (kernel log)");
	putchar('\n');
}

bool lw_faults_show(const struct lw_faults_options *o, const struct lw_shown_fault *shown)
{
	if (o->one_device && shown->fault.rid != o->rid)
		return false;
	if (shown->last && shown->last < o->since)
		return false;
	if (o->common.json)
		show_json(shown);
	else
		show_text(shown);
	return true;
}

void lw_faults_unseen(uint64_t unseen, uint64_t overflows, uint64_t lost, uint64_t misses)
{
	if (unseen || overflows || lost)
		printf("not seen one by one: %" PRIu64 " consumed unseen, %" PRIu64
		       " overflows, %" PRIu64 " without a place\n", unseen, overflows, lost);
	if (misses)
		printf("runs of the programs that the kernel skipped: %" PRIu64
		       " (see luwatch status)\n", misses);
}
