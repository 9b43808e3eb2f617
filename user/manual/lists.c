/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists in man pages: commands, exit codes, keys of the configuration, kinds of audit records.
 */
#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "config/config.h"
#include "manual/manual.h"
#include "words/words.h"

static void write_commands(FILE *out, const json_t *schema)
{
	const struct lw_command *part;

	for (part = lw_luwatch.parts; part->name; part++) {
		fprintf(out, "*luwatch-%s*(8)\n\t", part->name);
		lw_scd_text(out, part->summary);
		fputs("\n\n", out);
	}
}

static void write_exit_codes(FILE *out, const json_t *schema)
{
	const struct lw_word *word;
	size_t i;

	fputs("# EXIT STATUS\n\n", out);
	for (i = 0; i < lw_exit_codes.count; i++) {
		word = &lw_exit_codes.words[i];
		fprintf(out, "*%s*\n\t", word->name);
		lw_scd_text(out, word->title);
		fputs(". ", out);
		lw_scd_text(out, word->story);
		fputs("\n\n", out);
	}
}

static void write_keys(FILE *out, const json_t *schema)
{
	const struct lw_config_key *key;
	const char *section = "";
	size_t i;

	for (i = 0; i < lw_config_key_count; i++) {
		key = &lw_config_keys[i];
		if (strcmp(section, key->section))
			fprintf(out, "## [%s]\n\n", key->section);
		section = key->section;
		fputc('*', out);
		lw_scd_text(out, key->name);
		fputs("*\n\t", out);
		lw_scd_text(out, key->help);
		fputs(" Allowed: ", out);
		lw_scd_text(out, key->allowed);
		fputs(". Default: ", out);
		lw_scd_text(out, *key->fallback ? key->fallback : "nothing");
		fputs(".\n\n", out);
	}
}

static void write_kinds(FILE *out, const json_t *schema)
{
	int i;

	for (i = 0; i < LW_AUDIT_KINDS; i++)
		fprintf(out, "%s*%s*%s", i ? ", " : "", lw_audit_kind_name(i),
			lw_audit_kinds.words[i].closes ? " (closing)" : "");
	fputs(".\n\n", out);
}

static void write_fields(FILE *out, const json_t *schema)
{
	lw_manual_fields(out, schema);
}

static const struct {
	const char *name;
	void (*write)(FILE *out, const json_t *schema);
} lists[] = {
	{ "commands", write_commands }, { "exit", write_exit_codes }, { "keys", write_keys },
	{ "kinds", write_kinds },	{ "fields", write_fields },
};

int lw_manual_list(FILE *out, const char *name, const json_t *schema)
{
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].name, name))
			continue;
		lists[i].write(out, schema);
		return 0;
	}
	return -ENOENT;
}

void lw_manual_page(FILE *out, const char *body, const json_t *schema)
{
	size_t length;

	for (; *body; body += length + (body[length] == '\n')) {
		LW_FREE char *name = NULL;

		length = strcspn(body, "\n");
		name = lw_format("%.*s", (int)length, body);
		if (name[0] != '@' || lw_manual_list(out, name + 1, schema))
			fprintf(out, "%s\n", name);
	}
}
