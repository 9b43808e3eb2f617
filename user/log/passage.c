// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The judge of a line. Whatever in it speaks of faults is taken as the kernel's words, wherever they
 * begin, or is left out with a reason: there is no third way, so that nothing is missing silently.
 */
#include "log/passage.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault/cursor.h"
#include "log/before.h"
#include "log/clean.h"
#include "log/clock.h"
#include "log/join.h"
#include "log/mark.h"
#include "log/others.h"
#include "log/respell.h"
#include "log/subject.h"

#define HEAD 1024 /* what is further in front says nothing of a fault: a page without line ends */

void lw_passage_init(struct lw_passage *passage, struct lw_saved *log)
{
	memset(passage, 0, sizeof(*passage));
	passage->log = log;
}

void lw_passage_free(struct lw_passage *passage)
{
	size_t i;

	for (i = 0; i < LW_PASSAGE_LINES; i++)
		free(passage->lines[i].text);
}

/* The number in front of a line; a line that is nothing else is the end of one that was wrapped. */
static uint64_t number_of(const struct lw_passage_line *line)
{
	size_t n = 0;

	while (n < line->length && (line->text[n] == ' ' || isdigit((unsigned char)line->text[n])))
		n++;
	return n == line->length ? 0 : lw_before_count(line->text, line->length);
}

/*
 * What `uniq -c` put in front of the line. Pagers and editors put its number there in the same way:
 * it is one when it is the line's own. When it only goes on from line to line nobody can tell; then
 * it is not believed, and that is told.
 */
static uint64_t times_of(struct lw_passage *p, size_t head)
{
	const struct lw_passage_line *line = lw_passage_at(p, 0), *next = lw_passage_at(p, 1);
	uint64_t n = lw_before_count(line->text, head), own = line->about.line + line->part;
	uint64_t after = next ? number_of(next) : 0;
	bool consistent = (!p->number || p->number + 1 == n) && (!after || after == n + 1);

	if (n <= 1)
		return 1;
	if (n == own && consistent)
		return 1;
	/* Alone in its file, or the neighbours' numbers do not go on. An entry of a journal has no line. */
	if (line->about.line && !line->about.inside && !line->part &&
	    (!consistent || (own == 1 && !next && !p->number)))
		return n;
	if (line->counted)
		return 1;
	lw_saved_left_out(p->log, &line->about, LW_SAVED_COUNT, line->text, line->length);
	return 1;
}

/*
 * What is known of the place at START of the first line, read backwards from there. Behind FROM, where the
 * fault before it ends, another record may begin with its own time; else what is in front of all counts.
 */
static struct lw_saved_about about_of(struct lw_passage *p, size_t from, size_t start)
{
	struct lw_passage_line *line = lw_passage_at(p, 0);
	struct lw_saved_about about = line->about;
	size_t end = lw_before_driver(line->text, start), when;

	about.times *= times_of(p, end);
	line->counted = true;
	if (!from || from > end || !lw_clock_when(line->text + from, end - from, &when))
		from = 0;
	if (end - from > HEAD)
		from = end - HEAD;
	lw_before_read(line->text + from, end - from, &about);
	return about;
}

static bool refused(const struct lw_saved_about *about, enum lw_saved_why *why)
{
	if (about->other_system)
		*why = LW_SAVED_OTHER_SYSTEM;
	else if (about->quoted)
		*why = LW_SAVED_QUOTED;
	else if (about->program || about->facility > 0)
		*why = LW_SAVED_PROGRAM;
	else
		return false;
	return true;
}

static void leave_out(struct lw_passage *p, const struct lw_saved_about *about, enum lw_saved_why why)
{
	const struct lw_passage_line *line = lw_passage_at(p, 0);

	lw_saved_left_out(p->log, about, why, line->text, line->length);
}

static bool ends_cut(const char *text, const char *end)
{
	static const char *const marks[] = { ">", "...", "\xe2\x80\xa6", "$" };
	size_t i, length;

	while (end > text && strchr(" \t\"'", end[-1]))
		end--;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		length = strlen(marks[i]);
		if ((size_t)(end - text) >= length && !memcmp(end - length, marks[i], length))
			return true;
	}
	return false;
}

/* Why what has the mark at MARK could not be taken. */
static enum lw_saved_why why_of(const struct lw_passage_line *line, const char *mark, bool cut)
{
	const char *end = line->text + line->length;
	const char *begin = memmem(line->text, line->length, "Request device", 14);

