/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal's fields as text: journalctl -o export and -o verbose. Pure. */
#ifndef LUWATCH_LOG_ENTRIES_H
#define LUWATCH_LOG_ENTRIES_H

#include "log/passage.h"

struct lw_entries {
	struct lw_passage *passage;
	struct lw_saved *log;
	bool verbose; /* fields are indented, an entry begins at the margin */
	bool lost;    /* nothing tells any more where a field begins */
	uint64_t line;
	struct lw_saved_about about;
	char *message;
	size_t message_length;
	char *buffer;
	size_t length, room;
};

/* Whether BYTES begin like one of the two; *VERBOSE says which. */
bool lw_entries_is(const char *bytes, size_t length, bool *verbose);

void lw_entries_init(struct lw_entries *entries, struct lw_passage *passage, bool verbose);
void lw_entries_push(struct lw_entries *entries, const char *bytes, size_t length);
void lw_entries_end(struct lw_entries *entries);

#endif
