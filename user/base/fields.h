/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a stored report without trusting it: any field may be missing, of another type, or full
 * of terminal sequences. Every string that comes out of here is escaped (base/escape.h).
 */
#ifndef LUWATCH_FIELDS_H
#define LUWATCH_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* Keeps the strings handed out, until lw_fields_release(). Zero-initialised. */
struct lw_fields {
	struct lw_fields_kept *kept;
};

void lw_fields_release(struct lw_fields *fields);

/* The value at PATH ("kernel.old") below OBJECT; NULL when a part of the way is missing. Borrowed.
 */
const json_t *lw_field(const json_t *object, const char *path);

/*
 * The string at PATH, escaped, at most LW_FIELD_MAX bytes; FALLBACK (which may be NULL) when it is
 * missing, null, empty or no string. Lives until lw_fields_release().
 */
#define LW_FIELD_MAX 2000
const char *lw_field_text(struct lw_fields *fields, const json_t *object, const char *path,
			  const char *fallback);

/* The same, cut to what fits a column of a table: at most LW_WORD_MAX bytes. */
#define LW_WORD_MAX 40
const char *lw_field_word(struct lw_fields *fields, const json_t *object, const char *path,
			  const char *fallback);

/* TEXT, which is no field but as untrusted (a key), escaped and kept in the same way. */
const char *lw_field_keep(struct lw_fields *fields, const char *text);

/* As lw_field_text(), and any other value but null as its compact JSON. */
const char *lw_field_any(struct lw_fields *fields, const json_t *object, const char *path,
			 const char *fallback);

/* As lw_field_any(), of a value that is at hand. */
const char *lw_field_show(struct lw_fields *fields, const json_t *value, const char *fallback);

/* The string at PATH as it is, for comparisons only; "" when there is none. Never print it. */
const char *lw_field_raw(const json_t *object, const char *path);

/* The count at PATH; false when it is missing, no integer or negative. */
bool lw_field_count(const json_t *object, const char *path, uint64_t *count);

/* The count at PATH as text, "?" when there is none. */
const char *lw_field_count_text(struct lw_fields *fields, const json_t *object, const char *path);

/* TEXT, already escaped, with ASCII letters in upper case. */
const char *lw_field_upper(struct lw_fields *fields, const char *text);

/* A formatted text (of escaped parts), kept until lw_fields_release(); "?" without memory. */
const char *lw_field_format(struct lw_fields *fields, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
