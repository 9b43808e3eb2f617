/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `luwatch audit`, each with its own options. argv[0] is "luwatch audit PART". */
#ifndef LUWATCH_COMMAND_AUDIT_H
#define LUWATCH_COMMAND_AUDIT_H

#include <argp.h>
#include <stddef.h>

int lw_audit_command_verify(int argc, char **argv);
int lw_audit_command_show(int argc, char **argv);
int lw_audit_command_checkpoint(int argc, char **argv);
int lw_audit_command_prove(int argc, char **argv);
int lw_audit_command_verify_proof(int argc, char **argv);
int lw_audit_command_export(int argc, char **argv);

extern const struct argp lw_argp_audit_verify, lw_argp_audit_show, lw_argp_audit_checkpoint,
	lw_argp_audit_prove, lw_argp_audit_verify_proof, lw_argp_audit_export;

/*
 * The files to read: WORDS when there are any, else the log at PATH and its rotated files. Lock,
 * torn tails and the compressed copy of a plain file are left out. Returns an exit code, with a
 * message said; release LIST with lw_audit_files_free().
 */
int lw_audit_command_files(const char *path, char *const *words, int count, char ***list,
			   size_t *length);

#endif
