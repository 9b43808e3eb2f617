/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of commands, and finding one in it.
 */
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/message.h"
#include "base/nearest.h"
#include "command/command.h"
#include "words/words.h"

static const struct lw_command commands[] = {
	{ "check", "what this kernel and machine allow", lw_command_check, &lw_argp_check, NULL },
	{ "status", "armed, image, carriers, losses; --ready for scripts", lw_command_status, &lw_argp_status, NULL },
	{ "preflight", "what will go wrong in the hand-over, before it happens", lw_command_preflight, &lw_argp_preflight, NULL },
	{ "run", "the daemon: arm, watch, metrics, journal", lw_command_run, &lw_argp_run, NULL },
	{ "arm", "attach and pin the probes, ready the carriers", lw_command_arm, &lw_argp_arm, NULL },
	{ "disarm", "take everything away again", lw_command_disarm, &lw_argp_disarm, NULL },
	{ "declare", "edit the declared set of preserved devices", lw_command_declare, &lw_argp_declare, NULL },
	{ "kexec-args", "the command line for the kexec image", lw_command_kexec_args, &lw_argp_kexec_args, NULL },
	{ "kexec-load", "load the next kernel, ready to be recorded", lw_command_kexec_load, &lw_argp_kexec_load, NULL },
	{ "collect", "after the kexec: save the evidence, judge, report", lw_command_collect, &lw_argp_collect, NULL },
	{ "report", "show a hand-over's report", lw_command_report, &lw_argp_report, NULL },
	{ "ack", "acknowledge a verdict: its alerts end", lw_command_ack, &lw_argp_ack, NULL },
	{ "approve", "note the change that the next hand-over belongs to", lw_command_approve, &lw_argp_approve, NULL },
	{ "faults", "DMAR faults seen since arming", lw_command_faults, &lw_argp_faults, NULL },
	{ "snapshot", "the translation tables now", lw_command_snapshot, &lw_argp_snapshot, NULL },
	{ "decode", "records or faults in a saved file", lw_command_decode, &lw_argp_decode, NULL },
	{ "bugreport", "an archive for whoever is to look into it", lw_command_bugreport, &lw_argp_bugreport, NULL },
	{ "audit", "verify and show the audit log", NULL, NULL, lw_audit_parts },
	{ "explain", "the longer story of an invariant, state or class", lw_command_explain, &lw_argp_explain, NULL },
	{},
};

const struct lw_command lw_luwatch = {
	.name = "luwatch",
	.summary = "flight recorder of the VT-d hand-over in a kexec live update",
	.parts = commands,
};

const struct lw_command *lw_command_part(const struct lw_command *command, const char *name)
{
	const struct lw_command *part;

	for (part = command->parts; part->name; part++)
		if (!strcmp(part->name, name))
			return part;
	return NULL;
}

static void usage(FILE *out, const struct lw_command *command, const char *name)
{
	const char *kind = command == &lw_luwatch ? "COMMAND" : "PART";
	const struct lw_command *part;
	size_t i;

	fprintf(out, "usage: %s %s [OPTION...]\n\n%s: %s.\n\n", name, kind, name,
		command->summary);
	for (part = command->parts; part->name; part++)
		fprintf(out, "  %-12s %s\n", part->name, part->summary);
	fprintf(out, "\n`%s %s --help` describes one. Exit codes:\n", name, kind);
	for (i = 0; i < lw_exit_codes.count; i++)
		fprintf(out, "  %2s  %s\n", lw_exit_codes.words[i].name,
			lw_exit_codes.words[i].title);
}

static int say_unknown(const struct lw_command *command, const char *name, const char *typed)
{
	LW_FREE char *shown = lw_escape(typed, strlen(typed), 40);
	struct lw_nearest nearest = { .typed = typed };
	const struct lw_command *part;

	for (part = command->parts; part->name; part++)
		lw_nearest_offer(&nearest, part->name);
	if (nearest.best)
		lw_error("%s has no \"%s\": did you mean \"%s\"?", name, shown ? shown : "?", nearest.best);
	else
		lw_error("%s has no \"%s\"; `%s --help` lists what it has", name, shown ? shown : "?", name);
	return LW_EXIT_USAGE;
}

/* "help NAME…" becomes "NAME… --help". */
static void turn_help(int argc, char **argv)
{
	static char help[] = "--help";

	memmove(argv + 1, argv + 2, (argc - 2) * sizeof(*argv));
	argv[argc - 1] = help;
}

int lw_command_dispatch(const struct lw_command *command, int argc, char **argv)
{
	char name[64]; /* argp shows it in the usage line */
	const struct lw_command *part;

	if (argc < 2) {
		usage(stderr, command, argv[0]);
		return LW_EXIT_USAGE;
	}
	if (argc > 2 && !strcmp(argv[1], "help"))
		turn_help(argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "-?")) {
		usage(stdout, command, argv[0]);
		return LW_EXIT_CLEAN;
	}
	part = lw_command_part(command, argv[1]);
	if (!part)
		return say_unknown(command, argv[0], argv[1]);
	snprintf(name, sizeof(name), "%s %s", command == &lw_luwatch ? "luwatch" : argv[0], part->name);
	argv[1] = name;
	return part->parts ? lw_command_dispatch(part, argc - 1, argv + 1) :
			     part->run(argc - 1, argv + 1);
}
