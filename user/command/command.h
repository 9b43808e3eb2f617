/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of luwatch and what their exit codes mean. Scripts and units depend on the numbers:
 * they never change.
 */
#ifndef LUWATCH_COMMAND_H
#define LUWATCH_COMMAND_H

enum lw_exit {
	LW_EXIT_CLEAN = 0, /* clean, or simply done */
	LW_EXIT_ERROR = 1, /* any error that has no number of its own */
	LW_EXIT_USAGE = 2,
	LW_EXIT_INCOMPLETE = 3,
	LW_EXIT_NOT_POSSIBLE = 4, /* not here: kernel, hardware, permission */
	LW_EXIT_NO_HANDOVER = 5,  /* this boot is no hand-over */
	LW_EXIT_VIOLATION = 10,
};

/* Where reports and evidence are kept. */
#define LW_STATE_DIR "/var/lib/luwatch"

struct lw_command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns lw_exit */
	const char *summary;
};

int lw_command_check(int argc, char **argv);
int lw_command_status(int argc, char **argv);
int lw_command_run(int argc, char **argv);
int lw_command_arm(int argc, char **argv);
int lw_command_disarm(int argc, char **argv);
int lw_command_declare(int argc, char **argv);
int lw_command_kexec_args(int argc, char **argv);
int lw_command_collect(int argc, char **argv);
int lw_command_report(int argc, char **argv);
int lw_command_faults(int argc, char **argv);
int lw_command_snapshot(int argc, char **argv);
int lw_command_decode(int argc, char **argv);
int lw_command_audit(int argc, char **argv);
int lw_command_explain(int argc, char **argv);

#endif