	if (memmem(line->text, line->length, "(XEN)", 5) ||
	    memmem(line->text, line->length, "[VT-D]", 6) || !strncmp(mark, "VT-d fault", 10) ||
	    !strncmp(mark, " fault acc ", 11))
		return LW_SAVED_OTHER_SYSTEM;
	if (cut || ends_cut(line->text, end))
		return LW_SAVED_CUT;
	/* Another processor's stamp in the middle; a reason whose beginning is elsewhere. */
	if (begin && lw_mark_of_subject(begin, end, &(size_t){ 0 }) &&
	    memmem(begin, (size_t)(end - begin), "[  ", 3))
		return LW_SAVED_CUT;
	if (!begin && memmem(mark, (size_t)(end - mark), "fault reason ", 13) &&
	    memmem(line->text, line->length, "[fault", 6))
		return LW_SAVED_CUT;
	return LW_SAVED_SPELLING;
}

/* Where the driver's words begin that have a mark at MARK. */
static size_t words_begin(const struct lw_passage_line *line, size_t from, size_t mark)
{
	static const char *const begins[] = { "DMAR:", "dmar:", "[DMA", "[INTR-REMAP]" };
	size_t begin = mark, i;
	const char *at;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		at = memmem(line->text + from, begin - from, begins[i], strlen(begins[i]));
		if (at)
			begin = (size_t)(at - line->text);
	}
	return begin;
}

/* What of the first line from FROM to TO was taken by nobody: one entry for all of it. */
static bool account(struct lw_passage *p, size_t from, size_t to, bool cut)
{
	const struct lw_passage_line *line = lw_passage_at(p, 0);
	const char *mark;
	struct lw_saved_about about;
	enum lw_saved_why why;
	uint64_t lost;
	size_t length;

	mark = lw_mark_of_subject(line->text + from, line->text + to, &length);
	if (!mark)
		return false;
	about = about_of(p, from, words_begin(line, from, (size_t)(mark - line->text)));
	if (!strncmp(mark, "printk messages dropped", 10) || !strncmp(mark, "kernel messages", 10)) {
		/* "** 1200 printk messages dropped **", "Missed 12 kernel messages" */
		const char *at = mark;

		while (at > line->text && (at[-1] == ' ' || (at[-1] >= '0' && at[-1] <= '9')))
			at--;
		lost = strtoull(at, NULL, 10);
		p->log->lost += lost ? lost : 1;
		leave_out(p, &about, LW_SAVED_LOST);
		return true;
	}
	if (!refused(&about, &why))
		why = why_of(line, mark, cut);
	leave_out(p, &about, why);
	return true;
}

static void take(struct lw_passage *p, const struct lw_saved_about *about,
		 const struct lw_fault *fault, const char *words, size_t length)
{
	lw_saved_fault(p->log, about, fault, words, length);
	p->last.valid = true;
	p->last.fault = *fault;
	p->last.about = *about;
}

/* A fault at START. Returns where to go on; 0 when there is none. *CUT: it begins and does not end. */
static size_t take_fault(struct lw_passage *p, size_t gap, size_t start, bool *cut)
{
	struct lw_passage_line *line = lw_passage_at(p, 0);
	struct lw_cursor c = { .at = line->text + start, .end = line->text + line->length };
	char words[LW_SAVED_WORDS] = "";
	struct lw_saved_about about;
	struct lw_fault fault;
	enum lw_saved_why why;
	enum lw_fault_words found = lw_line_fault_words(&c, &fault);
	bool joined = false;

	if (found == LW_WORDS_NONE && lw_left(&c) && strchr(LW_JOIN_BEHIND, c.end[-1])) {
		while (lw_left(&c) && strchr(LW_JOIN_BEHIND, c.end[-1]))
			c.end--;
		if (lw_line_fault_words(&c, &fault) == LW_WORDS_CUT)
			found = LW_WORDS_CUT;
	}
	*cut = found == LW_WORDS_CUT;
	if (*cut)
		joined = lw_join(p, start, &fault, words);
	if (found == LW_WORDS_NONE || (*cut && !joined))
		return 0;
	about = about_of(p, gap, start);
	if (refused(&about, &why)) {
		leave_out(p, &about, why);
	} else if (joined) {
		take(p, &about, &fault, words, strlen(words));
	} else {
		lw_take_blanks(&c);
		about.times *= lw_before_times(c.at, lw_left(&c));
		take(p, &about, &fault, c.at, lw_left(&c));
	}
	return joined ? line->length : (size_t)(c.at - line->text);
}

