/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch decode: the same from a file, on any machine: a memory image of the pages carrier, a raw
 * or textual trace buffer, a console log, a pstore dump, a kernel log. A folder of saved evidence
 * is judged as collect judges it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/message.h"
#include "collect/case.h"
#include "command/command.h"
#include "command/options.h"
#include "fault/kernel_log.h"
#include "judge/judge.h"
#include "record/decode.h"
#include "report/json.h"
#include "report/stored.h"
#include "text/text.h"

#define DECODE_LIMIT (1UL << 30)

struct decode_options {
	struct lw_common common;
	const char *file;
};

static const struct argp_option options[] = {
	LW_OPTION_JSON,
	LW_OPTION_VERBOSE("Show every entry and every invariant"),
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct decode_options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (o->file)
			argp_error(state, "one file at a time");
		o->file = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a FILE, or - for standard input");
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

static int show_report(const struct decode_options *o, const struct lw_evidence *evidence)
{
	struct lw_style style = lw_style_for(stdout);
	struct lw_handover *handover = NULL;
	json_t *report = NULL;
	int code, r = lw_correlate(evidence, &handover);

	if (!r) {
		report = lw_report_json(handover);
		r = report ? 0 : -ENOMEM;
	}
	if (r) {
		lw_error("%s: %s", o->file, strerror(-r));
		lw_handover_free(handover);
		return LW_EXIT_ERROR;
	}
	if (o->common.json) {
		json_dumpf(report, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		lw_text_report(&style, report, o->common.verbose);
	}
	code = lw_stored_exit_code(report);
	json_decref(report);
	lw_handover_free(handover);
	return code;
}

static int decode_folder(const struct decode_options *o)
{
	struct lw_case c;
	int code = LW_EXIT_ERROR, r = lw_case_load(o->file, &c);

	if (!r)
		code = show_report(o, &c.evidence);
	else if (r == -ENOENT)
		lw_error("%s has no evidence.json: it is no folder of a hand-over", o->file);
	else if (r != -EBADMSG)
		lw_error("%s: %s", o->file, strerror(-r));
	lw_case_close(&c);
	return code;
}

/* Records in the file make a report; the file then is a carrier, and its text a kernel log. */
static int decode_records(const struct decode_options *o, const uint8_t *bytes, size_t length,
			  const struct lw_kernel_log *log)
{
	const struct lw_carried carried = { .name = "file", .expected = true, .bytes = bytes,
					    .length = length };
	const struct lw_evidence evidence = {
		.boot = LW_BOOT_KEXEC,
		.carried = &carried,
		.carried_count = 1,
		.id_free = true,
		.kernel_new = NULL,
		.log_faults = log->faults,
		.log_fault_count = log->fault_count,
		.log_complete = log->records && lw_kernel_log_complete(log),
		.log_suppressed = log->suppressed,
		.log_rejected = log->rejected,
		.log_vtd = lw_kernel_log_has(log, LW_FACT_VTD),
		.watch_from_ns = UINT64_MAX,
		.revision = 1,
	};

	return show_report(o, &evidence);
}

static void show_fault(const struct decode_options *o, const struct lw_fault *f)
{
	const char *text = lw_reason_text(f->reason);
	const char *type = f->flags & LW_FAULT_INTERRUPT ? "interrupt" :
			   f->flags & LW_FAULT_READ	 ? "read" :
							   "write";
	char rid[LW_RID_TEXT];
	json_t *item;

	lw_rid_format(f->rid, rid);
	if (!o->common.json) {
		printf("%-13s %-9s 0x%02x %s at 0x%" PRIx64 "%s\n", rid, type, f->reason,
		       text ? text : "(reason unknown to this version)", f->address,
		       f->count > 1 ? " (several)" : "");
		return;
	}
	item = json_pack("{s:s, s:s, s:i, s:I}", "rid", rid, "type", type, "reason", (int)f->reason,
			 "count", (json_int_t)f->count);
	json_object_set_new(item, "reason_text", text ? json_string(text) : json_null());
	json_object_set_new(item, "address", json_sprintf("0x%" PRIx64, f->address));
	json_object_set_new(item, "pasid", f->pasid == LW_NO_PASID ? json_null() :
								      json_integer(f->pasid));
	json_dumpf(item, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(item);
}

static int decode_log(const struct decode_options *o, const struct lw_kernel_log *log)
{
	size_t i;

	for (i = 0; i < log->fault_count; i++)
		show_fault(o, &log->faults[i]);
	if (!o->common.json)
		printf("%zu faults in %" PRIu64 " lines; %" PRIu64 " callbacks suppressed (about %" PRIu64
		       " faults); %" PRIu64 " lines not the kernel's\n",
		       log->fault_count, log->records, log->suppressed + log->suppressed_earlier,
		       (log->suppressed + log->suppressed_earlier) / 3, log->rejected);
	return LW_EXIT_CLEAN;
}

static int decode_file(const struct decode_options *o)
{
	struct lw_decoded decoded = {};
	struct lw_kernel_log log;
	uint8_t *bytes = NULL;
	size_t length = 0;
	int code = LW_EXIT_ERROR, r;

	r = lw_read_file(o->file, DECODE_LIMIT, &bytes, &length);
	if (r) {
		lw_error("%s: %s", o->file, r == -EFBIG ? "larger than 1 GiB" : strerror(-r));
		return LW_EXIT_ERROR;
	}
	lw_kernel_log_init(&log);
	r = lw_decode(bytes, length, &decoded);
	if (!r)
		r = lw_kernel_log_feed_text(&log, (char *)bytes, length);
	if (r)
		lw_error("%s: %s", o->file, strerror(-r));
	else if (decoded.count || decoded.counts.newer || decoded.counts.damaged)
		code = decode_records(o, bytes, length, &log);
	else if (log.fault_count || log.statuses || log.suppressed || log.facts_seen)
		code = decode_log(o, &log);
	else
		lw_error("%s has neither luwatch records nor lines of a kernel log about DMAR", o->file);
	lw_decoded_free(&decoded);
	lw_kernel_log_free(&log);
	free(bytes);
	return code;
}

const struct argp lw_argp_decode = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE|FOLDER|-",
	.doc = "Decode a saved trace buffer, memory image, console or kernel log, or judge "
	       "a folder of saved evidence again. Works on any machine.",
};

int lw_command_decode(int argc, char **argv)
{
	struct decode_options o = {};
	struct stat st;

	argp_parse(&lw_argp_decode, argc, argv, 0, NULL, &o);
	if (!stat(o.file, &st) && S_ISDIR(st.st_mode))
		return decode_folder(&o);
	return decode_file(&o);
}
