// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine of the synthetic hand-over, and the kernel that runs on it. Kept close to what the
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
	s->generation = 1;
	s->attempt = 1;
	s->scalable_tables = true;
	s->liveupdate = true;
	s->where = 2;
	s->now = 5000000000ULL;
	return s;
}

static void free_unit(struct synth_unit *unit)
{
	size_t i;

	for (i = 0; i < SYNTH_TABLES; i++) {
		free(unit->tables[i]);
		free(unit->copies[i]);
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
	free(s->baseline);
	free(s->log);
	free(s->seen);
	free(s);
}

struct synth_unit *synth_add_unit(struct synth *s, uint32_t segment, bool scalable)
{
	struct synth_unit *unit = zalloc(sizeof(*unit));

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

static unsigned int slot_of(const struct synth_unit *unit, uint64_t rid)
{
	return LW_RID_BUS(rid) << 1 | (unit->scalable ? LW_RID_DEVFN(rid) >> 7 : 0);
}

uint64_t *synth_entry(struct synth_unit *unit, uint64_t rid)
{
	unsigned int slot = slot_of(unit, rid);
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

	if (s->device_count == sizeof(s->devices) / sizeof(*s->devices))
		abort();
	s->devices[s->device_count++] = device;
	device->rid = rid;
	device->unit = unit;
	snprintf(device->name, sizeof(device->name), "Synthetic device %zu", s->device_count);
	device->pasid_words[0] = 0x300000000ULL + s->device_count * 0x1000 + 1;
	device->pasid_words[1] = 16 + s->device_count;
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

void synth_clear_entry(struct synth_unit *unit, uint64_t rid)
{
	/* 16 bytes also in scalable mode, as the series does. */
	memset(synth_entry(unit, rid), 0, 16);
}

static bool keeps_something(const struct synth *s, const struct synth_unit *unit)
{
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		if (s->devices[i]->unit == unit && s->devices[i]->marked)
			return true;
	}
	return false;
}

static void visit(struct synth_unit *unit, unsigned int kind, uint64_t rid)
{
	unit->visited[kind][LW_RID_BUS(rid)][LW_RID_DEVFN(rid) >> 6] |= 1ULL
									<< (LW_RID_DEVFN(rid) & 63);
	unit->visits[kind][LW_RID_BUS(rid)]++;
}

static void clear_device(struct synth *s, struct synth_device *device)
{
	struct synth_unit *unit = device->unit;
	size_t i;

	visit(unit, 0, device->rid);
	if (device->marked) {
		if (s->version == 4 && unit->scalable)
			*synth_entry(unit, device->rid) &= ~VTD_SM_CONTEXT_PRE_BIT;
		return;
	}
	visit(unit, 1, device->rid);
	synth_clear_entry(unit, device->rid);
	for (i = 0; i < device->alias_count && s->version >= 4; i++) {
		unsigned int slot = slot_of(unit, device->aliases[i]);

		visit(unit, 1, device->aliases[i]);
		if (unit->tables[slot])
			synth_clear_entry(unit, device->aliases[i]);
	}
}

static bool table_has_preserved(const struct synth *s, const struct synth_unit *unit,
				unsigned int slot)
{
	size_t i, j;

	for (i = 0; i < s->device_count; i++) {
		const struct synth_device *device = s->devices[i];

		if (device->unit != unit || !device->marked)
			continue;
		if (slot_of(unit, device->rid) == slot)
			return true;
		for (j = 0; j < device->alias_count; j++) {
			if (slot_of(unit, device->aliases[j]) == slot)
				return true;
		}
	}
	return false;
}

static void clear_unit(struct synth *s, struct synth_unit *unit)
{
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		if (s->devices[i]->unit == unit)
			clear_device(s, s->devices[i]);
	}
	for (i = 0; i < SYNTH_TABLES && s->version >= 3; i++) {
		if (!table_has_preserved(s, unit, i))
			unit->root[i] = 0;
	}
}

static void emit_marker(struct synth *s, unsigned int type, unsigned int unit)
{
	struct lw_record r = { .type = type, .unit = unit };

	synth_emit(s, &r);
}

static bool is_cleaned(const struct synth *s, const struct synth_unit *unit)
{
	return s->version && keeps_something(s, unit);
}

static void clean_or_disable(struct synth *s, struct synth_unit *unit)
{
	if (is_cleaned(s, unit)) {
		if (s->probes >> LW_PROBE_CLEAR & 1)
			emit_marker(s, LW_REC_CLEAR_BEGIN, unit->index);
		clear_unit(s, unit);
		return;
	}
	emit_marker(s, LW_REC_DISABLE, unit->index);
	if (!unit->gfx_dedicated)
		unit->gsts &= ~VTD_GSTS_TES;
}

void synth_flush_all(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++) {
		struct synth_unit *unit = s->units[i];

		if (!is_cleaned(s, unit))
			continue;
		synth_flush(s, unit, 0, 1, 0);
		if (unit->scalable)
			synth_flush(s, unit, 2, 3, 0);
		synth_flush(s, unit, 1, 1, 0);
	}
}

