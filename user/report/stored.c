// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The verdict of a stored report. Reports are files: they can be cut, edited, or written by a
 * version with a bug. "Clean" is the one answer that makes people stop looking, so it is believed
 * only when nothing else in the same report speaks against it.
 */
#include "report/stored.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/exit.h"
#include "base/fields.h"

#define SCHEMA "luwatch.report/1"

static enum lw_verdict word_verdict(const json_t *report)
{
	const char *word = lw_field_raw(report, "verdict");
	enum lw_boot boot = lw_word_index(&lw_boots, lw_field_raw(report, "boot.kind"));
	enum lw_verdict verdict;

	verdict = *word ? lw_word_index(&lw_verdicts, word) : LW_VERDICT_NONE;
	if (verdict == LW_VERDICT_NONE && (boot == LW_BOOT_KEXEC || boot == LW_BOOTS))
		return LW_VERDICT_DAMAGED;
	return verdict < LW_VERDICTS ? verdict : LW_VERDICT_DAMAGED;
}

/* Escapes what is put into FORMAT in place of its one %s. */
static char *problem_text(const char *format, const char *raw)
{
	char *escaped = lw_escape(raw, strlen(raw), 80), *text = NULL;

	if (escaped && asprintf(&text, format, escaped) < 0)
		text = NULL;
	free(escaped);
	return text;
}

/* Looks for a check that does not fit CLEAN (or, with FAIL_ONLY, that fails); true when found. */
static bool check_against(const json_t *report, bool fail_only, char **problem)
{
	const json_t *invariants = lw_field(report, "invariants"), *invariant;
	bool any_pass = false;
	const char *name;

	json_object_foreach((json_t *)invariants, name, invariant) {
		enum lw_answer result =
			lw_word_index(&lw_answers, lw_field_raw(invariant, "result"));

		if (result == LW_PASS) {
			any_pass = true;
		} else if (result == LW_FAIL) {
			*problem = problem_text("its verdict hides that check %s failed", name);
			return true;
		} else if (!fail_only && result != LW_NOT_APPLICABLE) {
			*problem = problem_text("it says clean, but check %s did not pass", name);
			return true;
		}
	}
	if (!fail_only && !any_pass) {
		*problem = strdup("it says clean, but holds no check that passed");
		return true;
	}
	return false;
}

/* Looks for an entry that does not fit CLEAN; true when found. */
static bool entry_against(const json_t *report, char **problem)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(lw_field(report, "entries"), i, entry) {
		const struct lw_word *state =
			lw_word_of(&lw_entry_states, lw_field_raw(entry, "state"));
		char format[64];

		if (!state || state->tone != LW_TONE_BAD)
			continue;
		snprintf(format, sizeof(format), "it says clean, but the entry of %%s is %s",
			 state->name);
		*problem = problem_text(format, lw_field_raw(entry, "rid"));
		return true;
	}
	return false;
}

enum lw_verdict lw_stored_verdict(const json_t *report, char **problem)
{
	enum lw_verdict verdict = word_verdict(report);
	const char *schema = lw_field_raw(report, "schema");
	char *why = NULL;

	if (strcmp(schema, SCHEMA)) {
		why = problem_text("its schema is \"%s\", and this luwatch reads " SCHEMA, schema);
		verdict = LW_VERDICT_DAMAGED;
	} else if (verdict == LW_VERDICT_DAMAGED) {
		why = problem_text("its verdict is \"%s\"", lw_field_raw(report, "verdict"));
	} else if (verdict == LW_VERDICT_CLEAN) {
		if (check_against(report, false, &why) || entry_against(report, &why))
			verdict = LW_VERDICT_DAMAGED;
	} else if (verdict == LW_VERDICT_INCOMPLETE) {
		if (check_against(report, true, &why))
			verdict = LW_VERDICT_DAMAGED;
	}

	if (problem)
		*problem = why;
	else
		free(why);
	return verdict;
}

int lw_stored_exit_code(const json_t *report)
{
	switch (lw_stored_verdict(report, NULL)) {
	case LW_VERDICT_CLEAN:
		return LW_EXIT_CLEAN;
	case LW_VERDICT_INCOMPLETE:
		return LW_EXIT_INCOMPLETE;
	case LW_VERDICT_VIOLATION:
		return LW_EXIT_VIOLATION;
	case LW_VERDICT_NONE:
		return LW_EXIT_NO_HANDOVER;
	default:
		break;
	}
	return LW_EXIT_ERROR;
}
