/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch snapshot: root and context tables of every unit now, on any VT-d machine, armed or not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"
#include "collect/snapshot.h"
#include "collect/topology.h"
#include "command/command.h"
#include "command/options.h"
#include "probe/inspect.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "probe/reason.h"

static const struct argp_option options[] = { LW_OPTION_JSON, {} };

static int read_page(void *inspect, uint64_t address, uint64_t words[512])
{
	return lw_inspect_page(inspect, address, words);
}

/* The devices that the kernel itself has marked; null where it has no place for a mark, or hides it. */
static void add_marks(json_t *json, struct lw_inspect *inspect)
{
	json_t *preserved = json_array(), *incoming = json_array();
	struct lw_inspect_devices devices = {};
	char rid[LW_RID_TEXT];
	bool known = !lw_inspect_devices(inspect, &devices) && devices.marks_readable && devices.complete;
	uint32_t i;

	for (i = 0; known && i < devices.count; i++) {
		const struct lw_device_view *v = &devices.views[i];

		if (v->marked || v->incoming)
			json_array_append_new(v->marked ? preserved : incoming,
					      json_string(lw_rid_format(v->rid, rid)));
	}
	json_object_set(json, "preserved", known ? preserved : json_null());
	json_object_set(json, "not_retrieved", known ? incoming : json_null());
	json_decref(preserved);
	json_decref(incoming);
	free(devices.views);
}

static void show_marks(const json_t *list, const char *what)
{
	const json_t *rid;
	size_t i;

	if (!json_array_size(list))
		return;
	printf("%s", what);
	json_array_foreach(list, i, rid)
		printf(" %s", json_string_value(rid));
	putchar('\n');
}

static const char *name_of(const struct lw_topology *t, const char *text)
{
	uint64_t rid;
	size_t i, j;

	if (lw_rid_parse(text, &rid))
		return "";
	for (i = 0; i < t->count; i++)
		if (t->devices[i].rid == rid)
			return t->devices[i].name ? t->devices[i].name : "";
	for (i = 0; i < t->count; i++)
		for (j = 0; j < t->devices[i].alias_count; j++)
			if (t->devices[i].aliases[j] == rid)
				return "(alias of a device behind a bridge)";
	return "(no such PCI function)";
}

static const char *get(json_t *item, const char *key)
{
	const char *text = json_string_value(json_object_get(item, key));

	return text ? text : "-";
}

static void show_text(json_t *json)
{
	struct lw_topology topology;
	json_t *item;
	size_t i;

	if (lw_topology_read("/sys", &topology))
		memset(&topology, 0, sizeof(topology));
	json_array_foreach(json_object_get(json, "iommus"), i, item)
		printf("%-8s %s, %s mode, translation %s, %" JSON_INTEGER_FORMAT
		       " context tables, %" JSON_INTEGER_FORMAT " entries present%s\n",
		       get(item, "name"), get(item, "reg_phys"), get(item, "mode"),
		       json_is_true(json_object_get(item, "translation")) ? "on" : "off",
		       json_integer_value(json_object_get(item, "tables")),
		       json_integer_value(json_object_get(item, "present")),
		       json_integer_value(json_object_get(item, "unreadable")) ?
			       ", not all tables could be read" : "");
	show_marks(json_object_get(json, "preserved"), "preserved");
	show_marks(json_object_get(json, "not_retrieved"), "came from the kernel before, not retrieved");
	json_array_foreach(json_object_get(json, "entries"), i, item) {
		const char *name = name_of(&topology, get(item, "rid"));
		LW_FREE char *safe = lw_escape(name, strlen(name), 0);

		if (json_object_get(item, "domain_id"))
			printf("%-13s %-6s domain %-5" JSON_INTEGER_FORMAT " %-17s %s\n",
			       get(item, "rid"), get(item, "iommu"),
			       json_integer_value(json_object_get(item, "domain_id")),
			       get(item, "type"), safe);
		else
			printf("%-13s %-6s PASID directory %s  %s\n", get(item, "rid"),
			       get(item, "iommu"), get(item, "pasid_directory"), safe);
	}
	lw_topology_free(&topology);
}

const struct argp lw_argp_snapshot = {
	.options = options,
	.parser = lw_parse_common,
	.doc = "Show the root and context tables of every unit now.",
};

int lw_command_snapshot(int argc, char **argv)
{
	struct lw_inspect *inspect;
	struct lw_unit_view *units = NULL;
	struct lw_common o = {};
	json_t *json;
	int r;

	argp_parse(&lw_argp_snapshot, argc, argv, 0, NULL, &o);
	if (!lw_vtd_units()) {
		lw_error("this machine has no VT-d unit in use; boot an Intel machine with intel_iommu=on");
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = lw_inspect_open(&inspect);
	if (r) {
		lw_error("the tables cannot be read: %s",
			 r == -EPERM ? "run it as root" :
			 lw_kernel_reason(r));
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = lw_inspect_units(inspect, &units);
	if (r <= 0) {
		lw_error("the units cannot be listed: %s",
			 r ? strerror(-r) : "the kernel's list (dmar_drhd_units) is empty or hidden");
		lw_inspect_close(inspect);
		return LW_EXIT_NOT_POSSIBLE;
	}
	json = lw_snapshot(units, r, read_page, inspect);
	add_marks(json, inspect);
	if (o.json) {
		json_dumpf(json, stdout, JSON_INDENT(1));
		putchar('\n');
	} else {
		show_text(json);
	}
	json_decref(json);
	free(units);
	lw_inspect_close(inspect);
	return LW_EXIT_CLEAN;
}
