// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine of the synthetic hand-over: units, tables, devices. Kept close to what the
 * real ones do, so that a test that passes here says something about a real stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luwatch/vtd.h"
#include "synth.h"
#include "synth_parts.h"

static void *zalloc(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		abort();
	return memory;
}

struct synth *synth_new(void)
{
	struct synth *s = zalloc(sizeof(*s));

	s->id = (struct lw_id){ 0x0123456789abcdefULL, 0xfedcba9876543210ULL };
	s->version = 4;
	s->declared_known = true;
	s->alias_records = true;
	s->symbols = (1ULL << LW_PROBE_BITS) - 1;
	s->probes = s->symbols;
	s->entry_quota = 10000;
	s->copy_limit = ~0U;
	s->generation = 1;
	s->attempt = 1;
	s->scalable_tables = true;
	s->liveupdate = true;
	s->where = 2;
	s->now = 5000000000ULL;
	return s;
}

#define PROBE(name) (1ULL << LW_PROBE_##name)

void synth_set_version(struct synth *s, unsigned int version)
{
	uint64_t missing = 0;

	if (version < 4)
		missing |= PROBE(CLEAR_ALIAS);
	if (version < 2)
		missing |= PROBE(CLEAR) | PROBE(CLEAR_END) | PROBE(CLEAR_DEVICE);
	if (version < 1)
		missing |= PROBE(PRESERVE_DEVICE) | PROBE(UNPRESERVE_DEVICE) |
			   PROBE(PRESERVE_UNIT) | PROBE(PRESERVE_FILE) |
			   PROBE(LIVEUPDATE_REBOOT);
	s->version = version;
	s->liveupdate = version;
	s->symbols &= ~missing;
	s->probes &= ~missing;
}

static void free_unit(struct synth_unit *unit)
{
	size_t i;

	for (i = 0; i < SYNTH_TABLES; i++) {
		free(unit->tables[i]);
		free(unit->copies[i]);
		free(unit->flushed[i]);
	}
	free(unit);
}

void synth_free(struct synth *s)
{
	size_t i;

	lw_handover_free(s->handover);
	json_decref(s->report);
	for (i = 0; i < s->unit_count; i++)
		free_unit(s->units[i]);
	free(s->units);
	for (i = 0; i < s->device_count; i++)
		free(s->devices[i]);
	for (i = 0; i < sizeof(s->bytes) / sizeof(*s->bytes); i++)
		free(s->bytes[i]);
	free(s->devices);
	free(s->known);
	for (i = 0; i < s->evidence.page_now_count; i++)
		free(s->page_words[i]);
	free(s->page_words);
	free(s->pages_now);
	free(s->baseline);
	free(s->log);
	free(s->seen);
	free(s);
}

struct synth_unit *synth_add_unit(struct synth *s, uint32_t segment, bool scalable)
{
	struct synth_unit *unit = zalloc(sizeof(*unit));

	if (s->unit_count == SYNTH_UNITS)
		abort();
	s->units = reallocarray(s->units, s->unit_count + 1, sizeof(*s->units));
	if (!s->units)
		abort();
	unit->index = s->unit_count;
	s->units[s->unit_count++] = unit;
	unit->reg_phys = 0xfed90000ULL + 0x1000 * unit->index;
	unit->segment = segment;
	unit->scalable = scalable;
	unit->gsts = VTD_GSTS_TES | VTD_GSTS_QIES | VTD_GSTS_IRES;
	unit->root_entry = 0x100000000ULL + 0x1000000ULL * unit->index;
	unit->rtaddr = unit->root_entry | (scalable ? VTD_MODE_SCALABLE << 10 : 0);
	unit->mark = 2;
	return unit;
}

unsigned int synth_slot(const struct synth_unit *unit, uint64_t rid)
{
	return LW_RID_BUS(rid) << 1 | (unit->scalable ? LW_RID_DEVFN(rid) >> 7 : 0);
}

