/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON of any shape and size: every string in it that holds something of interest, with what the
 * object around it tells about time, host and speaker. Pure.
 */
#ifndef LUWATCH_LOG_JSON_H
#define LUWATCH_LOG_JSON_H

#include "log/passage.h"

struct lw_json_reader;

/* Takes a string of interest; DEPTH is that of its container. */
typedef void (*lw_json_give)(struct lw_passage *passage, const struct lw_saved_about *about,
			     unsigned int depth, const char *bytes, size_t length);

/* NULL without memory. */
struct lw_json_reader *lw_json_new(struct lw_passage *passage, const struct lw_saved_about *about,
				   unsigned int depth, lw_json_give give);
void lw_json_push(struct lw_json_reader *reader, const char *bytes, size_t length);

/* Hands over what is still held back and frees the reader. Returns how many strings it gave. */
uint64_t lw_json_end(struct lw_json_reader *reader);

/* JSON inside a line: how many strings of interest it had; 0 when it is none. */
uint64_t lw_json_line(struct lw_passage *passage, const struct lw_saved_about *about,
		      unsigned int depth, lw_json_give give, const char *bytes, size_t length);

/* What a field called NAME tells, in JSON and in the journal's fields. */
void lw_json_field(struct lw_saved_about *about, const char *name, const char *value, size_t length);

/* Whether BYTES begin like a JSON document. */
bool lw_json_is(const char *bytes, size_t length);

#endif
