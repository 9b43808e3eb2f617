// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Verdicts, results, exit codes and the other words with one meaning, explained.
 */
#include "words/topic.h"

static const struct lw_topic verdicts[] = {
	{
		.name = "clean",
		.title = "every invariant that applies passed, and all evidence is there",
		.story = "Never a default: missing evidence gives incomplete. 'CLEAN SO FAR' "
			 "stands until the watch period (an hour by default) ends. A device that "
			 "did DMA after its entry was cleared is named in the headline; it was "
			 "blocked, as promised.",
		.basis = "Invariants I1 to I13.",
		.action = "Nothing.",
	},
	{
		.name = "incomplete",
		.title = "nothing is known to be wrong, but evidence is missing",
		.story = "At least one invariant is unknown, so that nobody can say that the "
			 "hand-over was clean. The report says which evidence is missing and why.",
		.basis = "Invariants with the result unknown.",
		.action =
			"Look at Checks, Carriers and Losses in the report; most causes are found "
			"beforehand by 'luwatch status --ready'. Watch the host for faults.",
	},
	{
		.name = "violation",
		.title = "at least one invariant failed",
		.story = "The hand-over did something it must not do. The findings say what, to "
			 "which device, and what to do; what else is unknown is still listed.",
		.basis = "Invariants with the result fail.",
		.action = "Follow the findings, the gravest first. Keep the report and the "
			  "evidence beside it.",
	},
};

const struct lw_topic_group lw_topics_verdicts = {
	.kind = "verdict",
	.heading = "Verdicts",
	.topics = verdicts,
	.count = sizeof(verdicts) / sizeof(verdicts[0]),
};

static const struct lw_topic results[] = {
	{
		.name = "pass",
		.title = "the evidence is there and shows that the invariant held",
		.story = "Both halves are needed: evidence, and nothing in it that speaks against "
			 "the invariant.",
	},
	{
		.name = "fail",
		.title = "the evidence shows that the invariant was broken",
		.story = "One is enough for the verdict violation.",
		.action = "See the finding and 'luwatch explain' with the name of the invariant.",
	},
	{
		.name = "unknown",
		.title = "evidence is missing; the reason says which",
		.story = "Not a pass: without a failed invariant the verdict is incomplete.\n"
			 "As the state of an entry: its words, its table or the set of preserved "
			 "devices are not known. As the state of an IOMMU: its registers at the end "
			 "were not recorded.",
		.action = "Mend what the reason names before the next hand-over.",
	},
	{
		.name = "not-applicable",
		.title = "the invariant has no meaning here; the reason says why",
		.story = "For example: nothing was declared (I9), or no unit has protected memory "
			 "regions (I6).",
	},
};

const struct lw_topic_group lw_topics_results = {
	.kind = "result of an invariant",
	.heading = "Results of an invariant",
	.topics = results,
	.count = sizeof(results) / sizeof(results[0]),
};

static const struct lw_topic words[] = {
	{
		.name = "hand-over",
		.title = "one kexec: from the old kernel's last kernel_kexec() to collect in the "
			 "next",
		.story = "Its id is 128 random bits, chosen when the recorder is armed. It tells "
			 "one boot from another; it is no secret and proves no authorship.",
		.basis = "kernel_kexec(), machine_kexec().",
	},
	{
		.name = "preserved",
		.title = "marked by the kernel at shutdown, or declared where it has no marks",
		.story = "Preserved requester IDs are each preserved device's own one and all its "
			 "DMA aliases.",
		.basis = "dev->iommu->device_ser in the series.",
	},
	{
		.name = "declared",
		.title = "what the operator or orchestrator says must be preserved",
		.story = "Kept by 'luwatch declare' and carried across the kexec.",
	},
	{
		.name = "marked",
		.title = "what the kernel itself has marked as preserved",
		.story = "Seen by the programs on iommu_preserve_device() and read again at "
			 "shutdown.",
		.basis = "iommu_preserve_device(), iommu_unpreserve_device().",
	},
	{
		.name = "carrier",
		.title = "the way by which records cross the kexec",
		.story = "'pages' are memory pages the next kernel is told to leave alone (memmap= "
			 "on its command line); 'trace' is a persistent ring buffer of the "
			 "kernel's tracer. What several carriers bring is merged by hand-over id "
			 "and sequence number.",
		.action = "'luwatch check' says which carriers this machine allows.",
	},
	{
		.name = "losses",
		.title = "records that are known to be missing, counted by cause",
		.story = "Every way to lose a record has a counter, named in the report, and while "
			 "the daemon runs in luwatch_losses_total. Faults in the kernel log and in "
			 "the fault registers are lower bounds.",
		.action = "A loss that matters makes an invariant unknown; the others only say how "
			  "exact the numbers are.",
	},
};

const struct lw_topic_group lw_topics_words = {
	.kind = "word",
	.heading = "Other words",
	.topics = words,
	.count = sizeof(words) / sizeof(words[0]),
};

static const struct lw_topic exit_codes[] = {
	{ .name = "0",
	  .title = "clean, or done",
	  .story = "The command did what it was asked to; for a report: the verdict is clean." },
	{ .name = "1",
	  .title = "any other error",
	  .story = "Standard error says which, and what to do next. A damaged report gives this "
		   "too." },
	{ .name = "2",
	  .title = "usage",
	  .story = "The command line or the configuration was not understood; --help or the "
		   "message says what." },
	{ .name = "3",
	  .title = "incomplete",
	  .story = "The verdict is incomplete, or a state is not ready; for 'luwatch preflight': "
		   "there are warnings, or the hand-over would not be fully recorded.",
	  .action = "See luwatch explain incomplete." },
	{ .name = "4",
	  .title = "not possible here",
	  .story = "This kernel, this hardware or the permissions do not allow it.",
	  .action = "'luwatch check' says what is missing and what to change." },
	{ .name = "5",
	  .title = "this boot is no hand-over",
	  .story = "The kernel was not started by a kexec that was recorded, so there is nothing "
		   "to judge." },
	{ .name = "10",
	  .title = "violation",
	  .story = "The verdict is violation; for 'luwatch preflight': it will be, as things stand.",
	  .action = "See luwatch explain violation." },
};

const struct lw_topic_group lw_topics_exit_codes = {
	.kind = "exit code",
	.heading = "Exit codes",
	.topics = exit_codes,
	.count = sizeof(exit_codes) / sizeof(exit_codes[0]),
};
