/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner header of the text report: what its sections share. Each lw_view_*() writes one section,
 * with its heading, or nothing when there is nothing to say.
 */
#ifndef LUWATCH_VIEW_H
#define LUWATCH_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/fields.h"
#include "report/stored.h"
#include "text/style.h"

struct lw_view {
	struct lw_style style;
	bool verbose;
	const json_t *report;
	struct lw_fields fields;
	json_t *entries; /* requester ID -> its first entry */
	json_t *faults;	 /* requester ID -> its gravest fault */
};

void lw_view_units(struct lw_view *view);
void lw_view_findings(struct lw_view *view);
void lw_view_faults(struct lw_view *view);
void lw_view_fault_totals(struct lw_view *view);
void lw_view_checks(struct lw_view *view);
void lw_view_entries(struct lw_view *view);
void lw_view_totals(struct lw_view *view);
void lw_view_identity(struct lw_view *view);

/*
 * The headline of the report if it begins with the word of its VERDICT, or else that word alone: a
 * headline is free text, the verdict is what was checked. Escaped.
 */
const char *lw_view_headline(struct lw_view *view, enum lw_verdict verdict);

/* What the verdict asks of the reader, in one sentence. */
const char *lw_view_advice(const struct lw_view *view, enum lw_verdict verdict);

/* How many findings lw_view_findings() shows as wrong, not as a note. */
size_t lw_view_count_wrong(const struct lw_view *view);

/* Whether a finding that is only a note has something to do in it. */
bool lw_view_has_advice(const struct lw_view *view);

/* Rank of a fault class, 0 the gravest; and the tone it is shown in. */
unsigned int lw_view_fault_rank(const char *class);
enum lw_tone lw_view_fault_tone(const char *class);

/* The elements of ARRAY by their requester IDs; the first of each, of FAULTS the gravest. */
json_t *lw_view_index(const json_t *array, bool faults);

/* The faults of a report, the gravest class first: COUNT of them, to be freed. */
struct lw_view_fault {
	const json_t *fault;
	unsigned int rank;
	size_t place; /* in the report */
};
struct lw_view_fault *lw_view_sorted_faults(const json_t *report, size_t *count);

/*
 * The checks of a report in the order of their numbers, I2 before I10; what is not called I and a
 * number stands last. At most LW_VIEW_CHECKS, far more than there are; returns how many. Names are
 * raw: for comparisons and for looking up.
 */
#define LW_VIEW_CHECKS 64
struct lw_view_check {
	const char *name;
	const json_t *value;
	unsigned long number;
};
size_t lw_view_sorted_checks(const json_t *report, struct lw_view_check checks[LW_VIEW_CHECKS]);

enum lw_tone lw_view_entry_tone(const char *state);

/* Name of the device with this requester ID as the report has it, escaped; NULL when it has none.
 */
const char *lw_view_device(struct lw_view *view, const char *rid);

/* LIST and MORE with a comma between them, or MORE alone when LIST is "". */
const char *lw_view_comma(struct lw_view *view, const char *list, const char *more);

/* A time ("2026-10-03T02:11:40.5Z" as "2026-10-03 02:11:40 UTC"), escaped; NULL when there is none.
 */
const char *lw_view_time(struct lw_view *view, const char *path);

/* A line "Label     text" of the closing sections. */
void lw_view_line(struct lw_view *view, const char *label, enum lw_tone tone, const char *text);

/*
 * LINE is called for each live-update session of the report, the NUMBERth: its name in quotation marks,
 * and its devices with their tokens, both ready to be shown. Last those of no known session, where there
 * is one that is known.
 */
typedef void (*lw_session_line)(void *context, size_t number, const char *name, const char *devices);
void lw_view_sessions(struct lw_view *view, lw_session_line line, void *context);

#endif
