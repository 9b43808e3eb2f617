// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the machine's kernels leave. Their records are those of the synthetic hand-over of tests/unit,
 * made once clean and once with a leaked entry, and given the id, boot id and times of the kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "parts.h"

struct synth *templates[2];

static void add_clocks(struct synth *s)
{
	const struct lw_record r = { .type = LW_REC_CLOCKS, .unit = LW_NO_UNIT };

	synth_emit(s, &r);
}

static void leak(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_SIBLING);

	synth_entry(unit, SYNTH_SIBLING)[0] = 0x1234000 | 5;
}

void make_templates(void)
{
	int i;

	for (i = 0; !templates[1] && i < 2; i++) {
		templates[i] = synth_standard(false);
		templates[i]->before_shutdown = add_clocks;
		if (i)
			templates[i]->after_clear = leak;
		synth_kexec(templates[i]);
	}
}

static void seal(struct lw_record *r, const struct armed *a, uint64_t born_ns)
{
	r->handover[0] = a->id.high;
	r->handover[1] = a->id.low;
	r->time_ns = born_ns;
	r->checksum = lw_checksum(r);
}

/* As read_began_by() of user/arm/refresh.c. */
static struct lw_id began_by(const struct world *w)
{
	LW_FREE char *path = lw_format("%s/collected", w->state);
	struct lw_id id = {};
	char line[128];

	if (lw_read_line(path, line, sizeof(line)) > 37 && !strncmp(line, w->kernel.boot, 36))
		lw_id_parse(line + 37, &id);
	return id;
}

/* As the last text of a baseline. */
static void add_began_by(struct world *w, struct armed *a)
{
	struct lw_id before = began_by(w);
	struct lw_record *r = &a->baseline[a->baseline_count];
	char id[LW_ID_TEXT];

	if (lw_id_is_zero(before))
		return;
	*r = (struct lw_record){ .magic = LW_RECORD_MAGIC,
				 .version = LW_RECORD_VERSION,
				 .type = LW_REC_TEXT,
				 .unit = LW_NO_UNIT,
				 .seq = ++a->baseline_count,
				 .text = { .key = LW_TEXT_BEGAN_BY, .length = LW_ID_TEXT - 1 } };
	memcpy(r->text.bytes, lw_id_format(before, id), LW_ID_TEXT - 1);
}

static void add_kexecs(struct world *w, struct armed *a)
{
	struct lw_record *r = &a->baseline[a->baseline_count];
	char text[LW_COUNTS_TEXT];
	struct lw_counts counts;

	others_count(w, &counts);
	if (!counts.known)
		return;
	lw_counts_format(&counts, text);
	*r = (struct lw_record){ .magic = LW_RECORD_MAGIC,
				 .version = LW_RECORD_VERSION,
				 .type = LW_REC_TEXT,
				 .unit = LW_NO_UNIT,
				 .seq = ++a->baseline_count,
				 .text = { .key = LW_TEXT_KEXECS, .length = strlen(text) } };
	memcpy(r->text.bytes, text, strlen(text));
}

static void make_baseline(struct world *w)
{
	struct armed *a = &w->kernel.armed;
	const struct synth *s = templates[0];
	size_t i;

	free(a->baseline);
	a->baseline = calloc(s->baseline_count + 2, sizeof(*a->baseline));
	a->baseline_count = s->baseline_count;
	memcpy(a->baseline, s->baseline, s->baseline_count * sizeof(*a->baseline));
	add_began_by(w, a);
	add_kexecs(w, a);
	a->generation++;
	for (i = 0; i < a->baseline_count; i++) {
		struct lw_record *r = &a->baseline[i];

		r->epoch = a->generation;
		if (r->type == LW_REC_BASELINE) {
			r->baseline.records = a->baseline_count;
			r->baseline.realtime_ns = wall(w);
			r->baseline.tsc = counter(w);
		}
		if (r->type == LW_REC_TEXT && r->text.key == LW_TEXT_BOOT_ID)
			memcpy(r->text.bytes, w->kernel.boot, 36);
		seal(r, a, w->now - w->kernel.born);
	}
}

