/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables behind completion.bash and its like, which do the work: for each command what may follow it.
 */
#include <ctype.h>
#include <string.h>

#include "base/io.h"
#include "manual/manual.h"
#include "words/words.h"

static void write_taking(FILE *out, const struct argp_option *option)
{
	const char *space = "";

	fputs(" taking='", out);
	for (; option && option->name; option++) {
		/* An argument that may be left out is never a word of its own. */
		if (!option->arg || option->flags & OPTION_ARG_OPTIONAL)
			continue;
		fprintf(out, "%s-%c=%s --%s=%s", space, option->key, option->arg, option->name,
			option->arg);
		space = " ";
	}
	fputc('\'', out);
}

static void write_options(FILE *out, const struct argp_option *option)
{
	fputs(" options='", out);
	for (; option && option->name; option++)
		fprintf(out, "--%s ", option->name);
	fputs("--help'", out);
}

/* The names of arguments in a line such as "[ID]" or "FILE|FOLDER|-". */
static void write_values(FILE *out, const char *line, size_t length)
{
	const char *space = "";
	size_t i, end;

	fputs(" values='", out);
	for (i = 0; i < length; i = end + 1) {
		for (end = i; end < length && isupper((unsigned char)line[end]); end++)
			;
		if (end == i)
			continue;
		fprintf(out, "%s%.*s", space, (int)(end - i), line + i);
		space = " ";
	}
	fputs("'", out);
}

static void write_case(FILE *out, const char *name, const char *parts, const struct argp *argp,
		       const char *line, size_t length)
{
	const struct argp_option *option = argp ? argp->options : NULL;

	fprintf(out, "\t'%s')\n\t\tparts='%s'", name, parts);
	write_options(out, option);
	write_taking(out, option);
	write_values(out, line, length);
	fputs(" ;;\n", out);
}

/* "add RID...\nlist": each line begins with a word to type, which is as good as a part. */
static void write_verbs(FILE *out, const char *name, const struct argp *argp)
{
	LW_FREE char *verbs = lw_format("%s", "");
	const char *line;
	size_t length, word;

	for (line = argp->args_doc; *line; line += length + (line[length] == '\n')) {
		LW_FREE char *before = verbs;
		LW_FREE char *full = NULL;

		length = strcspn(line, "\n");
		word = strcspn(line, " \n");
		full = lw_format("%s %.*s", name, (int)word, line);
		write_case(out, full, "", argp, line + word, length - word);
		verbs = lw_format("%s%s%.*s", before, *before ? " " : "", (int)word, line);
	}
	write_case(out, name, verbs, argp, "", 0);
}

static void write_command(FILE *out, const char *name, const struct lw_command *command)
{
	const char *line = command->argp && command->argp->args_doc ? command->argp->args_doc : "";
	LW_FREE char *parts = lw_format("%s", "");
	const struct lw_command *part;

	if (!command->parts) {
		if (islower((unsigned char)*line))
			write_verbs(out, name, command->argp);
		else
			write_case(out, name, "", command->argp, line, strlen(line));
		return;
	}
	for (part = command->parts; part->name; part++) {
		LW_FREE char *full = lw_format("%s%s%s", name, *name ? " " : "", part->name);
		LW_FREE char *before = parts;

		write_command(out, full, part);
		parts = lw_format("%s%s%s", before, *before ? " " : "", part->name);
	}
	write_case(out, name, parts, NULL, "", 0);
}

static void write_words(FILE *out)
{
	const struct lw_word_table *table;
	size_t i, j;

	fputs("\n_luwatch_kinds='", out);
	for (i = 0; i < LW_AUDIT_KINDS; i++)
		fprintf(out, "%s%s", i ? " " : "", lw_audit_kind_name(i));
	fputs("'\n_luwatch_topics='", out);
	for (i = 0; (table = lw_word_table(i)); i++)
		for (j = 0; j < table->count; j++)
			if (table->words[j].name)
				fprintf(out, "%s ", table->words[j].name);
	fputs("'\n", out);
}

void lw_manual_completion(FILE *out)
{
	fputs("\n_luwatch_table() {\n\tcase $1 in\n", out);
	write_command(out, "", &lw_luwatch);
	fputs("\tesac\n}\n", out);
	write_words(out);
}
