/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Man pages of the commands: head, options and exit codes from the tables, the rest from people.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "manual/manual.h"

/* "add RID...": words in capitals are names of arguments, others are to be typed as they stand. */
static void write_words(FILE *out, const char *words, size_t length)
{
	size_t i, end;

	for (i = 0; i < length; i = end) {
		bool name = isupper((unsigned char)words[i]);

		end = i;
		while (end < length && isalpha((unsigned char)words[end]) &&
		       !isupper((unsigned char)words[end]) == !name)
			end++;
		if (end > i) {
			fprintf(out, name ? "_%.*s_" : "*%.*s*", (int)(end - i), words + i);
		} else {
			fputc(words[i], out);
			end++;
		}
	}
}

static void write_option(FILE *out, const struct argp_option *option)
{
	fprintf(out, "*-%c*, *--%s*", option->key, option->name);
	if (option->arg) {
		fputs(option->flags & OPTION_ARG_OPTIONAL ? "[=" : "=", out);
		write_words(out, option->arg, strlen(option->arg));
		fputs(option->flags & OPTION_ARG_OPTIONAL ? "]" : "", out);
	}
	fputs("\n\t", out);
	lw_scd_text(out, option->doc);
	fputs(".\n\n", out);
}

static void write_options(FILE *out, const struct argp *argp)
{
	const struct argp_option *option;
	const char *more = strchr(argp->doc, '\v');

	for (option = argp->options; option && option->name; option++)
		write_option(out, option);
	fputs("*-?*, *--help*\n\tShow the options and end.\n\n", out);
	if (more) {
		lw_scd_text(out, more + 1);
		fputs("\n\n", out);
	}
}

static void write_synopsis(FILE *out, const char *name, const struct argp *argp)
{
	const char *line = argp->args_doc ? argp->args_doc : "";
	size_t length;

	do {
		length = strcspn(line, "\n");
		fprintf(out, "*%s*%s", name, argp->options ? " [_OPTION_...]" : "");
		fputs(length ? " " : "", out);
		write_words(out, line, length);
		line += length;
		fputs(*line ? "++\n" : "\n\n", out);
	} while (*line++);
}

/* Options of the command, or of each of its parts. */
static void options(FILE *out, const struct lw_command *command)
{
	const struct lw_command *part;

	if (command->argp) {
		fputs("# OPTIONS\n\n", out);
		write_options(out, command->argp);
		return;
	}
	fputs("# PARTS\n\n", out);
	for (part = command->parts; part->name; part++) {
		LW_FREE char *name = lw_format("luwatch %s %s", command->name, part->name);

		fprintf(out, "## %s\n\n", part->name);
		write_synopsis(out, name, part->argp);
		lw_scd_text(out, part->argp->doc);
		fputs("\n\n", out);
		write_options(out, part->argp);
	}
}

static void head(FILE *out, const struct lw_command *command)
{
	LW_FREE char *name = lw_format("luwatch %s", command->name);

	fprintf(out, "luwatch-%s(8) \"luwatch " LW_VERSION "\" \"luwatch\"\n\n# NAME\n\nluwatch-%s - ",
		command->name, command->name);
	lw_scd_text(out, command->summary);
	fputs("\n\n# SYNOPSIS\n\n", out);
	if (command->argp)
		write_synopsis(out, name, command->argp);
	else
		fprintf(out, "*%s* _PART_ [_OPTION_...]\n\n", name);
	fputs("# DESCRIPTION\n\n", out);
	if (command->argp) {
		lw_scd_text(out, command->argp->doc);
		fputs("\n\n", out);
	} else {
		fputs("Has parts, each with options of its own.\n\n", out);
	}
}

void lw_manual_command(FILE *out, const struct lw_command *command, const char *body)
{
	size_t length;

	head(out, command);
	if (!body)
		body = "@options\n\n@exit\n";
	for (; *body; body += length + (body[length] == '\n')) {
		length = strcspn(body, "\n");
		if (length == 8 && !strncmp(body, "@options", length))
			options(out, command);
		else if (length == 5 && !strncmp(body, "@exit", length))
			lw_manual_list(out, "exit", NULL);
		else
			fprintf(out, "%.*s\n", (int)length, body);
	}
	fputs("\n# SEE ALSO\n\n*luwatch*(8)\n", out);
}
