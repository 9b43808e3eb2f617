// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Watching a hand-over: revision 1 from the evidence alone, another one only when the verdict
 * changes, a last one that is final, and nothing lost when the disk is against it.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fields.h"
#include "audit/entry.h"
#include "base/io.h"
#include "daemon/watch.h"
#include "report/store.h"
#include "synth.h"

#define SECOND 1000000000ULL
#define ARMED  (45 * SECOND)	/* the synthetic collect is at 40 s */

struct bench {
	char state[64];
	struct synth *synth;
	struct lw_gathered gathered;
	struct lw_watch watch;
	struct lw_fault live[8];
	struct lw_watch_input input;
	uint32_t stored; /* revisions told, each once and in order */
};

static char *path_of(const struct bench *b, const char *name)
{
	char id[LW_ID_TEXT];

	return lw_format("%s/handovers/%s/%s", b->state, lw_id_format(b->synth->id, id), name);
}

static bool is_there(const struct bench *b, const char *name)
{
	LW_FREE char *path = path_of(b, name);

	return lw_exists(path);
}

static void save(const struct bench *b, const char *name, const void *bytes, size_t length)
{
	char id[LW_ID_TEXT];

	lw_id_format(b->synth->id, id);
	assert_int_equal(lw_store_save_evidence(b->state, id, name, bytes, length), 0);
}

/* "0000:01:00.0", in one of a few buffers. */
static const char *text_of(uint64_t rid)
{
	static char texts[4][LW_RID_TEXT];
	static int next;

	return lw_rid_format(rid, texts[next++ & 3]);
}

static json_t *devices_json(const struct lw_evidence *e)
{
	json_t *list = json_array(), *aliases;
	size_t i, j;

	for (i = 0; i < e->device_count; i++) {
		aliases = json_array();
		for (j = 0; j < e->devices[i].alias_count; j++)
			json_array_append_new(aliases,
					      json_string(text_of(e->devices[i].aliases[j])));
		json_array_append_new(list, json_pack("{ss so sb}", "rid",
						      text_of(e->devices[i].rid), "aliases", aliases,
						      "assigned", e->devices[i].assigned));
	}
	return list;
}

static json_t *units_json(const struct lw_evidence *e)
{
	json_t *list = json_array();
	char reg[32], rtaddr[32], gsts[32];
	size_t i;

	for (i = 0; i < e->unit_now_count; i++) {
		snprintf(reg, sizeof(reg), "0x%" PRIx64, e->units_now[i].reg_phys);
		snprintf(rtaddr, sizeof(rtaddr), "0x%" PRIx64, e->units_now[i].rtaddr);
		snprintf(gsts, sizeof(gsts), "0x%x", e->units_now[i].gsts);
		json_array_append_new(list, json_pack("{ss ss ss ss}", "name",
						      e->units_now[i].name, "reg_phys", reg,
						      "rtaddr", rtaddr, "gsts", gsts));
	}
	return list;
}

/* A file of the evidence, and its digest. */
static void save_noted(struct bench *b, json_t *files, const char *name, const void *bytes, size_t length)
{
	char text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	save(b, name, bytes, length);
	lw_audit_hash(bytes, length, hash);
	json_object_set_new(files, name,
			    json_pack("{sI ss}", "bytes", (json_int_t)length, "sha256",
				      lw_audit_hash_text(hash, text)));
}

/* What `luwatch collect --save` leaves of the synthetic machine's hand-over. */
static void save_evidence(struct bench *b)
{
	static const char log[] = "6,0,100,-;Linux version 6.13.0-synthetic\n"
				  "6,1,200,-;DMAR: Intel(R) Virtualization Technology for "
				  "Directed I/O\n"
				  "6,2,300,-;last line that was saved\n";
	const struct lw_evidence *e = &b->synth->evidence;
	char id[LW_ID_TEXT], *text;
	json_t *json, *files;

	json = json_pack("{ss ss ss ss ss ss sb sb sI sI sb so so s[{ss ss sb}]}", "schema",
			 "luwatch.evidence/1", "id", lw_id_format(b->synth->id, id), "boot", "kexec",
			 "kernel", e->kernel_new, "boot_id", e->boot_id_new, "agent", e->agent_new,
			 "id_known", 1, "word_found", 1, "collected_ns",
			 (json_int_t)e->collected_ns, "boot_realtime_ns",
			 (json_int_t)e->boot_realtime_ns, "vtd", 1, "devices", devices_json(e),
			 "units", units_json(e), "carriers", "name", "pages", "file", "pages.bin",
			 "expected", 1);
	assert_non_null(json);
	files = json_object();
	save_noted(b, files, "pages.bin", e->carried[0].bytes, e->carried[0].length);
	save_noted(b, files, "kmsg.bin", log, sizeof(log) - 1);
	json_object_set_new(json, "files", files);
	text = json_dumps(json, 0);
	save(b, "evidence.json", text, strlen(text));
	free(text);
	json_decref(json);
}