/* intel_iommu_shutdown() with the series; step by step for all units, so that a test can meddle. */
static void shut_down(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++)
		clean_or_disable(s, s->units[i]);
	if (s->after_clear)
		s->after_clear(s);
	if (s->invalidate)
		s->invalidate(s);
	else
		synth_flush_all(s);
	if (s->after_flush)
		s->after_flush(s);
	for (i = 0; i < s->unit_count; i++) {
		if (is_cleaned(s, s->units[i]) && s->probes >> LW_PROBE_CLEAR_END & 1)
			emit_marker(s, LW_REC_CLEAR_END, s->units[i]->index);
	}
}

static void emit_mark(struct synth *s, const struct synth_device *device)
{
	struct lw_record mark = { .type = LW_REC_MARKED, .unit = LW_NO_UNIT };

	mark.marked.rid = device->rid;
	mark.marked.preserved_ns = s->now - 1000000;
	synth_emit(s, &mark);
}

/* Preserved before any walk numbered the units: the first unit's number is not yet known. */
static void emit_preserved_entry(struct synth *s, const struct synth_device *device)
{
	struct lw_record entry = { .type = LW_REC_ENTRY, .unit = LW_NO_UNIT };

	if (device->unit->index)
		entry.unit = device->unit->index;
	entry.entry.rid = device->rid;
	entry.entry.phase = LW_PRESERVED;
	entry.entry.why = LW_ENTRY_PRESERVED;
	memcpy(entry.entry.words, synth_entry(device->unit, device->rid),
	       device->unit->scalable ? 32 : 16);
	synth_emit(s, &entry);
}

static void emit_kexec(struct synth *s)
{
	bool watched = s->version && s->probes >> LW_PROBE_PRESERVE_DEVICE & 1;
	struct lw_record r = { .type = LW_REC_KEXEC, .unit = LW_NO_UNIT };
	size_t i;

	r.kexec.image = 0x1000000;
	r.kexec.segments = 5;
	r.kexec.pid = 4711;
	r.kexec.realtime_ns = SYNTH_REALTIME + s->now;
	memcpy(r.kexec.comm, "kexec", 5);
	synth_emit(s, &r);
	for (i = 0; i < s->device_count && watched; i++) {
		if (s->devices[i]->marked)
			emit_mark(s, s->devices[i]);
	}
	for (i = 0; i < s->device_count && watched; i++) {
		if (s->devices[i]->marked)
			emit_preserved_entry(s, s->devices[i]);
	}
}

void synth_kexec(struct synth *s)
{
	struct lw_record last = { .type = LW_REC_LAST, .unit = LW_NO_UNIT };

	synth_baseline(s);
	emit_kexec(s);
	if (s->before_shutdown)
		s->before_shutdown(s);
	if (s->liveupdate) {
		struct lw_record r = { .type = LW_REC_LIVEUPDATE, .unit = LW_NO_UNIT };

		r.result.result = s->liveupdate_result;
		synth_emit(s, &r);
	}
	emit_marker(s, LW_REC_SHUTDOWN, LW_NO_UNIT);
	synth_walk(s, LW_BEFORE, 0);
	shut_down(s);
	if (s->where == 1)
		emit_marker(s, LW_REC_SHUTDOWN_END, LW_NO_UNIT);
	synth_walk(s, LW_AFTER, s->where);
	if (s->at_last_look)
		s->at_last_look(s);
	last.last.records = s->log_count + 1;
	last.last.fired = s->probes;
	last.last.where = s->where;
	synth_emit(s, &last);
	if (s->records)
		s->records(s);
}
