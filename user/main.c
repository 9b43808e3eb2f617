/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch: one binary, one command each file in user/command/. This file only finds the command.
 */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "command/command.h"
#include "probe/programs.h"

static const struct lw_command commands[] = {
	{ "check", lw_command_check, "what this kernel and machine allow" },
	{ "status", lw_command_status, "armed, image, carriers, losses; --ready for scripts" },
	{ "run", lw_command_run, "the daemon: arm, watch, metrics, journal" },
	{ "arm", lw_command_arm, "attach and pin the probes, ready the carriers" },
	{ "disarm", lw_command_disarm, "take everything away again" },
	{ "declare", lw_command_declare, "edit the declared set of preserved devices" },
	{ "kexec-args", lw_command_kexec_args, "the command line for the kexec image" },
	{ "collect", lw_command_collect, "after the kexec: save the evidence, judge, report" },
	{ "report", lw_command_report, "show a hand-over's report" },
	{ "faults", lw_command_faults, "DMAR faults seen since arming" },
	{ "snapshot", lw_command_snapshot, "the translation tables now" },
	{ "decode", lw_command_decode, "records or faults in a saved file" },
	{ "audit", lw_command_audit, "verify and show the audit log" },
	{ "explain", lw_command_explain, "the longer story of an invariant, state or class" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	size_t i;

	fputs("usage: luwatch COMMAND [OPTION...]\n\n"
	      "Watches the VT-d hand-over of a kexec live update.\n\n", out);
	for (i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`luwatch COMMAND --help` describes a command. Exit codes: 0 clean or done, 1 error,\n"
	      "2 usage, 3 incomplete, 4 not possible here, 5 this boot is no hand-over,\n"
	      "10 violation.\n", out);
}

int main(int argc, char **argv)
{
	static char name[64];	/* argp shows it in the usage line */
	size_t i;

	argp_err_exit_status = LW_EXIT_USAGE;
	lw_libbpf_messages();
	if (argc < 2) {
		usage(stderr);
		return LW_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return LW_EXIT_CLEAN;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		puts("luwatch " LW_VERSION);
		return LW_EXIT_CLEAN;
	}
	for (i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		snprintf(name, sizeof(name), "luwatch %s", argv[1]);
		argv[1] = name;
		return commands[i].run(argc - 1, argv + 1);
	}
	lw_error("there is no command \"%s\"; `luwatch --help` lists them", argv[1]);
	return LW_EXIT_USAGE;
}
