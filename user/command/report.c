// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch report: shows a stored hand-over, this boot's unless told otherwise, and ends with the
 * exit code of its verdict, so that a script can ask the same question as an operator.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "collect/boot.h"
#include "command/command.h"
#include "command/options.h"
#include "command/stored_report.h"
#include "page/html.h"
#include "report/line.h"
#include "report/store.h"
#include "report/stored.h"
#include "report/summary.h"
#include "text/list.h"
#include "text/text.h"

#define BOOT_ID	     "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_SIZE 64

/* Pages hold physical addresses, as reports do. */
#define PAGE_MODE 0640

/* How often --wait looks, and how long unless told otherwise. */
#define WAIT_STEP_NS 250000000L
#define WAIT_REPORT  300
#define WAIT_FINAL   (8 * 86400) /* [watch] period is at most 7 days */
#define WAIT_WORDS   "a time like " LW_DURATION_FORMS ", final, or final,TIME"

struct options {
	struct lw_common common;
	const char *id;
	const char *html;
	uint64_t wait; /* seconds; 0 = not at all */
	bool wait_final, wait_bare; /* --wait without =TIME */
	bool list, summary;
};

static const struct argp_option option_table[] = {
	{ "list", 'l', NULL, 0, "List all stored hand-overs, newest first", 0 },
	{ "json", 'j', NULL, 0, "Print JSON (luwatch.report/1; luwatch.list/1 with --list)", 0 },
	{ "summary", 's', NULL, 0, "Print one line of JSON (luwatch.summary/1)", 0 },
	{ "html", 'H', "FILE", 0, "Write a page to look at, \"-\" for standard output", 0 },
	{ "wait", 'w', "[final,]TIME", OPTION_ARG_OPTIONAL,
	  "Wait until the report is there, at most TIME (5min), or with final until it is final, at "
	  "most TIME (8d); exit 6 when it is not", 0 },
	LW_OPTION_VERBOSE("Show every entry, fault and check"),
	LW_OPTION_STATE,
	{},
};

/* "5min", "final", "final,2h". */
static void parse_wait(struct argp_state *state, struct options *options, const char *text)
{
	static const char final[] = "final";

	options->wait = WAIT_REPORT;
	options->wait_bare = !text;
	if (!text)
		return;
	options->wait_final = !strncmp(text, final, strlen(final));
	if (options->wait_final) {
		options->wait = WAIT_FINAL;
		text += strlen(final);
		if (!*text)
			return;
		if (*text++ != ',')
			text = "";
	}
	if (lw_duration_parse(text, &options->wait) || !options->wait || options->wait > WAIT_FINAL)
		argp_error(state, "--wait takes " WAIT_WORDS ", at most 8d");
}

/* Digits alone, which no hand-over's id begins with for long; a time has a unit. */
static bool is_number(const char *text)
{
	return strlen(text) < 6 && strspn(text, "0123456789") == strlen(text);
}

/* What is more probably meant as a time than as the beginning of an id. */
static bool is_time(const char *text)
{
	uint64_t seconds;

	return !strncmp(text, "final", 5) || !lw_duration_parse(text, &seconds) || is_number(text);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'l':
		options->list = true;
		return 0;
	case 's':
		options->summary = true;
		return 0;
	case 'H':
		options->html = argument;
		return 0;
	case 'w':
		parse_wait(state, options, argument);
		return 0;
	case ARGP_KEY_ARG:
		if (options->id)
			argp_error(state, "one hand-over at a time");
		options->id = argument;
		return 0;
	case ARGP_KEY_END:
		/* The C library takes a value that may be left out only behind "=". */
		if (options->id && options->wait_bare && is_time(options->id))
			argp_error(state, "--wait %s waits for a hand-over whose id begins so; a time is "
					  "given as --wait=%s%s", options->id, options->id,
				   is_number(options->id) ? "s" : "");
		if (options->id && options->list)
			argp_error(state, "--list takes no ID");
		if (options->list && (options->html || options->wait))
			argp_error(state, "--list goes with --json only");
		if (options->list && options->summary)
			argp_error(state, "--summary is of one hand-over, --list of all");
		if (!!options->html + options->common.json + options->summary > 1)
			argp_error(state, "--html, --json or --summary, one at a time");
		return 0;
	}
	return lw_parse_common(key, argument, state);
}

const struct argp lw_argp_report = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[ID]",
	.doc = "Show the report of this boot's hand-over, or of the one whose id begins with ID.\v"
	       "Exit codes: 0 clean, 3 incomplete, 10 violation, 5 this boot is no hand-over, "
	       "6 --wait was in vain, 4 not permitted, 2 usage, 1 any other error.",
};

/* JSON on a terminal is as dangerous as text: everything beyond ASCII goes out as \uNNNN. */
static void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	fputc('\n', stdout);
}

static void print_summary(const json_t *report)
{
	LW_FREE char *line = lw_report_line_text(report);

	fputs(line ? line : "", stdout);
}

