// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rebuilding from end to end: bytes of the carriers and facts of the next kernel in, the
 * hand-over out. Together with the judgement it is a pure function of the evidence, so that a report can be made again from
 * what was saved, years later, with the same answer.
 */
#include <stdlib.h>

#include "correlate/steps.h"
#include "record/decode.h"

/* Decodes every carrier and merges them; the decoded records are copied by the stream. */
static int build_stream(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	size_t count = evidence->carried_count, i;
	struct lw_decoded *decoded = calloc(count + 1, sizeof(*decoded));
	struct lw_stream_input *inputs = calloc(count + 1, sizeof(*inputs));
	int r = 0;

	h->carrier_counts = calloc(count + 1, sizeof(*h->carrier_counts));
	if (!decoded || !inputs || !h->carrier_counts)
		r = -ENOMEM;
	for (i = 0; i < count && !r; i++) {
		const struct lw_carried *carried = &evidence->carried[i];

		r = lw_decode(carried->bytes, carried->bytes ? carried->length : 0, &decoded[i]);
		h->carrier_counts[i] = decoded[i].counts;
		inputs[i] = (struct lw_stream_input){ carried->name, &decoded[i] };
	}
	if (!r)
		r = lw_stream_build(inputs, count, evidence->id_known ? &evidence->id : NULL,
				    &h->stream);
	for (i = 0; decoded && i < count; i++)
		lw_decoded_free(&decoded[i]);
	free(decoded);
	free(inputs);
	return r;
}

int lw_rebuild(const struct lw_evidence *evidence, struct lw_handover **handover)
{
	static void (*const steps[])(struct lw_handover *) = {
		lw_read_baseline, lw_index_records, lw_rebuild_units,   lw_find_preserved,
		lw_list_entries, lw_sort_sources, lw_find_conditions, lw_gather_faults, lw_classify_faults,
	};
	struct lw_handover *h = calloc(1, sizeof(*h));
	size_t i;
	int r;

	*handover = NULL;
	if (!h)
		return -ENOMEM;
	h->evidence = evidence;
	r = build_stream(h);
	for (i = 0; i < sizeof(steps) / sizeof(*steps) && !r; i++) {
		steps[i](h);
		r = h->error;
	}
	if (r) {
		lw_handover_free(h);
		return r;
	}
	*handover = h;
	return 0;
}

static void free_origin(struct lw_origin *origin)
{
	size_t i;

	for (i = 0; i < origin->label_count; i++)
		free(origin->labels[i]);
	free(origin->labels);
	free(origin->kernel);
	free(origin->agent);
	free(origin->boot_id);
	free(origin->machine_id);
	free(origin->hostname);
	free(origin->build_id);
	free(origin->ring);
	free(origin->correlation);
}

static void free_findings(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->finding_count; i++) {
		free(h->findings[i].subject);
		free(h->findings[i].message);
		free(h->findings[i].evidence);
		free(h->findings[i].action);
	}
	free(h->findings);
	for (i = 0; i < LW_INVARIANTS; i++)
		free(h->results[i].reason);
}

void lw_handover_free(struct lw_handover *h)
{
	size_t i;

	if (!h)
		return;
	for (i = 0; i < h->unit_count; i++)
		free(h->units[i]);
	free(h->units);
	free_origin(&h->origin);
	free_findings(h);
	free(h->index);
	free(h->owners);
	free(h->sources);
	free(h->declared.rid);
	free(h->aliased.rid);
	free(h->marked.rid);
	free(h->not_retrieved.rid);
	free(h->kept.rid);
	free(h->precedents.rid);
	free(h->preserved);
	free(h->entries);
	free(h->faults);
	free(h->headline);
	free(h->carrier_counts);
	lw_stream_free(&h->stream);
	free(h);
}