static void count_stored(void *context, const json_t *report)
{
	struct bench *b = context;
	uint64_t revision = 0;

	assert_true(lw_field_count(report, "revision", &revision));
	assert_int_equal(revision, ++b->stored);
}

static void restart(struct bench *b)
{
	lw_watch_close(&b->watch);
	lw_watch_start(&b->watch, b->state, &b->gathered, count_stored, b);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	strcpy(b->state, "/tmp/luwatch-watch-XXXXXX");
	assert_non_null(mkdtemp(b->state));
	b->synth = synth_standard(false);
	synth_kexec(b->synth);
	synth_evidence(b->synth);
	save_evidence(b);
	b->gathered = (struct lw_gathered){ .boot = LW_BOOT_KEXEC, .id = b->synth->id };
	b->input = (struct lw_watch_input){ .live = b->live, .armed_ns = ARMED,
					    .now_ns = 60 * SECOND, .period_s = 3600 };
	lw_watch_start(&b->watch, b->state, &b->gathered, count_stored, b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	LW_FREE char *command = lw_format("rm -rf %s", b->state);

	lw_watch_close(&b->watch);
	synth_free(b->synth);
	free(b);
	return system(command);
}

static void live(struct bench *b, uint64_t rid, uint32_t reason)
{
	b->live[b->input.live_count++] = (struct lw_fault){
		.rid = rid, .segment_known = true, .address_known = true, .reason = reason,
		.flags = LW_FAULT_READ, .pasid = LW_NO_PASID, .address = 0x1000, .count = 1,
		.first_ns = 50 * SECOND, .last_ns = 50 * SECOND, .source = LW_SOURCE_REGISTER,
	};
}

static void says(const struct bench *b, const char *verdict, uint32_t revision, bool final)
{
	assert_string_equal(lw_field_raw(b->watch.report, "verdict"), verdict);
	assert_int_equal(b->watch.revision, revision);
	assert_int_equal(b->stored, revision);
	assert_int_equal(b->watch.final, final);
}

static void first_revision(void **state)
{
	struct bench *b = *state;

	assert_true(b->watch.handed_over && b->watch.loaded);
	says(b, "clean", 1, false);
	assert_true(b->watch.from_ns == 40 * SECOND);
	assert_true(lw_watch_end(&b->watch, 3600) == 3640 * SECOND);
	assert_non_null(strstr(lw_field_raw(b->watch.report, "headline"), "SO FAR"));
	restart(b);
	says(b, "clean", 1, false);
	assert_false(is_there(b, "report-2.json"));
}

static void same_verdict(void **state)
{
	struct bench *b = *state;
	uint64_t revision;

	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	live(b, SYNTH_KEPT, 0x06);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	says(b, "clean", 1, false);
	/* The numbers are newer than in the stored one, and it still has that one's number. */
	assert_int_equal(json_array_size(lw_field(b->watch.report, "faults")), 1);
	assert_true(lw_field_count(b->watch.report, "revision", &revision) && revision == 1);
	assert_false(is_there(b, "report-2.json"));
}

static void verdict_changes(void **state)
{
	struct bench *b = *state;

	live(b, SYNTH_KEPT, 0x02);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "violation", 2, false);
	assert_true(is_there(b, "report-2.json") && is_there(b, "live-2.json"));
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	live(b, SYNTH_VMD, 0x02);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	restart(b);
	says(b, "violation", 2, false);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	assert_false(is_there(b, "report-3.json"));
}

/* Disarmed since, or armed anew: the counters that showed it are gone, and it happened all the same. */
static void a_violation_stays(void **state)
{
	struct bench *b = *state;

	live(b, SYNTH_KEPT, 0x02);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	b->input.live_count = 0;
	b->input.armed_ns = UINT64_MAX;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	says(b, "violation", 2, false);
	restart(b);
	b->input.end = true;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "violation", 3, true);
	assert_int_equal(json_array_size(lw_field(b->watch.report, "findings")), 1);
}

static void ends(void **state)
{
	struct bench *b = *state;

	b->input.end = true;
	b->input.now_ns = 3700 * SECOND;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "clean", 2, true);
	assert_null(strstr(lw_field_raw(b->watch.report, "headline"), "SO FAR"));
	assert_null(strstr(lw_field_raw(b->watch.report, "headline"), "watched"));
	/* Whatever comes now, that was the last word. */
	live(b, SYNTH_KEPT, 0x02);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	restart(b);
	says(b, "clean", 2, true);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	assert_non_null(b->watch.handover);
	assert_false(is_there(b, "report-3.json"));
}

