// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records of the synthetic hand-over, and the baseline as user/arm/baseline.c writes it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luwatch/vtd.h"
#include "synth.h"
#include "synth_parts.h"

void synth_seal(struct lw_record *record)
{
	record->checksum = lw_checksum(record);
}

void synth_head(struct lw_record *record, const struct synth *s, unsigned int type)
{
	record->magic = LW_RECORD_MAGIC;
	record->version = LW_RECORD_VERSION;
	record->type = type;
	record->handover[0] = s->id.high;
	record->handover[1] = s->id.low;
}

static struct lw_record *append(struct lw_record **list, size_t *count, size_t *size,
				const struct lw_record *record)
{
	if (*count == *size) {
		*size = *size ? *size * 2 : 64;
		*list = reallocarray(*list, *size, sizeof(**list));
		if (!*list)
			abort();
	}
	(*list)[*count] = *record;
	return &(*list)[(*count)++];
}

struct lw_record *synth_emit(struct synth *s, const struct lw_record *record)
{
	struct lw_record *r = append(&s->log, &s->log_count, &s->log_size, record);

	synth_head(r, s, record->type);
	r->seq = s->log_count;
	r->epoch = s->attempt;
	s->now += 1000;
	r->time_ns = s->now;
	synth_seal(r);
	return r;
}

void synth_emit_fault(struct synth *s, uint64_t rid, uint32_t reason, uint64_t address,
		      uint32_t flags)
{
	struct lw_record r = { .type = LW_REC_FAULT, .unit = synth_unit_of(s, rid)->index };

	r.fault.lo = reason >= 0x20 && reason <= 0x27 ? address << 48 : address & VTD_ADDRESS;
	r.fault.hi = 1ULL << 63 | (uint64_t)reason << 32 | LW_RID_SOURCE_ID(rid);
	r.fault.fsts = VTD_FSTS_PPF;
	r.fault.phase_flags = flags;
	r.fault.rid = rid;
	synth_emit(s, &r);
}

void synth_emit_total(struct synth *s, uint64_t rid, uint32_t reason, uint32_t flags,
		      uint64_t count)
{
	struct lw_record *kexec;
	struct lw_record r = { .type = LW_REC_FAULT_TOTAL,
			       .unit = synth_unit_of(s, rid)->index,
			       .fault_total = { .source_id = rid,
						.reason = reason,
						.flags = flags,
						.pasid = LW_NO_PASID,
						.count = count,
						.first_ns = s->now - 1000,
						.last_ns = s->now } };

	synth_emit(s, &r);
	/* It was announced at kernel_kexec(). */
	kexec = flags & LW_FAULT_SINCE_KEXEC ? NULL : synth_find(s, LW_REC_KEXEC, 0);
	if (kexec) {
		kexec->kexec.fault_totals++;
		synth_seal(kexec);
	}
}

void synth_drop(struct synth *s, size_t index)
{
	memmove(&s->log[index], &s->log[index + 1], (s->log_count - index - 1) * sizeof(*s->log));
	s->log_count--;
}

struct lw_record *synth_find(struct synth *s, unsigned int type, size_t nth)
{
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].type == type && !nth--)
			return &s->log[i];
	}
	return NULL;
}

/* --- baseline ------------------------------------------------------------------------------- */

static struct lw_record *add_baseline(struct synth *s, unsigned int type)
{
	struct lw_record empty = {};
	struct lw_record *r = append(&s->baseline, &s->baseline_count, &s->baseline_size, &empty);

	synth_head(r, s, type);
	r->seq = s->baseline_count;
	r->epoch = s->generation;
	r->unit = LW_NO_UNIT;
	r->time_ns = 1000000;
	return r;
}

static void add_text(struct synth *s, unsigned int key, unsigned int unit, const char *text)
{
	size_t length = strlen(text), offset = 0;

	while (offset < length) {
		struct lw_record *r = add_baseline(s, LW_REC_TEXT);
		size_t piece = length - offset < LW_TEXT_BYTES ? length - offset : LW_TEXT_BYTES;

		r->unit = unit;
		r->text.key = key;
		r->text.offset = offset;
		r->text.length = length;
		memcpy(r->text.bytes, text + offset, piece);
		offset += piece;
	}
}

static unsigned int add_declared(struct synth *s)
{
	struct lw_record *r = NULL;
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		if (!s->devices[i]->declared)
			continue;
		if (count % LW_DECLARED_RIDS == 0)
			r = add_baseline(s, LW_REC_DECLARED);
		r->declared.rids[r->declared.count++] = s->devices[i]->rid;
		count++;
	}
	return count;
}

static void add_aliases(struct synth *s)
{
	size_t i, j;

	for (i = 0; i < s->device_count && s->alias_records; i++) {
		const struct synth_device *device = s->devices[i];
		struct lw_record *r;

		if (!device->alias_count)
			continue;
		r = add_baseline(s, LW_REC_ALIAS);
		r->alias.rid = device->rid;
		for (j = 0; j < device->alias_count; j++)
			r->alias.aliases[r->alias.count++] = device->aliases[j];
	}
}

void synth_baseline(struct synth *s)
{
	unsigned int declared;
	char name[32];
	size_t i;

	add_baseline(s, LW_REC_BASELINE);
	add_text(s, LW_TEXT_KERNEL, LW_NO_UNIT, "6.12.0-synthetic");
	add_text(s, LW_TEXT_AGENT, LW_NO_UNIT, "0.1.0");
	add_text(s, LW_TEXT_BOOT_ID, LW_NO_UNIT, "11111111-2222-3333-4444-555555555555");
	add_text(s, LW_TEXT_HOSTNAME, LW_NO_UNIT,
		 "a-host-name-that-is-longer-than-one-piece-of-64-bytes.example.invalid");
	add_text(s, LW_TEXT_LABEL, LW_NO_UNIT, "rack=b7");
	for (i = 0; i < s->unit_count; i++) {
		struct lw_record *r = add_baseline(s, LW_REC_UNIT);

		r->unit = i;
		r->unit_info.reg_phys = s->units[i]->reg_phys;
		r->unit_info.segment = s->units[i]->segment;
		r->unit_info.cap = s->units[i]->cap;
		r->unit_info.flags = s->units[i]->gfx_dedicated ? LW_UNIT_NEVER_OFF : 0;
		snprintf(name, sizeof(name), "dmar%zu", i);
		add_text(s, LW_TEXT_UNIT_NAME, i, name);
	}
	declared = add_declared(s);
	add_aliases(s);
	s->baseline[0].baseline.records = s->baseline_count;
	s->baseline[0].baseline.record_level = 2;
	s->baseline[0].baseline.realtime_ns = SYNTH_REALTIME + 1000000;
	s->baseline[0].baseline.probes = s->probes;
	s->baseline[0].baseline.symbols = s->symbols;
	s->baseline[0].baseline.units = s->unit_count;
	s->baseline[0].baseline.declared = declared;
	s->baseline[0].baseline.declared_known = s->declared_known;
	s->baseline[0].baseline.aliases_known = s->alias_records;
	s->baseline[0].baseline.marks_supported = s->symbols >> LW_PROBE_PRESERVE_DEVICE & 1;
	for (i = 0; i < s->baseline_count; i++)
		synth_seal(&s->baseline[i]);
}
