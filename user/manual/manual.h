/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is made from the program's own tables while it is built, so that no two places describe the
 * same option: man pages (in scdoc's format) and the completion of bash. Never installed; all is
 * written to a stream whose errors the caller looks at.
 */
#ifndef LUWATCH_MANUAL_H
#define LUWATCH_MANUAL_H

#include <stdio.h>

#include <jansson.h>

#include "command/command.h"

/* TEXT with what scdoc would take for markup escaped; `code` becomes bold. */
void lw_scd_text(FILE *out, const char *text);

/*
 * The page of section 8 of a command. BODY is what people wrote about it, from behind the first
 * paragraph of DESCRIPTION on; a line "@options" in it stands for the options and "@exit" for the
 * exit codes. NULL: only those.
 */
void lw_manual_command(FILE *out, const struct lw_command *command, const char *body);

/*
 * A page that people wrote, from its head on. Lines that begin with @ stand for lists:
 * "@commands", "@exit", "@keys" (of the configuration), "@kinds" (of audit records), "@fields" (of
 * the report, by its SCHEMA).
 */
void lw_manual_page(FILE *out, const char *body, const json_t *schema);

/* One of those lists; 0, or -ENOENT when there is none of this name. */
int lw_manual_list(FILE *out, const char *name, const json_t *schema);

/* Puts names in place of each "words": KIND of the schema; -ENOENT for a kind there is not. */
int lw_manual_schema(json_t *schema);

/* The fields of a report, by its JSON Schema. */
void lw_manual_fields(FILE *out, const json_t *schema);

/* The tables of all commands for completion.bash, which stands before them. */
void lw_manual_completion(FILE *out);

#endif
