// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch ack and luwatch approve: a person's word on a hand-over, after it and before it. Both are
 * records of the audit log; the first one also ends the alerts of that hand-over.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/pins.h"
#include "audit/audit.h"
#include "base/fields.h"
#include "base/io.h"
#include "base/message.h"
#include "command/command.h"
#include "command/options.h"
#include "command/stored_report.h"
#include "report/acknowledged.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

struct word_options {
	struct lw_common common;
	struct lw_audit_config audit;
	const char *id;
	const char *text; /* reason or ticket */
};

static const struct argp_option ack_options[] = {
	{ "reason", 'r', "TEXT", 0, "Why nothing more is to be done; needed", 0 },
	LW_OPTION_STATE,
	{ "log", 'l', "FILE", 0, "The audit log (default " LW_AUDIT_PATH ")", 0 },
	{ "private", 'k', "FILE", 0, "Its private key (default " LW_AUDIT_KEY ")", 0 },
	{},
};

static const struct argp_option approve_options[] = {
	{ "ticket", 't', "TEXT", 0, "The change it belongs to; needed", 0 },
	{ "log", 'l', "FILE", 0, "The audit log (default " LW_AUDIT_PATH ")", 0 },
	{ "private", 'k', "FILE", 0, "Its private key (default " LW_AUDIT_KEY ")", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct word_options *o = state->input;

	switch (key) {
	case 'r':
	case 't':
		o->text = arg;
		return 0;
	case 'l':
		o->audit.path = arg;
		return 0;
	case 'k':
		o->audit.key = arg;
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

static error_t parse_ack(int key, char *arg, struct argp_state *state)
{
	struct word_options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (o->id)
			argp_error(state, "one hand-over at a time");
		o->id = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->text || !*o->text)
			argp_error(state, "say why, with --reason TEXT");
		return 0;
	}
	return parse(key, arg, state);
}

static error_t parse_approve(int key, char *arg, struct argp_state *state)
{
	struct word_options *o = state->input;

	if (key == ARGP_KEY_END && (!o->text || !*o->text))
		argp_error(state, "say for which change, with --ticket TEXT");
	return parse(key, arg, state);
}

/* NULL, and said, when TEXT is none. */
static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);

	if (!json)
		lw_error("the text is not valid UTF-8");
	return json;
}

/* The audit log has said what failed. Prints the anchor, as `audit note` does. */
static int append(const struct word_options *o, const struct lw_audit_event *event)
{
	struct lw_audit_result result;
	int r = lw_audit_append(&o->audit, event, &result);
	LW_FREE char *anchor = r ? NULL : lw_audit_anchor_format(&result.record);

	if (r)
		return lw_exit_of(r);
	puts(anchor);
	return LW_EXIT_CLEAN;
}

/* The record first: no alert falls silent for a reason that nobody can read later. */
static int acknowledge(const struct word_options *o, const json_t *report)
{
	struct lw_audit_event event = { .kind = LW_AUDIT_ACKNOWLEDGED };
	json_t *reason = text_json(o->text);
	json_t *detail;
	int r, code;

	if (!reason)
		return LW_EXIT_USAGE;
	detail = json_pack("{so, sO*, sO*}", "reason", reason, "verdict",
			   json_object_get(report, "verdict"), "revision",
			   json_object_get(report, "revision"));
	event.detail = detail;
	if (lw_id_parse(lw_field_raw(report, "id"), &event.handover)) {
		json_decref(detail);
		lw_error("this boot is no hand-over; name one of `luwatch report --list`");
		return LW_EXIT_NO_HANDOVER;
	}
	code = append(o, &event);
	r = code ? 0 : lw_acknowledge(o->common.state, report, detail);
	json_decref(detail);
	if (!r)
		return code;
	lw_error("the record is written, but alerts go on: %s/handovers: %s; free space or mend the "
		 "disk, then say it again", o->common.state, strerror(-r));
	return LW_EXIT_ERROR;
}

const struct argp lw_argp_ack = {
	.options = ack_options,
	.parser = parse_ack,
	.args_doc = "[ID]",
	.doc = "Acknowledge the verdict of this boot's hand-over, or of the one whose id begins with ID: "
	       "an audit record with the reason, and its alerts end. Prints the record's SEQ:HASH.",
};

int lw_command_ack(int argc, char **argv)
{
	struct word_options o = {};
	char boot_id[64] = "";
	json_t *report = NULL;
	int r;

	argp_parse(&lw_argp_ack, argc, argv, 0, NULL, &o);
	lw_read_line(BOOT_ID, boot_id, sizeof(boot_id));
	r = lw_load_report(o.common.state, o.id, boot_id, &report);
	if (r)
		return lw_no_report(o.common.state, o.id, r);
	if (lw_can_acknowledge(report)) {
		r = acknowledge(&o, report);
	} else {
		lw_error("there is nothing to acknowledge: its verdict is neither violation nor incomplete; "
			 "`luwatch report --list` shows those of all");
		r = LW_EXIT_ERROR;
	}
	json_decref(report);
	return r;
}

const struct argp lw_argp_approve = {
	.options = approve_options,
	.parser = parse_approve,
	.doc = "Write into the audit log that the next hand-over of this kernel was approved, and by which "
	       "change. Prints the record's SEQ:HASH.",
};

int lw_command_approve(int argc, char **argv)
{
	struct lw_audit_event event = { .kind = LW_AUDIT_APPROVED };
	struct word_options o = {};
	struct lw_pins pins;
	json_t *ticket, *detail;
	int code;

	argp_parse(&lw_argp_approve, argc, argv, 0, NULL, &o);
	ticket = text_json(o.text);
	if (!ticket)
		return LW_EXIT_USAGE;
	lw_pins_open(&pins);
	if (pins.control)
		event.handover = (struct lw_id){ pins.control->handover[0], pins.control->handover[1] };
	lw_pins_close(&pins);
	detail = json_pack("{so}", "ticket", ticket);
	event.detail = detail;
	code = append(&o, &event);
	json_decref(detail);
	return code;
}
