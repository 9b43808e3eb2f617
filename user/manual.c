/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program of the build, never installed: writes the man pages and completion from the
 * agent's own tables.
 *
 *	manual completion			tables for user/manual/completion.{bash,zsh,fish}
 *	manual schema SCHEMA			the schema with its words
 *	manual pages FOLDER BODIES SCHEMA	BODIES/NAME.SECTION.scd into FOLDER, commands without
 *					too
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "base/message.h"
#include "manual/manual.h"

#define BODY_LIMIT (1 << 20)

static int close_page(FILE *out, const char *path)
{
	int broken = ferror(out);

	if (!fclose(out) && !broken)
		return 0;
	lw_error("%s: %s", path, strerror(errno));
	return -EIO;
}

static FILE *open_page(const char *folder, const char *name, char **path)
{
	FILE *out;

	*path = lw_format("%s/%s", folder, name);
	out = fopen(*path, "w");
	if (!out)
		lw_error("%s: %s", *path, strerror(errno));
	return out;
}

static int write_command(const char *folder, const char *bodies, const struct lw_command *command)
{
	LW_FREE char *name = lw_format("luwatch-%s.8.scd", command->name);
	LW_FREE char *body_path = lw_format("%s/%s", bodies, name);
	LW_FREE uint8_t *body = NULL;
	LW_FREE char *path = NULL;
	size_t length;
	FILE *out;
	int r = lw_read_file(body_path, BODY_LIMIT, &body, &length);

	if (r && r != -ENOENT) {
		lw_error("%s: %s", body_path, strerror(-r));
		return r;
	}
	out = open_page(folder, name, &path);
	if (!out)
		return -EIO;
	lw_manual_command(out, command, (char *)body);
	return close_page(out, path);
}

static int write_page(const char *folder, const char *bodies, const char *name, const json_t *schema)
{
	LW_FREE char *body_path = lw_format("%s/%s", bodies, name);
	LW_FREE uint8_t *body = NULL;
	LW_FREE char *path = NULL;
	size_t length;
	FILE *out;
	int r = lw_read_file(body_path, BODY_LIMIT, &body, &length);

	if (r) {
		lw_error("%s: %s", body_path, strerror(-r));
		return r;
	}
	out = open_page(folder, name, &path);
	if (!out)
		return -EIO;
	lw_manual_page(out, (char *)body, schema);
	return close_page(out, path);
}

/* "luwatch-NAME.8.scd" belongs to a command; all others are pages of their own. */
static int write_other(const char *folder, const char *bodies, const char *name,
		       const json_t *schema)
{
	LW_FREE char *command = NULL;
	size_t length = strlen(name);

	if (strncmp(name, "luwatch-", 8) || length < 14 || strcmp(name + length - 6, ".8.scd"))
		return write_page(folder, bodies, name, schema);
	command = lw_format("%.*s", (int)(length - 14), name + 8);
	if (lw_command_part(&lw_luwatch, command))
		return 0;
	lw_error("%s/%s: there is no such command", bodies, name);
	return -ENOENT;
}

static int write_pages(const char *folder, const char *bodies, const json_t *schema)
{
	const struct lw_command *command;
	struct dirent *entry;
	DIR *names = opendir(bodies);
	int r = names ? 0 : -errno;

	for (command = lw_luwatch.parts; !r && command->name; command++)
		r = write_command(folder, bodies, command);
	while (!r && (entry = readdir(names)))
		if (entry->d_name[0] != '.')
			r = write_other(folder, bodies, entry->d_name, schema);
	if (names)
		closedir(names);
	else
		lw_error("%s: %s", bodies, strerror(-r));
	return r;
}

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *schema;
	bool pages;
	int r;

	if (argc == 2 && !strcmp(argv[1], "completion")) {
		lw_manual_completion(stdout);
		return ferror(stdout) || fclose(stdout) ? LW_EXIT_ERROR : LW_EXIT_CLEAN;
	}
	pages = argc == 5 && !strcmp(argv[1], "pages");
	if (!pages && (argc != 3 || strcmp(argv[1], "schema"))) {
		lw_error("usage: manual completion | manual schema SCHEMA | manual pages FOLDER "
			 "BODIES SCHEMA");
		return LW_EXIT_USAGE;
	}
	schema = json_load_file(argv[argc - 1], 0, &error);
	if (!schema) {
		lw_error("%s:%d: %s", argv[argc - 1], error.line, error.text);
		return LW_EXIT_ERROR;
	}
	r = lw_manual_schema(schema);
	if (!r && pages)
		r = write_pages(argv[2], argv[3], schema);
	else if (!r)
		r = json_dumpf(schema, stdout, JSON_INDENT(4)) || puts("") < 0 || fflush(stdout);
	json_decref(schema);
	return r ? LW_EXIT_ERROR : LW_EXIT_CLEAN;
}
