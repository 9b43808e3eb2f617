// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * luwatch explain: the story behind a word of a report, for the one who reads it without a
 * specification at hand.
 */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"
#include "base/nearest.h"
#include "command/command.h"
#include "command/topics.h"
#include "text/explain.h"
#include "words/words.h"

const struct lw_command *lw_explain_commands;

static error_t parse(int key, char *argument, struct argp_state *state)
{
	const char **topic = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (*topic)
		argp_error(state, "one topic at a time");
	*topic = argument;
	return 0;
}

const struct argp lw_argp_explain = {
	.parser = parse,
	.args_doc = "[TOPIC]",
	.doc = "Explain a word of a report: an invariant (I4), a state (leaked), a class of faults "
	       "(parked), the reason of a fault (0x06), a verdict, a warning of preflight (ats), a loss, an "
	       "exit code (10), an alert (LuwatchSilent), a metric "
	       "(luwatch_ready), a key of the configuration (keep); or list a kind of them (invariants). Without TOPIC: list them all.",
};

static void offer(struct lw_nearest *nearest, const struct lw_word_table *table)
{
	size_t i;

	lw_nearest_offer(nearest, table->kind);
	for (i = 0; i < table->count; i++)
		if (table->words[i].name)
			lw_nearest_offer(nearest, table->words[i].name);
}

static const char *nearest_topic(const char *name)
{
	struct lw_nearest nearest = { .typed = name };
	const struct lw_word_table *table;
	size_t i;

	for (i = 0; (table = lw_word_table(i)); i++)
		offer(&nearest, table);
	for (i = 0; (table = lw_topics(i)); i++)
		offer(&nearest, table);
	return nearest.best;
}

static bool is_command(const char *name)
{
	const struct lw_command *part;

	for (part = lw_explain_commands->parts; part->name; part++)
		if (!strcmp(part->name, name))
			return true;
	return false;
}

static bool explain_all(const struct lw_style *style, const char *name)
{
	const struct lw_word_table *table;
	bool found = lw_explain(style, name);
	size_t i;

	for (i = 0; (table = lw_topics(i)); i++)
		found |= lw_explain_of(style, table, name);
	return found;
}

/* "carriers" where there is a "carrier". */
static bool explain_singular(const struct lw_style *style, const char *name)
{
	size_t length = strlen(name);
	LW_FREE char *singular = NULL;

	if (length < 5 || tolower((unsigned char)name[length - 1]) != 's')
		return false;
	singular = lw_format("%.*s", (int)length - 1, name);
	return singular && explain_all(style, singular);
}

int lw_command_explain(int argc, char **argv)
{
	struct lw_style style = lw_style_for(stdout);
	const char *name = NULL, *near;
	const struct lw_word_table *table;
	size_t i;
	LW_FREE char *escaped = NULL;

	argp_err_exit_status = LW_EXIT_USAGE;
	if (argp_parse(&lw_argp_explain, argc, argv, 0, NULL, &name))
		return LW_EXIT_USAGE;
	if (!name) {
		lw_explain_list(&style);
		for (i = 0; (table = lw_topics(i)); i++)
			lw_explain_table(&style, table);
		return LW_EXIT_CLEAN;
	}
	if (explain_all(&style, name) || explain_singular(&style, name))
		return LW_EXIT_CLEAN;
	escaped = lw_escape(name, strlen(name), 40);
	if (isdigit((unsigned char)*name)) {
		lw_error("%s is no fault reason of VT-d and no exit code: `luwatch explain reasons` lists "
			 "the reasons", escaped ? escaped : "?");
		return LW_EXIT_USAGE;
	}
	if (is_command(name)) {
		lw_error("%s is a command: `luwatch help %s` describes it", name, name);
		return LW_EXIT_USAGE;
	}
	near = nearest_topic(name);
	if (near) {
		lw_error("there is no topic \"%s\": did you mean \"%s\"? `luwatch explain` lists them all",
			 escaped ? escaped : "?", near);
		return LW_EXIT_USAGE;
	}
	lw_error("there is no topic \"%s\": `luwatch explain` lists them all, `luwatch help` the commands",
		 escaped ? escaped : "?");
	style = lw_style_for(stderr);
	lw_explain_related(&style, name);
	return LW_EXIT_USAGE;
}
