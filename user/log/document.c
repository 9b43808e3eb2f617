// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The account of a log as JSON. Names stay: tests/compatibility holds them.
 */
#include "log/document.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "fault/json.h"

static json_t *text_json(const char *text)
{
	return text && *text ? json_stringn_nocheck(text, strlen(text)) : json_null();
}

/* Text of a log may be no UTF-8: what is not becomes "?". */
static json_t *foreign_json(const char *text)
{
	json_t *json = text && *text ? json_string(text) : json_null();
	char copy[LW_SAVED_TEXT];
	size_t i;

	if (json)
		return json;
	for (i = 0; text[i] && i < sizeof(copy) - 1; i++)
		copy[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	copy[i] = '\0';
	return json_string(copy);
}

static json_t *time_json(uint64_t ns)
{
	return ns > INT64_MAX ? json_null() : json_integer((json_int_t)ns);
}

static json_t *address_json(uint64_t address)
{
	return json_sprintf("0x%" PRIx64, address);
}

static json_t *kind_json(const struct lw_fault *f)
{
	char rid[LW_RID_TEXT];
	json_t *item = json_object();

	json_object_set_new(item, "rid", json_string(lw_rid_format(f->rid, rid)));
	json_object_set_new(item, "segment_known", json_boolean(f->segment_known));
	json_object_set_new(item, "type", json_string(lw_fault_type(f)));
	json_object_set_new(item, "reason", json_integer(f->reason));
	json_object_set_new(item, "reason_text", text_json(lw_reason_text(f->reason)));
	json_object_set_new(item, "pasid",
			    f->pasid == LW_NO_PASID ? json_null() : json_integer(f->pasid));
	return item;
}

json_t *lw_saved_fault_json(const struct lw_saved *log, const struct lw_saved_single *single,
			  uint64_t times)
{
	const struct lw_fault *f = &single->fault;
	json_t *item = kind_json(f);

	json_object_set_new(item, "address", address_json(f->address));
	json_object_set_new(item, "count", json_integer((json_int_t)times));
	json_object_set_new(item, "time", foreign_json(single->when));
	json_object_set_new(item, "time_ns", time_json(f->first_ns));
	json_object_set_new(item, "host", foreign_json(lw_saved_name(&log->hosts, single->host)));
	json_object_set_new(item, "file", foreign_json(lw_saved_name(&log->files, single->file)));
	json_object_set_new(item, "line",
			    single->line ? json_integer((json_int_t)single->line) : json_null());
	return item;
}

json_t *lw_saved_left_json(const struct lw_saved *log, const struct lw_saved_left *left)
{
	json_t *item = json_object();

	json_object_set_new(item, "why", json_string(lw_saved_why_name(left->why)));
	json_object_set_new(item, "file", foreign_json(lw_saved_name(&log->files, left->file)));
	json_object_set_new(item, "line",
			    left->line ? json_integer((json_int_t)left->line) : json_null());
	json_object_set_new(item, "text", foreign_json(left->text));
	return item;
}

static json_t *device_name(const struct lw_saved *log, uint64_t rid, struct lw_pci_names *names)
{
	const struct lw_saved_function *function = lw_saved_function_of(log, rid);
	char name[LW_PCI_NAME];

	return function ? json_string(lw_pci_name(names, function->vendor, function->device, name)) :
			  json_null();
}

static json_t *group_json(const struct lw_saved *log, const struct lw_saved_group *g,
			  struct lw_pci_names *names)
{
	json_t *item = kind_json(&g->fault);

	json_object_set_new(item, "device", device_name(log, g->fault.rid, names));
	json_object_set_new(item, "note", text_json(lw_saved_rid_note(log, g->fault.rid)));
	json_object_set_new(item, "kernel_words", foreign_json(g->words));
	json_object_set_new(item, "count", json_integer((json_int_t)g->fault.count));
	json_object_set_new(item, "lowest_address", address_json(g->low));
	json_object_set_new(item, "highest_address", address_json(g->high));
	json_object_set_new(item, "first", foreign_json(g->first));
	json_object_set_new(item, "last", foreign_json(g->last));
	json_object_set_new(item, "first_ns", time_json(g->fault.first_ns));
	json_object_set_new(item, "last_ns", time_json(g->fault.last_ns));
	json_object_set_new(item, "host", foreign_json(lw_saved_name(&log->hosts, g->host)));
	return item;
}

static int more_first(const void *a, const void *b)
{
	const struct lw_saved_group *x = *(const struct lw_saved_group *const *)a;
	const struct lw_saved_group *y = *(const struct lw_saved_group *const *)b;

	if (x->fault.count != y->fault.count)
		return x->fault.count < y->fault.count ? 1 : -1;
	return x < y ? -1 : x > y;
}

const struct lw_saved_group **lw_saved_sorted(const struct lw_saved *log)
{
	const struct lw_saved_group **sorted = calloc(log->group_count + 1, sizeof(*sorted));
	size_t i;

	for (i = 0; sorted && i < log->group_count; i++)
		sorted[i] = &log->groups[i];
	if (sorted)
		qsort(sorted, log->group_count, sizeof(*sorted), more_first);
	return sorted;
}

json_t *lw_saved_summary(const struct lw_saved *log)
{
	json_t *why = json_object(), *item = json_object();
	enum lw_saved_why i;

	for (i = 0; i < LW_SAVED_WHYS; i++)
		json_object_set_new(why, lw_saved_why_name(i),
				    json_integer((json_int_t)log->left_by[i]));
	json_object_set_new(item, "complete", json_boolean(lw_saved_complete(log)));
	json_object_set_new(item, "faults", json_integer((json_int_t)log->faults));
	json_object_set_new(item, "single", json_integer((json_int_t)log->single_count));
	json_object_set_new(item, "kinds", json_integer((json_int_t)log->group_count));
	json_object_set_new(item, "beyond_kinds", json_integer((json_int_t)log->ungrouped));
	json_object_set_new(item, "counted_once", json_integer((json_int_t)log->twice));
	json_object_set_new(item, "statuses", json_integer((json_int_t)log->statuses));
	json_object_set_new(item, "suppressed", json_integer((json_int_t)log->suppressed));
	json_object_set_new(item, "suppressed_faults",
			    json_integer((json_int_t)(log->suppressed / 3)));
	json_object_set_new(item, "left_out", json_integer((json_int_t)lw_saved_left_total(log)));
	json_object_set_new(item, "left_out_by", why);
	json_object_set_new(item, "lost", json_integer((json_int_t)log->lost));
	json_object_set_new(item, "boots", json_integer((json_int_t)log->boots));
	json_object_set_new(item, "files", json_integer((json_int_t)log->files.count));
	json_object_set_new(item, "hosts", json_integer((json_int_t)log->hosts.count));
	json_object_set_new(item, "lines", json_integer((json_int_t)log->lines));
	return item;
}

json_t *lw_saved_document(const struct lw_saved *log, struct lw_pci_names *names)
{
	const struct lw_saved_group **groups = lw_saved_sorted(log);
	json_t *document = json_object(), *list;
	size_t i;

	if (!groups)
		return NULL;
	json_object_set_new(document, "schema", json_string(LW_SAVED_SCHEMA));
	json_object_set_new(document, "summary", lw_saved_summary(log));
	json_object_set_new(document, "devices", list = json_array());
	for (i = 0; i < log->group_count; i++)
		json_array_append_new(list, group_json(log, groups[i], names));
	json_object_set_new(document, "faults", list = json_array());
	for (i = 0; i < log->single_count; i++)
		json_array_append_new(list, lw_saved_fault_json(log, &log->singles[i], 1));
	json_object_set_new(document, "left_out", list = json_array());
	for (i = 0; i < log->left_count; i++)
		json_array_append_new(list, lw_saved_left_json(log, &log->left[i]));
	free(groups);
	return document;
}
