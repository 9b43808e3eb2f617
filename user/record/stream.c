// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several carriers may bring the same hand-over, each with holes of its own, and a carrier may
 * still hold an earlier boot's records, an earlier baseline or an attempt that was aborted. This
 * object sorts that out once, so that everything behind it sees one ordered stream and an exact
 * account of what is not in it. Where two carriers contradict each other nobody can say which is
 * right: the first is used, and the contradiction is kept for the verdict.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/expand.h"
#include "record/stream.h"

/* A record, where it came from, and (once sorted) whether it is the one used for its place. */
struct item {
	const struct lw_record *record;
	size_t input;
};

struct items {
	struct item *item;
	size_t count;
};

static struct lw_id record_id(const struct lw_record *record)
{
	return (struct lw_id){ record->handover[0], record->handover[1] };
}

const struct lw_record *lw_record_find(const struct lw_record *records, size_t count,
				       unsigned int type, unsigned int unit)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (records[i].type == type && (unit == LW_NO_UNIT || records[i].unit == unit))
			return &records[i];
	}
	return NULL;
}

/* Baseline before log, then by epoch and sequence number; the inputs keep their order. */
static int compare_items(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int log_a = !lw_record_is_baseline(a->record->type);
	int log_b = !lw_record_is_baseline(b->record->type);

	if (log_a != log_b)
		return log_a - log_b;
	if (a->record->epoch != b->record->epoch)
		return a->record->epoch < b->record->epoch ? -1 : 1;
	if (a->record->seq != b->record->seq)
		return a->record->seq < b->record->seq ? -1 : 1;
	if (a->input != b->input)
		return a->input < b->input ? -1 : 1;
	/* qsort() is not stable: the order in memory is the order in the carrier. */
	return a->record < b->record ? -1 : a->record > b->record;
}

static bool same_place(const struct item *a, const struct item *b)
{
	return lw_record_is_baseline(a->record->type) == lw_record_is_baseline(b->record->type) &&
	       a->record->epoch == b->record->epoch && a->record->seq == b->record->seq;
}

static void note_page(struct lw_stream_share *share, const struct lw_record *record)
{
	share->pages_seen++;
	if (record->page.count > share->area_pages)
		share->area_pages = record->page.count;
}

static int select_items(struct lw_stream *stream, const struct lw_stream_input *inputs,
			size_t count, struct items *items)
{
	size_t total = 0, i, j;

	for (i = 0; i < count; i++)
		total += inputs[i].decoded->count;
	items->item = calloc(total ? total : 1, sizeof(*items->item));
	stream->kept = calloc(total ? total : 1, sizeof(*stream->kept));
	stream->shares = calloc(count ? count : 1, sizeof(*stream->shares));
	if (!items->item || !stream->kept || !stream->shares)
		return -ENOMEM;
	stream->share_count = count;
	for (i = 0; i < count; i++) {
		struct lw_stream_share *share = &stream->shares[i];

		for (j = 0; j < inputs[i].decoded->count; j++) {
			const struct lw_record *record = &inputs[i].decoded->records[j];

			if (!lw_id_equal(record_id(record), stream->id)) {
				bool head = record->type == LW_REC_PAGE;

				share->wrong_id += !head;
				stream->wrong_id += !head;
			} else if (record->type == LW_REC_PAGE) {
				note_page(share, record);
			} else {
				share->records++;
				items->item[items->count++] = (struct item){ record, i };
			}
		}
	}
	qsort(items->item, items->count, sizeof(*items->item), compare_items);
	return 0;
}

static void note_conflict(struct lw_stream *stream, const struct lw_stream_input *inputs,
			  const struct item *used, const struct item *ignored)
{
	bool baseline = lw_record_is_baseline(used->record->type);

	if (used->record->epoch != (baseline ? stream->baseline_newest : stream->attempt)) {
		stream->conflicts_elsewhere++;
		return;
	}
	if (stream->conflict_count < LW_CONFLICTS_NAMED)
		stream->conflicts[stream->conflict_count] = (struct lw_conflict){
			.baseline = baseline,
			.epoch = used->record->epoch,
			.seq = used->record->seq,
			.used = inputs[used->input].name,
			.ignored = inputs[ignored->input].name,
		};
	stream->conflict_count++;
}

