/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hand-over in one line, for `luwatch report --list`, as JSON (luwatch.list/1). Pure. The report is from disk and not trusted.
 */
#ifndef LUWATCH_SUMMARY_H
#define LUWATCH_SUMMARY_H

#include <jansson.h>

#define LW_LIST_SCHEMA "luwatch.list/1"

/*
 * A new object {id, revision, final, collected, shutdown, verdict, headline, boot, kernel:{old,new},
 * shutdown_path_ns, entries:{STATE: count…}, faults, losses, problem} of REPORT, or NULL without
 * memory. What REPORT (which may be NULL) does not say is null, and a missing verdict left out.
 * FAULTS are those since kernel_kexec(), LOSSES the sum of all counters of lost evidence.
 * STORED is taken for the time of collecting where the report has none; PROBLEM may be NULL.
 * Strings are as they stand in the report: escape them.
 */
json_t *lw_summary_of(const json_t *report, const char *id, uint32_t revision, const char *stored,
		      const char *problem);

#endif
