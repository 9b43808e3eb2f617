/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digits at the ends of a wrapped fault's lines. Pure. GLUED is the fault so far; LINE one that may go on with
 * it; HEAD, LENGTH what is in front of its first line; OFFSET where in LINE the fault would go on.
 */
#ifndef LUWATCH_LOG_WRAP_H
#define LUWATCH_LOG_WRAP_H

#include "log/passage.h"

/* What containers put behind a line, two blanks first: what ends in these may be cut off. */
#define LW_JOIN_BEHIND " \t\"',;|=`)\\"

/* How much of B is like the beginning of A: numbers and blanks differ from line to line. */
size_t lw_wrap_common(const char *a, size_t a_length, const char *b, size_t b_length,
		      size_t *in_a);

/* Whether GLUED ends inside or right behind a number, so that more digits would change it. */
bool lw_wrap_ends_in_number(const char *glued, size_t length);

/* Digits and nothing else: the rest of a number, or a number of something else. */
bool lw_wrap_is_number_alone(const char *text, size_t length);

/*
 * Where in LINE a word of hexadecimal digits ends that is another one in front of the first line: "P" and "F",
 * "cafe" and "beef". It is no number's rest, or it is one by chance. 0 when there is none.
 */
size_t lw_wrap_other_tag(const struct lw_passage_line *line, const char *head, size_t length);

/*
 * Digits alone behind a number that a line end may have cut. They are its rest where a soft line end
 * says so, behind the same words as the first line has, or with the blank that kernels put behind it.
 */
bool lw_wrap_is_rest_of_number(const struct lw_passage_line *line, size_t offset, bool soft);

/* What would be passed over may be the rest of a number: who breaks words puts nothing before it. */
bool lw_wrap_could_be_digits(const struct lw_passage_line *line, size_t offset);

/* In front of a labelled half stands more than in front of the first line: perhaps a number's rest. */
bool lw_wrap_hides_digits(const struct lw_passage_line *line, size_t offset, size_t common);

/* Its first word is digits as the kernel prints them, and it is no other record of the same log. */
bool lw_wrap_is_like_a_rest(const struct lw_passage_line *line, const char *head, size_t length);

/* Of no word of another record: digits, and what may be a column's in front of them. */
bool lw_wrap_has_only_digits(const struct lw_passage_line *line);

/* Blanks that the first line does not have in front: who breaks words puts none. */
bool lw_wrap_only_indent(const struct lw_passage_line *line, size_t offset, size_t common);

/* GLUED ends where the kernel puts a number next. */
bool lw_wrap_awaits_number(const char *glued, size_t length);

/*
 * Its last word is digits, and what is in front is not as in front of the first line: another record, or the
 * beginning of the number that is awaited, behind what a wrapper puts in front.
 */
bool lw_wrap_may_end_in_number(const struct lw_passage_line *line, const char *head,
			       size_t length);

#endif