/* So far .lacks counts what the carrier has: count_lacking() turns it over. */
static void note_place(struct lw_stream *stream, const struct item *item)
{
	if (!lw_record_is_baseline(item->record->type) && item->record->epoch == stream->attempt)
		stream->shares[item->input].lacks++;
}

/*
 * Leaves one item for each place in the order and copies its record to .kept. The items are sorted,
 * so those of one place stand together, the one that is used first.
 */
static void keep_one_of_each(struct lw_stream *stream, const struct lw_stream_input *inputs,
			     struct items *items)
{
	size_t i, next, kept = 0;

	for (i = 0; i < items->count; i = next) {
		struct item *used = &items->item[i];
		bool alone = true;

		note_place(stream, used);
		for (next = i + 1; next < items->count; next++) {
			struct item *other = &items->item[next];

			if (!same_place(used, other))
				break;
			if (other->input != used->input)
				alone = false;
			if (other->input != other[-1].input)
				note_place(stream, other);
			if (memcmp(other->record, used->record, sizeof(*used->record)))
				note_conflict(stream, inputs, used, other);
			else if (other->input == other[-1].input)
				stream->duplicates++;
			else
				stream->copies++;
		}
		if (alone)
			stream->shares[used->input].alone++;
		stream->kept[kept] = *used->record;
		items->item[kept].record = &stream->kept[kept];
		items->item[kept].input = used->input;
		kept++;
	}
	items->count = kept;
}

/* The highest epochs must be known before conflicts are sorted into "used" and "elsewhere". */
static void find_newest(struct lw_stream *stream, const struct items *items)
{
	size_t i;

	for (i = 0; i < items->count; i++) {
		const struct lw_record *record = items->item[i].record;

		if (lw_record_is_baseline(record->type))
			stream->baseline_newest = record->epoch;
		else
			stream->attempt = record->epoch;
	}
}

/* COUNT records of one generation, in order: is nothing missing? */
static bool baseline_is_complete(const struct lw_record *records, size_t count)
{
	return count && records[0].type == LW_REC_BASELINE && records[0].seq == 1 &&
	       records[0].baseline.records == count && records[count - 1].seq == count;
}

static size_t epoch_length(const struct lw_record *records, size_t count)
{
	size_t n = 0;

	while (n < count && records[n].epoch == records[0].epoch)
		n++;
	return n;
}

static void choose_baseline(struct lw_stream *stream, size_t count)
{
	const struct lw_record *records = stream->kept;
	size_t i, n;

	for (i = 0; i < count; i += n) {
		n = epoch_length(records + i, count - i);
		if (!baseline_is_complete(records + i, n))
			continue;
		stream->baseline = records + i;
		stream->baseline_count = n;
		stream->baseline_generation = records[i].epoch;
	}
	stream->stale_baseline = count - stream->baseline_count;
}

static void describe_attempt(struct lw_attempt *attempt, const struct lw_record *records,
			     size_t count)
{
	const struct lw_record *kexec = lw_record_find(records, count, LW_REC_KEXEC, LW_NO_UNIT);
	const struct lw_record *result = lw_record_find(records, count, LW_REC_ABORTED, LW_NO_UNIT);

	attempt->number = records[0].epoch;
	attempt->records = count;
	if (kexec) {
		attempt->kexec = &kexec->kexec;
		attempt->kexec_ns = kexec->time_ns;
	}
	attempt->aborted = result;
	if (!result)
		result = lw_record_find(records, count, LW_REC_LIVEUPDATE, LW_NO_UNIT);
	if (result) {
		attempt->result_known = true;
		attempt->result = result->result.result;
	}
	attempt->shutdown = lw_record_find(records, count, LW_REC_SHUTDOWN, LW_NO_UNIT);
	attempt->last = lw_record_find(records, count, LW_REC_LAST, LW_NO_UNIT);
}