static void baseline_to_disk(struct world *w)
{
	const struct armed *a = &w->kernel.armed;
	LW_FREE char *folder = lw_format("%s/armed", w->state);
	LW_FREE char *path = lw_format("%s/%s.baseline", folder, w->kernel.boot);

	if (lw_make_directory(folder) ||
	    lw_write_file(path, a->baseline, a->baseline_count * sizeof(*a->baseline), 0640))
		abort();
}

static void publish(struct world *w)
{
	put_area(w);
	if (w->kernel.trace_on)
		to_trace(w, w->kernel.armed.baseline, w->kernel.armed.baseline_count);
	baseline_to_disk(w);
}

static void choose_area(struct world *w)
{
	struct armed *a = &w->kernel.armed;
	size_t i = w->serial % REGIONS;
	char memmap[64];

	a->address = 0;
	if (w->probes)
		return;
	/* Not one that this kernel was told to leave alone. */
	for (;; i = (i + 1) % REGIONS) {
		a->address = 0x100000 * (i + 1);
		snprintf(memmap, sizeof(memmap), "$0x%lx", (unsigned long)a->address);
		if (!strstr(w->kernel.cmdline, memmap))
			return;
	}
}

void world_arm(struct world *w)
{
	struct kernel *k = &w->kernel;

	if (k->kind == LW_BOOT_KDUMP)
		return;
	if (!k->armed_now) {
		/* user/arm/arm.c: what lies in the carriers is this boot's, whoever collects it. */
		lw_carriers_mark_seen(k->cmdline, lw_id_of_boot(k->boot));
		make_id(w, &k->armed.id);
		choose_area(w);
		if (w->trace_carrier && !w->probes && !k->trace_on) {
			empty_trace(w);
			k->trace_on = true;
		}
		k->armed_now = true;
	}
	make_baseline(w);
	others_note_arming(w);
	publish(w);
}

/* What is preserved while it is armed the programs see. */
void world_preserve(struct world *w)
{
	w->kernel.unseen |= !w->kernel.armed_now && !w->marks_readable;
}

void world_level(struct world *w)
{
	w->probes = !w->probes;
	w->kernel.trace_on &= !w->probes;
	world_rearm(w);
}

void world_rearm(struct world *w)
{
	struct kernel *k = &w->kernel;

	if (!k->armed_now)
		return;
	if (k->armed.address)
		wipe(w, k->armed.address);
	free(k->armed.baseline);
	free(k->armed.log);
	memset(&k->armed, 0, sizeof(k->armed));
	k->armed_now = false;
	world_arm(w);
}

void add_log(struct world *w, const struct lw_record *records, size_t count)
{
	struct armed *a = &w->kernel.armed;
	uint64_t begin = w->now - w->kernel.born;
	size_t i, first = a->log_count;

	a->log = realloc(a->log, (a->log_count + count) * sizeof(*a->log));
	for (i = 0; i < count; i++) {
		struct lw_record *r = &a->log[a->log_count++];

		*r = records[i];
		r->epoch = a->attempt;
		if (r->type == LW_REC_KEXEC) {
			r->kexec.realtime_ns = wall(w);
			r->kexec.baseline_generation = a->generation;
			r->kexec.marks_lost = w->kernel.unseen;
		}
		if (r->type == LW_REC_CLOCKS)
			r->clocks = (struct lw_rec_clocks){ .tsc = counter(w),
							    .tsc_hz = TSC_HZ,
							    .tsc_boot_ns = begin };
		seal(r, a, begin + i * 1000000);
	}
	put_area(w);
	if (w->kernel.trace_on)
		to_trace(w, a->log + first, count);
}
