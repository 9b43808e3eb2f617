// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words with one meaning that no field of a report holds, and the exit codes.
 */
#include "words/words.h"

static const struct lw_word terms[] = {
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
			 "kernel's tracer; 'luo' is a file in a session of the live-update "
			 "orchestrator; 'pstore' is the machine's own store. What several carriers bring is merged by hand-over id "
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

const struct lw_word_table lw_terms = { "word", "Other words", terms,
					sizeof(terms) / sizeof(terms[0]) };

static const struct lw_word exit_codes[] = {
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
	{ .name = "6",
	  .title = "it did not come in time",
	  .story = "What 'luwatch report --wait' waited for, a report or the final one, was not "
		   "there when the time was over. It says nothing about the hand-over.",
	  .action = "'journalctl -u luwatchd -u luwatch-collect -b' says why; then wait longer, or "
		    "run 'luwatch collect'." },
	{ .name = "10",
	  .title = "violation",
	  .story =
		  "The verdict is violation; for 'luwatch preflight': it will be, as things stand.",
	  .action = "See luwatch explain violation." },
};

const struct lw_word_table lw_exit_codes = { "exit code", "Exit codes", exit_codes,
					     sizeof(exit_codes) / sizeof(exit_codes[0]) };