uint64_t *synth_entry(struct synth_unit *unit, uint64_t rid)
{
	unsigned int slot = synth_slot(unit, rid);
	unsigned int devfn = LW_RID_DEVFN(rid);

	if (!unit->tables[slot]) {
		unit->tables[slot] = zalloc(sizeof(*unit->tables[slot]));
		unit->tables[slot]->address = unit->root_entry + 0x1000 * (slot + 1);
		unit->root[slot] = unit->tables[slot]->address | VTD_PRESENT;
	}
	return &unit->tables[slot]->words[unit->scalable ? (devfn & 0x7f) * 4 : devfn * 2];
}

static void write_entry(struct synth_unit *unit, uint64_t rid, uint64_t domain)
{
	uint64_t *words = synth_entry(unit, rid);

	if (unit->scalable) {
		words[0] = (0x200000000ULL + domain * 0x1000) | 1 << 9 | 1 << 3 | VTD_PRESENT;
		words[1] = 0;
	} else {
		words[0] = (0x200000000ULL + domain * 0x1000) | VTD_PRESENT;
		words[1] = domain << 8 | 2;
	}
}

struct synth_device *synth_add_device(struct synth *s, struct synth_unit *unit, uint64_t rid)
{
	struct synth_device *device = zalloc(sizeof(*device));

	if (s->device_count == s->device_size) {
		s->device_size = s->device_size ? s->device_size * 2 : 64;
		s->devices = reallocarray(s->devices, s->device_size, sizeof(*s->devices));
		if (!s->devices)
			abort();
	}
	s->devices[s->device_count++] = device;
	device->rid = rid;
	device->unit = unit;
	snprintf(device->name, sizeof(device->name), "Synthetic device %zu", s->device_count);
	device->pasid_words[0] = 0x300000000ULL + s->device_count * 0x1000 + 1;
	device->pasid_words[1] = 16 + s->device_count;
	device->directory = 0x200000000ULL + 0x1000 * (16 + s->device_count);
	device->pasid_table = 0x400000000ULL + 0x1000 * s->device_count;
	write_entry(unit, rid, 16 + s->device_count);
	return device;
}

void synth_add_alias(struct synth_device *device, uint64_t rid, bool entry)
{
	uint64_t own[4];
	uint64_t *words;

	device->aliases[device->alias_count++] = rid;
	if (!entry)
		return;
	memcpy(own, synth_entry(device->unit, device->rid), device->unit->scalable ? 32 : 16);
	words = synth_entry(device->unit, rid);
	memcpy(words, own, device->unit->scalable ? 32 : 16);
}

void synth_preserve(struct synth_device *device)
{
	device->marked = true;
	device->declared = true;
}

struct synth *synth_standard(bool scalable)
{
	struct synth *s = synth_new();
	struct synth_unit *dmar0 = synth_add_unit(s, 0, scalable);
	struct synth_unit *dmar1 = synth_add_unit(s, 0x10000, scalable);
	struct synth_unit *dmar2 = synth_add_unit(s, 0, scalable);

	synth_preserve(synth_add_device(s, dmar0, SYNTH_KEPT));
	synth_add_device(s, dmar0, SYNTH_SIBLING);
	synth_add_alias(synth_add_device(s, dmar0, SYNTH_OTHER), SYNTH_ALIAS, true);
	synth_add_device(s, dmar0, SYNTH_BUS0);
	synth_preserve(synth_add_device(s, dmar1, SYNTH_VMD));
	synth_add_device(s, dmar1, LW_RID(0x10000, 0xe1, 0xff));
	synth_add_device(s, dmar2, SYNTH_LONELY);
	return s;
}

struct synth_device *synth_device(struct synth *s, uint64_t rid)
{
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		if (s->devices[i]->rid == rid)
			return s->devices[i];
	}
	return NULL;
}

struct synth_unit *synth_unit_of(struct synth *s, uint64_t rid)
{
	struct synth_device *device = synth_device(s, rid);

	return device ? device->unit : s->units[0];
}
