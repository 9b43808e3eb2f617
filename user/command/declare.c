/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch declare: the operator's or orchestrator's word on what must be preserved.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "arm/arm.h"
#include "arm/correlation.h"
#include "arm/declared.h"
#include "audit/audit.h"
#include "base/id.h"
#include "base/io.h"
#include "base/message.h"
#include "base/nearest.h"
#include "command/command.h"
#include "command/options.h"

struct declare_options {
	struct lw_common common;
	const char *correlation; /* NULL: not given */
	const char *verb;
	char **words;
	int count;
};

static const struct argp_option options[] = {
	{ "correlation", 'c', "ID", 0, "The orchestrator's id of the hand-over that this kernel will end in: 1 to 128 "
	  "printable characters without blank, quote and backslash; \"\" for none", 0 },
	LW_OPTION_STATE,
	{},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct declare_options *o = state->input;

	switch (key) {
	case 'c':
		o->correlation = arg;
		return 0;
	case ARGP_KEY_ARG: /* all of them at once, below */
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_ARGS:
		o->verb = state->argv[state->next];
		o->words = state->argv + state->next + 1;
		o->count = state->argc - state->next - 1;
		return 0;
	case ARGP_KEY_NO_ARGS:
		if (!o->correlation)
			argp_error(state, "say what to do: add, remove, list, load or clear, or --correlation ID");
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

/* check_order() has looked at every word: all or nothing. */
static int change(struct lw_declared *set, const struct declare_options *o, bool add,
		  bool *changed)
{
	uint64_t rid;
	int i, r;

	for (i = 0; i < o->count; i++) {
		if (lw_rid_parse(o->words[i], &rid))
			return LW_EXIT_USAGE;
		r = add ? lw_declared_add(set, rid) : lw_declared_remove(set, rid);
		if (r == -EEXIST || r == -ENOENT) {
			printf("%s %s\n", o->words[i], add ? "is declared already" : "is not declared");
			continue;
		}
		if (r) {
			lw_error("%s: %s", o->words[i], strerror(-r));
			return LW_EXIT_ERROR;
		}
		*changed = true;
	}
	return LW_EXIT_CLEAN;
}

static void say_line(int line, const char *problem, void *name)
{
	lw_error("%s:%d: %s", (const char *)name, line, problem);
}

static int load(struct lw_declared *set, const struct declare_options *o)
{
	const char *name = o->count == 1 ? o->words[0] : "";
	LW_FREE uint8_t *text = NULL;
	size_t length;
	int r;

	if (o->count != 1) {
		lw_error("declare load takes one FILE, or - for standard input");
		return LW_EXIT_USAGE;
	}
	r = lw_read_file(name, 1 << 20, &text, &length);
	if (r) {
		lw_error("%s: %s", name, strerror(-r));
		return LW_EXIT_ERROR;
	}
	lw_declared_free(set);
	if (lw_declared_parse((char *)text, length, set, say_line, (void *)name)) {
		lw_error("%s was refused as a whole; the declared set is as it was", name);
		return LW_EXIT_ERROR;
	}
	return LW_EXIT_CLEAN;
}

static int list(const struct lw_declared *set)
{
	LW_FREE char *text = lw_declared_format(set);

	if (!set->known)
		fputs("# nothing is declared\n", stdout);
	else if (!set->count)
		fputs("# declared: nothing must be preserved\n", stdout);
	fputs(text ? text : "", stdout);
	return LW_EXIT_CLEAN;
}

/* Nothing declared at all: not the same as an empty set. */
static int clear(const struct declare_options *o)
{
	LW_FREE char *path = lw_format("%s/declared", o->common.state);

	if (unlink(path) && errno != ENOENT) {
		int r = -errno;

		lw_error("%s: %s%s", path, strerror(-r), lw_advice(r));
		return lw_exit_of(r);
	}
	return LW_EXIT_CLEAN;
}

static int refresh(const struct declare_options *o)
{
	struct lw_arm_options arm = { .state = o->common.state };
	int r = geteuid() ? -ENOENT : lw_arm_refresh(&arm);

	if (r && r != -ENOENT) {
		lw_error("the set is saved, but the armed kernel could not be told: %s; run `luwatch arm`",
			 strerror(-r));
		return LW_EXIT_ERROR;
	}
	return LW_EXIT_CLEAN;
}

/* Saved for this boot; the armed kernel carries it over with its baseline. */
static int correlate(const struct declare_options *o)
{
	struct lw_audit_event event = { .kind = LW_AUDIT_SET_CHANGED };
	char boot_id[64] = "";
	json_t *detail;
	int r;

	if (*o->correlation && !lw_is_correlation(o->correlation)) {
		lw_error("--correlation takes 1 to 128 printable characters of ASCII without blank, quote and "
			 "backslash");
		return LW_EXIT_USAGE;
	}
	lw_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
	r = lw_make_directory(o->common.state);
	if (!r)
		r = lw_correlation_save(o->common.state, boot_id, o->correlation);
	if (r) {
		lw_error("%s/correlation: %s%s", o->common.state, strerror(-r), lw_advice(r));
		return lw_exit_of(r);
	}
	detail = json_pack("{ss, ss}", "change", "correlation", "correlation", o->correlation);
	event.detail = detail;
	lw_audit_append(NULL, &event, NULL);
	json_decref(detail);
	return refresh(o);
}

/* Who changed the set, and to what. A failure has been told; the set is changed all the same. */
static void audit_change(const struct declare_options *o, const struct lw_declared *set)
{
	json_t *detail = json_pack("{s:s, s:b, s:I}", "change", o->verb, "declared", set->known,
				   "count", (json_int_t)set->count);
	struct lw_audit_event event = {
		.kind = LW_AUDIT_SET_CHANGED,
		.rids = set->rids,
		.rid_count = set->count,
		.detail = detail,
	};

	lw_audit_append(NULL, &event, NULL);
	json_decref(detail);
}

/* One at a time, from reading the set to writing it. */
static int lock_set(const char *state, int *lock)
{
	int r = lw_make_directory(state);

	if (!r)
		*lock = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!r && (*lock < 0 || flock(*lock, LOCK_EX)))
		r = -errno;
	if (r)
		lw_error("%s: %s%s", state, strerror(-r), lw_advice(r));
	return r;
}

static bool takes_no_words(const struct declare_options *o)
{
	return !strcmp(o->verb, "list") || !strcmp(o->verb, "clear");
}

static int check_order(const struct declare_options *o)
{
	static const char *const verbs[] = { "add", "remove", "list", "load", "clear" };
	struct lw_nearest nearest = { .typed = o->verb };
	uint64_t rid;
	size_t i;
	int j;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]) && strcmp(o->verb, verbs[i]); i++)
		lw_nearest_offer(&nearest, verbs[i]);
	if (i == sizeof(verbs) / sizeof(verbs[0])) {
		lw_error("declare knows add, remove, list, load and clear, not \"%s\"%s%s%s", o->verb,
			 nearest.best ? ": did you mean \"" : "", nearest.best ? nearest.best : "",
			 nearest.best ? "\"?" : "");
		return LW_EXIT_USAGE;
	}
	if (takes_no_words(o) && o->count) {
		lw_error("declare %s takes no more words: \"%s\"", o->verb, o->words[0]);
		return LW_EXIT_USAGE;
	}
	if (i > 1)
		return LW_EXIT_CLEAN;
	if (!o->count) {
		lw_error("name at least one requester ID (ssss:bb:dd.f)");
		return LW_EXIT_USAGE;
	}
	for (j = 0, i = 0; j < o->count; j++) {
		if (!lw_rid_parse(o->words[j], &rid))
			continue;
		lw_error("\"%s\" is no requester ID (ssss:bb:dd.f, hexadecimal)", o->words[j]);
		i++;
	}
	return i ? LW_EXIT_USAGE : LW_EXIT_CLEAN;
}

