/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading configuration files. inih finds sections, keys and values; a reader of our own gives it
 * the lines one by one, which is how a value's line number is known, and refuses what inih would
 * take silently: continued lines, lines it would cut, sections nobody knows.
 */
#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/io.h"
#include "config/config.h"

#define FILE_LIMIT 65536
#define KEY_LIMIT  128

struct reading {
	struct lw_config *config;
	const char *file;
	const char *at, *end;
	int line;
	int problems;
	bool seen[KEY_LIMIT]; /* in this file, by index in the table */
	char labels[LW_CONFIG_LABELS * 2][LW_LABEL_NAME];
	size_t label_count;
	lw_config_say say;
	void *data;
};

static void problem(struct reading *r, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void problem(struct reading *r, int line, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->problems++;
	if (r->say)
		r->say(r->file, line, text, r->data);
}

/* A word of the file, for a message. */
static char *shown(const char *text)
{
	char *escaped = lw_escape(text, strlen(text), 60);

	return escaped ? escaped : lw_format("?");
}

static bool is_section(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < lw_config_key_count; i++)
		if (strlen(lw_config_keys[i].section) == length &&
		    !memcmp(lw_config_keys[i].section, name, length))
			return true;
	return strlen(LW_CONFIG_LABEL_SECTION) == length &&
	       !memcmp(LW_CONFIG_LABEL_SECTION, name, length);
}

/* "[record], [watch], …" or the keys of SECTION. */
static char *list_allowed(const char *section)
{
	const struct lw_config_key *k, *end = lw_config_keys + lw_config_key_count;
	char *list = NULL;
	size_t size;
	FILE *out = open_memstream(&list, &size);

	if (!out)
		return NULL;
	for (k = lw_config_keys; k < end; k++) {
		if (section && !strcmp(k->section, section))
			fprintf(out, "%s, ", k->name);
		else if (!section && (k == lw_config_keys || strcmp(k->section, k[-1].section)))
			fprintf(out, "[%s], ", k->section);
	}
	fputs(section ? "" : "[" LW_CONFIG_LABEL_SECTION "], ", out);
	fclose(out);
	if (list && strlen(list) >= 2)
		list[strlen(list) - 2] = '\0';
	return list;
}

