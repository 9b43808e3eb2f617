// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How the synthetic records arrive, and what the next kernel adds: carriers, evidence, judgement.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "synth.h"
#include "synth_parts.h"
#include "judge/judge.h"

static void put(uint8_t *area, size_t page, size_t slot, const struct lw_record *record)
{
	memcpy(area + page * LW_PAGE_SIZE + slot * LW_RECORD_SIZE, record, sizeof(*record));
}

static size_t baseline_pages(const struct synth *s)
{
	size_t needed = s->baseline_count / (LW_PAGE_RECORDS - 1) + 1;

	return needed > SYNTH_BASELINE_PAGES ? needed : SYNTH_BASELINE_PAGES;
}

static void put_head(uint8_t *area, const struct synth *s, size_t page, size_t pages)
{
	struct lw_record head = { .unit = LW_NO_UNIT };

	synth_head(&head, s, LW_REC_PAGE);
	head.page.base = 0x4a01000;
	head.page.index = page;
	head.page.count = pages;
	head.page.baseline_pages = baseline_pages(s);
	synth_seal(&head);
	put(area, page, 0, &head);
}

uint8_t *synth_pages(const struct synth *s, size_t *length)
{
	const size_t room = LW_PAGE_RECORDS - 1;
	size_t log_pages = (s->log_count + room) / room + 1;
	size_t half = s->generation % 2 ? 0 : baseline_pages(s);
	size_t pages = 2 * baseline_pages(s) + log_pages, i;
	uint8_t *area = calloc(pages, LW_PAGE_SIZE);

	if (!area)
		abort();
	for (i = 0; i < pages; i++)
		put_head(area, s, i, pages);
	for (i = 0; i < s->baseline_count; i++)
		put(area, half + i / room, 1 + i % room, &s->baseline[i]);
	for (i = 0; i < s->log_count; i++) {
		size_t slot = i + 1 == s->log_count ? log_pages * room - 1 : i;

		put(area, 2 * baseline_pages(s) + slot / room, 1 + slot % room, &s->log[i]);
	}
	*length = pages * LW_PAGE_SIZE;
	return area;
}

static size_t put_text(char *text, const struct lw_record *record)
{
	const uint8_t *bytes = (const uint8_t *)record;
	size_t used, i;

	used = sprintf(text, "<idle>-0 [000] d..1. 12.345678: bpf_trace_printk: LWR1:");
	for (i = 0; i < sizeof(*record); i++) {
		text[used++] = "0123456789abcdef"[bytes[i] >> 4];
		text[used++] = "0123456789abcdef"[bytes[i] & 15];
	}
	text[used++] = '\n';
	return used;
}

uint8_t *synth_text(const struct synth *s, size_t *length)
{
	char *text = malloc((s->baseline_count + s->log_count) * 400 + 1);
	size_t used = 0, i;

	if (!text)
		abort();
	for (i = 0; i < s->baseline_count; i++)
		used += put_text(text + used, &s->baseline[i]);
	for (i = 0; i < s->log_count; i++)
		used += put_text(text + used, &s->log[i]);
	*length = used;
	return (uint8_t *)text;
}

void synth_carry(struct synth *s, const char *name, uint8_t *bytes, size_t length)
{
	size_t i = s->evidence.carried_count++;

	s->bytes[i] = bytes;
	s->carried[i] = (struct lw_carried){
		.name = name, .expected = true, .bytes = bytes, .length = length
	};
	s->evidence.carried = s->carried;
}

static void show_devices(struct synth *s)
{
	size_t i;

	free(s->seen);
	s->seen = calloc(s->device_count + 1, sizeof(*s->seen));
	if (!s->seen)
		abort();
	for (i = 0; i < s->device_count; i++) {
		const struct synth_device *device = s->devices[i];

		if (device->hidden)
			continue;
		s->seen[s->evidence.device_count++] = (struct lw_device){
			.rid = device->rid,
			.aliases = device->aliases,
			.alias_count = device->alias_count,
			.name = device->name,
			.assigned = device->assigned,
			.rmrr = device->rmrr,
		};
	}
	s->evidence.devices = s->seen;
}

/* A kernel without live update: translation off, a root table of its own. */
static void show_units(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++)
		s->units_now[i] = (struct lw_unit_now){ .reg_phys = s->units[i]->reg_phys,
							.name = "dmar",
							.rtaddr = 0x7000000 };
	s->evidence.unit_now_count = s->unit_count;
}

