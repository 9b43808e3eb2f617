// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch audit checkpoint, prove, verify-proof: that one record is in the log, or that a later log
 * extends an earlier one, for somebody who is not to see the log.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/proof.h"
#include "base/io.h"
#include "base/message.h"
#include "command/audit.h"
#include "command/audit_grown.h"
#include "command/command.h"
#include "command/options.h"

#define KEYS_MAX 16

struct prove_options {
	struct lw_grown_options grown;
	struct lw_audit_key keys[KEYS_MAX];
	size_t key_count;
	const char *subject; /* what is to be proved, or the proof to be checked */
};

static const struct argp_option prove_options[] = { LW_GROWN_OPTIONS, {} };

static const struct argp_option check_options[] = {
	{ "key", 'k', "PUB", 0, "Public key that must have signed the checkpoint; repeatable", 0 },
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct prove_options *o = state->input;

	switch (key) {
	case ARGP_KEY_ARGS:
		o->grown.files = state->argv + state->next;
		o->grown.file_count = state->argc - state->next;
		return 0;
	}
	return lw_grown_parse(key, arg, &o->grown);
}

static int prove_record(const struct lw_grown *g, uint64_t seq)
{
	LW_FREE char *line = NULL, *proof = NULL;

	if (seq > g->rows.count) {
		lw_error("the log has %zu records", g->rows.count);
		return LW_EXIT_USAGE;
	}
	line = lw_grown_line(g, seq);
	if (line)
		proof = lw_proof_of_record(g->leaves, g->rows.count, seq, line, g->note);
	if (!proof)
		return LW_EXIT_ERROR;
	fputs(proof, stdout);
	return LW_EXIT_CLEAN;
}

static int prove_growth(const struct lw_grown *g, const char *path)
{
	LW_FREE char *proof = NULL;
	int code = lw_grown_extends(g, path, &proof);

	if (!code)
		fputs(proof, stdout);
	return code;
}

const struct argp lw_argp_audit_checkpoint = {
	.options = prove_options,
	.parser = parse,
	.args_doc = "[FILE...]",
	.doc = "Print how many records the log has and the root of their tree (RFC 6962), signed "
	       "when there is a key, as a note that the tools of transparency logs read. Keep it "
	       "off the host.",
};

int lw_audit_command_checkpoint(int argc, char **argv)
{
	struct prove_options o = { .grown.log = LW_AUDIT_PATH };
	struct lw_grown grown;
	int code;

	argp_parse(&lw_argp_audit_checkpoint, argc, argv, 0, NULL, &o);
	code = lw_grow(&o.grown, &grown);
	if (!code)
		fputs(grown.note, stdout);
	lw_grown_free(&grown);
	return code;
}

const struct argp lw_argp_audit_prove = {
	.options = prove_options,
	.parser = parse,
	.args_doc = "SEQ|CHECKPOINT [FILE...]",
	.doc = "Print a proof that record SEQ is in the log, or that the log extends the one of an "
	       "earlier CHECKPOINT. Whoever gets it needs only the public key, not the log.",
};

int lw_audit_command_prove(int argc, char **argv)
{
	struct prove_options o = { .grown.log = LW_AUDIT_PATH };
	struct lw_grown grown;
	uint64_t seq;
	char *end;
	int code;

	argp_parse(&lw_argp_audit_prove, argc, argv, 0, NULL, &o);
	if (!o.grown.file_count) {
		lw_error("what is to be proved? Give a record's number or an earlier checkpoint");
		return LW_EXIT_USAGE;
	}
	o.subject = *o.grown.files++;
	o.grown.file_count--;
	seq = strtoull(o.subject, &end, 10);
	code = lw_grow(&o.grown, &grown);
	if (!code)
		code = seq && !*end && *o.subject != '-' ? prove_record(&grown, seq)
							 : prove_growth(&grown, o.subject);
	lw_grown_free(&grown);
	return code;
}

static error_t parse_check(int key, char *arg, struct argp_state *state)
{
	struct prove_options *o = state->input;
	int r;

	if (key != 'k')
		return parse(key, arg, state);
	if (o->key_count == KEYS_MAX)
		argp_error(state, "more than %d keys", KEYS_MAX);
	r = lw_audit_key_read(arg, &o->keys[o->key_count]);
	if (r || o->keys[o->key_count].private)
		argp_failure(state, LW_EXIT_ERROR, -r, "%s%s", arg,
			     r ? "" : " is a private key; give the public one");
	if (o->key_count++)
		o->keys[o->key_count - 2].next = &o->keys[o->key_count - 1];
	return 0;
}

const struct argp lw_argp_audit_verify_proof = {
	.options = check_options,
	.parser = parse_check,
	.args_doc = "PROOF",
	.doc = "Check a proof of `luwatch audit prove`, and print what it proves: the record, or "
	       "the two checkpoints. Needs nothing of the host.\vExit code: 0 it holds, 3 it "
	       "holds but no key was given, 10 it does not.",
};

static int tell(const struct prove_options *o, enum lw_proof_answer answer,
		const struct lw_proof *proof)
{
	switch (answer) {
	case LW_PROOF_MALFORMED:
		lw_error("%s is no proof that this version reads", o->subject);
		return LW_EXIT_ERROR;
	case LW_PROOF_UNSIGNED:
		puts("Does not hold: its checkpoint is not signed by that key.");
		return LW_EXIT_VIOLATION;
	case LW_PROOF_FALSE:
		puts("Does not hold: what it shows does not lead to the root of its checkpoint.");
		return LW_EXIT_VIOLATION;
	default:
		break;
	}
	if (proof->earlier.size)
		printf("Holds: the log of %s with %" PRIu64 " records extends the one with %" PRIu64
		       ".\n",
		       proof->checkpoint.machine, proof->checkpoint.size, proof->earlier.size);
	else
		printf("Holds: record %" PRIu64 " of %" PRIu64 " of %s:\n%s\n", proof->seq,
		       proof->checkpoint.size, proof->checkpoint.machine, proof->line);
	if (o->key_count)
		return LW_EXIT_CLEAN;
	puts("Nobody's signature was looked at: give the public key with --key.");
	return LW_EXIT_INCOMPLETE;
}

int lw_audit_command_verify_proof(int argc, char **argv)
{
	struct prove_options o = {};
	LW_FREE uint8_t *text = NULL;
	struct lw_proof proof;
	size_t length;
	int code, r;

	argp_parse(&lw_argp_audit_verify_proof, argc, argv, 0, NULL, &o);
	if (o.grown.file_count != 1) {
		lw_error("name one file with a proof, or - for standard input");
		return LW_EXIT_USAGE;
	}
	o.subject = o.grown.files[0];
	r = lw_read_file(strcmp(o.subject, "-") ? o.subject : "/dev/stdin", LW_PROOF_MAX, &text,
			 &length);
	if (r) {
		lw_error("%s: %s", o.subject, strerror(-r));
		return LW_EXIT_ERROR;
	}
	code = tell(&o, lw_proof_check((char *)text, length, o.key_count ? o.keys : NULL, &proof),
		    &proof);
	free(proof.line);
	return code;
}
