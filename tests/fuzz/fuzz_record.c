// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The whole path from bytes to a report: decode, merge, correlate, judge, JSON. Whatever the bytes
 * are it must neither crash nor hang, and it must not say "clean" without the record that closes
 * the log. The input's first byte chooses the surroundings, the rest is what a carrier held.
 *
 * A fuzzer does not guess checksums, so a record with the magic in place gets a right one: what is
 * behind the checksum is tested, not the checksum. The first input byte can switch that off.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "judge/judge.h"
#include "luwatch/vtd.h"
#include "report/json.h"

enum surroundings {
	LEAVE_CHECKSUMS = 1,
	TWO_CARRIERS = 2,
	UNKNOWN_ID = 4,
	NO_DEVICES = 8,
	WITH_LOG = 16,
	ALL_INVARIANTS = 32,
	ADOPTED = 64,
};

static const uint64_t aliases[] = { LW_RID(0, 2, 0), LW_RID(0, 1, 0) };
static const struct lw_device devices[] = {
	{ .rid = LW_RID(0, 1, 0), .name = "one" },
	{ .rid = LW_RID(0, 1, 1), .name = "\xff\xfe", .assigned = true },
	{ .rid = LW_RID(0, 2, 8), .aliases = aliases, .alias_count = 2, .rmrr = true },
	{ .rid = LW_RID(0x10000, 0xe1, 0) },
};

static const struct lw_fault log_faults[] = {
	{ .rid = LW_RID(0, 1, 1), .reason = 2, .pasid = LW_NO_PASID, .count = 1, .first_ns = 1 },
	{ .rid = LW_RID(0, 1, 0), .reason = 5, .pasid = LW_NO_PASID, .count = 7, .first_ns = 99 },
};

/* A next kernel that took its own tables, or goes on with those of the synthetic machine's dmar0. */
static const struct lw_unit_now units_now[][1] = {
	{ { .reg_phys = 0xfed90000, .name = "dmar0" } },
	{ { .reg_phys = 0xfed90000, .name = "dmar0", .rtaddr = 0x100000000, .gsts = VTD_GSTS_TES } },
	{ { .reg_phys = 0xfed90000, .name = "dmar0", .rtaddr = 0x100000000 | VTD_MODE_SCALABLE << 10,
	    .gsts = VTD_GSTS_TES } },
};

static const uint64_t words[512] = { [0] = 0x100001001, [2] = 0x100003001, [4] = 0x100005001 };
static const struct lw_page_now pages_now[] = { { 0x100000000, words },
						{ 0x100001000, words },
						{ 0x100003000, words },
						{ 0x100005000, NULL } };

static void mend_checksums(uint8_t *bytes, size_t length)
{
	size_t offset;

	for (offset = 0; offset + LW_RECORD_SIZE <= length; offset += 8) {
		struct lw_record record;

		memcpy(&record, bytes + offset, sizeof(record));
		if (record.magic != LW_RECORD_MAGIC)
			continue;
		record.checksum = lw_checksum(&record);
		memcpy(bytes + offset, &record, sizeof(record));
		offset += LW_RECORD_SIZE - 8;
	}
}

static bool has_last(const struct lw_handover *h)
{
	return lw_record_find(h->stream.log, h->stream.log_count, LW_REC_LAST, LW_NO_UNIT);
}

/* What must hold for every report, whatever went in. */
static void check(const struct lw_handover *h, const json_t *report)
{
	char *text = json_dumps(report, JSON_COMPACT);

	MUST(text && h->headline);
	if (h->verdict == LW_VERDICT_CLEAN) {
		MUST(has_last(h) && h->baseline && h->walk_before && h->walk_after);
		MUST(!h->stream.gap_count && !h->stream.conflict_count && !h->contradictions);
		MUST(h->results[LW_I12].answer == LW_PASS);
	}
	free(text);
}

static void run(const uint8_t *bytes, size_t length, unsigned int how)
{
	size_t half = how & TWO_CARRIERS ? length / 2 & ~7UL : length;
	const struct lw_carried carried[] = {
		{ .name = "pages", .expected = true, .bytes = bytes, .length = half },
		{ .name = "trace", .bytes = bytes + half, .length = length - half },
	};
	struct lw_evidence evidence = {
		.boot = LW_BOOT_KEXEC,
		.id = { 0x0123456789abcdefULL, 0xfedcba9876543210ULL },
		.id_known = !(how & UNKNOWN_ID),
		.id_free = true,
		.word_found = true,
		.carried = carried,
		.carried_count = 2,
		.log_faults = log_faults,
		.log_fault_count = how & WITH_LOG ? 2 : 0,
		.log_complete = true,
		.log_vtd = true,
		.watch_from_ns = 50,
		.live_faults = log_faults,
		.live_fault_count = how & WITH_LOG ? 2 : 0,
		.devices = devices,
		.device_count = how & NO_DEVICES ? 0 : 4,
		.units_now = units_now[how & ADOPTED ? (how & WITH_LOG ? 2 : 1) : 0],
		.unit_now_count = 1,
		.pages_now = pages_now,
		.page_now_count = 4,
		.boot_realtime_ns = 1790000020000000000ULL,
		.revision = 1,
	};
	uint32_t judged = how & ALL_INVARIANTS ? (1U << LW_INVARIANTS) - 1 : lw_invariants_judged;
	struct lw_handover *h;
	json_t *report;

	MUST(!lw_correlate_some(&evidence, judged, &h));
	report = lw_report_json(h);
	MUST(report);
	check(h, report);
	json_decref(report);
	lw_handover_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes;

	if (size < 1)
		return 0;
	bytes = malloc(size);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	if (!(data[0] & LEAVE_CHECKSUMS))
		mend_checksums(bytes, size - 1);
	run(bytes, size - 1, data[0]);
	free(bytes);
	return 0;
}
