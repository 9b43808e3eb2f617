/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stored report says in the end, and whether that can be believed. A report that contradicts
 * itself is damaged: neither its verdict nor its parts are used.
 */
#ifndef LUWATCH_STORED_H
#define LUWATCH_STORED_H

#include <jansson.h>

#include "words/words.h"

/*
 * The verdict of REPORT; LW_VERDICT_NONE when the boot was no kexec, LW_VERDICT_DAMAGED when it has
 * none or the rest of the report contradicts it. When it is that, PROBLEM (if not NULL) says why in
 * a string to be released with free(), already escaped, NULL without memory; otherwise it is set to
 * NULL.
 */
enum lw_verdict lw_stored_verdict(const json_t *report, char **problem);

/* The exit code of every command that ends in this report: enum lw_exit of base/exit.h. */
int lw_stored_exit_code(const json_t *report);

#endif