void synth_evidence(struct synth *s)
{
	struct lw_evidence *e = &s->evidence;
	size_t length, i;
	uint8_t *bytes = synth_pages(s, &length);

	/* Of an evidence made before. */
	for (i = 0; i < s->evidence.carried_count; i++) {
		free(s->bytes[i]);
		s->bytes[i] = NULL;
	}
	*e = (struct lw_evidence){
		.boot = LW_BOOT_KEXEC,
		.id = s->id,
		.id_known = true,
		.word_found = true,
		.kernel_new = "6.13.0-synthetic",
		.boot_id_new = "66666666-7777-8888-9999-aaaaaaaaaaaa",
		.agent_new = "0.1.1",
		.machine_id = "0123456789abcdef0123456789abcdef",
		.hostname = "synthetic",
		.collected_ns = SYNTH_REALTIME + 60000000000ULL,
		.boot_realtime_ns = SYNTH_REALTIME + 20000000000ULL,
		.log_faults = s->log_faults,
		.log_complete = true,
		.log_vtd = true,
		.watch_from_ns = 8000000000ULL,
		.live_faults = s->live_faults,
		.units_now = s->units_now,
		.revision = 1,
		.watch_period_s = 3600,
	};
	synth_carry(s, "pages", bytes, length);
	show_devices(s);
	show_units(s);
}

struct lw_fault *synth_log_fault(struct synth *s, uint64_t rid, uint32_t reason, uint64_t address)
{
	struct lw_fault *fault = &s->log_faults[s->evidence.log_fault_count++];

	*fault = (struct lw_fault){
		.rid = rid,
		.segment_known = true,
		.address_known = true,
		.reason = reason,
		.pasid = LW_NO_PASID,
		.address = address,
		.count = 1,
		.first_ns = 1000000000,
		.last_ns = 1000000000,
		.source = LW_SOURCE_LOG,
	};
	return fault;
}

struct lw_fault *synth_live_fault(struct synth *s, uint64_t rid, uint32_t reason, uint64_t count)
{
	struct lw_fault *fault = &s->live_faults[s->evidence.live_fault_count++];

	*fault = (struct lw_fault){
		.rid = rid,
		.segment_known = true,
		.reason = reason,
		.pasid = LW_NO_PASID,
		.count = count,
		.first_ns = 9000000000ULL,
		.last_ns = 10000000000ULL,
		.source = LW_SOURCE_REGISTER,
	};
	return fault;
}

static void store(const json_t *report)
{
	const char *folder = getenv("LUWATCH_REPORT_DIR");
	static unsigned int number;
	char path[512];

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%s-%06u.json", folder, program_invocation_short_name,
		 number++);
	if (json_dump_file(report, path, JSON_INDENT(1)))
		abort();
}

struct lw_handover *synth_judge_some(struct synth *s, uint32_t judged)
{
	if (!s->log_count)
		synth_kexec(s);
	if (!s->evidence.carried_count)
		synth_evidence(s);
	lw_handover_free(s->handover);
	json_decref(s->report);
	if (lw_correlate_some(&s->evidence, judged, &s->handover))
		abort();
	s->report = lw_report_json(s->handover);
	if (!s->report)
		abort();
	store(s->report);
	return s->handover;
}

struct lw_handover *synth_judge(struct synth *s)
{
	return synth_judge_some(s, lw_invariants_judged);
}

const char *synth_state(const struct synth *s, uint64_t rid)
{
	size_t i;

	for (i = 0; i < s->handover->entry_count; i++) {
		if (s->handover->entries[i].rid == rid)
			return lw_context_state_name(s->handover->entries[i].state);
	}
	return "";
}

const char *synth_answer(const struct synth *s, enum lw_invariant invariant)
{
	return lw_answer_name(s->handover->results[invariant].answer);
}

const char *synth_class(const struct synth *s, uint64_t rid)
{
	size_t i;

	for (i = 0; i < s->handover->fault_count; i++) {
		if (s->handover->faults[i].rid == rid)
			return lw_fault_class_name(s->handover->faults[i].class);
	}
	return "";
}

bool synth_found(const struct synth *s, const char *words)
{
	size_t i;

	for (i = 0; i < s->handover->finding_count; i++) {
		if (strstr(s->handover->findings[i].message, words))
			return true;
	}
	return false;
}