static int list_attempts(struct lw_stream *stream, const struct lw_record *records, size_t count)
{
	size_t i, n, epochs = 0;

	for (i = 0; i < count; i += epoch_length(records + i, count - i))
		epochs++;
	stream->attempts = calloc(epochs ? epochs : 1, sizeof(*stream->attempts));
	if (!stream->attempts)
		return -ENOMEM;
	for (i = 0; i < count; i += n) {
		n = epoch_length(records + i, count - i);
		describe_attempt(&stream->attempts[stream->attempt_count++], records + i, n);
		stream->log = records + i;
		stream->log_count = n;
	}
	stream->stale_log = count - stream->log_count;
	return 0;
}

static void add_gap(struct lw_stream *stream, uint64_t first, uint64_t last)
{
	stream->gaps[stream->gap_count++] = (struct lw_gap){ first, last };
	stream->missing += last - first + 1;
}

static int find_gaps(struct lw_stream *stream)
{
	uint64_t expected = 1;
	size_t i;

	stream->gaps = calloc(stream->log_count + 1, sizeof(*stream->gaps));
	if (!stream->gaps)
		return -ENOMEM;
	for (i = 0; i < stream->log_count; i++) {
		uint64_t seq = stream->log[i].seq;

		if (seq > expected)
			add_gap(stream, expected, seq - 1);
		expected = seq + 1;
	}
	return 0;
}

/* Gaps and conflicts are about records as they were written; who reads the log wants its tables. */
static int expand_log(struct lw_stream *stream)
{
	stream->expanded = lw_expand_tables(stream->log, stream->log_count, &stream->log_count);
	stream->log = stream->expanded;
	return stream->log ? 0 : -ENOMEM;
}

static void count_log_shares(struct lw_stream *stream, const struct items *items)
{
	size_t i;

	for (i = 0; i < items->count; i++) {
		const struct lw_record *record = items->item[i].record;

		if (!lw_record_is_baseline(record->type) && record->epoch == stream->attempt)
			stream->shares[items->item[i].input].log++;
	}
}

/*
 * What one carrier could not be given is nowhere else to be seen where another one brought it: a full
 * trace buffer, a page of the luo carrier that was out of reach.
 */
static void count_lacking(struct lw_stream *stream)
{
	uint64_t all = stream->log_count + stream->missing;
	size_t i;

	for (i = 0; i < stream->share_count; i++) {
		struct lw_stream_share *share = &stream->shares[i];

		share->lacks = share->log ? all - share->lacks : 0;
	}
}

static int build(struct lw_stream *stream, const struct lw_stream_input *inputs, size_t count,
		 struct items *items)
{
	size_t baselines = 0;
	int r;

	r = select_items(stream, inputs, count, items);
	if (r)
		return r;
	find_newest(stream, items);
	count_log_shares(stream, items);
	keep_one_of_each(stream, inputs, items);
	while (baselines < items->count && lw_record_is_baseline(stream->kept[baselines].type))
		baselines++;
	choose_baseline(stream, baselines);
	r = list_attempts(stream, stream->kept + baselines, items->count - baselines);
	if (r)
		return r;
	r = find_gaps(stream);
	if (r)
		return r;
	count_lacking(stream);
	return expand_log(stream);
}

int lw_stream_build(const struct lw_stream_input *inputs, size_t count, const struct lw_id *id,
		    struct lw_stream *stream)
{
	struct items items = {};
	int r;

	*stream = (struct lw_stream){};
	r = lw_stream_choose_id(inputs, count, &stream->id, &stream->ids_seen);
	stream->id_guessed = !id && r != -ENOENT;
	if (id)
		stream->id = *id;
	r = build(stream, inputs, count, &items);
	free(items.item);
	return r;
}

void lw_stream_free(struct lw_stream *stream)
{
	free(stream->kept);
	free(stream->expanded);
	free(stream->gaps);
	free(stream->attempts);
	free(stream->shares);
	*stream = (struct lw_stream){};
}
