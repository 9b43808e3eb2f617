/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot walks root and context tables from RTADDR_REG, as the hardware does (VT-d
 * specification 3.4). The tables change while it reads; each entry is read once, whole.
 */
#include <inttypes.h>

#include "base/id.h"
#include "base/io.h"
#include "collect/snapshot.h"
#include "luwatch/vtd.h"

struct snapshot {
	json_t *entries;
	lw_read_page read;
	void *context;
	const struct lw_unit_view *unit;
	bool scalable;
	uint32_t tables, present, unreadable;
};

static json_t *hex(uint64_t value)
{
	LW_FREE char *text = lw_format("0x%" PRIx64, value);

	return json_string(text);
}

static json_t *entry_json(const struct snapshot *s, uint64_t rid, const uint64_t *words)
{
	static const char *const types[] = { "untranslated only", "all requests", "pass-through",
					     "reserved" };
	json_t *item = json_object();
	char text[LW_RID_TEXT];

	json_object_set_new(item, "rid", json_string(lw_rid_format(rid, text)));
	json_object_set_new(item, "iommu", json_string((const char *)s->unit->name));
	json_object_set_new(item, "lo", hex(words[0]));
	json_object_set_new(item, "hi", hex(words[1]));
	if (s->scalable) {
		json_object_set_new(item, "lo2", hex(words[2]));
		json_object_set_new(item, "hi2", hex(words[3]));
		json_object_set_new(item, "pasid_directory",
				    hex(VTD_SM_CONTEXT_PASID_DIR(words[0])));
		json_object_set_new(item, "rid_pasid",
				    json_integer(VTD_SM_CONTEXT_RID_PASID(words[1])));
	} else {
		json_object_set_new(item, "type", json_string(types[VTD_CONTEXT_TYPE(words[0])]));
		json_object_set_new(item, "domain_id",
				    json_integer(VTD_CONTEXT_DOMAIN_ID(words[1])));
		json_object_set_new(item, "page_table", hex(VTD_CONTEXT_PAGE_TABLE(words[0])));
	}
	return item;
}

/* HALF is bus << 1 | upper half. */
static void take_table(struct snapshot *s, uint32_t half)
{
	uint32_t step = s->scalable ? 4 : 2, i, devfn;
	uint64_t words[512];

	s->tables++;
	if (s->read(s->context, s->unit->root[half] & VTD_ADDRESS, words)) {
		s->unreadable++;
		return;
	}
	for (i = 0; i < 512 / step; i++) {
		if (!(words[i * step] & VTD_PRESENT))
			continue;
		s->present++;
		devfn = s->scalable ? (half & 1) << 7 | i : i;
		json_array_append_new(s->entries,
				      entry_json(s, LW_RID(s->unit->segment, half >> 1, devfn),
						 &words[i * step]));
	}
}

static json_t *unit_json(struct snapshot *s)
{
	const struct lw_unit_view *u = s->unit;
	uint32_t mode = VTD_RTADDR_MODE(u->rtaddr), i;
	json_t *item = json_object();

	s->scalable = mode == VTD_MODE_SCALABLE;
	s->tables = s->present = s->unreadable = 0;
	if (u->readable && (mode == VTD_MODE_LEGACY || mode == VTD_MODE_SCALABLE))
		for (i = 0; i < 512; i += s->scalable ? 1 : 2)
			if (u->root[i] & VTD_PRESENT)
				take_table(s, i);
	json_object_set_new(item, "name", json_string((const char *)u->name));
	json_object_set_new(item, "reg_phys", hex(u->reg_phys));
	json_object_set_new(item, "segment", json_integer(u->segment));
	json_object_set_new(item, "mode",
			    json_string(mode == VTD_MODE_LEGACY	    ? "legacy"
					: mode == VTD_MODE_SCALABLE ? "scalable"
								    : "unknown"));
	json_object_set_new(item, "translation", json_boolean(u->gsts & VTD_GSTS_TES));
	json_object_set_new(item, "rtaddr", hex(u->rtaddr));
	json_object_set_new(item, "driver_root", hex(u->root_entry));
	json_object_set_new(item, "tables", json_integer(s->tables));
	json_object_set_new(item, "present", json_integer(s->present));
	json_object_set_new(item, "unreadable", json_integer(s->unreadable + !u->readable));
	return item;
}

json_t *lw_snapshot(const struct lw_unit_view *units, uint32_t count, lw_read_page read,
		    void *context)
{
	struct snapshot s = { .entries = json_array(), .read = read, .context = context };
	json_t *json = json_object(), *list = json_array();
	uint32_t i;

	for (i = 0; i < count; i++) {
		s.unit = &units[i];
		if (!units[i].ignored)
			json_array_append_new(list, unit_json(&s));
	}
	json_object_set_new(json, "schema", json_string("luwatch.snapshot/1"));
	json_object_set_new(json, "iommus", list);
	json_object_set_new(json, "entries", s.entries);
	return json;
}
