// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Putting a wrapped fault together again. Every way of wrapping is tried, and what decides is
 * whether the kernel's grammar goes on in the next line: with a blank for the line end (mailers),
 * with nothing (terminals, which break words), each also without what a container put behind the
 * line (quotes, the "=" of quoted-printable). What a wrapper
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

enum glue { BLANK, NOTHING, BARE_BLANK, BARE, SOFT, GLUES };

static bool is_blank(const char *text, size_t at, size_t length)
{
	return at < length && (text[at] == ' ' || text[at] == '\t');
}

/* Where in LINE, behind a prefix like that of HEAD, the text can go on; the likeliest first. */
static unsigned int offsets_of(const struct lw_passage_line *line, const char *head, size_t length,
			       size_t offsets[OFFSETS], size_t *common_length)
{
	size_t in_head, common = lw_wrap_common(head, length, line->text, line->length, &in_head);
	size_t quotes = lw_before_quotes(line->text, line->length), at;
	unsigned int n = 0;

	*common_length = common;
	/* Kubernetes says of each piece whether it is a part of a line or the rest. */
	if (common >= 7 && line->length > common + 1 && line->text[common + 1] == ' ' &&
	    strchr("FP", line->text[common]) && line->text[common] &&
	    (!memcmp(line->text + common - 7, "stdout ", 7) || !memcmp(line->text + common - 7, "stderr ", 7)))
		offsets[n++] = common + 2;
	for (at = common; at > quotes && n < OFFSETS - 3; at--) {
		/* A number that the first line has at this place too is not the fault's. */
		if (at < common && isdigit((unsigned char)line->text[at]))
			continue;
		if (strchr(" \t>|:;]\"',", line->text[at - 1]))
			offsets[n++] = at;
	}
	if (quotes >= common || !isdigit((unsigned char)line->text[quotes]))
		offsets[n++] = quotes;
	if (quotes)
		offsets[n++] = 0;
	return n;
}

/* Behind the "=" of a soft line end, which a container may have put quotes behind; 0 without one. */
static size_t soft_end(const char *glued, size_t length)
{
	while (length && glued[length - 1] != '=' && strchr(LW_JOIN_BEHIND, glued[length - 1]))
		length--;
	return length && glued[length - 1] == '=' ? length : 0;
}

static size_t glue(char *glued, size_t length, enum glue how, const char *more, size_t more_length)
{
	/* A blank that is there ends a number: it is not taken away where nothing is put in. */
	const char *behind = how == BARE_BLANK ? LW_JOIN_BEHIND : how == BLANK ? " \t" :
			     how == BARE	? LW_JOIN_BEHIND + 2 : "";

	if (how == SOFT) {
		length = soft_end(glued, length) - 1;
		behind = "";
	}
	while (length && *behind && strchr(behind, glued[length - 1]))
		length--;
	if (length + 1 + more_length > GLUED)
		return 0;
	if (how == BLANK || how == BARE_BLANK)
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

/*
 * The second half of a fault of kernels before 4.5 names the driver: it may stand behind anything but
 * what could be the rest of a number.
 */
static bool labelled_half(const struct lw_passage_line *line, size_t *offset)
{
	const char *at = memmem(line->text, line->length, "DMAR:[fault reason", 18);

	if (!at)
		at = memmem(line->text, line->length, "INTR-REMAP:[fault reason", 24);
	if (!at)
		return false;
	*offset = (size_t)(at - line->text);
	while (at > line->text && strchr(" \t", at[-1]))
		at--;
	return at == line->text || !isalnum((unsigned char)at[-1]);
}

struct attempt {
	char glued[GLUED];
	size_t length;
	struct lw_fault *fault;
	size_t rest; /* bytes of the last line that are not of the fault */
	bool doubtful; /* the line may be the rest of a number, or may not */
};

/* One more line. What it makes of the text is put into ATTEMPT unless it is nothing. */
static enum lw_fault_words append(struct attempt *a, const struct lw_passage_line *line, const char *head,
			    size_t head_length)
{
	size_t offsets[OFFSETS + 1], length, rest, best_length = 0, common, tag;
	unsigned int n = offsets_of(line, head, head_length, offsets, &common), i, label;
	bool soft = soft_end(a->glued, a->length);
	bool number = soft || lw_wrap_ends_in_number(a->glued, a->length);
	char glued[GLUED], best[GLUED];
	enum lw_fault_words words;
	enum glue how;

	tag = number && !soft ? lw_wrap_other_tag(line, head, head_length) : 0;
	/* A soft line end says that the line goes on right there; digits may be the rest of others. */
	a->doubtful = soft;
	for (i = 0; number && i < n; i++)
		a->doubtful |= offsets[i] < line->length &&
			       isxdigit((unsigned char)line->text[offsets[i]]);
	a->doubtful |= lw_wrap_has_only_digits(line) || (number && lw_wrap_is_like_a_rest(line, head, head_length));
	/* What is in front as in front of the first line may be digits: nobody can tell. */
	if (number && !soft && lw_wrap_could_be_digits(line, common)) {
		a->doubtful = true;
		return LW_WORDS_NONE;
	}
	label = n;
	if (!soft)
		n += labelled_half(line, &offsets[n]);
	for (how = soft ? SOFT : BLANK; how < (soft ? GLUES : SOFT); how++) {
		for (i = 0; i < n; i++) {
			if (number && offsets[i] < line->length &&
			    lw_wrap_is_number_alone(line->text + offsets[i], line->length - offsets[i]) &&
			    !lw_wrap_is_rest_of_number(line, offsets[i], soft)) {
				a->doubtful = true;
				continue;
			}
			if (offsets[i] < tag) {
				a->doubtful = true;
				continue;
			}
			if (number && (lw_wrap_could_be_digits(line, offsets[i]) ||
				       (i == label && lw_wrap_hides_digits(line, offsets[i], common)))) {
				a->doubtful = true;
				continue;
			}
			if (number && how != BLANK && how != BARE_BLANK &&
			    lw_wrap_only_indent(line, offsets[i], common))
				continue;
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

/* Nothing, or only what is in front of each line: quote marks, numbers, times. */
static bool is_blank_line(const struct lw_passage_line *line, const char *head, size_t length)
{
	size_t in_head, common = lw_wrap_common(head, length, line->text, line->length, &in_head);

	if (lw_before_quotes(line->text, line->length) == line->length)
		return true;
	/* A number alone may be the rest of the fault's, unless a blank was behind it. */
	return common == line->length &&
	       (!isdigit((unsigned char)line->text[common - 1]) || is_blank(head, in_head, length));
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
		/* An earlier fault's: nothing is in two. */
		if (line->from)
			continue;
		if (is_blank_line(line, first->text, head_length)) {
			/* A column's number, or the rest of the fault's. */
			if (a.length && lw_wrap_has_only_digits(line) && isxdigit((unsigned char)a.glued[a.length - 1]))
				return false;
			continue;
		}
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
			/* Only another record may stand between, not what may be the rest of a word. */
			if (a.doubtful || (lw_wrap_awaits_number(a.glued, a.length) &&
					   lw_wrap_may_end_in_number(line, first->text, head_length)))
				return false;
			if ((!a.length || a.glued[a.length - 1] != ' ') &&
			    !lw_wrap_common(first->text, head_length, line->text, line->length, &unused))
				return false;
			foreign++;
			break;
		}
	}
	return false;
}
