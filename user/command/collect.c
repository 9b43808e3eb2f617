/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch collect: in the next kernel, saves the evidence, judges the hand-over, stores and prints
 * the report. A second time in the same boot it prints the same report.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arm/arm.h"
#include "audit/audit.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "collect/case.h"
#include "collect/gather.h"
#include "command/command.h"
#include "command/options.h"
#include "daemon/marks.h"
#include "judge/judge.h"
#include "report/json.h"
#include "report/store.h"
#include "report/stored.h"
#include "report/tell.h"
#include "text/text.h"

struct collect_options {
	struct lw_common common;
	bool save_only;
};

static const struct argp_option options[] = {
	LW_OPTION_STATE,
	LW_OPTION_JSON,
	{ "save", 's', NULL, 0, "Only save the raw evidence; judge later", 0 },
	LW_OPTION_VERBOSE("Show every entry and every invariant"),
	LW_OPTION_SESSION,
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct collect_options *o = state->input;

	switch (key) {
	case 's':
		o->save_only = true;
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

/* Correlates the saved evidence and stores revision 1. */
static int judge(const char *state, struct lw_id id, json_t **report)
{
	LW_FREE char *folder = lw_handover_folder(state, id);
	struct lw_handover *handover = NULL;
	char text[LW_ID_TEXT];
	struct lw_case c;
	int r = lw_case_load(folder, &c);

	if (!r)
		r = lw_correlate(&c.evidence, &handover);
	if (!r) {
		*report = lw_report_json(handover);
		r = *report ? 0 : -ENOMEM;
	}
	if (!r)
		r = lw_store_save(state, lw_id_format(id, text), c.evidence.revision, *report);
	if (!r)
		lw_report_tell(NULL, *report);
	else
		lw_error("the report on %s cannot be made: %s", folder, strerror(-r));
	lw_handover_free(handover);
	lw_case_close(&c);
	return r;
}

static int show(const struct collect_options *o, const json_t *report)
{
	struct lw_style style = lw_style_for(stdout);

	if (o->common.json) {
		json_dumpf(report, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		putchar('\n');
	} else {
		lw_text_report(&style, report, o->common.verbose);
	}
	return lw_stored_exit_code(report);
}

/* Once in the audit log; the baseline has then done its duty. */
static void audit_reset(const char *state, const struct lw_gathered *g, const uint64_t *rids,
			size_t count)
{
	const struct lw_audit_event event = { .kind = LW_AUDIT_NOT_HANDED_OVER, .handover = g->id,
					      .rids = rids, .rid_count = count };
	LW_FREE char *baseline = lw_armed_path(state, g->old_boot_id);

	if (!lw_audit_append(NULL, &event, NULL))
		unlink(baseline);
}

/* A reboot with something preserved: it went over to nobody. */
static void tell_given_up(const uint64_t *rids, size_t count)
{
	char rid[LW_RID_TEXT];
	size_t i;

	if (!count)
		return;
	printf("luwatchd had seen %zu device%s preserved in that boot, and only a kexec hands over (luwatch "
	       "explain reboot):\n", count, count == 1 ? "" : "s");
	for (i = 0; i < count; i++)
		printf("  %s\n", lw_rid_format(rids[i], rid));
}

/* What is left of it, when no kexec was under way. */
static void tell_survived(const char *state, const struct lw_gathered *g)
{
	const struct lw_survived *s = &g->survived;
	char id[LW_ID_TEXT];

	if (!s->records)
		puts("Nothing recorded of a kexec has survived.");
	else if (!s->attempt)
		puts("Records of it have survived, none of them of a kexec.");
	else
		printf("Records of it have survived: its kexec (attempt %u) was refused, and the machine went "
		       "on.\n",
		       s->attempt);
	if (s->saved)
		printf("They are kept in %s/handovers/%s; `luwatch decode` shows them.\n", state,
		       lw_id_format(g->id, id));
	if (s->crash_logs)
		printf("There %s %d crash log%s in /sys/fs/pstore, of this or of an earlier end.\n",
		       s->crash_logs == 1 ? "is" : "are", s->crash_logs, s->crash_logs == 1 ? "" : "s");
}

static int no_handover(const char *state, const struct lw_gathered *g)
{
	LW_FREE uint64_t *rids = NULL;
	char id[LW_ID_TEXT];
	size_t count;

	if (g->boot == LW_BOOT_KDUMP) {
		puts("This is a crash kernel (/proc/vmcore exists): no hand-over is judged here.");
	} else if (g->armed_before) {
		count = lw_marks_of_boot(state, g->old_boot_id, &rids);
		audit_reset(state, g, rids, count);
		printf("This boot is no hand-over: the machine was reset, rebooted or powered off.\n"
		       "It was armed before that (hand-over %s, boot %s); that is noted, no alarm.\n",
		       lw_id_format(g->id, id), g->old_boot_id);
		tell_given_up(rids, count);
		tell_survived(state, g);
	} else {
		puts("This boot is no hand-over: the kernel was not started by kexec.");
	}
	return LW_EXIT_NO_HANDOVER;
}

const struct argp lw_argp_collect = {
	.options = options,
	.parser = parse,
	.doc = "After a kexec: save the evidence, judge the hand-over, store and print the "
	       "report.",
};

int lw_command_collect(int argc, char **argv)
{
	struct collect_options o = {};
	struct lw_gathered gathered;
	char id[LW_ID_TEXT];
	json_t *report = NULL;
	int code, r;

	argp_parse(&lw_argp_collect, argc, argv, 0, NULL, &o);
	r = lw_gather(o.common.state, &gathered);
	if (r)
		return lw_exit_of(r);
	if (gathered.boot != LW_BOOT_KEXEC) {
		/* There is no JSON of what was none: who asked for it reads these words elsewhere. */
		if (o.common.json)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		return no_handover(o.common.state, &gathered);
	}
	lw_id_format(gathered.id, id);
	if (o.save_only) {
		printf("evidence of hand-over %s %s\n", id, gathered.fresh ? "saved" : "was saved before");
		return LW_EXIT_CLEAN;
	}
	r = lw_store_load(o.common.state, id, &report);
	if (r == -EBADMSG) {
		lw_error("the stored report of %s is damaged; the evidence beside it is not: see "
			 "`luwatch decode`", id);
		return LW_EXIT_ERROR;
	}
	if (r)
		r = judge(o.common.state, gathered.id, &report);
	if (r)
		return LW_EXIT_ERROR;
	code = show(&o, report);
	json_decref(report);
	return code;
}
