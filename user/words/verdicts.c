// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Verdicts, answers, exit codes and the other words with one meaning, explained.
 */
#include "words/words.h"

static const struct lw_word verdicts[LW_VERDICTS + 1] = {
	[LW_VERDICT_NONE] = {
		.name = "none",
		.tone = LW_TONE_STRONG,
		.title = "this boot is no hand-over, so there is nothing to judge",
		.story = "The kernel was not started by a kexec that was recorded.",
		.basis = "The kind of boot.",
	},
	[LW_VERDICT_CLEAN] = {
		.name = "clean",
		.tone = LW_TONE_GOOD,
		.title = "every invariant that applies passed, and all evidence is there",
		.story = "Never a default: missing evidence gives incomplete. 'CLEAN SO FAR' "
			 "stands until the watch period (an hour by default) ends. A device that "
			 "did DMA after its entry was cleared is named in the headline; it was "
			 "blocked, as promised.",
		.basis = "Invariants I1 to I13.",
		.action = "Nothing.",
	},
	[LW_VERDICT_INCOMPLETE] = {
		.name = "incomplete",
		.tone = LW_TONE_WARN,
		.title = "nothing is known to be wrong, but evidence is missing",
		.story = "At least one invariant is unknown, so that nobody can say that the "
			 "hand-over was clean. The report says which evidence is missing and why.",
		.basis = "Invariants with the result unknown.",
		.action =
			"Look at Checks, Carriers and Losses in the report; most causes are found "
			"beforehand by 'luwatch status --ready'. Watch the host for faults.",
	},
	[LW_VERDICT_VIOLATION] = {
		.name = "violation",
		.tone = LW_TONE_BAD,
		.title = "at least one invariant failed",
		.story = "The hand-over did something it must not do. The findings say what, to "
			 "which device, and what to do; what else is unknown is still listed.",
		.basis = "Invariants with the result fail.",
		.action = "Follow the findings, the gravest first. Keep the report and the "
			  "evidence beside it.",
	},
	[LW_VERDICT_DAMAGED] = {
		.name = "damaged",
		.tone = LW_TONE_BAD,
		.title = "the stored report contradicts itself, or cannot be read",
		.story = "Reports are files: they can be cut, edited, or written by a version with "
			 "a bug. Neither the verdict of such a report nor its parts are used.",
		.action = "Do not take the hand-over for clean: 'luwatch decode' judges the raw "
			  "evidence stored beside the report again.",
	},
};

const struct lw_word_table lw_verdicts = { "verdict", "Verdicts", verdicts, LW_VERDICTS + 1 };

static const struct lw_word answers[LW_ANSWERS] = {
	[LW_PASS] = {
		.name = "pass",
		.tone = LW_TONE_GOOD,
		.title = "the evidence is there and shows that the invariant held",
		.story = "Both halves are needed: evidence, and nothing in it that speaks against "
			 "the invariant.",
	},
	[LW_FAIL] = {
		.name = "fail",
		.tone = LW_TONE_BAD,
		.title = "the evidence shows that the invariant was broken",
		.story = "One is enough for the verdict violation.",
		.action = "See the finding and 'luwatch explain' with the name of the invariant.",
	},
	[LW_UNKNOWN] = {
		.name = "unknown",
		.tone = LW_TONE_WARN,
		.title = "evidence is missing; the reason says which",
		.story = "Not a pass: without a failed invariant the verdict is incomplete.",
		.action = "Mend what the reason names before the next hand-over.",
	},
	[LW_NOT_APPLICABLE] = {
		.name = "not-applicable",
		.title = "the invariant has no meaning here; the reason says why",
		.story = "For example: nothing was declared (I9), or no unit has protected memory "
			 "regions (I6).",
	},
};

const struct lw_word_table lw_answers = { "result of an invariant", "Results of an invariant",
					  answers, LW_ANSWERS };

static const struct lw_word severities[LW_SEVERITIES] = {
	[LW_SEVERITY_VIOLATION] = {
		.name = "violation",
		.tone = LW_TONE_BAD,
		.title = "the finding breaks a promise: an invariant failed",
	},
	[LW_SEVERITY_INCOMPLETE] = {
		.name = "incomplete",
		.tone = LW_TONE_WARN,
		.title = "the finding says which evidence is missing",
	},
	[LW_SEVERITY_WARNING] = {
		.name = "warning",
		.tone = LW_TONE_WARN,
		.title = "the finding is worth a look; no promise was broken",
	},
	[LW_SEVERITY_NOTICE] = {
		.name = "notice",
		.title = "the finding is worth knowing; there is nothing to do",
	},
};

const struct lw_word_table lw_severities = { "severity of a finding", "Severities of findings",
					     severities, LW_SEVERITIES };

static const struct lw_word boots[LW_BOOTS] = {
	[LW_BOOT_KEXEC] = {
		.name = "kexec",
		.title = "another kernel started this one: a hand-over, if it was recorded",
	},
	[LW_BOOT_COLD] = {
		.name = "cold",
		.title = "this was a cold boot",
		.story = "The firmware started this kernel, not another one.",
	},
	[LW_BOOT_KDUMP] = {
		.name = "kdump",
		.title = "this is a crash kernel",
		.story = "It only saves the memory of a kernel that crashed.",
	},
	[LW_BOOT_SAME] = {
		.name = "same",
		.title = "this is still the kernel that was armed",
	},
};

const struct lw_word_table lw_boots = { "kind of boot", "Kinds of boots", boots, LW_BOOTS };
