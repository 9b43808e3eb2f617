/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of luwatch. */
#ifndef LUWATCH_COMMAND_H
#define LUWATCH_COMMAND_H

#include <argp.h>

#include "base/exit.h"
#include "base/folders.h"

/*
 * One command, or one part of a command that has several. The parser, --help, the man pages and the
 * completion of bash all read this table and the tables of options behind .argp.
 */
struct lw_command {
	const char *name;
	const char *summary;		    /* one line */
	int (*run)(int argc, char **argv);  /* argv[0] is what --help shows; returns lw_exit */
	const struct argp *argp;	    /* options, arguments, description */
	const struct lw_command *parts;	    /* instead of run and argp; ends with an empty one */
};

/* luwatch itself: its parts are the commands. */
extern const struct lw_command lw_luwatch;

/* The part of COMMAND with this name, or NULL. */
const struct lw_command *lw_command_part(const struct lw_command *command, const char *name);

/*
 * Runs the part of COMMAND that argv[1] names, or shows what parts there are. argv[0] is the
 * command's name in full, "luwatch audit".
 */
int lw_command_dispatch(const struct lw_command *command, int argc, char **argv);

int lw_command_check(int argc, char **argv);
int lw_command_status(int argc, char **argv);
int lw_command_preflight(int argc, char **argv);
int lw_command_run(int argc, char **argv);
int lw_command_arm(int argc, char **argv);
int lw_command_disarm(int argc, char **argv);
int lw_command_declare(int argc, char **argv);
int lw_command_kexec_args(int argc, char **argv);
int lw_command_kexec_load(int argc, char **argv);
int lw_command_collect(int argc, char **argv);
int lw_command_report(int argc, char **argv);
int lw_command_ack(int argc, char **argv);
int lw_command_approve(int argc, char **argv);
int lw_command_faults(int argc, char **argv);
int lw_command_snapshot(int argc, char **argv);
int lw_command_decode(int argc, char **argv);
int lw_command_bugreport(int argc, char **argv);
int lw_command_explain(int argc, char **argv);

extern const struct argp lw_argp_check, lw_argp_status, lw_argp_preflight, lw_argp_run, lw_argp_arm,
	lw_argp_disarm, lw_argp_declare, lw_argp_kexec_args, lw_argp_kexec_load,
	lw_argp_collect, lw_argp_report, lw_argp_ack, lw_argp_approve, lw_argp_faults,
	lw_argp_snapshot, lw_argp_decode, lw_argp_bugreport, lw_argp_explain;

/* Whose parts are commands and no topics of `luwatch explain`; main() says it. */
extern const struct lw_command *lw_explain_commands;

/* The parts of `luwatch audit`. */
extern const struct lw_command lw_audit_parts[];

#endif
