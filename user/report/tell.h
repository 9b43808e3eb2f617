/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling others of a stored revision: audit log, journal, and the file of summaries that a shipper
 * follows. In that order, and the file's line says that all is done: a crash in between, or a full
 * disk, and the next start tells it again. So each is told once, or once more after a crash.
 */
#ifndef LUWATCH_REPORT_TELL_H
#define LUWATCH_REPORT_TELL_H

#include <jansson.h>

#include "audit/audit.h"

#define LW_SUMMARY_PATH	   "/var/log/luwatch/summary.jsonl"
#define LW_SUMMARY_MESSAGE "6f6a0f0a4ad94a3ba24c6f3c5d6b1e8e"
#define LW_SUMMARY_BYTES   (1u << 20) /* then the file becomes summary.jsonl.1, which is replaced */

/* Nothing when the file has the line. 0 or the first negative errno; it has been told. */
int lw_report_tell(const struct lw_audit_config *config, const json_t *report);

/*
 * Whether the file at PATH, or the one before it, has LINE (with its newline); and appending it: one
 * write() under a lock, on disk on return, a torn line of a crash ended first, at BYTES the file is
 * renamed. On failure the file is as it was. 1, 0 or a negative errno.
 */
int lw_summary_file_has(const char *path, const char *line);
int lw_summary_file_append(const char *path, const char *line, size_t bytes);

#endif
