// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From evidence to report: a synthetic hand-over with N context entries or faults, and how long its
 * correlation and its report take, and what memory.
 *
 * usage: judge cleared|leaked|logged|counted|forged|marks|labels|segmentless N
 * prints KIND N CORRELATE REPORT MEMORY TREE STORED DIGEST
 *
 * Times in nanoseconds of the processor, memory in bytes: MEMORY the correlation's at most, TREE that
 * of the report beside it, STORED and DIGEST what writing its file and its digest take beside both.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/entry.h"
#include "judge/judge.h"
#include "report/json.h"
#include "report/store.h"
#include "forged.h"

#define BUSES 256

static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Resident memory, now or at most since the last call with RESET. */
static size_t resident(const char *name, int reset)
{
	char line[128];
	size_t kb = 0;
	FILE *file;

	if (reset) {
		file = fopen("/proc/self/clear_refs", "w");
		if (!file || fputs("5", file) < 0 || fclose(file))
			return 0;
	}
	file = fopen("/proc/self/status", "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			kb = strtoull(line + strlen(name), NULL, 10);
	if (file)
		fclose(file);
	return kb * 1024;
}

static uint64_t rid_of(size_t i)
{
	return LW_RID(i / (BUSES * 256), i / 256 % BUSES, i % 256);
}

static void add_entries(struct synth *s, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (i % (BUSES * 256) == 0)
			synth_add_unit(s, i / (BUSES * 256), false);
		synth_add_device(s, s->units[s->unit_count - 1], rid_of(i));
		if (i % 256 == 0) /* otherwise the kernel takes the whole table away */
			synth_preserve(s->devices[i]);
	}
}

/* Puts back what the kernel cleared. */
static void leak(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		uint64_t *words = synth_entry(s->devices[i]->unit, s->devices[i]->rid);

		if (s->devices[i]->marked)
			continue;
		words[0] = 0x100000000ULL + 0x1000 * i + 1;
		words[1] = i << 8 | 2;
	}
}

static struct lw_fault *make_faults(size_t count, enum lw_fault_source source)
{
	struct lw_fault *faults = calloc(count, sizeof(*faults));
	size_t i;

	for (i = 0; faults && i < count; i++)
		faults[i] = (struct lw_fault){ .rid = rid_of(i / 4), .segment_known = true,
					       .address_known = true, .reason = 1 + i % 4,
					       .address = 0x1000 * i, .pasid = LW_NO_PASID,
					       .count = 1, .first_ns = i, .last_ns = i,
					       .source = source };
	if (!faults)
		abort();
	return faults;
}

/* Into a folder of its own, which is removed again. */
static int store(const json_t *report)
{
	char state[] = "/tmp/luwatch-bench-XXXXXX", path[4][128];
	const char *id = json_string_value(json_object_get(report, "id"));
	int i, r;

	if (!mkdtemp(state))
		return -1;
	r = lw_store_save(state, id, 1, report);
	snprintf(path[0], sizeof(path[0]), "%s/" LW_STORE_FOLDER "/%s/report-1.json", state, id);
	snprintf(path[1], sizeof(path[1]), "%s/" LW_STORE_FOLDER "/%s", state, id);
	snprintf(path[2], sizeof(path[2]), "%s/" LW_STORE_FOLDER, state);
	snprintf(path[3], sizeof(path[3]), "%s", state);
	for (i = 0; i < 4; i++)
		remove(path[i]);
	return r;
}

/* What a machine really does, only more of it. NULL for another KIND. */
static struct synth *honest(const char *kind, size_t count, struct lw_fault **faults)
{
	bool logged = !strcmp(kind, "logged"), leaked = !strcmp(kind, "leaked");
	bool faulting = logged || !strcmp(kind, "counted");
	struct synth *s;

	*faults = NULL;
	if (!faulting && !leaked && strcmp(kind, "cleared"))
		return NULL;
	s = synth_new();
	add_entries(s, faulting ? 256 : count);
	if (leaked)
		s->after_clear = leak;
	synth_kexec(s);
	synth_evidence(s);
	if (!faulting)
		return s;
	/* Each was counted in the next kernel, and printed by it. */
	*faults = make_faults(count, LW_SOURCE_LOG);
	s->evidence.live_faults = *faults;
	s->evidence.live_fault_count = count;
	s->evidence.watch_from_ns = 0;
	if (logged) {
		s->evidence.log_faults = *faults;
		s->evidence.log_fault_count = count;
	}
	return s;
}

int main(int argc, char **argv)
{
	const char *kind = argc == 3 ? argv[1] : "";
	size_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0, before, memory, tree;
	struct lw_fault *list = NULL;
	struct lw_handover *handover;
	uint64_t start, correlated, made;
	json_t *report, *digest;
	struct synth *s;

	s = count ? honest(kind, count, &list) : NULL;
	if (!s && count)
		s = forged(kind, count, &list);
	if (!s)
		return 2;
	before = in_use();
	start = processor_ns();
	if (lw_correlate(&s->evidence, &handover))
		return 1;
	correlated = processor_ns();
	memory = in_use() - before;
	report = lw_report_json(handover);
	if (!report)
		return 1;
	tree = in_use() - before - memory;
	made = processor_ns();
	before = resident("VmRSS:", 1);
	if (store(report))
		return 1;
	printf("%s %zu %llu %llu %zu %zu %zu", kind, count, (unsigned long long)(correlated - start),
	       (unsigned long long)(made - correlated), memory, tree, resident("VmHWM:", 0) - before);
	before = resident("VmRSS:", 1);
	digest = lw_audit_hash_json(report, LW_STORE_DUMP, "\n");
	printf(" %zu\n", resident("VmHWM:", 0) - before);
	json_decref(digest);
	fprintf(stderr, "%s\n", handover->headline);
	json_decref(report);
	lw_handover_free(handover);
	free(list);
	synth_free(s);
	return 0;
}