static void judge(struct lw_passage *p)
{
	struct lw_passage_line *line = lw_passage_at(p, 0);
	size_t at = line->from, gap = at, start = 0, end;
	bool left = false, cut = false, any_cut = false;
	uint64_t status, suppressed;
	struct lw_saved_about about;
	enum lw_subject subject;
	enum lw_saved_why why;

	lw_others_repetition(p, line);
	if (line->length)
		p->last.valid = false;
	while ((subject = lw_subject_next(line, at, &start)) != LW_SUBJECT_NONE) {
		end = 0;
		if (subject != LW_SUBJECT_NUMBER) {
			end = take_fault(p, gap, start, &cut);
			if (cut && !end && subject == LW_SUBJECT_FAULT && !left) {
				any_cut = left = true;
				about = about_of(p, gap, start);
				leave_out(p, &about, refused(&about, &why) ? why :
							     why_of(line, line->text + start, true));
			}
		} else if (lw_others_number(line, start, &status, &suppressed, &end)) {
			about = about_of(p, gap, start);
			if (refused(&about, &why))
				leave_out(p, &about, why);
			else
				lw_saved_number(p->log, &about, status, suppressed);
		}
		if (subject == LW_SUBJECT_REST && !end)
			break;
		if (end) {
			left = left || account(p, gap, start, any_cut);
			gap = at = end;
		} else {
			at = start + 1;
		}
	}
	if (!left)
		left = account(p, gap, line->length, any_cut);
	if (!left && gap == line->from)
		lw_others_take(p->log, line);
}

static void judge_first(struct lw_passage *p)
{
	const struct lw_passage_line *line = lw_passage_at(p, 0);

	judge(p);
	p->number = number_of(line);
	p->first = (p->first + 1) % LW_PASSAGE_LINES;
	p->count--;
}

static void add_line(struct lw_passage *p, const struct lw_saved_about *about, unsigned int part,
		     const char *text, size_t length)
{
	struct lw_passage_line *line;
	char *grown;

	if (p->count == LW_PASSAGE_LINES)
		judge_first(p);
	line = &p->lines[(p->first + p->count) % LW_PASSAGE_LINES];
	if (line->room < length + 1) {
		grown = realloc(line->text, length + 1);
		if (!grown) {
			p->log->error = -ENOMEM;
			return;
		}
		line->text = grown;
		line->room = length + 1;
	}
	memcpy(line->text, text, length);
	line->text[length] = '\0';
	line->length = length;
	line->about = *about;
	line->from = 0;
	line->part = part;
	line->counted = false;
	p->count++;
}

void lw_passage_add(struct lw_passage *p, const struct lw_saved_about *about, const char *text,
		    size_t length)
{
	char *clean = malloc(length + 1), *at, *end, *line_end;
	unsigned int part = 0;
	size_t bullet, mark;

	if (!clean) {
		p->log->error = -ENOMEM;
		return;
	}
	end = clean + lw_clean(text, length, clean);
	/* Whatever was taken away: nothing that speaks of faults goes with it unsaid. */
	if ((size_t)(end - clean) < length && lw_mark_of_subject(text, text + length, &mark) &&
	    !lw_mark_of_subject(clean, end, &mark))
		lw_saved_left_out(p->log, about, LW_SAVED_SPELLING, text, length);
	end = clean + lw_respell(&p->spelling, clean, (size_t)(end - clean));
	lw_clean_list(clean, (size_t)(end - clean));
	for (at = clean; at < end; at = line_end + 1) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		if (!line_end)
			line_end = end;
		bullet = lw_clean_bullet(at, (size_t)(line_end - at));
		if (line_end > at || at == clean)
			add_line(p, about, part++, at + bullet, lw_clean_end(at + bullet, line_end));
	}
	free(clean);
}

bool lw_passage_is_settled(struct lw_passage *p)
{
	const struct lw_passage_line *line = p->count ? lw_passage_at(p, p->count - 1) : NULL;

	/* A number in front needs its neighbours; what was several lines is looked at no closer. */
	return line && !line->part && !number_of(line) && lw_subject_is_whole(line);
}

void lw_passage_end(struct lw_passage *p)
{
	while (p->count)
		judge_first(p);
	p->last.valid = false;
	p->number = 0;
}
