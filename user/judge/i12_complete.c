// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I12: are the records whole? Each missing piece is named in words that say what to do about it,
 * because this is the answer an operator gets most often when something about the set-up is wrong.
 * It never fails: missing evidence is no evidence against the hand-over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "judge/judges.h"

#define missing(h, ...) lw_unknown(h, LW_I12, __VA_ARGS__)

static void add_problem(char *text, size_t size, const char *name, const char *problem)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s: %s", used ? "; " : "", name, problem);
}

/* What each carrier says about why it brought nothing. */
static const char *carrier_problems(const struct lw_handover *h, char *text, size_t size)
{
	const struct lw_evidence *evidence = h->evidence;
	size_t i;

	text[0] = '\0';
	for (i = 0; i < evidence->carried_count; i++) {
		const struct lw_carried *carried = &evidence->carried[i];
		const struct lw_stream_share *share = &h->stream.shares[i];

		if (carried->problem)
			add_problem(text, size, carried->name, carried->problem);
		else if (share->wrong_id && !share->records)
			add_problem(text, size, carried->name, "only records of another hand-over");
		else if (!share->records && carried->length)
			add_problem(text, size, carried->name, "no records in what was read");
		else if (!share->records)
			add_problem(text, size, carried->name, "nothing was found");
	}
	return text[0] ? text : "no carrier was read";
}

/* Nothing at all came across. Which of the known reasons was it? */
static void nothing_arrived(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	char problems[512];

	carrier_problems(h, problems, sizeof(problems));
	if (evidence->word_stale)
		missing(h,
			"This kernel was started with the words of an earlier hand-over, and no record of "
			"its own arrived (%s). Load the next image with the words of `luwatch "
			"kexec-args`, and ask `luwatch status --ready`.",
			problems);
	else if (!evidence->word_found && !evidence->baseline_boot_id && !h->baseline)
		missing(h,
			"luwatch was not armed in the old kernel, or nothing of it is left: this "
			"kernel's command line has no luwatch= word and there is no baseline (%s). "
			"Enable luwatchd.service, or run `luwatch arm` before the next kexec.",
			problems);
	else if (!evidence->word_found)
		missing(h,
			"luwatch was armed, but this kernel's command line has no luwatch= word: "
			"the kexec image was loaded without the words of `luwatch kexec-args`, so "
			"the records were overwritten or cannot be found (%s).",
			problems);
	else
		missing(h,
			"This kernel's command line names a hand-over, but no record of it "
			"arrived: the carriers were overwritten or wiped (%s).",
			problems);
}

static void check_baseline(struct lw_handover *h)
{
	const struct lw_stream *stream = &h->stream;
	size_t units = 0, declared = 0, i;

	if (!h->baseline) {
		missing(h, "No complete baseline arrived: what was armed and what was declared is "
			   "not known.");
		return;
	}
	if (stream->baseline_newest != stream->baseline_generation)
		missing(h,
			"The newest baseline (generation %u) is not complete; generation %u was "
			"used, and what was declared since is not known.",
			stream->baseline_newest, stream->baseline_generation);
	for (i = 0; i < stream->baseline_count; i++) {
		const struct lw_record *record = &stream->baseline[i];

		units += record->type == LW_REC_UNIT;
		if (record->type == LW_REC_DECLARED)
			declared += record->declared.count;
	}
	if (h->kexec && h->kexec->kexec.baseline_generation > stream->baseline_newest)
		missing(h,
			"The newest baseline (generation %u) did not arrive; generation %u was used, and "
			"what was declared since is not known.",
			h->kexec->kexec.baseline_generation, stream->baseline_generation);
	if (units != h->baseline->units || declared != h->baseline->declared)
		missing(h,
			"The baseline contradicts itself: it announces %u units and %u declared "
			"requester IDs, and has %zu and %zu.",
			h->baseline->units, h->baseline->declared, units, declared);
	if (h->baseline->record_level < 2)
		missing(h,
			"luwatch was told to count faults only ([record] level = probes), so "
			"nothing was carried over: set the level to full before the next hand-over.");
}

static const char *gap_text(const struct lw_stream *stream, char *text, size_t size)
{
	size_t i, used = 0;

	text[0] = '\0';
	for (i = 0; i < stream->gap_count && i < 6 && used < size; i++) {
		const struct lw_gap *gap = &stream->gaps[i];

		if (gap->first == gap->last)
			used += snprintf(text + used, size - used, "%s%" PRIu64, i ? ", " : "",
					 gap->first);
		else
			used += snprintf(text + used, size - used, "%s%" PRIu64 "-%" PRIu64,
					 i ? ", " : "", gap->first, gap->last);
	}
	if (i < stream->gap_count && used < size)
		snprintf(text + used, size - used, ", …");
	return text;
}

static void check_sequence(struct lw_handover *h)
{
	const struct lw_stream *stream = &h->stream;
	const struct lw_rec_last *last = h->last ? &h->last->last : NULL;
	char gaps[256];

	if (stream->gap_count)
		missing(h, "%" PRIu64 " records of the log are missing (number %s)%s.",
			stream->missing, gap_text(stream, gaps, sizeof(gaps)),
			last && last->dropped ? ": they found no place in the carrier; arm again "
						"with a larger one"
					      : "");
	if (!last) {
		missing(h, "The last record is missing: the old kernel did not reach its end, or "
			   "the end was not recorded.");
		return;
	}
	if (last->records != h->last->seq || stream->log[stream->log_count - 1].seq != h->last->seq)
		missing(h,
			"The last record says that there are %llu, but the log goes up to "
			"number %llu.",
			last->records, stream->log[stream->log_count - 1].seq);
}

