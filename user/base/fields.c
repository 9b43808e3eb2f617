// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The only way by which the text views read a report. It exists so that no view has to think about
 * types, ownership or escaping: strings come out harmless and live as long as the view.
 */
#include "base/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

#define NO_MEMORY "?"
#define PATH_PART 32

struct lw_fields_kept {
	struct lw_fields_kept *next;
	char *text;
};

void lw_fields_release(struct lw_fields *fields)
{
	struct lw_fields_kept *kept;

	while ((kept = fields->kept)) {
		fields->kept = kept->next;
		free(kept->text);
		free(kept);
	}
}

/* Takes over TEXT, which may be NULL. */
static const char *keep(struct lw_fields *fields, char *text)
{
	struct lw_fields_kept *kept = text ? malloc(sizeof(*kept)) : NULL;

	if (!kept) {
		free(text);
		return NO_MEMORY;
	}
	kept->text = text;
	kept->next = fields->kept;
	fields->kept = kept;
	return text;
}

const json_t *lw_field(const json_t *object, const char *path)
{
	char part[PATH_PART];

	while (object) {
		size_t length = strcspn(path, ".");

		if (length >= sizeof(part))
			return NULL;
		memcpy(part, path, length);
		part[length] = '\0';
		object = json_object_get(object, part);
		if (!path[length])
			return object;
		path += length + 1;
	}
	return NULL;
}

/* The string of VALUE, which is one, escaped and cut to LIMIT bytes. */
static const char *show_string(struct lw_fields *fields, const json_t *value, size_t limit)
{
	return keep(fields, lw_escape(json_string_value(value), json_string_length(value), limit));
}

const char *lw_field_text(struct lw_fields *fields, const json_t *object, const char *path,
			  const char *fallback)
{
	const json_t *value = lw_field(object, path);

	if (!json_is_string(value) || !json_string_length(value))
		return fallback;
	return show_string(fields, value, LW_FIELD_MAX);
}

const char *lw_field_word(struct lw_fields *fields, const json_t *object, const char *path,
			  const char *fallback)
{
	const json_t *value = lw_field(object, path);

	if (!json_is_string(value) || !json_string_length(value))
		return fallback;
	return show_string(fields, value, LW_WORD_MAX);
}

const char *lw_field_keep(struct lw_fields *fields, const char *text)
{
	return keep(fields, lw_escape(text, strlen(text), LW_FIELD_MAX));
}

const char *lw_field_show(struct lw_fields *fields, const json_t *value, const char *fallback)
{
	const char *text;
	char *dump;

	if (!value || json_is_null(value))
		return fallback;
	if (json_is_string(value))
		return json_string_length(value) ? show_string(fields, value, LW_FIELD_MAX)
						 : fallback;
	dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!dump)
		return NO_MEMORY;
	text = lw_field_keep(fields, dump);
	free(dump);
	return text;
}

const char *lw_field_any(struct lw_fields *fields, const json_t *object, const char *path,
			 const char *fallback)
{
	return lw_field_show(fields, lw_field(object, path), fallback);
}

const char *lw_field_raw(const json_t *object, const char *path)
{
	const char *text = json_string_value(lw_field(object, path));

	return text ? text : "";
}

bool lw_field_count(const json_t *object, const char *path, uint64_t *count)
{
	const json_t *value = lw_field(object, path);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*count = (uint64_t)json_integer_value(value);
	return true;
}

const char *lw_field_count_text(struct lw_fields *fields, const json_t *object, const char *path)
{
	uint64_t count;

	if (!lw_field_count(object, path, &count))
		return "?";
	return lw_field_format(fields, "%llu", (unsigned long long)count);
}

const char *lw_field_upper(struct lw_fields *fields, const char *text)
{
	char *upper = strdup(text), *at;

	for (at = upper; at && *at; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 'a' + 'A');
	return keep(fields, upper);
}

const char *lw_field_format(struct lw_fields *fields, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return keep(fields, length < 0 ? NULL : text);
}
