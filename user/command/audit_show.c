// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch audit show: the records of the audit log, by time, device or kind. It shows what is
 * there; whether that can be relied on, `luwatch audit verify` says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/files.h"
#include "audit/rows.h"
#include "audit/show.h"
#include "base/id.h"
#include "base/io.h"
#include "base/message.h"
#include "base/nearest.h"
#include "base/time.h"
#include "command/audit.h"
#include "command/command.h"
#include "command/options.h"

struct show_options {
	struct lw_common common;
	const char *log;
	struct lw_audit_filter filter;
	char **words;
	int count;
	size_t unreadable;
};

static const struct argp_option options[] = {
	{ "since", 's', "TIME", 0,
	  "From then on: " LW_TIME_FORMS, 0 },
	{ "device", 'd', "RID", 0, "Only records of this requester ID (ssss:bb:dd.f)", 0 },
	{ "kind", 'k', "KIND", 0, "Only records of this kind", 0 },
	{ "handover", 'H', "ID", 0, "Only records of this hand-over (the beginning of its id)", 0 },
	{ "log", 'l', "FILE", 0, "The log, without FILE arguments (default " LW_AUDIT_PATH ")", 0 },
	LW_OPTION_JSON,
	{},
};

static const char *nearest_kind(const char *typed)
{
	struct lw_nearest nearest = { .typed = typed };
	size_t i;

	for (i = 0; i < lw_audit_kinds.count; i++)
		if (lw_audit_kinds.words[i].name)
			lw_nearest_offer(&nearest, lw_audit_kinds.words[i].name);
	return nearest.best;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct show_options *o = state->input;

	switch (key) {
	case 's':
		o->filter.since_ns = lw_take_time(arg, true, state);
		return 0;
	case 'd':
		if (lw_rid_parse(arg, &o->filter.rid))
			argp_error(state, "\"%s\" is no requester ID (ssss:bb:dd.f)", arg);
		o->filter.by_device = true;
		return 0;
	case 'k':
		if (lw_word_index(&lw_audit_kinds, arg) == LW_AUDIT_KINDS && nearest_kind(arg))
			argp_error(state, "there is no kind \"%s\": did you mean \"%s\"?", arg,
				   nearest_kind(arg));
		if (lw_word_index(&lw_audit_kinds, arg) == LW_AUDIT_KINDS)
			argp_error(state, "there is no kind \"%s\"; `luwatch explain kinds` lists them", arg);
		o->filter.kind = arg;
		return 0;
	case 'H':
		o->filter.handover = arg;
		return 0;
	case 'l':
		o->log = arg;
		return 0;
	case ARGP_KEY_ARG: /* all of them at once, below */
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_ARGS:
		o->words = state->argv + state->next;
		o->count = state->argc - state->next;
		return 0;
	}
	return lw_parse_common(key, arg, state);
}

static int show_line(const char *bytes, size_t length, bool torn, void *data)
{
	struct show_options *o = data;
	json_t *record = torn ? NULL : json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	LW_FREE char *text = NULL;

	if (!json_is_object(record)) {
		o->unreadable++;
	} else if (lw_audit_filter_takes(&o->filter, record)) {
		text = o->common.json ? json_dumps(record, JSON_COMPACT | JSON_ENSURE_ASCII)
			       : lw_audit_show(record);
		puts(text ? text : "?");
	}
	json_decref(record);
	return 0;
}

static int show_file(const char *path, struct show_options *o)
{
	bool damaged = false;
	int r = lw_audit_file_each_line(path, show_line, o, &damaged);

	if (r) {
		lw_error("%s: %s%s", path, strerror(-r), r == -EACCES ? "; " LW_BE_MEMBER : "");
		return r == -EACCES ? LW_EXIT_NOT_POSSIBLE : LW_EXIT_ERROR;
	}
	if (damaged)
		lw_warn("%s is damaged; run `luwatch audit verify`", path);
	return LW_EXIT_CLEAN;
}

static bool is_side_file(const char *path)
{
	size_t length = strlen(path);

	return strstr(path, ".torn-") || strstr(path, ".conflict-") ||
	       (length > 5 && !strcmp(path + length - 5, ".lock")) ||
	       (length > 4 && !strcmp(path + length - 4, ".new"));
}

static bool has_plain_copy(const char *path, char *const *words, int count)
{
	size_t length = strlen(path);
	int i;

	for (i = 0; length > 3 && !strcmp(path + length - 3, ".gz") && i < count; i++)
		if (strlen(words[i]) == length - 3 && !strncmp(words[i], path, length - 3))
			return true;
	return false;
}

static int take_words(char *const *words, int count, char ***list, size_t *length)
{
	int i;

	*list = calloc((size_t)count, sizeof(**list));
	if (!*list)
		return LW_EXIT_ERROR;
	for (i = 0; i < count; i++) {
		if (is_side_file(words[i]) || has_plain_copy(words[i], words, count))
			lw_warn("%s is no part of the chain, left out", words[i]);
		else
			(*list)[(*length)++] = lw_format("%s", words[i]);
	}
	if (*length)
		return LW_EXIT_CLEAN;
	free(*list);
	lw_error("no file of a log was given");
	return LW_EXIT_ERROR;
}

int lw_audit_command_files(const char *path, char *const *words, int count, char ***list,
			   size_t *length)
{
	LW_FREE char *stem = lw_format("%s", path);
	size_t end = strlen(stem);
	char **grown;
	int r;

	*length = 0;
	if (count)
		return take_words(words, count, list, length);
	if (end > 6 && !strcmp(stem + end - 6, ".jsonl"))
		stem[end - 6] = '\0';
	r = lw_audit_files_list(stem, list, length);
	if (r == -ENOENT || (!r && !*length && !lw_exists(path))) {
		free(*list);
		lw_error("there is no audit log %s", path);
		return LW_EXIT_ERROR;
	}
	if (r) {
		lw_error("%s: %s%s", path, strerror(-r),
			 r == -EACCES ? "; " LW_BE_MEMBER : "");
		return r == -EACCES ? LW_EXIT_NOT_POSSIBLE : LW_EXIT_ERROR;
	}
	grown = reallocarray(*list, *length + 1, sizeof(**list));
	if (!grown) {
		lw_audit_files_free(*list, *length);
		return LW_EXIT_ERROR;
	}
	*list = grown;
	if (lw_exists(path))
		grown[(*length)++] = lw_format("%s", path);
	return LW_EXIT_CLEAN;
}

const struct argp lw_argp_audit_show = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILE...]",
	.doc = "Show the records of the audit log.",
};

int lw_audit_command_show(int argc, char **argv)
{
	struct show_options o = { .log = LW_AUDIT_PATH };
	size_t length, i;
	char **list;
	int code;

	argp_parse(&lw_argp_audit_show, argc, argv, 0, NULL, &o);
	code = lw_audit_command_files(o.log, o.words, o.count, &list, &length);
	if (code)
		return code;
	for (i = 0; i < length && !code; i++)
		code = show_file(list[i], &o);
	if (o.unreadable)
		lw_warn("%zu lines are no records; run `luwatch audit verify`", o.unreadable);
	lw_audit_files_free(list, length);
	return code;
}
