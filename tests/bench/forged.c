// SPDX-License-Identifier: GPL-2.0-or-later
/* See forged.h. */
#include "forged.h"

#include <stdlib.h>
#include <string.h>

#define FORGED LW_RID(0, 1, 0)

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* No unit latches so many, but a record is easily written. */
static void latch(struct synth *s)
{
	int i;

	for (i = 0; i < s->argument; i++)
		synth_emit_fault(s, FORGED, 2, 0x1000 * (i + 1), LW_FAULT_LATCHED);
}

static void latched_and_logged(struct synth *s, size_t count, struct lw_fault *faults)
{
	size_t i;

	synth_add_unit(s, 0, false);
	for (i = 0; i < 256; i++)
		synth_add_device(s, s->units[0], i);
	synth_preserve(s->devices[0]);
	s->at_last_look = latch;
	synth_kexec(s);
	for (i = 0; i < count; i++)
		faults[i] = (struct lw_fault){ .rid = FORGED, .segment_known = true, .address_known = true,
					       .reason = 2, .pasid = LW_NO_PASID, .count = 1, .first_ns = i,
					       .last_ns = i, .source = LW_SOURCE_LOG,
					       .address = 0x1000 * (count - i % (count / 2 + 1)) };
	synth_evidence(s);
	s->evidence.watch_from_ns = UINT64_MAX;
}

static void add_marks(struct synth *s)
{
	struct lw_record last = *synth_find(s, LW_REC_LAST, 0), mark = { .type = LW_REC_MARKED };
	int i;

	s->log_count--;
	mark.unit = LW_NO_UNIT;
	for (i = 0; i < s->argument; i++) {
		mark.marked.rid = LW_RID(1, 0, 0) + i;
		synth_emit(s, &mark);
	}
	last.last.records = s->log_count + 1;
	synth_emit(s, &last);
}

static void marks(struct synth *s)
{
	s->records = add_marks;
	synth_kexec(s);
	synth_evidence(s);
}

static struct lw_record *add_to_baseline(struct synth *s, unsigned int type)
{
	struct lw_record *r = &s->baseline[s->baseline_count];

	*r = (struct lw_record){ .unit = LW_NO_UNIT };
	synth_head(r, s, type);
	r->epoch = s->baseline[0].epoch;
	r->time_ns = s->baseline[0].time_ns;
	r->seq = ++s->baseline_count;
	return r;
}

/* After the kexec: a baseline with room for COUNT more records, which the caller adds and seals. */
static void make_room(struct synth *s, size_t count)
{
	synth_kexec(s);
	s->baseline = need(realloc(s->baseline, (s->baseline_count + count) * sizeof(*s->baseline)));
	s->baseline[0].baseline.records = s->baseline_count + count;
	synth_seal(&s->baseline[0]);
}

static void labels(struct synth *s, size_t count)
{
	size_t i;

	make_room(s, count);
	for (i = 0; i < count; i++) {
		struct lw_record *r = add_to_baseline(s, LW_REC_TEXT);

		r->text.key = LW_TEXT_LABEL;
		r->text.item = i;
		r->text.length = 0xffff;
		memcpy(r->text.bytes, "role=storage", 12);
		synth_seal(r);
	}
	synth_evidence(s);
}

static void segmentless(struct synth *s, size_t count, struct lw_fault *faults)
{
	size_t i;

	make_room(s, count);
	for (i = 0; i < count; i++) {
		struct lw_record *r = add_to_baseline(s, LW_REC_ALIAS);

		r->alias.rid = LW_RID(i & 1, 0, 0) + i / 2 % 0x10000;
		r->alias.count = 1;
		r->alias.aliases[0] = LW_RID(2, 0, 0) + i % 0x10000;
		synth_seal(r);
		faults[i] = (struct lw_fault){ .rid = i % 0x10000, .reason = 2, .count = 1, .first_ns = 5,
					       .last_ns = 5, .pasid = LW_NO_PASID, .source = LW_SOURCE_LOG };
	}
	synth_evidence(s);
}

struct synth *forged(const char *kind, size_t count, struct lw_fault **faults)
{
	bool latched = !strcmp(kind, "forged"), in_log = latched || !strcmp(kind, "segmentless");
	struct synth *s;

	*faults = NULL;
	if (!in_log && strcmp(kind, "marks") && strcmp(kind, "labels"))
		return NULL;
	s = need(latched ? synth_new() : synth_standard(false));
	s->argument = count;
	if (in_log)
		*faults = need(calloc(count, sizeof(**faults)));
	if (latched)
		latched_and_logged(s, count, *faults);
	else if (in_log)
		segmentless(s, count, *faults);
	else if (!strcmp(kind, "marks"))
		marks(s);
	else
		labels(s, count);
	if (in_log) {
		s->evidence.log_faults = *faults;
		s->evidence.log_fault_count = count;
	}
	return s;
}
