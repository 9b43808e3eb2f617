// SPDX-License-Identifier: GPL-2.0-or-later
/* See compare.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "record/expand.h"

static const unsigned int compared_types[] = {
	LW_REC_UNIT_SEEN, LW_REC_KEPT_TABLES, LW_REC_UNIT_STATE, LW_REC_ROOT,	 LW_REC_TABLE,
	LW_REC_ENTRY,	  LW_REC_PASID_TABLE, LW_REC_PASID_ENTRY, LW_REC_WALK, LW_REC_INVALIDATION,
	LW_REC_CLEARED,
};

static bool is_compared(const struct lw_record *record)
{
	size_t i;

	if (record->type == LW_REC_ENTRY && record->entry.phase == LW_PRESERVED)
		return false; /* written before the walk */
	for (i = 0; i < sizeof(compared_types) / sizeof(*compared_types); i++) {
		if (record->type == compared_types[i])
			return true;
	}
	return false;
}

/* On kernels before 6.2 the programs do not look whether an entry is there. */
bool compare_entries_looked_at = true;

/* What both write about one thing; the time a walk took is nobody's business here. */
static bool same_record(const struct lw_record *a, const struct lw_record *b)
{
	struct lw_record x = *a, y = *b;

	if (a->type == LW_REC_WALK)
		x.walk.duration_ns = y.walk.duration_ns = 0;
	if (a->type == LW_REC_INVALIDATION && !compare_entries_looked_at)
		x.invalidation.flags &= ~(LW_INV_ENTRY_GONE | LW_INV_ENTRY_THERE);
	return a->type == b->type && a->unit == b->unit &&
	       !memcmp(x.words, y.words, sizeof(x.words));
}

static void print_record(const char *who, const struct lw_record *record)
{
	size_t i;

	printf("#   %s: type %u unit %u", who, record->type, record->unit);
	for (i = 0; i < 9; i++)
		printf(" %llx", (unsigned long long)record->words[i]);
	printf("\n");
}

/* What is known of the order: records of one type about one unit, tables by their place. */
static int by_place(const void *pa, const void *pb)
{
	const struct lw_record *a = pa, *b = pb;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	if (a->type == LW_REC_TABLE && a->table.phase != b->table.phase)
		return a->table.phase < b->table.phase ? -1 : 1;
	if (a->type == LW_REC_TABLE)
		return (a->table.bus << 1 | a->table.half) - (b->table.bus << 1 | b->table.half);
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* The compared ones of RECORDS, in that order. */
static size_t sort_compared(struct lw_record *records, size_t count)
{
	size_t i, n = 0;

	for (i = 0; i < count; i++) {
		if (is_compared(&records[i]))
			records[n++] = records[i];
	}
	qsort(records, n, sizeof(*records), by_place);
	return n;
}

/* All records of the programs, tables that share one taken apart. */
static struct lw_record *walk_records(struct bench *bench, size_t *count)
{
	size_t i, n = bench_record_count(bench);
	struct lw_record *all = calloc(n + 1, sizeof(*all)), *expanded;

	for (i = 0; all && i < n; i++)
		bench_record(bench, i, &all[i]);
	expanded = all ? lw_expand_tables(all, n, count) : NULL;
	if (!expanded)
		abort();
	free(all);
	return expanded;
}

static bool compare_all(const struct lw_record *model, size_t expected, const struct lw_record *walk,
			size_t had)
{
	size_t i;

	for (i = 0; i < expected && i < had; i++) {
		if (same_record(&model[i], &walk[i]))
			continue;
		printf("#   record %zu of %zu\n", i + 1, had);
		print_record("model", &model[i]);
		print_record("walk ", &walk[i]);
		return false;
	}
	if (expected != had)
		printf("#   %zu records, and %zu were expected\n", had, expected);
	return expected == had;
}

bool compare_records(struct bench *bench, const struct synth *s, uint64_t *records, uint64_t *written)
{
	struct lw_record *model = malloc((s->log_count + 1) * sizeof(*model)), *walk;
	size_t had, expected;
	bool same;

	if (!model)
		abort();
	memcpy(model, s->log, s->log_count * sizeof(*model));
	expected = sort_compared(model, s->log_count);
	walk = walk_records(bench, &had);
	had = sort_compared(walk, had);
	same = compare_all(model, expected, walk, had);
	*records += expected;
	*written += bench_record_count(bench);
	free(model);
	free(walk);
	return same;
}
