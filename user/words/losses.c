// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every way to lose evidence: of a hand-over, counted in its report, and while the agent watches,
 * counted in luwatch_losses_total.
 */
#include "words/words.h"

static const struct lw_word evidence[LW_EVIDENCE_LOSSES] = {
	[LW_LOST_RECORDS_DAMAGED] = { "records_damaged", "records whose checksum is wrong" },
	[LW_LOST_RECORDS_NEWER] = { "records_newer",
				    "records of a version this luwatch does not know yet",
				    .action = "Read the evidence with a newer luwatch." },
	[LW_LOST_RECORDS_OLDER] = { "records_older",
				    "records of a version this luwatch no longer knows" },
	[LW_LOST_RECORDS_UNKNOWN_TYPE] = { "records_unknown_type",
					   "good records of a type this luwatch does not know" },
	[LW_LOST_RECORDS_MISSING] = { "records_missing",
				      "numbers of records that came on no carrier" },
	[LW_LOST_RECORDS_DROPPED] = { "records_dropped",
				      "records that found no room on a carrier" },
	[LW_LOST_RECORDS_WRONG_ID] = { "records_wrong_id",
				       "records of another hand-over: not believed" },
	[LW_LOST_RECORDS_CONFLICTING] = { "records_conflicting",
					  "records that carriers brought with different contents" },
	[LW_LOST_RECORDS_DUPLICATE] = { "records_duplicate",
					"records that one carrier brought twice" },
	[LW_LOST_RECORDS_CONTRADICTING] = { "records_contradicting",
					    "records that contradict another about the same "
					    "thing" },
	[LW_LOST_ENTRIES_DROPPED] = { "entries_dropped",
				      "entries whose words were not carried: there were too many" },
	[LW_LOST_ENTRIES_UNLISTED] = { "entries_unlisted",
				       "entries beyond what a report can hold" },
	[LW_LOST_TABLES_UNREADABLE] = { "tables_unreadable",
					"root or context tables that could not be read" },
	[LW_LOST_TABLES_WITHOUT_COPY] = { "tables_without_copy",
					  "tables of which no copy was kept to compare with" },
	[LW_LOST_UNITS_SKIPPED] = { "units_skipped", "IOMMUs beyond what the programs can hold" },
	[LW_LOST_FAULTS_UNSEEN] = { "faults_unseen",
				    "faults that the kernel consumed before they were read" },
	[LW_LOST_FAULTS_LOST] = { "faults_lost",
				  "faults that were seen, but found no place in a map" },
	[LW_LOST_FAULT_OVERFLOWS] = { "fault_overflows",
				      "times an IOMMU said that it had dropped faults" },
	[LW_LOST_PAGE_REQUESTS] = { "page_request_overflows",
				    "times an IOMMU had no room for a page request" },
	[LW_LOST_PROGRAM_MISSES] = { "program_misses",
				     "runs of a program that the kernel skipped" },
	[LW_LOST_LOG_LINES_SUPPRESSED] = { "log_lines_suppressed",
					   "lines about faults that the kernel's rate limit held "
					   "back" },
	[LW_LOST_LOG_LINES_REJECTED] = { "log_lines_rejected",
					 "lines that look like faults but are not the kernel's" },
};

const struct lw_word_table lw_evidence_losses = { "loss of evidence",
						  "Losses of evidence, in a report", evidence,
						  LW_EVIDENCE_LOSSES };

static const struct lw_word losses[LW_LOSSES] = {
	[LW_LOSS_FAULTS_UNSEEN] = { "faults_unseen",
				    "faults that the kernel consumed before they were read" },
	[LW_LOSS_FAULT_OVERFLOWS] = { "fault_overflows",
				      "times an IOMMU said that it had dropped faults" },
	[LW_LOSS_PAGE_REQUESTS] = { "page_request_overflows",
				    "times an IOMMU had no room for a page request" },
	[LW_LOSS_FAULTS_LOST] = { "faults_lost", "faults that found no place in any map" },
	[LW_LOSS_EVENTS_LOST] = { "events_lost", "faults that were counted, but found no room "
						 "among the single events" },
	[LW_LOSS_MARKS_LOST] = { "marks_lost", "marks of preserved devices that found no place" },
	[LW_LOSS_RECORDS_DROPPED] = { "records_dropped",
				      "records that found no room on a carrier" },
	[LW_LOSS_LOG_GAPS] = { "log_gaps",
			       "kernel log records that were overwritten before they were read" },
	[LW_LOSS_LOG_SUPPRESSED] = { "log_suppressed",
				     "lines about faults that the kernel's rate limit held back" },
	[LW_LOSS_JOURNAL] = { "journal_suppressed",
			      "journal entries that the rate limits held back" },
	[LW_LOSS_PROGRAM_MISSES] = { "program_misses",
				     "runs of a program that the kernel skipped" },
	[LW_LOSS_PROGRAM_COMPLAINTS] = { "program_complaints",
					 "times the kernel stopped a program of luwatch (Linux 6.17)" },
	[LW_LOSS_FAULTS_GROUPED] = { "faults_grouped",
				     "faults that were counted without their kind or device" },
	[LW_LOSS_MAPS_BUSY] = { "maps_busy",
				"faults whose map was locked by what the program interrupted" },
	[LW_LOSS_FAULTS_STUCK] = { "faults_stuck",
				   "times an IOMMU held a fault whose interrupt never came: its later faults are "
				   "told by nobody",
				   .action = "Start the kernel anew when the hand-over is judged; until then "
					     "believe no count of faults of that IOMMU." },
};

const struct lw_word_table lw_losses = { "loss of the agent", "Losses while the agent watches",
					 losses, LW_LOSSES };
