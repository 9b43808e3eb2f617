// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where in a line the kernel's words about faults can begin, and whether they end in it, too.
 */
#include "log/subject.h"

#include <string.h>
#include <strings.h>

#include "fault/cursor.h"
#include "log/mark.h"
#include "log/others.h"

enum lw_subject lw_subject_next(const struct lw_passage_line *line, size_t from, size_t *start)
{
	static const struct {
		const char *text;
		size_t length;
		enum lw_subject subject;
	} begins[] = {
		{ "[DMA", 4, LW_SUBJECT_FAULT },		 { "[INTR-REMAP]", 12, LW_SUBJECT_FAULT },
		{ "INTR-REMAP:", 11, LW_SUBJECT_FAULT },	 { "DRHD:", 5, LW_SUBJECT_NUMBER },
		{ "dmar_fault:", 11, LW_SUBJECT_NUMBER },
	};
	const char *text = line->text + from, *end = line->text + line->length, *first = NULL, *at;
	enum lw_subject subject = LW_SUBJECT_NONE;
	size_t i;

	for (at = text; at < end && !first; at++) {
		if (*at != '[' && *at != 'I' && *at != 'D' && *at != 'd')
			continue;
		for (i = 0; i < sizeof(begins) / sizeof(begins[0]) && !first; i++)
			if ((size_t)(end - at) >= begins[i].length && !memcmp(at, begins[i].text, begins[i].length)) {
				first = at;
				subject = begins[i].subject;
			}
	}
	/* "DMAR: [INTR-REMAP]" has its beginning twice. */
	if (!first && (at = memrchr(text, ':', (size_t)(end - text))) && at - text >= 4 &&
	    !strncasecmp(at - 4, "DMAR", 4)) {
		struct lw_cursor c = { .at = at + 1, .end = end };

		lw_take_blanks(&c);
		if (lw_left(&c) < 12) {
			first = c.at;
			subject = LW_SUBJECT_REST;
		}
	}
	if (first)
		*start = (size_t)(first - line->text);
	return subject;
}

bool lw_subject_is_whole(const struct lw_passage_line *line)
{
	const char *end = line->text + line->length;
	uint64_t status, suppressed;
	size_t at = line->from, start, length;
	enum lw_subject subject;
	struct lw_fault fault;
	bool any = false;

	while ((subject = lw_subject_next(line, at, &start)) != LW_SUBJECT_NONE) {
		struct lw_cursor c = { .at = line->text + start, .end = end };

		if (subject == LW_SUBJECT_FAULT) {
			if (lw_line_fault_words(&c, &fault) != LW_WORDS_FAULT)
				return false;
			at = (size_t)(c.at - line->text);
		} else if (subject != LW_SUBJECT_NUMBER ||
			   !lw_others_number(line, start, &status, &suppressed, &at)) {
			return false;
		}
		any = true;
	}
	return any && !lw_mark_of_subject(line->text + at, end, &length);
}
