// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Putting a wrapped fault together again. Every way of wrapping is tried, and what decides is
 * whether the kernel's grammar goes on in the next line: with a blank for the line end (mailers),
 * with nothing (terminals, which break words), without the "=" of quoted-printable. What a wrapper
 * put in front of its second line is what it put in front of the first, or quote marks.
 */
#include "log/join.h"

#include <ctype.h>
#include <string.h>

#include "fault/cursor.h"
#include "log/before.h"
#include "log/mark.h"

#define GLUED	 2048
#define FOREIGN	 3 /* lines of other processors in between */
#define OFFSETS	 24

enum glue { BLANK, NOTHING, EQUALS, GLUES };

static bool is_digit(const char *text, size_t at, size_t length)
{
	return at < length && isdigit((unsigned char)text[at]);
}

static bool is_blank(const char *text, size_t at, size_t length)
{
	return at < length && (text[at] == ' ' || text[at] == '\t');
}

/* How much of B is like the beginning of A: numbers and blanks differ from line to line. */
static size_t common_prefix(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t i = 0, j = 0;

	while (i < a_length && j < b_length) {
		if (is_digit(a, i, a_length) && is_digit(b, j, b_length)) {
			while (is_digit(a, i, a_length))
				i++;
			while (is_digit(b, j, b_length))
				j++;
		} else if (is_blank(a, i, a_length) || is_blank(b, j, b_length)) {
			if (!is_blank(a, i, a_length) && !is_digit(a, i, a_length))
				break;
			if (!is_blank(b, j, b_length) && !is_digit(b, j, b_length))
				break;
			while (is_blank(a, i, a_length))
				i++;
			while (is_blank(b, j, b_length))
				j++;
		} else if (a[i] == b[j]) {
			i++;
			j++;
		} else {
			break;
		}
	}
	return j;
}

/* Where in LINE, behind a prefix like that of HEAD, the text can go on; the likeliest first. */
static unsigned int offsets_of(const struct lw_passage_line *line, const char *head, size_t length,
			       size_t offsets[OFFSETS])
{
	size_t common = common_prefix(head, length, line->text, line->length);
	size_t quotes = lw_before_quotes(line->text, line->length), at;
	unsigned int n = 0;

	for (at = common; at > quotes && n < OFFSETS - 2; at--)
		if (strchr(" \t>|:;]", line->text[at - 1]))
			offsets[n++] = at;
	offsets[n++] = quotes;
	return n;
}

static size_t glue(char *glued, size_t length, enum glue how, const char *more, size_t more_length)
{
	while (length && strchr(" \t", glued[length - 1]))
		length--;
	if (how == EQUALS) {
		if (!length || glued[length - 1] != '=')
			return 0;
		length--;
	}
	if (length + 1 + more_length > GLUED)
		return 0;
	if (how == BLANK)
		glued[length++] = ' ';
	memcpy(glued + length, more, more_length);
	return length + more_length;
}

static enum lw_fault_words parse(const char *glued, size_t length, struct lw_fault *fault, size_t *rest)
{
	struct lw_cursor c = { .at = glued, .end = glued + length };
	enum lw_fault_words words = lw_line_fault_words(&c, fault);

	*rest = lw_left(&c);
	return words;
}

/* The second half of a fault of kernels before 4.5 names the driver: it may stand behind anything. */
static bool labelled_half(const struct lw_passage_line *line, size_t *offset)
{
	const char *at = memmem(line->text, line->length, "DMAR:[fault reason", 18);

	if (!at)
		at = memmem(line->text, line->length, "INTR-REMAP:[fault reason", 24);
	if (at)
		*offset = (size_t)(at - line->text);
	return at;
}

struct attempt {
	char glued[GLUED];
	size_t length;
	struct lw_fault *fault;
	size_t rest; /* bytes of the last line that are not of the fault */
};

/* One more line. What it makes of the text is put into ATTEMPT unless it is nothing. */
static enum lw_fault_words append(struct attempt *a, const struct lw_passage_line *line, const char *head,
			    size_t head_length)
{
	size_t offsets[OFFSETS + 1], length, rest, best_length = 0;
	unsigned int n = offsets_of(line, head, head_length, offsets), i;
	char glued[GLUED], best[GLUED];
	enum lw_fault_words words;
	enum glue how;

	n += labelled_half(line, &offsets[n]);
	for (how = BLANK; how < GLUES; how++) {
		for (i = 0; i < n; i++) {
			memcpy(glued, a->glued, a->length);
			length = glue(glued, a->length, how, line->text + offsets[i],
				      line->length - offsets[i]);
			words = length ? parse(glued, length, a->fault, &rest) : LW_WORDS_NONE;
			if (words == LW_WORDS_FAULT && rest < line->length) {
				memcpy(a->glued, glued, length);
				a->length = length;
				a->rest = rest;
				return LW_WORDS_FAULT;
			}
			if (words == LW_WORDS_CUT && !best_length &&
			    offsets[i] < line->length) {
				memcpy(best, glued, length);
				best_length = length;
			}
		}
	}
	if (!best_length)
		return LW_WORDS_NONE;
	memcpy(a->glued, best, best_length);
	a->length = best_length;
	return LW_WORDS_CUT;
}

static bool is_blank_line(const struct lw_passage_line *line)
{
	return lw_before_quotes(line->text, line->length) == line->length;
}

static void put_words(char words[LW_SAVED_WORDS], const char *text, size_t length)
{
	while (length && *text == ' ') {
		text++;
		length--;
	}
	if (length >= LW_SAVED_WORDS)
		length = LW_SAVED_WORDS - 1;
	memcpy(words, text, length);
	words[length] = '\0';
}

bool lw_join(struct lw_passage *p, size_t start, struct lw_fault *fault,
	     char words[LW_SAVED_WORDS])
{
	struct lw_passage_line *first = lw_passage_at(p, 0), *line;
	size_t head_length = lw_before_driver(first->text, start), unused;
	struct attempt a = { .length = first->length - start, .fault = fault };
	unsigned int i, j, foreign = 0;
	bool used[LW_PASSAGE_LINES] = {};

	if (a.length > GLUED)
		return false;
	memcpy(a.glued, first->text + start, a.length);
	for (i = 1; (line = lw_passage_at(p, i)) && foreign <= FOREIGN; i++) {
		if (is_blank_line(line))
			continue;
		switch (append(&a, line, first->text, head_length)) {
		case LW_WORDS_FAULT:
			put_words(words, a.glued + a.length - a.rest, a.rest);
			for (j = 1; j < i; j++)
				if (used[j])
					lw_passage_at(p, j)->from = lw_passage_at(p, j)->length;
			line->from = line->length - a.rest;
			return true;
		case LW_WORDS_CUT:
			used[i] = true;
			break;
		case LW_WORDS_NONE:
			/* Another fault: this one's rest does not come any more. */
			if (lw_mark_of_subject(line->text, line->text + line->length, &unused))
				return false;
			foreign++;
			break;
		}
	}
	return false;
}