static int run(const struct declare_options *o, struct lw_declared *set)
{
	LW_CLOSE int lock = -1;
	bool changed = true;
	int code, r;

	/* What is wrong with the order is said before what is wrong with who gives it. */
	code = check_order(o);
	if (code)
		return code;
	r = strcmp(o->verb, "list") ? lock_set(o->common.state, &lock) : 0;
	if (r)
		return lw_exit_of(r);
	r = lw_declared_load(o->common.state, set);

	if (r && strcmp(o->verb, "load") && strcmp(o->verb, "clear")) {
		lw_error("%s/declared: %s%s", o->common.state, strerror(-r),
			 r == -EACCES ? "; " LW_BE_MEMBER : "; write it again with `luwatch declare load`");
		return lw_exit_of(r);
	}
	if (!strcmp(o->verb, "list"))
		return list(set);
	if (!strcmp(o->verb, "clear")) {
		lw_declared_free(set);
		code = clear(o);
		if (code)
			return code;
		audit_change(o, set);
		return refresh(o);
	}
	if (!strcmp(o->verb, "add")) {
		changed = false;
		code = change(set, o, true, &changed);
	} else if (!strcmp(o->verb, "remove")) {
		changed = false;
		code = change(set, o, false, &changed);
	} else {
		code = load(set, o);
	}
	if (code || !changed)
		return code;
	r = lw_declared_save(o->common.state, set);
	if (r) {
		lw_error("%s/declared: %s%s", o->common.state, strerror(-r), lw_advice(r));
		return lw_exit_of(r);
	}
	printf("%zu device%s declared\n", set->count, set->count == 1 ? "" : "s");
	audit_change(o, set);
	return refresh(o);
}

const struct argp lw_argp_declare = {
	.options = options,
	.parser = parse,
	.args_doc = "add RID...\nremove RID...\nlist\nload FILE|-\nclear",
	.doc = "Edit the declared set: the devices that must be preserved. A file has one "
	       "requester ID (ssss:bb:dd.f) a line, # begins a comment. With --correlation alone the set stays as it is.",
};

int lw_command_declare(int argc, char **argv)
{
	struct declare_options o = {};
	struct lw_declared set = {};
	int code;

	argp_parse(&lw_argp_declare, argc, argv, 0, NULL, &o);
	code = o.correlation ? correlate(&o) : LW_EXIT_CLEAN;
	if (!code && o.verb)
		code = run(&o, &set);
	lw_declared_free(&set);
	return code;
}