static int list_all(const struct options *options, const char *boot_id)
{
	struct lw_style style = lw_style_for(stdout);
	json_t *list = NULL;
	int r = lw_store_list(options->common.state, &list);

	if (r == -ENOENT && (!strcmp(options->common.state, LW_STATE_DIR) || lw_exists(options->common.state)))
		list = json_array();
	else if (r < 0)
		return lw_no_report(options->common.state, NULL, r);
	if (options->common.json) {
		list = json_pack("{ss, so}", "schema", LW_LIST_SCHEMA, "handovers", list);
		print_json(list);
	} else {
		lw_summary_table(&style, list, boot_id);
	}
	json_decref(list);
	return LW_EXIT_CLEAN;
}

/* Writes the page; returns the exit code, on success that of the verdict. */
static int write_page(const char *path, const json_t *report)
{
	LW_FREE char *shown = lw_escape(path, strlen(path), 200);
	LW_FREE char *bytes = NULL;
	char nonce[LW_HTML_NONCE];
	size_t length = 0;
	FILE *out = open_memstream(&bytes, &length);
	int r = out ? lw_html_nonce(nonce) : -ENOMEM;

	if (!r)
		r = lw_html_report(out, report, nonce);
	if (out && fclose(out))
		r = -ENOMEM;
	/* A damaged report gives a page that says so. */
	if ((!r || r == -EBADMSG) && !strcmp(path, "-")) {
		fwrite(bytes, 1, length, stdout);
		return lw_stored_exit_code(report);
	}
	if (!r || r == -EBADMSG)
		r = lw_write_file(path, bytes, length, PAGE_MODE);
	if (!r)
		return lw_stored_exit_code(report);
	lw_error("cannot write the page to %s: %s%s", shown ? shown : "?", strerror(-r), lw_advice(r));
	return lw_exit_of(r);
}

static int show(const struct options *options, const json_t *report)
{
	struct lw_style style = lw_style_for(stdout);

	if (options->html)
		return write_page(options->html, report);
	if (options->summary)
		print_summary(report);
	else if (options->common.json)
		print_json(report);
	else
		lw_text_report(&style, report, options->common.verbose);
	return lw_stored_exit_code(report);
}

static int tell_time_out(const struct options *options, bool seen)
{
	if (seen)
		lw_error("the report is there, but was not final within %" PRIu64 " s: faults are still "
			 "watched for; without --wait=final it is shown as it is", options->wait);
	else
		lw_error("no report within %" PRIu64 " s: see the journal of luwatch, or run luwatch "
			 "collect", options->wait);
	return -ETIMEDOUT;
}

/* Whether what is not there now may still come. */
static bool may_come(const struct options *options, int r)
{
	if (r == -EAGAIN)
		return true;
	if (r != -ENOENT && r != -ENODATA)
		return false;
	return options->id || lw_boot_kind() == LW_BOOT_KEXEC;
}

/* As lw_load_report(); -EAGAIN when what is there is not what is waited for. */
static int load_awaited(const struct options *options, const char *boot_id, json_t **report)
{
	int r = lw_load_report(options->common.state, options->id, boot_id, report);

	if (r || !options->wait_final || json_is_true(json_object_get(*report, "final")))
		return r;
	json_decref(*report);
	*report = NULL;
	return -EAGAIN;
}

/* That again and again until it succeeds, fails for good or the time is over: -ETIMEDOUT. */
static int load_waiting(const struct options *options, const char *boot_id, json_t **report)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	struct timespec now, end;
	bool seen = false;
	int r;

	clock_gettime(CLOCK_BOOTTIME, &end);
	end.tv_sec += (time_t)options->wait;
	while ((r = load_awaited(options, boot_id, report)) < 0 && may_come(options, r)) {
		seen |= r == -EAGAIN;
		clock_gettime(CLOCK_BOOTTIME, &now);
		if (now.tv_sec > end.tv_sec ||
		    (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
			return tell_time_out(options, seen);
		nanosleep(&step, NULL);
	}
	return r;
}

int lw_command_report(int argc, char **argv)
{
	struct options options = {};
	char boot_id[BOOT_ID_SIZE];
	json_t *report = NULL;
	int r;

	argp_err_exit_status = LW_EXIT_USAGE;
	if (argp_parse(&lw_argp_report, argc, argv, 0, NULL, &options))
		return LW_EXIT_USAGE;

	r = lw_read_line(BOOT_ID, boot_id, sizeof(boot_id));
	if (r < 0)
		boot_id[0] = '\0';
	if (options.list)
		return list_all(&options, boot_id);
	if (r < 0 && !options.id) {
		lw_error("cannot read " BOOT_ID ": %s", strerror(-r));
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = options.wait ? load_waiting(&options, boot_id, &report)
			 : lw_load_report(options.common.state, options.id, boot_id, &report);
	if (r == -ETIMEDOUT)
		return LW_EXIT_TIME_OUT;
	if (r < 0)
		return lw_no_report(options.common.state, options.id, r);
	r = show(&options, report);
	json_decref(report);
	return r;
}
