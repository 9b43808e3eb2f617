// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch audit verify: whether the audit log is what was written. Needs nothing of the machine it
 * runs on: copies of the files, kept anchors and the public key are enough.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/answer.h"
#include "audit/bundle.h"
#include "audit/files.h"
#include "base/io.h"
#include "base/message.h"
#include "base/time.h"
#include "command/audit.h"
#include "command/command.h"
#include "command/options.h"

#define KEYS_MAX 16

struct verify_options {
	const char *log;
	struct lw_audit_key keys[KEYS_MAX];
	size_t key_count;
	struct lw_audit_kept *anchors;
	size_t anchor_count;
	uint64_t since, until; /* of a bundle */
	char **words;
	int count;
};

static const struct argp_option options[] = {
	{ "anchor", 'a', "SEQ:HASH", 0,
	  "A closing record's number and hash, kept elsewhere (at least 16 digits); repeatable",
	  0 },
	{ "anchors", 'A', "FILE", 0, "The same, one a line; - for standard input", 0 },
	{ "key", 'k', "PUB", 0,
	  "Public key: every record must be signed by it; repeatable, any of them will do", 0 },
	{ "since", 's', "TIME", 0, "A bundle must begin there: " LW_TIME_FORMS, 0 },
	{ "until", 'u', "TIME", 0, "A bundle must reach that time", 0 },
	{ "log", 'l', "FILE", 0, "The log, without FILE arguments (default " LW_AUDIT_PATH ")", 0 },
	{},
};

