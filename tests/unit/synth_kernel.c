// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel of the synthetic machine: its shutdown as the versions of the series do it, and the
 * order in which the records of a kexec come.
 */
#include <stdio.h>
#include <string.h>

#include "luwatch/vtd.h"
#include "synth.h"
#include "synth_parts.h"

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
		unsigned int slot = synth_slot(unit, device->aliases[i]);

		visit(unit, 1, device->aliases[i]);
		if (unit->tables[slot])
			synth_clear_entry(unit, device->aliases[i]);
	}
}

static void find_preserved_tables(const struct synth *s, const struct synth_unit *unit, bool *preserved)
{
	size_t i, j;

	for (i = 0; i < s->device_count; i++) {
		const struct synth_device *device = s->devices[i];

		if (device->unit != unit || !device->marked)
			continue;
		preserved[synth_slot(unit, device->rid)] = true;
		for (j = 0; j < device->alias_count; j++)
			preserved[synth_slot(unit, device->aliases[j])] = true;
	}
}

static void clear_unit(struct synth *s, struct synth_unit *unit)
{
	bool preserved[SYNTH_TABLES] = {};
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		if (s->devices[i]->unit == unit)
			clear_device(s, s->devices[i]);
	}
	find_preserved_tables(s, unit, preserved);
	for (i = 0; i < SYNTH_TABLES && s->version >= 3; i++) {
		if (s->bitmap ? !(unit->kept[i >> 6] >> (i & 63) & 1) : !preserved[i])
			unit->root[i] = 0;
	}
}

static void emit_marker(struct synth *s, unsigned int type, unsigned int unit)
{
	struct lw_record r = { .type = type, .unit = unit };

	synth_emit(s, &r);
}

bool synth_is_cleaned(const struct synth *s, const struct synth_unit *unit)
{
	return s->version && keeps_something(s, unit);
}

static void clean_or_disable(struct synth *s, struct synth_unit *unit)
{
	if (synth_is_cleaned(s, unit)) {
		if (s->probes >> LW_PROBE_CLEAR & 1)
			emit_marker(s, LW_REC_CLEAR_BEGIN, unit->index);
		clear_unit(s, unit);
		return;
	}
	emit_marker(s, LW_REC_DISABLE, unit->index);
	if (!unit->gfx_dedicated)
		unit->gsts &= ~VTD_GSTS_TES;
}

/* The entries of the walk before that are not there any more, one by one. */
static void flush_cleared(struct synth *s, struct synth_unit *unit)
{
	unsigned int slot, i, step = unit->scalable ? 4 : 2;

	for (slot = 0; slot < SYNTH_TABLES; slot++) {
		const struct synth_table *was = unit->copies[slot], *now = unit->tables[slot];

		for (i = 0; was && i < 512; i += step) {
			unsigned int devfn = i / step | (slot & unit->scalable) << 7;

			if (was->words[i] & ~now->words[i] & VTD_PRESENT)
				synth_flush_device(s, unit, LW_RID(unit->segment, slot >> 1, devfn),
						   VTD_CONTEXT_DOMAIN_ID(was->words[i + 1]));
		}
	}
}

void synth_flush_unit(struct synth *s, struct synth_unit *unit)
{
	if (s->version < 3) {
		flush_cleared(s, unit);
		return;
	}
	synth_flush(s, unit, 0, 1, 0);
	if (unit->scalable)
		synth_flush(s, unit, 2, 3, 0);
	synth_flush(s, unit, 1, 1, 0);
}

void synth_flush_all(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++) {
		if (synth_is_cleaned(s, s->units[i]))
			synth_flush_unit(s, s->units[i]);
	}
}

/* intel_iommu_shutdown() with the series; step by step for all units, so that a test can meddle. */
static void shut_down(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++) {
		s->units[i]->pmen &= ~VTD_PMEN_PRS;
		clean_or_disable(s, s->units[i]);
	}
	if (s->after_clear)
		s->after_clear(s);
	if (s->invalidate)
		s->invalidate(s);
	else
		synth_flush_all(s);
	if (s->after_flush)
		s->after_flush(s);
	for (i = 0; i < s->unit_count; i++) {
		if (synth_is_cleaned(s, s->units[i]) && s->probes >> LW_PROBE_CLEAR_END & 1)
			emit_marker(s, LW_REC_CLEAR_END, s->units[i]->index);
	}
}

static void emit_mark(struct synth *s, const struct synth_device *device)
{
	struct lw_record mark = { .type = LW_REC_MARKED, .unit = LW_NO_UNIT };

	mark.marked.rid = device->rid;
	mark.marked.preserved_ns = s->now - 1000000;
	mark.marked.pid = 815;
	memcpy(mark.marked.comm, "vmm", 3);
	if (device->session) {
		mark.marked.token = device->token;
		snprintf((char *)mark.marked.session, sizeof(mark.marked.session), "%s",
			 device->session);
	}
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
	r.kexec.baseline_generation = s->generation;
	r.kexec.marks_lost = s->marks_lost;
	for (i = 0; i < s->device_count && watched; i++)
		r.kexec.marked += s->devices[i]->marked;
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

static void keep_tables(struct synth *s, struct synth_unit *unit)
{
	size_t i;

	if (!s->bitmap)
		return;
	unit->mark = keeps_something(s, unit);
	for (i = 0; i < s->device_count; i++)
		unit->marks += s->devices[i]->unit == unit && s->devices[i]->marked;
	for (i = 0; i < SYNTH_TABLES && unit->mark; i++)
		if (unit->root[i] & VTD_PRESENT)
			unit->kept[i >> 6] |= 1ULL << (i & 63);
}

void synth_kexec(struct synth *s)
{
	struct lw_record last = { .type = LW_REC_LAST, .unit = LW_NO_UNIT };
	size_t i;

	for (i = 0; i < s->unit_count; i++)
		keep_tables(s, s->units[i]);

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
