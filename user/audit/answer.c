// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A verdict on the audit log in words: first the answer, then what was done to which record and
 * where it stands, then how far the log can be relied on, then what an auditor should know beside.
 */
#include "audit/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/io.h"

typedef unsigned long long number;

static const char *const stories[] = {
	[LW_AUDIT_CHANGED] = "was changed: its bytes are not those that its hash covers",
	[LW_AUDIT_REPLACED] =
		"was changed and hashed anew: the records beside it do not link to it",
	[LW_AUDIT_REMOVED] = "was removed",
	[LW_AUDIT_INSERTED] = "is not what stands in its place: a line was inserted there",
	[LW_AUDIT_REORDERED] = "is not in its place: another one stands there, it comes later",
	[LW_AUDIT_CUT] = "is missing: the log was cut at its end",
	[LW_AUDIT_TORN] = "is an unfinished line at the end: a crash while it was written (it was "
			  "then not acknowledged, and the next record will tell), or a cut",
	[LW_AUDIT_REWRITTEN] = "is not the anchored one: the log was written anew",
	[LW_AUDIT_UNSIGNED] = "has no signature",
	[LW_AUDIT_FORGED] =
		"has a signature that is not of this key and machine, or not of this text",
};

static const struct lw_audit_file *damaged_file(const struct lw_audit_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->file_count; i++)
		if (rows->files[i].damaged)
			return &rows->files[i];
	return NULL;
}

enum lw_audit_answer lw_audit_answer(const struct lw_audit_rows *rows,
				     const struct lw_audit_verdict *v)
{
	if ((v->broken != LW_AUDIT_HOLDS && v->broken != LW_AUDIT_TORN) || damaged_file(rows))
		return LW_AUDIT_NO;
	if (v->broken == LW_AUDIT_TORN || v->headless || v->anchors_outside || !v->held)
		return LW_AUDIT_UNSURE;
	return LW_AUDIT_YES;
}

static void tell_break(FILE *out, const struct lw_audit_rows *rows,
		       const struct lw_audit_verdict *v)
{
	const struct lw_audit_line *line = v->at == SIZE_MAX ? NULL : &rows->lines[v->at];
	const char *path = line ? rows->files[line->file].path : "";
	LW_FREE char *shown = lw_escape(path, strlen(path), 0);

	if (v->until > v->seq && v->broken == LW_AUDIT_REWRITTEN)
		fprintf(out, "Broken: one of the records %llu to %llu ", (number)v->seq,
			(number)v->until);
	else if (v->until > v->seq)
		fprintf(out, "Broken at records %llu to %llu: the first ", (number)v->seq,
			(number)v->until);
	else
		fprintf(out,
			v->broken == LW_AUDIT_TORN ? "Record %llu " : "Broken at record %llu: it ",
			(number)v->seq);
	fputs(stories[v->broken], out);
	if (line)
		fprintf(out, " (%s%s, line %zu)", v->broken == LW_AUDIT_REMOVED ? "before " : "",
			shown ? shown : "?", line->number);
	fputs(".\n", out);
}

static void tell_reach(FILE *out, const struct lw_audit_rows *rows,
		       const struct lw_audit_verdict *v)
{
	char hex[LW_AUDIT_HASH_TEXT];

	if (!v->held)
		fputs("No record can be relied on.\n", out);
	else
		fprintf(out,
			"The chain holds from record %llu up to record %llu (anchor %llu:%s).\n",
			(number)v->first, (number)v->held, (number)v->held,
			lw_audit_hash_text(rows->lines[v->held - v->first].hash, hex));
	if (v->again)
		fprintf(out, "From record %llu to the end the records fit one another again.\n",
			(number)v->again);
	if (v->headless && v->held)
		fprintf(out,
			"Records 1 to %llu are in none of the files: give them too, or "
			"--anchor %llu:HASH.\n",
			(number)v->first - 1, (number)v->first - 1);
}

static void tell_evidence(FILE *out, const struct lw_audit_rows *rows,
			  const struct lw_audit_verdict *v)
{
	if (v->anchors_checked)
		fprintf(out, "Anchors held against it: %zu.\n", v->anchors_checked);
	else if (v->broken == LW_AUDIT_HOLDS)
		fputs("No anchor was held against it: a cut at the end, or a log written anew as "
		      "a whole, would not show.\n",
		      out);
	if (v->anchors_outside)
		fprintf(out, "Anchors of records that are not in what holds: %zu, not checked.\n",
			v->anchors_outside);
	if (v->signed_from)
		fprintf(out, "Signed from record %llu on; signatures %s.\n", (number)v->signed_from,
			v->signatures_checked ? "checked" : "not checked (no --key)");
	if (rows->key.machine[0] && v->broken == LW_AUDIT_HOLDS) {
		LW_FREE char *line = lw_audit_key_format(&rows->key, false);

		fprintf(out, "Key of the last record: %s", line);
	}
}

static void tell_notes(FILE *out, const struct lw_audit_rows *rows,
		       const struct lw_audit_verdict *v)
{
	const struct lw_audit_file *file = damaged_file(rows);
	LW_FREE char *shown = file ? lw_escape(file->path, strlen(file->path), 0) : NULL;

	if (file)
		fprintf(out, "Broken: the compressed file %s is damaged.\n", shown ? shown : "?");
	if (v->clock_back)
		fprintf(out,
			"Note: the wall clock went back before record %llu; the order of the "
			"records is right.\n",
			(number)v->clock_back);
	if (v->boot_clock_back)
		fprintf(out,
			"Note: the boot clock went back before record %llu, which no kernel "
			"does within one boot.\n",
			(number)v->boot_clock_back);
	if (v->repairs)
		fprintf(out, "Note: torn tails were kept aside %zu times (log-repaired).\n",
			v->repairs);
	if (v->damages)
		fprintf(out,
			"Note: %zu records tell of damage found while writing (log-damaged).\n",
			v->damages);
	if (v->losses)
		fprintf(out,
			"Note: %zu records tell of events that could not be written "
			"(log-lost).\n",
			v->losses);
}

char *lw_audit_tell(const struct lw_audit_rows *rows, const struct lw_audit_verdict *v)
{
	static const char *const answers[] = { "HOLDS", "HOLDS AS FAR AS IT CAN BE SEEN",
					       "BROKEN" };
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	fprintf(out, "%s: %zu records in %zu files\n", answers[lw_audit_answer(rows, v)],
		rows->count, rows->file_count);
	if (v->broken != LW_AUDIT_HOLDS)
		tell_break(out, rows, v);
	tell_reach(out, rows, v);
	tell_evidence(out, rows, v);
	tell_notes(out, rows, v);
	return fclose(out) ? NULL : text;
}
