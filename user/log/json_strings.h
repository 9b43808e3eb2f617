/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The strings of interest of a JSON document: each waits until its object ends, because who speaks may be
 * told behind it, and one that is in two fields of a record is handed over once. Pure.
 */
#ifndef LUWATCH_LOG_JSON_STRINGS_H
#define LUWATCH_LOG_JSON_STRINGS_H

#include "log/json.h"

#define LW_JSON_KEY    48
#define LW_JSON_RECENT 16
#define LW_JSON_TAIL   256

/* A string by digests of its last byte, its last two, ..., all of it. */
struct lw_json_recent {
	size_t length;
	uint64_t digest;
	uint64_t tail[LW_JSON_TAIL];
	bool lines; /* more than one */
};

struct lw_json_strings {
	struct lw_passage *passage;
	struct lw_saved *log;
	unsigned int nested; /* containers around this one */
	lw_json_give give;
	uint64_t given;
	uint64_t copy; /* the field of the string that was handed over last */
	char followed[LW_JSON_KEY]; /* of the last string of interest */
	unsigned int follow;	    /* so many more of that key are handed over */

	/* Strings of this record: objects in objects, but not of a list. */
	struct lw_json_recent recent[LW_JSON_RECENT];
	unsigned int recent_count;

	/* Those that wait, each behind a head. Freed by the owner. */
	char *bytes;
	size_t length, room;
};

void lw_json_strings_init(struct lw_json_strings *strings, struct lw_passage *passage, unsigned int nested,
			  lw_json_give give);

/*
 * Takes the string of the field KEY if it is of interest, as it is or decoded. True when so much waits
 * that it should be given.
 */
bool lw_json_strings_take(struct lw_json_strings *strings, const char *key, uint64_t line, bool in_object,
			  const char *bytes, size_t length);

/* Hands over those that wait from byte FROM on. */
void lw_json_strings_give(struct lw_json_strings *strings, size_t from, struct lw_saved_about *about);

/* Room for NEEDED bytes; false without memory, told in LOG. */
bool lw_json_grow(char **bytes, size_t *room, size_t needed, struct lw_saved *log);

#endif
