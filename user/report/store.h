/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where hand-overs are kept on disk:
 *
 *	STATE/handovers/ID/report-REVISION.json		one file for each revision, never changed
 *	STATE/handovers/ID/NAME				raw evidence, as it was found
 *	STATE/handovers/index.json			what the reports say in short (index.h)
 *
 * STATE is LW_STATE_DIR unless told otherwise, ID the 32 lower-case digits of a hand-over's id.
 * Directories have mode 0750, files 0640: reports hold physical addresses.
 */
#ifndef LUWATCH_STORE_H
#define LUWATCH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define LW_STORE_FOLDER "handovers"

/* Whether NAME is the id of a hand-over: 32 lower-case hexadecimal digits. */
bool lw_store_is_id(const char *name);

/*
 * The number of the next hand-over that is collected here: one more than the last, whatever the clock
 * says. Whoever calls it has the lock of gathering.
 */
uint64_t lw_store_next_number(const char *state);

/*
 * All hand-overs, newest first, as an array of summaries (report/summary.h) of the latest revision.
 * Verdict is "clean", "incomplete", "violation" or missing, and problem says why when that is not
 * as it should be. The caller releases *LIST. Returns 0 or a negative errno; -ENOENT when nothing
 * was ever stored.
 */
int lw_store_list(const char *state, json_t **list);

/*
 * Loads the latest revision of the hand-over whose id begins with PREFIX (hexadecimal digits, at
 * least one). The caller releases *REPORT. -EINVAL: PREFIX is no such thing; -ENOENT: none;
 * -ENOTUNIQ: several; -ENODATA: it has no report yet; -EBADMSG: the file is damaged.
 */
int lw_store_load(const char *state, const char *prefix, json_t **report);

/*
 * Loads the report of the boot with this boot id (boot.new). -ENOENT when there is none. When something
 * was stored at BOOTED or later that has no boot id: -EBADMSG for a damaged report, which may have been
 * it; -ENODATA for evidence of a hand-over without a report. BOOTED is a time of RFC 3339 in UTC, "" for any time.
 */
int lw_store_load_boot(const char *state, const char *boot_id, const char *booted, json_t **report);

/*
 * Writes a revision (from 1) of a report, atomically and durably; what is missing of the folders is
 * made. 0 also when the same report is already there; -EEXIST when another one is: reports do not
 * change. -EINVAL when ID is no id or not that of the report.
 */
int lw_store_save(const char *state, const char *id, uint32_t revision, const json_t *report);

/* So jansson writes a revision's file; a newline is behind it. */
#define LW_STORE_DUMP JSON_INDENT(1)

/*
 * Writes raw evidence beside the reports, in the same way. NAME has letters, digits, '.', '-' and
 * '_' only, begins with no dot and not with "report-"; -EINVAL otherwise. -EEXIST: other evidence
 * has that name.
 */
int lw_store_save_evidence(const char *state, const char *id, const char *name, const void *bytes,
			   size_t length);

#endif