static void check_landmarks(struct lw_handover *h)
{
	if (!h->kexec)
		missing(h,
			h->stream.log[0].seq == 1
				? "The records begin with a reboot, not with kernel_kexec(): they "
				  "are not of this hand-over."
				: "The record of kernel_kexec() is missing.");
	else if (h->kexec->seq != 1)
		missing(h, "The record of kernel_kexec() is not the first one.");
	if (h->aborted)
		missing(h,
			"The last attempt that was recorded was aborted (%lld); the kexec that "
			"led here was not recorded.",
			h->aborted->result.result);
	else if (!h->shutdown)
		missing(h, "The shutdown of the remapping units was not recorded.");
	else if (h->kexec && h->shutdown->seq < h->kexec->seq)
		missing(h, "The records are not in the order in which a kexec happens.");
	if (h->walk_problem[LW_BEFORE])
		missing(h, "At the start of the shutdown: %s.", h->walk_problem[LW_BEFORE]);
	if (h->walk_problem[LW_AFTER])
		missing(h, "At the end of the shutdown: %s.", h->walk_problem[LW_AFTER]);
	if (h->walk_before && h->last && h->walk_after &&
	    (h->walk_after->seq > h->last->seq || h->walk_before->seq > h->walk_after->seq))
		missing(h, "The two looks at the tables are not in order.");
}

/* Each walk says how many units it saw; each must have its two states and its description. */
static void check_units(struct lw_handover *h)
{
	size_t before = 0, after = 0, described = 0, i;

	for (i = 0; i < h->unit_count; i++) {
		before += h->units[i]->before != NULL;
		after += h->units[i]->after != NULL;
		described += h->units[i]->info != NULL;
	}
	if (h->walk_before && before != h->walk_before->walk.units)
		missing(h, "Registers of %u units were read at the start, and %zu are recorded.",
			h->walk_before->walk.units, before);
	if (h->walk_after && after != h->walk_after->walk.units)
		missing(h, "Registers of %u units were read at the end, and %zu are recorded.",
			h->walk_after->walk.units, after);
	if (before != after || described != h->unit_count)
		missing(h, "The two looks did not see the same units.");
}

static void check_counts(struct lw_handover *h)
{
	const struct lw_rec_kexec *kexec = h->kexec ? &h->kexec->kexec : NULL;
	size_t totals = 0, i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		totals += record->type == LW_REC_FAULT_TOTAL &&
			  !(record->fault_total.flags & LW_FAULT_SINCE_KEXEC);
	}
	if (kexec && kexec->marked > h->marked.count)
		missing(h, "%u devices were marked as preserved, and %zu are recorded.",
			kexec->marked, h->marked.count);
	if (kexec && kexec->marks_lost)
		missing(h,
			"%u marks of preserved devices are missing: they were made before luwatch was "
			"armed, or the programs had no room.",
			kexec->marks_lost);
	if (kexec && kexec->fault_totals > totals)
		missing(h, "%u kinds of earlier faults were counted, and %zu are recorded.",
			kexec->fault_totals, totals);
	if (h->contradictions)
		missing(h, "%" PRIu64 " records contradict others of the same log.",
			h->contradictions);
}

static void check_conflicts(struct lw_handover *h)
{
	const struct lw_stream *stream = &h->stream;
	const struct lw_conflict *first = &stream->conflicts[0];

	if (!stream->conflict_count)
		return;
	missing(h,
		"%" PRIu64 " record%s came twice with different contents, so one of the two is damaged "
		"or forged; the first is number %" PRIu64 " of the %s, used from %s against %s.",
		stream->conflict_count, stream->conflict_count == 1 ? "" : "s", first->seq, first->baseline ? "baseline" : "log",
		first->used, first->ignored);
}

static void check_newer(struct lw_handover *h)
{
	uint64_t newer = 0;
	unsigned int version = 0;
	size_t i;

	for (i = 0; i < h->evidence->carried_count; i++) {
		newer += h->carrier_counts[i].newer;
		if (h->carrier_counts[i].newest_version > version)
			version = h->carrier_counts[i].newest_version;
	}
	/* Where nothing is missing they are leftovers of another boot, and change nothing. */
	if (newer && (!h->last || !h->baseline || h->stream.gap_count))
		missing(h,
			"%" PRIu64 " records were written by a newer luwatch (record version %u); "
			"they are kept as they are: install a luwatch that reads version %u and "
			"run `luwatch collect` again.",
			newer, version, version);
}

/* An id that nobody told us could belong to any old boot. */
static void check_id(struct lw_handover *h)
{
	char id[LW_ID_TEXT];

	if (h->evidence->id_known)
		return;
	if (h->evidence->id_free && h->stream.ids_seen > 1)
		missing(h, "There are records of %zu hand-overs; the newest, %s, was taken.",
			h->stream.ids_seen, lw_id_format(h->stream.id, id));
	else if (!h->evidence->id_free)
		missing(h,
			"Which hand-over led here is known neither from the command line nor "
			"from the disk; the newest records found are those of %s.",
			lw_id_format(h->stream.id, id));
}

void lw_judge_complete(struct lw_handover *h)
{
	const struct lw_stream *stream = &h->stream;

	check_newer(h);
	if (h->evidence->which_doubt)
		missing(h, "%s", h->evidence->which_doubt);
	if (!stream->log_count && !stream->baseline_count) {
		nothing_arrived(h);
		return;
	}
	check_id(h);
	check_baseline(h);
	if (!stream->log_count) {
		if (!h->baseline || h->baseline->record_level >= 2)
			nothing_arrived(h);
		return;
	}
	check_landmarks(h);
	check_sequence(h);
	check_units(h);
	check_counts(h);
	check_conflicts(h);
	lw_reason(h, LW_I12, "%" PRIu64 " records, none missing",
		  (uint64_t)stream->log[stream->log_count - 1].seq);
}
