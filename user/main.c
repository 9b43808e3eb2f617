/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch: one binary. The commands stand in user/command/table.c, each has a file there.
 */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "command/command.h"
#include "probe/reason.h"

/*
 * Whoever reads what a command says must not take a part of it for all: a full disk or a closed
 * descriptor is an error of every command, --help included, whatever else it found out.
 */
static void check_output(void)
{
	bool earlier = ferror(stdout);

	if (!earlier && !fflush(stdout))
		return;
	/* Of an earlier write errno says nothing any more. */
	lw_error("cannot write to standard output: %s", earlier ? "not all of it was taken" : strerror(errno));
	_exit(LW_EXIT_ERROR);
}

int main(int argc, char **argv)
{
	static char name[] = "luwatch";

	/* What is written is for root and the group luwatch, whatever the caller's umask. */
	umask(0027);
	argp_err_exit_status = LW_EXIT_USAGE;
	atexit(check_output);
	lw_libbpf_messages();
	if (argc == 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V") || !strcmp(argv[1], "version"))) {
		puts("luwatch " LW_VERSION);
		return LW_EXIT_CLEAN;
	}
	if (argc)
		argv[0] = name;
	lw_explain_commands = &lw_luwatch;
	return lw_command_dispatch(&lw_luwatch, argc, argv);
}