/* Faults that nobody saw may have been any; and what was missed is kept beside the revision. */
static void not_everything_seen(void **state)
{
	struct bench *b = *state;

	b->input.losses.log_missed = 3;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "incomplete", 2, false);
	assert_true(is_there(b, "live-2.json"));
	b->input.losses = (struct lw_watch_losses){ .faults = 1 };
	b->input.end = true;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "incomplete", 3, true);
}

/* The daemon starts again, and by now the log is another: what it had then is known. */
static void log_kept_over_restart(void **state)
{
	struct lw_fault fault = { .rid = SYNTH_KEPT, .segment_known = true, .reason = 0x02,
				  .flags = LW_FAULT_READ, .pasid = LW_NO_PASID, .count = 1,
				  .first_ns = 41 * SECOND, .last_ns = 41 * SECOND,
				  .source = LW_SOURCE_LOG };
	struct lw_watch_losses losses = { .log_missed = 2 };
	struct bench *b = *state;

	assert_false(lw_watch_log_kept(&b->watch, ARMED, &losses));
	lw_watch_log_fault(&b->watch, &fault, 3);
	lw_watch_log_keep(&b->watch, ARMED, losses);
	restart(b);
	losses.log_missed = 900;
	assert_false(lw_watch_log_kept(&b->watch, ARMED + 1, &losses)); /* armed anew */
	assert_true(lw_watch_log_kept(&b->watch, ARMED, &losses));
	assert_int_equal(losses.log_missed, 2);
	/* Once, whether or not the ring still has it. */
	lw_watch_log_fault(&b->watch, &fault, 3);
	assert_int_equal(b->watch.log_fault_count, 1);
	assert_int_equal(b->watch.log_faults[0].rid, SYNTH_KEPT);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "violation", 2, false);
}

static void machine_goes_down(void **state)
{
	struct bench *b = *state;

	b->input.end = true;
	b->input.now_ns = (40 + 12 * 60) * SECOND;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "clean", 2, true);
	assert_non_null(strstr(lw_field_raw(b->watch.report, "headline"), "watched 12 of 60 min"));
}

static void log_faults(void **state)
{
	struct lw_fault fault = { .rid = SYNTH_KEPT, .segment_known = true, .reason = 0x02,
				  .flags = LW_FAULT_READ, .pasid = LW_NO_PASID, .count = 1,
				  .first_ns = 41 * SECOND, .last_ns = 41 * SECOND,
				  .source = LW_SOURCE_LOG };
	struct bench *b = *state;
	const json_t *item;

	/* Saved already: would be counted twice. */
	lw_watch_log_fault(&b->watch, &fault, 2);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	lw_watch_log_fault(&b->watch, &fault, 3);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "violation", 2, false);
	item = json_array_get(lw_field(b->watch.report, "faults"), 0);
	assert_string_equal(lw_field_raw(item, "window"), "early-boot");
	assert_string_equal(lw_field_raw(item, "class"), "broken");
}

static void cannot_write(void **state)
{
	struct bench *b = *state;
	LW_FREE char *path = path_of(b, "report-2.json");

	assert_int_equal(mkdir(path, 0700), 0);
	live(b, SYNTH_KEPT, 0x02);
	assert_true(lw_watch_judge(&b->watch, &b->input) < 0);
	says(b, "clean", 1, false);
	assert_true(lw_watch_judge(&b->watch, &b->input) < 0);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 1);
	says(b, "violation", 2, false);
}

static void damaged_report(void **state)
{
	LW_FREE char *path = path_of(*state, "report-1.json");
	struct bench *b = *state;

	assert_int_equal(truncate(path, 100), 0);
	restart(b);
	assert_null(b->watch.report);
	assert_true(b->watch.final);
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	assert_false(is_there(b, "report-2.json"));
}

static void damaged_evidence(void **state)
{
	LW_FREE char *path = path_of(*state, "evidence.json");
	struct bench *b = *state;

	assert_int_equal(truncate(path, 100), 0);
	restart(b);
	assert_false(b->watch.loaded);
	says(b, "clean", 1, false);
	b->input.end = true;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
}

/* A cold boot shows the last hand-over of this host, and never judges it. */
static void cold_boot(void **state)
{
	struct bench *b = *state;

	b->gathered.boot = LW_BOOT_COLD;
	restart(b);
	assert_false(b->watch.handed_over);
	assert_string_equal(b->watch.id, "");
	assert_string_equal(lw_field_raw(b->watch.report, "verdict"), "clean");
	b->input.end = true;
	assert_int_equal(lw_watch_judge(&b->watch, &b->input), 0);
	assert_false(is_there(b, "report-2.json"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_revision), TEST(same_verdict),      TEST(verdict_changes),
		TEST(a_violation_stays), TEST(ends),	      TEST(machine_goes_down), TEST(log_faults),
		TEST(not_everything_seen), TEST(log_kept_over_restart),
		TEST(cannot_write),   TEST(damaged_report),    TEST(damaged_evidence),
		TEST(cold_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
