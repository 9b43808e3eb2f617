/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that may speak of faults, and a few after each, in order. A line is judged when the ones
 * behind it are known, because whatever wrapped it put its rest there. Pure.
 */
#ifndef LUWATCH_PASSAGE_H
#define LUWATCH_PASSAGE_H

#include "log/respell.h"
#include "log/saved.h"

/* How many lines the rest of a wrapped fault can be away. */
#define LW_PASSAGE_LINES 16
#define LW_PASSAGE_LINE	 (128UL << 10)

struct lw_passage_line {
	struct lw_saved_about about;
	char *text;
	size_t length, room;
	unsigned int part; /* lines before it in the same line of the file */
	bool counted;	   /* the number in front of it was looked at */
	size_t from; /* what stands before was taken with the line before */
};

struct lw_passage {
	struct lw_saved *log;
	struct lw_passage_line lines[LW_PASSAGE_LINES];
	unsigned int first, count;
	uint64_t number; /* in front of the line before, 0 = none */
	struct {
		bool valid;
		struct lw_fault fault;
		struct lw_saved_about about;
	} last; /* for "last message repeated" */
	struct lw_respell spelling;
};

void lw_passage_init(struct lw_passage *passage, struct lw_saved *log);
void lw_passage_free(struct lw_passage *passage);

/* One line, cleaned and perhaps several again. TEXT is not needed afterwards. */
void lw_passage_add(struct lw_passage *passage, const struct lw_saved_about *about,
		    const char *text, size_t length);

/* Whether the last line has all of what it speaks of: only the next one can add to it, a repetition. */
bool lw_passage_is_settled(struct lw_passage *passage);

/* Judges what is there: nothing that follows belongs to it. */
void lw_passage_end(struct lw_passage *passage);

/* The line INDEX behind the first; NULL when there is none. */
static inline struct lw_passage_line *lw_passage_at(struct lw_passage *passage, unsigned int index)
{
	return index < passage->count ?
		       &passage->lines[(passage->first + index) % LW_PASSAGE_LINES] : NULL;
}

#endif
