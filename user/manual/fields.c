/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of a report as a list, from its JSON Schema: path, what it may be, what it means.
 */
#include <string.h>

#include "base/io.h"
#include "manual/manual.h"

#define REFERENCE "#/$defs/"

static const json_t *resolve(const json_t *schema, const json_t *field)
{
	const char *reference = json_string_value(json_object_get(field, "$ref"));

	if (!reference || strncmp(reference, REFERENCE, strlen(REFERENCE)))
		return field;
	return json_object_get(json_object_get(schema, "$defs"), reference + strlen(REFERENCE));
}

static void write_word(FILE *out, const json_t *word, bool first)
{
	fputs(first ? "" : " | ", out);
	lw_scd_text(out, json_is_string(word) ? json_string_value(word) : "null");
}

/* "kexec | cold", "integer | null". */
static void write_type(FILE *out, const json_t *type)
{
	const json_t *words = json_object_get(type, "enum"), *word;
	const json_t *pattern = json_object_get(type, "pattern");
	size_t i;

	if (json_is_string(json_object_get(type, "const")))
		return write_word(out, json_object_get(type, "const"), true);
	if (!words)
		words = json_object_get(type, "type");
	if (json_is_string(words))
		write_word(out, words, true);
	json_array_foreach(words, i, word)
		write_word(out, word, i == 0);
	if (pattern && strstr(json_string_value(pattern), "^0x"))
		fputs(" (0x…)", out);
	else if (pattern && strchr(json_string_value(pattern), 'T'))
		fputs(" (RFC 3339, UTC)", out);
}

static void write_field(FILE *out, const char *path, const json_t *field, const json_t *type)
{
	const char *text = json_string_value(json_object_get(field, "description"));

	if (!text)
		text = json_string_value(json_object_get(type, "description"));
	fputc('*', out);
	lw_scd_text(out, path);
	fputs("*\n\t", out);
	write_type(out, type);
	if (text) {
		fputs(". ", out);
		lw_scd_text(out, text);
	}
	fputs("\n\n", out);
}

static void walk(FILE *out, const json_t *schema, const char *path, const json_t *type)
{
	const json_t *items = json_object_get(type, "items");
	const json_t *other = json_object_get(type, "additionalProperties");
	const json_t *field;
	const char *name;

	/* The fields' own names: iteration takes no const. */
	json_object_foreach(json_object_get(type, "properties"), name, field) {
		LW_FREE char *deeper = lw_format("%s%s%s", path, *path ? "." : "", name);

		write_field(out, deeper, field, resolve(schema, field));
		walk(out, schema, deeper, resolve(schema, field));
	}
	if (json_is_object(items)) {
		LW_FREE char *deeper = lw_format("%s[]", path);

		walk(out, schema, deeper, resolve(schema, items));
	}
	if (json_is_object(other)) {
		LW_FREE char *deeper = lw_format("%s.NAME", path);

		write_field(out, deeper, other, resolve(schema, other));
		walk(out, schema, deeper, resolve(schema, other));
	}
}

void lw_manual_fields(FILE *out, const json_t *schema)
{
	walk(out, schema, "", schema);
}