/* Why inih must not see this line; NULL when it may. */
static const char *bad_line(const char *line, size_t length, size_t room)
{
	size_t blanks = 0;

	if (length + 2 > room)
		return "the line is too long: 190 bytes are allowed";
	if (memchr(line, '\0', length))
		return "the line has a zero byte";
	while (blanks < length && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	if (blanks && blanks < length && !strchr(";#\r", line[blanks]))
		return "the line begins with a blank: a value cannot be continued";
	return NULL;
}

static void check_section(struct reading *r, const char *line, size_t length)
{
	const char *close = memchr(line, ']', length);
	LW_FREE char *name = NULL, *escaped = NULL, *allowed = NULL;

	if (!close || is_section(line + 1, close - line - 1))
		return;
	name = strndup(line + 1, close - line - 1);
	escaped = name ? shown(name) : NULL;
	allowed = list_allowed(NULL);
	problem(r, r->line, "unknown section [%s]; there are %s", escaped, allowed);
}

/* What inih calls for the next line: fgets() with our eyes on it. */
static char *next_line(char *buffer, int room, void *stream)
{
	struct reading *r = stream;
	const char *newline, *bad;
	size_t length;

	if (r->at >= r->end)
		return NULL;
	newline = memchr(r->at, '\n', r->end - r->at);
	length = (newline ? newline : r->end) - r->at;
	r->line++;
	bad = bad_line(r->at, length, room < LW_CONFIG_TEXT ? room : LW_CONFIG_TEXT);
	if (bad)
		problem(r, r->line, "%s", bad);
	else if (length && *r->at == '[')
		check_section(r, r->at, length);
	if (!bad)
		memcpy(buffer, r->at, length);
	strcpy(buffer + (bad ? 0 : length), "\n");
	r->at += length + (newline != NULL);
	return buffer;
}

/* Where the line that is read stands. */
static void say_origin(const struct reading *r, char origin[LW_CONFIG_ORIGIN])
{
	snprintf(origin, LW_CONFIG_ORIGIN, "%s:%d", r->file, r->line);
}

static void take_label(struct reading *r, const char *name, const char *value)
{
	LW_FREE char *escaped = shown(name);
	const char *why;
	size_t i;

	for (i = 0; i < r->label_count; i++) {
		if (!strcmp(r->labels[i], name)) {
			problem(r, r->line, "label %s is given twice in this file", escaped);
			return;
		}
	}
	if (lw_config_set_label(r->config, name, value, &why)) {
		problem(r, r->line, "label %s: %s", escaped, why);
		return;
	}
	for (i = 0; i < r->config->label_count; i++)
		if (!strcmp(r->config->labels[i].name, name))
			say_origin(r, r->config->label_origins[i]);
	if (r->label_count < LW_CONFIG_LABELS * 2)
		strcpy(r->labels[r->label_count++], name);
}

static void take_key(struct reading *r, size_t index, const char *value)
{
	const struct lw_config_key *key = &lw_config_keys[index];
	LW_FREE char *escaped = shown(value);

	if (r->seen[index])
		problem(r, r->line, "%s of [%s] is given twice in this file", key->name,
			key->section);
	r->seen[index] = true;
	if (lw_config_set(r->config, key, value)) {
		problem(r, r->line, "%s = %s is not allowed; allowed is %s", key->name,
			*escaped ? escaped : "(nothing)", key->allowed);
		return;
	}
	snprintf(r->config->sources[index].text, LW_CONFIG_TEXT, "%s", value);
	say_origin(r, r->config->sources[index].origin);
}

static void unknown_key(struct reading *r, const char *section, const char *name)
{
	LW_FREE char *escaped = shown(name);
	LW_FREE char *allowed = list_allowed(section);

	problem(r, r->line, "unknown key \"%s\" in [%s]; there are %s", escaped, section, allowed);
}

/* inih's handler. Problems are ours to tell, so it never reports one back. */
static int take(void *data, const char *section, const char *name, const char *value)
{
	struct reading *r = data;
	size_t i;

	if (!*section) {
		problem(r, r->line, "a key before the first [section]");
	} else if (!strcmp(section, LW_CONFIG_LABEL_SECTION)) {
		take_label(r, name, value);
	} else if (is_section(section, strlen(section))) {
		for (i = 0; i < lw_config_key_count; i++)
			if (!strcmp(lw_config_keys[i].section, section) &&
			    !strcmp(lw_config_keys[i].name, name))
				break;
		if (i < lw_config_key_count)
			take_key(r, i, value);
		else
			unknown_key(r, section, name);
	}
	return 1;
}

int lw_config_parse(struct lw_config *config, const char *file, const char *text, size_t length,
		    lw_config_say say, void *data)
{
	struct reading r = { .config = config,
			     .file = file,
			     .at = text,
			     .end = text + length,
			     .say = say,
			     .data = data };
	int line = ini_parse_stream(next_line, &r, take, &r);

	if (line > 0)
		problem(&r, line, "the line is no [section], no key = value and no comment");
	else if (line < 0)
		problem(&r, 0, "it cannot be parsed");
	return r.problems ? -EINVAL : 0;
}

/* "level = full    ; FILE:LINE", which is read again as the same. */
static void put_line(FILE *out, const char *name, const char *value, const char *origin)
{
	int room = 40 - (int)strlen(name) - 3;

	fprintf(out, "%s = %-*s ; %s\n", name, room > 0 ? room : 0, value,
		*origin ? origin : "default");
}

char *lw_config_text(const struct lw_config *c)
{
	const struct lw_config_key *k = lw_config_keys;
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (i = 0; i < lw_config_key_count; i++, k++) {
		if (!i || strcmp(k->section, k[-1].section))
			fprintf(out, "%s[%s]\n", i ? "\n" : "", k->section);
		put_line(out, k->name, *c->sources[i].origin ? c->sources[i].text : k->fallback,
			 c->sources[i].origin);
	}
	fprintf(out, "\n[" LW_CONFIG_LABEL_SECTION "]\n");
	for (i = 0; i < c->label_count; i++)
		put_line(out, c->labels[i].name, c->labels[i].value, c->label_origins[i]);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static int load_file(struct lw_config *config, const char *path, lw_config_say say, void *data)
{
	LW_FREE uint8_t *text = NULL;
	size_t length;
	int r = lw_read_file(path, FILE_LIMIT, &text, &length);

	if (r && say && r != -ENOENT)
		say(path, 0, strerror(-r), data);
	return r ? r : lw_config_parse(config, path, (char *)text, length, say, data);
}

static int is_conf(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	       !strcmp(entry->d_name + length - 5, ".conf");
}

/* In the order of bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What a value names has to be as it should on this host: told where the value stands. */
static int check_host(const struct lw_config *c, bool of_unit, lw_config_say say, void *data)
{
	int worst = 0;
	size_t i;

	for (i = 0; i < lw_config_key_count; i++) {
		const struct lw_config_key *key = &lw_config_keys[i];
		const struct lw_config_source *source = &c->sources[i];
		LW_FREE char *why = NULL, *text = NULL, *file = NULL;
		char *colon;

		if (!*source->text)
			continue;
		if (of_unit && *source->text == '/')
			why = lw_place_problem(source->text);
		if (!why && key->type == LW_CONFIG_PROGRAM_OR_NONE)
			why = lw_program_problem(source->text);
		else if (!why && key->type == LW_CONFIG_USER_OR_NONE)
			why = lw_user_problem(source->text);
		if (!why)
			continue;
		worst = -EINVAL;
		text = lw_format("%s = %s: %s", key->name, source->text, why);
		file = lw_format("%s", source->origin);
		colon = strrchr(file, ':');
		if (colon)
			*colon = '\0';
		if (say)
			say(file, colon ? atoi(colon + 1) : 0, text, data);
	}
	return worst;
}

int lw_config_load(struct lw_config *config, const char *file, const char *folder, bool must_exist,
		   lw_config_say say, void *data)
{
	struct dirent **names = NULL;
	int count, i, r, worst;

	lw_config_defaults(config);
	worst = load_file(config, file, say, data);
	if (worst == -ENOENT && must_exist && say)
		say(file, 0, strerror(ENOENT), data);
	else if (worst == -ENOENT)
		worst = 0;
	count = folder ? scandir(folder, &names, is_conf, by_name) : 0;
	if (count < 0 && errno != ENOENT) {
		worst = -errno;
		if (say)
			say(folder, 0, strerror(-worst), data);
	}
	for (i = 0; i < count; i++) {
		LW_FREE char *path = lw_format("%s/%s", folder, names[i]->d_name);

		r = load_file(config, path, say, data);
		if (r && r != -ENOENT)
			worst = r;
		free(names[i]);
	}
	free(names);
	return worst ? worst : check_host(config, folder != NULL, say, data);
}
