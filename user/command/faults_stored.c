/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults of earlier hand-overs, out of their stored reports. What the report of this boot says about
 * the time since this kernel came up, its own log and counters say too; that is left out here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/id.h"
#include "base/message.h"
#include "base/time.h"
#include "command/faults.h"
#include "fault/json.h"
#include "probe/kernel.h"
#include "report/store.h"

static uint64_t time_at(const json_t *object, const char *path)
{
	uint64_t when;

	return lw_time_read(lw_field_raw(object, path), &when) ? 0 : when;
}

/* False when it is no fault that can be shown. */
static bool read_fault(const json_t *item, struct lw_fault *f)
{
	const char *address = lw_field_raw(item, "address"), *pasid = lw_field_raw(item, "pasid");
	uint64_t reason;

	memset(f, 0, sizeof(*f));
	if (lw_rid_or_other(lw_field_raw(item, "rid"), &f->rid) ||
	    lw_fault_flags_of(lw_field_raw(item, "type"), &f->flags) ||
	    !lw_field_count(item, "reason", &reason) || !lw_field_count(item, "count", &f->count))
		return false;
	f->reason = reason;
	if (json_is_true(lw_field(item, "several_kinds")))
		f->flags |= LW_FAULT_OTHER;
	f->address_known = *address;
	f->address = strtoull(address, NULL, 16);
	f->pasid = *pasid ? strtoul(pasid, NULL, 16) : LW_NO_PASID;
	/* The clock of a boot that is over tells nobody anything. */
	f->first_ns = f->last_ns = UINT64_MAX;
	f->window = lw_word_index(&lw_windows, lw_field_raw(item, "window"));
	f->class = lw_word_index(&lw_fault_classes, lw_field_raw(item, "class"));
	f->source = lw_word_index(&lw_fault_sources, lw_field_raw(item, "source"));
	return true;
}

/* One that was found latched has no time: it came before the records were read. */
static bool is_too_old(const struct lw_faults_options *o, const struct lw_shown_fault *shown,
		       uint64_t collected)
{
	return !shown->last && collected && collected < o->since;
}

static int64_t show_report(const struct lw_faults_options *o, const json_t *report)
{
	bool this_boot = !strcmp(lw_field_raw(report, "boot.new"), lw_boot_id());
	uint64_t collected = time_at(report, "time.collected");
	struct lw_shown_fault shown = {};
	struct lw_fields fields = {};
	unsigned int damaged = 0;
	int64_t total = 0;
	const json_t *item;
	size_t i;

	shown.handover = lw_field_text(&fields, report, "id", "?");
	json_array_foreach(lw_field(report, "faults"), i, item) {
		if (!read_fault(item, &shown.fault)) {
			damaged++;
			continue;
		}
		if (this_boot && shown.fault.window != LW_WINDOW_BEFORE &&
		    shown.fault.window != LW_WINDOW_BLACKOUT)
			continue;
		shown.first = time_at(item, "first");
		shown.last = time_at(item, "last");
		if (!is_too_old(o, &shown, collected) && lw_faults_show(o, &shown))
			total += shown.fault.count;
	}
	if (damaged)
		lw_warn("%u faults in the report of hand-over %.12s are damaged and not shown",
			damaged, shown.handover);
	lw_fields_release(&fields);
	return total;
}

/* A report whose id or content cannot be read is told, not passed over. */
static int64_t show_stored(const struct lw_faults_options *o, const json_t *item)
{
	struct lw_fields fields = {};
	int64_t total = 0;
	json_t *report;
	int r = lw_store_load(o->common.state, lw_field_raw(item, "id"), &report);

	if (!r) {
		total = show_report(o, report);
		json_decref(report);
	} else if (r != -ENODATA) {
		lw_warn("the report of hand-over %s cannot be read (%s); its faults are not shown",
			lw_field_text(&fields, item, "id", "?"), strerror(-r));
	}
	lw_fields_release(&fields);
	return total;
}

int64_t lw_faults_stored(const struct lw_faults_options *o)
{
	json_t *list = NULL;
	int64_t total = 0;
	size_t i;
	int r = lw_store_list(o->common.state, &list);

	if (r == -ENOENT)
		return 0;
	if (r) {
		lw_error("the reports in %s cannot be read: %s%s", o->common.state, strerror(-r),
			 r == -EACCES ? "; " LW_BE_MEMBER : "");
		return r;
	}
	/* The newest is first; none of a report's faults came after its watch period. */
	for (i = json_array_size(list); i--;)
		total += show_stored(o, json_array_get(list, i));
	json_decref(list);
	return total;
}
