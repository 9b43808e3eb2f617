/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a revision rests on beside the evidence of collect, as JSON beside its report; and, as if it were
 * of a revision 0, what the log had between the evidence and the programs. By the time a daemon starts
 * again the ring of the kernel's log may have lost that.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/message.h"
#include "daemon/watch.h"
#include "report/store.h"

#define LIMIT (64UL << 20)

int lw_watch_add_log_fault(struct lw_watch *w, const struct lw_fault *fault)
{
	if (w->log_fault_count == w->log_fault_room) {
		size_t room = w->log_fault_room ? 2 * w->log_fault_room : 64;
		struct lw_fault *more = realloc(w->log_faults, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		w->log_faults = more;
		w->log_fault_room = room;
	}
	w->log_faults[w->log_fault_count++] = *fault;
	return 0;
}

static json_t *fault_json(const struct lw_fault *f)
{
	char rid[LW_RID_TEXT];

	return json_pack("{ss sb sI sI sI sI sb sI sI sI}", "rid", lw_rid_format(f->rid, rid),
			 "segment_known", f->segment_known, "reason", (json_int_t)f->reason,
			 "flags", (json_int_t)f->flags, "pasid", (json_int_t)f->pasid, "address",
			 (json_int_t)f->address, "address_known", f->address_known, "count",
			 (json_int_t)f->count, "first_ns", (json_int_t)f->first_ns, "last_ns",
			 (json_int_t)f->last_ns);
}

static json_t *faults_json(const struct lw_fault *faults, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(list, fault_json(&faults[i]));
	return list;
}

int lw_watch_save_input(const struct lw_watch *w, const struct lw_watch_input *input, uint32_t revision)
{
	LW_FREE char *name = lw_format("live-%" PRIu32 ".json", revision);
	size_t saved = w->c.log.fault_count;
	json_t *json = json_pack("{ss sI sI sb sI sI so so}", "schema", "luwatch.live/1", "armed_ns",
				 (json_int_t)input->armed_ns, "now_ns", (json_int_t)input->now_ns,
				 "log_unread", input->losses.log_unread, "log_missed",
				 (json_int_t)input->losses.log_missed, "faults_missed",
				 (json_int_t)input->losses.faults, "live_faults", faults_json(input->live, input->live_count),
				 "log_faults",
				 faults_json(w->log_faults + saved, w->log_fault_count - saved));
	LW_FREE char *text = json_dumps(json, JSON_INDENT(1));
	int r = text ? lw_store_save_evidence(w->state, w->id, name, text, strlen(text)) : -ENOMEM;

	json_decref(json);
	/* An earlier try at the same revision wrote it and then failed at the report. */
	return r == -EEXIST ? 0 : r;
}

static uint64_t number(const json_t *item, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(item, key));
}

static bool read_fault(const json_t *item, struct lw_fault *f)
{
	const char *rid = json_string_value(json_object_get(item, "rid"));

	*f = (struct lw_fault){
		.segment_known = json_is_true(json_object_get(item, "segment_known")),
		.reason = number(item, "reason"),
		.flags = number(item, "flags"),
		.pasid = number(item, "pasid"),
		.address = number(item, "address"),
		.address_known = json_is_true(json_object_get(item, "address_known")),
		.count = number(item, "count"),
		.first_ns = number(item, "first_ns"),
		.last_ns = number(item, "last_ns"),
		.source = LW_SOURCE_LOG,
	};
	return rid && !lw_rid_parse(rid, &f->rid);
}

void lw_watch_log_keep(struct lw_watch *w, uint64_t armed_ns, struct lw_watch_losses losses)
{
	struct lw_watch_input input = { .armed_ns = armed_ns, .losses = losses };

	if (w->loaded && !w->log_kept && !lw_watch_save_input(w, &input, 0))
		w->log_kept = true;
}

bool lw_watch_log_kept(struct lw_watch *w, uint64_t armed_ns, struct lw_watch_losses *losses)
{
	LW_FREE char *folder = lw_handover_folder(w->state, w->gathered.id);
	LW_FREE char *path = lw_format("%s/live-0.json", folder);
	LW_FREE uint8_t *bytes = NULL;
	json_t *json = NULL, *item;
	struct lw_fault fault;
	size_t length, i;

	if (w->loaded && !w->log_kept && !lw_read_own_file(path, LIMIT, &bytes, &length))
		json = json_loadb((char *)bytes, length, 0, NULL);
	if (json && number(json, "armed_ns") == armed_ns) {
		json_array_foreach(json_object_get(json, "log_faults"), i, item)
			if (read_fault(item, &fault))
				lw_watch_add_log_fault(w, &fault);
		losses->log_missed = number(json, "log_missed");
		losses->log_unread = json_is_true(json_object_get(json, "log_unread"));
		w->log_kept = true;
	}
	json_decref(json);
	return w->log_kept;
}
