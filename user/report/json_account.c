// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The account of the JSON report: judgements and findings, and where the evidence came from and
 * what of it was lost.
 */
#include <string.h>

#include "report/json_values.h"

json_t *lw_json_invariants(const struct lw_handover *h)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < LW_INVARIANTS; i++)
		json_object_set_new(object, lw_invariant_name(i),
				    json_pack("{ss so ss}", "result",
					      lw_answer_name(h->results[i].answer), "reason",
					      lw_json_text(h->results[i].reason), "title",
					      lw_invariants.words[i].title));
	return object;
}

json_t *lw_json_findings(const struct lw_handover *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->finding_count; i++) {
		const struct lw_finding *finding = &h->findings[i];
		const char *name = finding->invariant == LW_NO_INVARIANT
					   ? NULL
					   : lw_invariant_name(finding->invariant);

		json_array_append_new(list, json_pack("{so ss so so so so}", "invariant",
						      lw_json_text(name), "severity",
						      lw_severity_name(finding->severity),
						      "subject", lw_json_text(finding->subject),
						      "message", lw_json_text(finding->message),
						      "evidence", lw_json_text(finding->evidence),
						      "action", lw_json_text(finding->action)));
	}
	return list;
}

json_t *lw_json_carriers(const struct lw_handover *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->evidence->carried_count; i++) {
		const struct lw_carried *carried = &h->evidence->carried[i];
		const struct lw_stream_share *share = &h->stream.shares[i];
		const struct lw_decode_counts *counts = &h->carrier_counts[i];

		json_array_append_new(list, json_pack("{so sb so so so so so so so so so}", "name",
						      lw_json_text(carried->name), "expected",
						      carried->expected, "bytes",
						      lw_json_count(carried->length), "records",
						      lw_json_count(share->records), "log_records",
						      lw_json_count(share->log), "log_missing",
						      lw_json_count(share->lacks), "only_here",
						      lw_json_count(share->alone), "damaged",
						      lw_json_count(counts->damaged), "wrong_id",
						      lw_json_count(share->wrong_id), "newer",
						      lw_json_count(counts->newer), "problem",
						      lw_json_text(carried->problem)));
	}
	return list;
}

json_t *lw_json_attempts(const struct lw_handover *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->stream.attempt_count; i++) {
		const struct lw_attempt *attempt = &h->stream.attempts[i];
		const struct lw_rec_kexec *kexec = attempt->kexec;
		uint64_t started = kexec && kexec->realtime_ns ? kexec->realtime_ns : 0;
		bool last = i + 1 == h->stream.attempt_count;

		json_array_append_new(
			list, json_pack("{so so so so so so sb}", "number",
					lw_json_count(attempt->number), "records",
					lw_json_count(attempt->records), "started",
					lw_json_time(started), "result",
					attempt->result_known ? json_integer(attempt->result)
							      : json_null(),
					"comm",
					kexec ? lw_json_bytes(kexec->comm, sizeof(kexec->comm))
					      : json_null(),
					"pid", kexec ? lw_json_count(kexec->pid) : json_null(),
					"aborted", attempt->aborted || !last));
	}
	return list;
}

static void count_decoding(const struct lw_handover *h, uint64_t lost[LW_EVIDENCE_LOSSES])
{
	size_t i;

	for (i = 0; i < h->evidence->carried_count; i++) {
		lost[LW_LOST_RECORDS_DAMAGED] += h->carrier_counts[i].damaged;
		lost[LW_LOST_RECORDS_NEWER] += h->carrier_counts[i].newer;
		lost[LW_LOST_RECORDS_OLDER] += h->carrier_counts[i].older;
		lost[LW_LOST_RECORDS_UNKNOWN_TYPE] += h->carrier_counts[i].unknown_type;
	}
}

json_t *lw_json_losses(const struct lw_handover *h)
{
	static const struct lw_rec_walk no_walk;
	static const struct lw_rec_last no_last;
	const struct lw_rec_walk *before = h->walk_before ? &h->walk_before->walk : &no_walk;
	const struct lw_rec_walk *after = h->walk_after ? &h->walk_after->walk : &no_walk;
	const struct lw_rec_last *last = h->last ? &h->last->last : &no_last;
	const struct lw_stream *stream = &h->stream;
	uint64_t lost[LW_EVIDENCE_LOSSES] = {
		[LW_LOST_RECORDS_MISSING] = stream->missing,
		[LW_LOST_RECORDS_DROPPED] = last->dropped,
		[LW_LOST_RECORDS_WRONG_ID] = stream->wrong_id,
		[LW_LOST_RECORDS_CONFLICTING] =
			stream->conflict_count + stream->conflicts_elsewhere,
		[LW_LOST_RECORDS_DUPLICATE] = stream->duplicates,
		[LW_LOST_RECORDS_CONTRADICTING] = h->contradictions,
		[LW_LOST_ENTRIES_DROPPED] =
			(uint64_t)before->entries_dropped + after->entries_dropped,
		[LW_LOST_ENTRIES_UNLISTED] = h->entries_unlisted,
		[LW_LOST_TABLES_UNREADABLE] = (uint64_t)before->unreadable + after->unreadable,
		[LW_LOST_TABLES_WITHOUT_COPY] = before->no_copy,
		[LW_LOST_UNITS_SKIPPED] = before->units_skipped,
		[LW_LOST_FAULTS_UNSEEN] = last->faults_unseen,
		[LW_LOST_FAULTS_LOST] = last->faults_lost,
		[LW_LOST_FAULT_OVERFLOWS] = last->overflows,
		[LW_LOST_PAGE_REQUESTS] = last->page_request_overflows,
		[LW_LOST_PROGRAM_MISSES] = h->kexec ? h->kexec->kexec.program_misses : 0,
		[LW_LOST_LOG_LINES_SUPPRESSED] = h->evidence->log_suppressed,
		[LW_LOST_LOG_LINES_REJECTED] = h->evidence->log_rejected,
	};
	json_t *losses = json_object();
	size_t i;

	count_decoding(h, lost);
	for (i = 0; i < LW_EVIDENCE_LOSSES; i++)
		json_object_set_new(losses, lw_word_name(&lw_evidence_losses, i),
				    lw_json_count(lost[i]));
	return losses;
}
