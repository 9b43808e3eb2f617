// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch audit: the audit log. This file has the table of its parts, and those that
 * write: a remark, a rotation, a new key.
 */
#include "command/audit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/key.h"
#include "base/io.h"
#include "base/message.h"
#include "command/command.h"
#include "command/options.h"

struct write_options {
	struct lw_audit_config config;
	const char *public;
	char **words;
	int count;
};

static const struct argp_option note_options[] = {
	{ "log", 'l', "FILE", 0, "The log (default " LW_AUDIT_PATH ")", 0 },
	{ "private", 'k', "FILE", 0, "Private key (default " LW_AUDIT_KEY ")", 0 },
	{},
};

static const struct argp_option keygen_options[] = {
	{ "log", 'l', "FILE", 0, "The log (default " LW_AUDIT_PATH ")", 0 },
	{ "private", 'k', "FILE", 0, "Private key (default " LW_AUDIT_KEY ")", 0 },
	{ "public", 'p', "FILE", 0, "Write the public key there, not to standard output", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct write_options *o = state->input;

	switch (key) {
	case 'l':
		o->config.path = arg;
		return 0;
	case 'k':
		o->config.key = arg;
		return 0;
	case 'p':
		o->public = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->words = state->argv + state->next;
		o->count = state->argc - state->next;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void print_anchor(const struct lw_audit_anchor *anchor)
{
	LW_FREE char *text = lw_audit_anchor_format(anchor);

	puts(text);
}

static const struct argp note_argp = {
	.options = note_options,
	.parser = parse,
	.args_doc = "TEXT...",
	.doc = "Write a remark into the audit log, as a change ticket's number. Prints the "
	       "record's SEQ:HASH.",
};

static int note(int argc, char **argv)
{
	struct lw_audit_event event = { .kind = LW_AUDIT_NOTE };
	struct lw_audit_result result;
	struct write_options o = {};
	json_t *detail;
	int i, r;

	argp_parse(&note_argp, argc, argv, 0, NULL, &o);
	if (!o.count) {
		lw_error("what is to be noted?");
		return LW_EXIT_USAGE;
	}
	detail = json_pack("{s[]}", "text");
	for (i = 0; i < o.count; i++)
		r = json_array_append_new(json_object_get(detail, "text"), json_string(o.words[i]));
	if (json_array_size(json_object_get(detail, "text")) != (size_t)o.count) {
		lw_error("the text is not valid UTF-8");
		json_decref(detail);
		return LW_EXIT_USAGE;
	}
	event.detail = detail;
	r = lw_audit_append(&o.config, &event, &result);
	json_decref(detail);
	if (!r)
		print_anchor(&result.record);
	return lw_exit_of(r);
}

static const struct argp rotate_argp = {
	.options = note_options,
	.parser = parse,
	.doc = "Close the current file of the audit log and begin the next. Prints the "
	       "closing record's SEQ:HASH.",
};

static int rotate(int argc, char **argv)
{
	struct lw_audit_result result;
	struct write_options o = {};
	int r;

	argp_parse(&rotate_argp, argc, argv, 0, NULL, &o);
	if (o.count) {
		lw_error("unexpected argument \"%s\"", o.words[0]);
		return LW_EXIT_USAGE;
	}
	r = lw_audit_rotate(&o.config, &result);
	if (!r)
		print_anchor(&result.record);
	return lw_exit_of(r);
}

static int write_public(const struct write_options *o, const struct lw_audit_key *key)
{
	LW_FREE char *line = lw_audit_key_format(key, false);
	int r;

	if (!o->public) {
		fputs(line, stdout);
		return 0;
	}
	r = lw_write_file(o->public, line, strlen(line), 0644);
	if (r)
		lw_error("%s: %s", o->public, strerror(-r));
	return r;
}

static int write_private(const struct write_options *o, const struct lw_audit_key *key)
{
	LW_FREE char *line = lw_audit_key_format(key, true);
	int r = lw_write_file(o->config.key, line, strlen(line), 0600);

	explicit_bzero(line, strlen(line));
	if (r)
		lw_error("%s: %s", o->config.key, strerror(-r));
	return r;
}

/* The first record that the new key signs names it. */
static int record_key(const struct write_options *o, const struct lw_audit_key *key)
{
	LW_FREE char *line = lw_audit_key_format(key, false);
	struct lw_audit_event event = { .kind = LW_AUDIT_KEY_CREATED };
	json_t *detail;
	int r;

	line[strcspn(line, "\n")] = '\0';
	detail = json_pack("{ss}", "public", line);
	event.detail = detail;
	r = lw_audit_append(&o->config, &event, NULL);
	json_decref(detail);
	return r;
}

static const struct argp keygen_argp = {
	.options = keygen_options,
	.parser = parse,
	.doc = "Make a key pair. From then on the records are signed with the private key; "
	       "with the public key alone `luwatch audit verify --key` checks them on any "
	       "machine.",
};

static int keygen(int argc, char **argv)
{
	struct write_options o = { .config = { .key = LW_AUDIT_KEY } };
	char machine[LW_MACHINE_TEXT] = "";
	struct lw_audit_key key;
	int r;

	argp_parse(&keygen_argp, argc, argv, 0, NULL, &o);
	if (lw_exists(o.config.key)) {
		lw_error("%s exists; move it away if records must be signed by a new key",
			 o.config.key);
		return LW_EXIT_ERROR;
	}
	lw_read_line("/etc/machine-id", machine, sizeof(machine));
	r = lw_audit_key_make(machine, &key);
	if (r) {
		lw_error("no key without a machine id: run `systemd-machine-id-setup`");
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = write_private(&o, &key);
	if (!r)
		r = write_public(&o, &key);
	if (!r)
		r = record_key(&o, &key);
	lw_audit_key_forget(&key);
	return lw_exit_of(r);
}

const struct lw_command lw_audit_parts[] = {
	{ "verify", "does the chain hold, and where not", lw_audit_command_verify,
	  &lw_argp_audit_verify, NULL },
	{ "show", "the records, by time, device or kind", lw_audit_command_show,
	  &lw_argp_audit_show, NULL },
	{ "checkpoint", "size and root of the log's tree, signed", lw_audit_command_checkpoint,
	  &lw_argp_audit_checkpoint, NULL },
	{ "prove", "that a record is in the log, without the log", lw_audit_command_prove,
	  &lw_argp_audit_prove, NULL },
	{ "verify-proof", "whether such a proof holds", lw_audit_command_verify_proof,
	  &lw_argp_audit_verify_proof, NULL },
	{ "export", "a stretch of the log, for an auditor", lw_audit_command_export,
	  &lw_argp_audit_export, NULL },
	{ "note", "write a remark into the log", note, &note_argp, NULL },
	{ "rotate", "close the current file", rotate, &rotate_argp, NULL },
	{ "keygen", "sign the records from now on", keygen, &keygen_argp, NULL },
	{},
};
