/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch faults: every DMAR fault of this boot, and with --since those of earlier hand-overs too.
 * Since arming they come from the units' registers, counted by the programs in the kernel; before
 * that only the kernel log has them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/message.h"
#include "base/time.h"
#include "command/command.h"
#include "command/faults.h"
#include "fault/kernel_log.h"

static const struct argp_option options[] = {
	LW_OPTION_JSON,
	LW_OPTION_STATE,
	{ "since", 's', "TIME", 0, "Only what came at TIME or later, with the stored reports of "
				   "earlier hand-overs: " LW_TIME_FORMS, 0 },
	{ "device", 'd', "RID", 0, "Only this requester ID (ssss:bb:dd.f, or other)", 0 },
	{ "textfile", 't', "FILE", 0, "Write the counters since arming for node-exporter, where no daemon does; FILE "
				      "ends in .prom and is replaced as a whole", 0 },
	{ "follow", 'f', NULL, 0, "Go on and print what is counted as it comes", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct lw_faults_options *o = state->input;

	switch (key) {
	case 's':
		o->since = lw_take_time(arg, true, state);
		return 0;
	case 'd':
		if (lw_rid_or_other(arg, &o->rid))
			argp_error(state, "\"%s\" is no requester ID (ssss:bb:dd.f, or other)", arg);
		o->one_device = true;
		return 0;
	case 'f':
		o->follow = true;
		return 0;
	case 't':
		if (strlen(arg) < 6 || strcmp(arg + strlen(arg) - 5, ".prom"))
			argp_error(state, "\"%s\": node-exporter reads only files whose names end in .prom", arg);
		o->textfile = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->textfile && (o->follow || o->since || o->one_device || o->common.json))
			argp_error(state, "--textfile has all counters: it goes with no other option");
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

/* What only the kernel log has: faults before UNTIL (boot clock). Negative when it has no answer. */
static int64_t show_logged(const struct lw_faults_options *o, uint64_t until)
{
	struct lw_shown_fault shown;
	struct lw_kmsg_raw raw = {};
	struct lw_kernel_log log;
	int64_t count = 0;
	size_t i;
	int r;

	lw_kernel_log_init(&log);
	r = lw_kernel_log_read_kmsg(&log, &raw);
	if (r)
		lw_warn("the kernel log cannot be read: %s", strerror(-r));
	for (i = 0; i < log.fault_count; i++) {
		if (log.faults[i].first_ns >= until)
			continue;
		shown = lw_faults_of_boot(&log.faults[i]);
		if (lw_faults_show(o, &shown))
			count += log.faults[i].count;
	}
	if (log.suppressed && until == UINT64_MAX)
		lw_warn("the kernel suppressed %" PRIu64 " callbacks, about %" PRIu64
			" faults that nobody saw; arm to see all", log.suppressed, log.suppressed / 3);
	lw_kernel_log_free(&log);
	lw_kmsg_raw_free(&raw);
	return r ? r : count;
}

const struct argp lw_argp_faults = {
	.options = options,
	.parser = parse,
	.doc = "Show the DMAR faults of this boot: from the units' registers since arming, "
	       "from the kernel log before.\v"
	       "Counts are those since arming, also with --since; with --follow a line counts what "
	       "came since the one before.\n"
	       "Exit codes: 0 done, 4 nothing could be read, 2 usage, 1 any other error.",
};

/* What the armed programs counted, and with --follow what they go on counting. */
static int show_armed(struct lw_faults_options *o, const struct lw_pins *pins, int64_t *count)
{
	const struct lw_control *c = pins->control;
	struct lw_counted counted = {};
	int code = LW_EXIT_CLEAN;
	int64_t r = lw_faults_counted(o, pins, &counted);

	if (r < 0)
		code = LW_EXIT_ERROR;
	else if (!o->common.json) {
		if (!(*count += r))
			puts("no faults");
		lw_faults_unseen(c->faults_unseen, c->overflows, c->faults_lost, c->program_misses);
	}
	if (o->follow && !code) {
		o->since = 0;
		code = lw_faults_follow(o, pins, &counted);
	}
	lw_counted_free(&counted);
	return code;
}

static int show_not_armed(const struct lw_faults_options *o, int64_t count, bool log_is_read)
{
	if (o->follow)
		lw_error("--follow needs an armed kernel: run `luwatch arm`");
	else if (!count && log_is_read && !o->common.json)
		puts("no faults");
	return o->follow || !log_is_read ? LW_EXIT_NOT_POSSIBLE : LW_EXIT_CLEAN;
}

static int show_as_root(struct lw_faults_options *o, int64_t count)
{
	struct lw_pins pins;
	int64_t logged;
	bool armed;
	int code;

	lw_pins_open(&pins);
	armed = pins.state == LW_PINS_COMPLETE;
	if (!armed)
		lw_warn("not armed; only what the kernel log shows is known");
	logged = show_logged(o, armed ? pins.control->armed_ns : UINT64_MAX);
	if (logged > 0)
		count += logged;
	code = armed ? show_armed(o, &pins, &count) : show_not_armed(o, count, logged >= 0);
	lw_pins_close(&pins);
	return code;
}

static int show_as_member(const struct lw_faults_options *o, int64_t count)
{
	int64_t shared;

	if (o->follow) {
		lw_error("--follow needs root");
		return LW_EXIT_NOT_POSSIBLE;
	}
	shared = lw_faults_shared(o);
	if (shared < 0)
		return shared == -EBADMSG ? LW_EXIT_ERROR : LW_EXIT_NOT_POSSIBLE;
	if (!count && !shared && !o->common.json)
		puts("no faults");
	return LW_EXIT_CLEAN;
}

static int write_textfile(const char *path)
{
	struct lw_pins pins;
	int code;

	if (geteuid()) {
		lw_error("--textfile reads pinned maps: run it as root");
		return LW_EXIT_NOT_POSSIBLE;
	}
	lw_pins_open(&pins);
	code = lw_faults_textfile(path, &pins);
	lw_pins_close(&pins);
	return code;
}

int lw_command_faults(int argc, char **argv)
{
	struct lw_faults_options o = {};
	int64_t stored;
	int code;

	argp_parse(&lw_argp_faults, argc, argv, 0, NULL, &o);
	if (o.textfile)
		return write_textfile(o.textfile);
	stored = o.since ? lw_faults_stored(&o) : 0;
	code = geteuid() ? show_as_member(&o, stored > 0 ? stored : 0) :
			   show_as_root(&o, stored > 0 ? stored : 0);
	return stored < 0 && !code ? LW_EXIT_ERROR : code;
}
