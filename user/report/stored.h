/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stored report says in the end, and whether that can be believed. A report that contradicts
 * itself is damaged: neither its verdict nor its parts are used.
 */
#ifndef LUWATCH_STORED_H
#define LUWATCH_STORED_H

#include <jansson.h>

enum lw_stored {
	LW_STORED_DAMAGED,     /* no verdict, or one that the rest of the report contradicts */
	LW_STORED_NO_HANDOVER, /* no verdict, as it should be: the boot was no kexec */
	LW_STORED_CLEAN,
	LW_STORED_INCOMPLETE,
	LW_STORED_VIOLATION,
};

/*
 * The verdict of REPORT. When it is LW_STORED_DAMAGED, PROBLEM (if not NULL) says why in a string
 * to be released with free(), already escaped, NULL without memory; otherwise it is set to NULL.
 */
enum lw_stored lw_stored_verdict(const json_t *report, char **problem);

/* The exit code of every command that ends in this report: enum lw_exit of base/exit.h. */
int lw_stored_exit_code(const json_t *report);

#endif
