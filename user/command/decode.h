/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `luwatch decode` share. */
#ifndef LUWATCH_COMMAND_DECODE_H
#define LUWATCH_COMMAND_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "command/options.h"
#include "fault/known.h"
#include "judge/judge.h"
#include "log/saved.h"

struct lw_decode_options {
	struct lw_common common;
	char **files;
	size_t file_count;
	bool lines; /* --json-lines */
	const char *fail_on; /* NULL: nothing */
	int fail_reason;     /* -1: .fail_on is a word */
	struct lw_known known;
};

/* Takes WHAT for --fail-on: 0 or -EINVAL. */
int lw_decode_fail_on(struct lw_decode_options *options, const char *what);

/* Whether LOG has a fault that --fail-on asks for and that is not known. */
bool lw_decode_fails(const struct lw_decode_options *options, const struct lw_saved *log);

/* Judges EVIDENCE and shows the report. Returns enum lw_exit. */
int lw_decode_report(const struct lw_decode_options *options, const struct lw_evidence *evidence);

/* The records in LOG make a report; the log's faults are part of it. Returns enum lw_exit. */
int lw_decode_records(const struct lw_decode_options *options, const struct lw_saved *log);

#endif
