// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands in a line of a wrapped fault beside the kernel's words: what a wrapper put in front, and whether
 * digits are the rest of a number, the number of a column, or nobody can tell.
 */
#include "log/wrap.h"

#include <ctype.h>
#include <string.h>

static bool is_digit(const char *text, size_t at, size_t length)
{
	return at < length && isdigit((unsigned char)text[at]);
}

static bool is_blank(const char *text, size_t at, size_t length)
{
	return at < length && (text[at] == ' ' || text[at] == '\t');
}

size_t lw_wrap_common(const char *a, size_t a_length, const char *b, size_t b_length,
			    size_t *in_a)
{
	size_t i = 0, j = 0;

	while (i < a_length && j < b_length) {
		if (is_digit(a, i, a_length) && is_digit(b, j, b_length)) {
			while (is_digit(a, i, a_length))
				i++;
			while (is_digit(b, j, b_length))
				j++;
		} else if ((i && j && is_blank(a, i, a_length)) ||
			   (i && j && is_blank(b, j, b_length)) ||
			   (is_blank(a, i, a_length) && is_blank(b, j, b_length))) {
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
	*in_a = i;
	return j;
}

bool lw_wrap_ends_in_number(const char *glued, size_t length)
{
	while (length && strchr(LW_JOIN_BEHIND + 2, glued[length - 1]))
		length--;
	return length && isxdigit((unsigned char)glued[length - 1]);
}

bool lw_wrap_is_number_alone(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!isxdigit((unsigned char)text[i]) && !strchr(LW_JOIN_BEHIND, text[i]))
			return false;
	return true;
}

static size_t word_length(const char *text, size_t length, bool *number)
{
	size_t n;

	*number = true;
	for (n = 0; n < length && isalnum((unsigned char)text[n]); n++)
		*number &= isxdigit((unsigned char)text[n]) != 0;
	return n;
}

size_t lw_wrap_other_tag(const struct lw_passage_line *line, const char *head, size_t length)
{
	size_t in_head, at = lw_wrap_common(head, length, line->text, line->length, &in_head), mine, firsts;
	bool number, first_number;

	while (at && isalnum((unsigned char)line->text[at - 1]))
		at--;
	while (in_head && isalnum((unsigned char)head[in_head - 1]))
		in_head--;
	mine = word_length(line->text + at, line->length - at, &number);
	firsts = word_length(head + in_head, length - in_head, &first_number);
	return mine && mine == firsts && number && (first_number || mine == 1) ? at + mine : 0;
}

bool lw_wrap_is_rest_of_number(const struct lw_passage_line *line, size_t offset, bool soft)
{
	size_t i;

	if (soft)
		return true;
	if (!offset)
		return isxdigit((unsigned char)line->text[0]) && line->text[line->length - 1] == ' ';
	for (i = 0; i < offset; i++)
		if (isalpha((unsigned char)line->text[i]))
			return true;
	return false;
}

bool lw_wrap_could_be_digits(const struct lw_passage_line *line, size_t offset)
{
	size_t i;

	if (!offset || !isxdigit((unsigned char)line->text[0]))
		return false;
	for (i = 0; i < offset; i++)
		if (!isxdigit((unsigned char)line->text[i]) && line->text[i] != ' ')
			return false;
	return true;
}

bool lw_wrap_hides_digits(const struct lw_passage_line *line, size_t offset, size_t common)
{
	while (offset > common && strchr(" \t", line->text[offset - 1]))
		offset--;
	return isxdigit((unsigned char)line->text[0]) && offset > common;
}

bool lw_wrap_is_like_a_rest(const struct lw_passage_line *line, const char *head, size_t length)
{
	const char *word = line->text;
	size_t in_head, digits;

	while (*word && !isalnum((unsigned char)*word))
		word++;
	digits = strspn(word, "0123456789abcdef");
	lw_wrap_common(head, length, line->text, line->length, &in_head);
	return digits && !isalnum((unsigned char)word[digits]) && in_head < length;
}

bool lw_wrap_has_only_digits(const struct lw_passage_line *line)
{
	bool any = false;
	size_t i;

	for (i = 0; i < line->length; i++) {
		if (isalpha((unsigned char)line->text[i]) && !isxdigit((unsigned char)line->text[i]) &&
		    line->text[i] != 'x')
			return false;
		any |= isxdigit((unsigned char)line->text[i]) != 0;
	}
	return any;
}

bool lw_wrap_only_indent(const struct lw_passage_line *line, size_t offset, size_t common)
{
	size_t i;

	for (i = 0; i < offset; i++)
		if (line->text[i] != ' ' && line->text[i] != '\t')
			return false;
	return offset > common;
}

bool lw_wrap_awaits_number(const char *glued, size_t length)
{
	static const char *const before[] = { "addr", "reason", "PASID", "device" };
	unsigned int i;

	while (length && strchr(" [", glued[length - 1]))
		length--;
	for (i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t n = strlen(before[i]);

		if (length >= n && !memcmp(glued + length - n, before[i], n))
			return true;
	}
	return false;
}

bool lw_wrap_may_end_in_number(const struct lw_passage_line *line, const char *head, size_t length)
{
	size_t in_head, end = line->length, n = 0;

	while (end && strchr(LW_JOIN_BEHIND, line->text[end - 1]))
		end--;
	while (n < end && isxdigit((unsigned char)line->text[end - 1 - n]))
		n++;
	return n && (n == end || !isalnum((unsigned char)line->text[end - 1 - n])) &&
	       !lw_wrap_common(head, length, line->text, line->length, &in_head);
}