static int add_anchor(struct verify_options *o, const char *text)
{
	struct lw_audit_kept *grown, kept;

	if (lw_audit_kept_parse(text, &kept))
		return -EINVAL;
	grown = reallocarray(o->anchors, o->anchor_count + 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	o->anchors = grown;
	o->anchors[o->anchor_count++] = kept;
	return 0;
}

/* Empty lines and comments (#) are passed over; anything else must be an anchor. */
static int add_anchors(struct verify_options *o, const char *path, struct argp_state *state)
{
	LW_FREE uint8_t *text = NULL;
	char *line, *next = NULL;
	size_t length;
	int r = lw_read_file(strcmp(path, "-") ? path : "/dev/stdin", 16 << 20, &text, &length);

	if (r)
		argp_failure(state, LW_EXIT_ERROR, -r, "%s", path);
	for (line = strtok_r((char *)text, "\n", &next); line && !r;
	     line = strtok_r(NULL, "\n", &next)) {
		line[strcspn(line, " \t\r#")] = '\0';
		if (*line && add_anchor(o, line))
			argp_error(state, "%s: \"%s\" is no SEQ:HASH", path, line);
	}
	return r;
}

static int add_key(struct verify_options *o, const char *path, struct argp_state *state)
{
	struct lw_audit_key *key = &o->keys[o->key_count];
	int r;

	if (o->key_count == KEYS_MAX)
		argp_error(state, "more than %d keys", KEYS_MAX);
	r = lw_audit_key_read(path, key);
	if (r)
		argp_failure(state, LW_EXIT_ERROR, -r, "%s", path);
	if (key->private)
		argp_failure(state, LW_EXIT_ERROR, 0, "%s is a private key; give the public one",
			     path);
	if (o->key_count++)
		key[-1].next = key;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct verify_options *o = state->input;

	switch (key) {
	case 'a':
		if (add_anchor(o, arg))
			argp_error(state, "\"%s\" is no SEQ:HASH with at least 16 digits", arg);
		return 0;
	case 'A':
		return add_anchors(o, arg, state);
	case 'k':
		return add_key(o, arg, state);
	case 's':
	case 'u':
		*(key == 's' ? &o->since : &o->until) = lw_take_time(arg, false, state);
		return 0;
	case 'l':
		o->log = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->words = state->argv + state->next;
		o->count = state->argc - state->next;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* A rotated file whose last records are gone still says with its name that they were there. */
static int add_number(struct verify_options *o, const struct lw_audit_rows *rows)
{
	uint64_t number = 0, last = rows->count ? rows->lines[rows->count - 1].seq : 0;
	struct lw_audit_kept *grown;
	size_t i;

	for (i = 0; i < rows->file_count; i++)
		if (rows->files[i].number > number)
			number = rows->files[i].number;
	if (number <= last)
		return 0;
	grown = reallocarray(o->anchors, o->anchor_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	o->anchors = grown;
	o->anchors[o->anchor_count++] = (struct lw_audit_kept){ .seq = number };
	return 0;
}

static const int codes[] = { LW_EXIT_CLEAN, LW_EXIT_INCOMPLETE, LW_EXIT_VIOLATION };

static int verify(struct verify_options *o, const struct lw_audit_rows *rows)
{
	struct lw_audit_chain chain = { .lines = rows->lines, .count = rows->count };
	struct lw_audit_verdict verdict;
	LW_FREE char *text = NULL;
	int code;

	if (add_number(o, rows))
		return LW_EXIT_ERROR;
	chain.anchors = o->anchors;
	chain.anchor_count = o->anchor_count;
	chain.key = o->key_count;
	lw_audit_chain_check(&chain, &verdict);
	text = lw_audit_tell(rows, &verdict);
	if (!text)
		return LW_EXIT_ERROR;
	fputs(text, stdout);
	code = codes[lw_audit_answer(rows, &verdict)];
	if (!o->count && !lw_exists(o->log)) {
		printf("Note: the current file %s is not there.\n", o->log);
		code = code ? code : LW_EXIT_INCOMPLETE;
	}
	return code;
}

static int verify_bundle(const struct verify_options *o, const char *folder)
{
	struct lw_audit_bundle_question question = { .folder = folder,
						     .key = o->key_count ? o->keys : NULL,
						     .anchors = o->anchors,
						     .anchor_count = o->anchor_count,
						     .since_ns = o->since,
						     .until_ns = o->until };
	enum lw_audit_answer answer;
	int r = lw_audit_bundle_check(&question, stdout, &answer);

	if (!r)
		return codes[answer];
	lw_error("%s: %s", folder, strerror(-r));
	return LW_EXIT_ERROR;
}

static int read_and_verify(struct verify_options *o)
{
	struct lw_audit_rows rows;
	const char *failed = "";
	char **list = NULL;
	size_t length = 0;
	int r, code;

	if (o->count == 1 && lw_audit_is_bundle(o->words[0]))
		return verify_bundle(o, o->words[0]);
	code = lw_audit_command_files(o->log, o->words, o->count, &list, &length);
	if (code)
		return code;
	r = lw_audit_rows_read(list, length, o->key_count ? o->keys : NULL, &rows, &failed);
	if (r) {
		lw_error("%s: %s%s", failed, strerror(-r), r == -EACCES ? "; " LW_BE_MEMBER : "");
		lw_audit_files_free(list, length);
		return r == -EACCES ? LW_EXIT_NOT_POSSIBLE : LW_EXIT_ERROR;
	}
	code = verify(o, &rows);
	lw_audit_rows_free(&rows);
	lw_audit_files_free(list, length);
	return code;
}

const struct argp lw_argp_audit_verify = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILE...|BUNDLE]",
	.doc = "Check the audit log: up to which record its chain holds, and which is the "
	       "first that was changed, removed, inserted, reordered or cut. FILEs may be "
	       "compressed and come in any order. A BUNDLE is a folder of `luwatch audit export`: records, "
	       "proofs, keys and reports are held against each other.\vExit code: 0 it holds, 3 it holds as far "
	       "as can be seen (its beginning or an anchored part is not in the files, or "
	       "it ends in an unfinished line), 10 it is broken.",
};

int lw_audit_command_verify(int argc, char **argv)
{
	struct verify_options o = { .log = LW_AUDIT_PATH, .since = UINT64_MAX, .until = UINT64_MAX };
	int code;

	argp_parse(&lw_argp_audit_verify, argc, argv, 0, NULL, &o);
	code = read_and_verify(&o);
	free(o.anchors);
	return code;
}
