/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the units of this kernel point at, and what became of the tables that the old kernel left
 * (I13).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/io.h"
#include "collect/tables.h"
#include "luwatch/vtd.h"
#include "probe/inspect.h"
#include "probe/kernel.h"
#include "probe/stuck.h"
#include "record/decode.h"
#include "record/expand.h"

static json_t *hex(uint64_t value)
{
	LW_FREE char *text = lw_format("0x%llx", (unsigned long long)value);

	return json_string(text);
}

/* The tables of 64 units with all their buses; what a forged stream names beyond that is not read.
 */
static const size_t max_pages = 1 << 15;

/* The words of a page that are not zero, by index: most of a table is empty. */
static json_t *words_json(const uint64_t words[512])
{
	json_t *object = json_object();
	char index[8];
	size_t i;

	for (i = 0; i < 512; i++) {
		if (!words[i])
			continue;
		snprintf(index, sizeof(index), "%zu", i);
		json_object_set_new(object, index, hex(words[i]));
	}
	return object;
}

/* One page of a carried table, read again now; told once however many records name it. */
static void add_page(json_t *pages, struct lw_inspect *inspect, uint64_t address)
{
	LW_FREE char *key = lw_format("0x%llx", (unsigned long long)(address & VTD_ADDRESS));
	uint64_t words[512];

	if (!(address & VTD_ADDRESS) || json_object_size(pages) >= max_pages ||
	    json_object_get(pages, key))
		return;
	if (lw_inspect_page(inspect, address & VTD_ADDRESS, words))
		json_object_set_new(pages, key, json_null());
	else
		json_object_set_new(pages, key, words_json(words));
}

/* The tables that the records of one carrier digested at the end. */
static void add_pages_of(json_t *pages, struct lw_inspect *inspect,
			 const struct lw_decoded *decoded)
{
	LW_FREE struct lw_record *records = NULL;
	size_t count, i;

	records = lw_expand_tables(decoded->records, decoded->count, &count);
	for (i = 0; i < count; i++) {
		const struct lw_record *r = &records[i];

		if (r->type == LW_REC_ROOT && r->root.phase == LW_AFTER)
			add_page(pages, inspect, r->root.rtaddr);
		if (r->type == LW_REC_TABLE && r->table.phase == LW_AFTER &&
		    !(r->table.flags & (LW_TABLE_GONE | LW_TABLE_UNREADABLE)))
			add_page(pages, inspect, r->table.root);
		if (r->type == LW_REC_PASID_TABLE && r->pasid_table.phase == LW_AFTER) {
			add_page(pages, inspect, r->pasid_table.directory);
			add_page(pages, inspect, r->pasid_table.table);
		}
	}
}

/* What became of the carried tables (I13). Only where some unit still uses one: else it is RAM. */
static void gather_pages(json_t *evidence, const char *folder, struct lw_inspect *inspect)
{
	json_t *pages = json_object(), *item;
	size_t i;

	json_array_foreach(json_object_get(evidence, "carriers"), i, item) {
		const char *file = json_string_value(json_object_get(item, "file"));
		LW_FREE char *path = file ? lw_format("%s/%s", folder, file) : NULL;
		struct lw_decoded decoded = {};
		LW_FREE uint8_t *bytes = NULL;
		size_t length;

		if (path && !lw_read_file(path, 128UL << 20, &bytes, &length) &&
		    !lw_decode(bytes, length, &decoded))
			add_pages_of(pages, inspect, &decoded);
		lw_decoded_free(&decoded);
	}
	json_object_set_new(evidence, "pages", pages);
}

/* luwatch-collect.service is done long before; a kernel with much memory may take minutes to get there. */
#define LATE_NS (300 * 1000000000ULL)

bool lw_tables_late(bool again, uint64_t boot_ns)
{
	return again || boot_ns > LATE_NS;
}

/* Long enough for an interrupt, whatever the processors do. */
#define INTERRUPT_NS 200000000

/* The second look is rare: only where some unit holds a fault at the first. 0 or a negative errno. */
static int look_for_stuck(struct lw_inspect *inspect, struct lw_stuck *stuck)
{
	const struct timespec pause = { .tv_nsec = INTERRUPT_NS };
	int r = lw_stuck_look(stuck, inspect);

	if (r || !stuck->any_pending)
		return r;
	nanosleep(&pause, NULL);
	return lw_stuck_look(stuck, inspect);
}

void lw_gather_tables(json_t *evidence, const char *folder)
{
	struct lw_unit_view *units = NULL;
	json_t *list = json_array(), *item;
	struct lw_inspect *inspect = NULL;
	struct lw_stuck stuck = {};
	int i, count = 0, looked = 0;

	if (lw_vtd_units() && !lw_inspect_open(&inspect))
		count = lw_inspect_units(inspect, &units);
	if (count > 0)
		looked = look_for_stuck(inspect, &stuck);
	for (i = 0; i < count; i++) {
		item = json_object();
		json_object_set_new(item, "name", json_string((char *)units[i].name));
		json_object_set_new(item, "reg_phys", hex(units[i].reg_phys));
		json_object_set_new(item, "rtaddr", hex(units[i].rtaddr));
		json_object_set_new(item, "gsts", hex(units[i].gsts));
		/* Without a second look nobody knows that its interrupt still comes. */
		if (looked ? lw_fault_pending(&units[i]) : lw_stuck_is(&stuck, units[i].iommu))
			json_object_set_new(item, "stuck", json_true());
		json_array_append_new(list, item);
	}
	json_object_set_new(evidence, "units", list);
	if (inspect)
		gather_pages(evidence, folder, inspect);
	lw_stuck_free(&stuck);
	lw_inspect_close(inspect);
	free(units);
}
