// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A log has a blank in every few bytes, base64 has none in a line: that is what is looked for. The rows
 * of a dump have blanks, but a fault in one takes many rows, so that one in a few is enough. From a line
 * that looks coded the block is followed back to where it begins, which must be text or compressed.
 */
#include "log/block.h"

#include <string.h>

#include "fault/cursor.h"

#define CHUNK	32  /* of a line of base64, which is longer, one is without a blank */
#define SHORTEST 60
#define CHUNKS	8   /* from one look for a dump to the next: less than the shortest fault takes in one */
#define RUN	3   /* lines of base64 that hold anything: an archive begins with no text */

static const char *line_begin(const char *begin, const char *at)
{
	const char *newline = at > begin ? memrchr(begin, '\n', (size_t)(at - begin)) : NULL;

	return newline ? newline + 1 : begin;
}

static const char *line_end(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline : end;
}

static bool has_blank(const char *at)
{
	unsigned char some = 0;
	int i;

	/* Of a size that the compiler makes vectors of. */
	for (i = 0; i < CHUNK; i++)
		some |= at[i] == ' ';
	return some;
}

static bool is_digit64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
	       c == '/';
}

/* Base64, or the digits of xxd -p, perhaps behind a name: YAML, an assignment. */
static bool is_solid(const char *line, const char *end)
{
	const char *blank, *at;

	while (line < end && strchr("> \t|", *line) && *line)
		line++;
	blank = memchr(line, ' ', (size_t)(end - line));
	if (blank && blank > line && strchr(":=", blank[-1]))
		line = blank + 1 + (end - blank > 1 && blank[1] == '"');
	if (end - line < SHORTEST)
		return false;
	for (at = line; at < line + SHORTEST; at++)
		if (!is_digit64(*at))
			return false;
	return true;
}

/* A row of a dump begins with an offset. */
static bool is_row(const char *line, const char *end)
{
	char bytes[LW_CODED_ROW];
	enum lw_coding coding;
	const char *at;

	while (line < end && strchr("> \t|", *line) && *line)
		line++;
	for (at = line + (end - line > 2 && line[1] == 'x' ? 2 : 0); at < end && lw_digit(*at) >= 0; at++)
		;
	if (at - line < 4 || end - line >= LW_CODED_ROW || at >= end || (*at != ':' && *at != ' ' && *at != '\t'))
		return false;
	for (coding = LW_CODED_BYTES; coding <= LW_CODED_CHARS; coding++) {
		struct lw_coded coded = { .coding = coding };

		if (lw_coded_line(&coded, line, (size_t)(end - line), bytes) >= 8)
			return true;
	}
	return false;
}

enum lw_coding lw_block_at(const char *line, const char *end_of_line, const char *end)
{
	const char *next = end_of_line < end ? end_of_line + 1 : end;
	enum lw_coding coding;

	if (!lw_block_may_begin(line, end_of_line))
		return LW_CODED_NONE;
	coding = lw_coded_begins(line, (size_t)(end_of_line - line), next, (size_t)(line_end(next, end) - next));
	return coding == LW_CODED_UU ? LW_CODED_NONE : coding;
}

/* The lines around LINE that look like it: from *FIRST to the returned end. */
static const char *run_of(const char *begin, const char *line, const char *end,
			  bool (*like)(const char *line, const char *end), const char **first, unsigned int *lines)
{
	const char *before;

	*lines = 0;
	for (*first = line; *first > begin; *first = before, (*lines)++) {
		before = line_begin(begin, *first - 1);
		if (!like(before, *first - 1))
			break;
	}
	for (; line < end && like(line, line_end(line, end)); (*lines)++)
		line = line_end(line, end) + (line_end(line, end) < end);
	return line;
}

/* All of a line's first bytes are digits of base 16. */
static bool is_hexadecimal(const char *line, const char *end)
{
	size_t i;

	for (i = 0; i < SHORTEST && line + i < end && lw_digit(line[i]) >= 0; i++)
		;
	return i == SHORTEST;
}

/* A block with LINE in it, of rows of a dump or of base64. NULL when there is none; *BEHIND: behind its lines. */
static const char *block_around(const char *begin, const char *line, const char *end, bool rows,
				enum lw_coding *coding, const char **behind)
{
	bool (*like)(const char *line, const char *end) = rows ? is_row : is_solid;
	const char *first, *second;
	unsigned int lines;

	*behind = run_of(begin, line, end, like, &first, &lines);
	*coding = lw_block_at(first, line_end(first, end), end);
	if (*coding != LW_CODED_NONE)
		return first;
	if (!rows && lines >= RUN) {
		*coding = is_hexadecimal(first, end) ? LW_CODED_HEX : LW_CODED_BASE64;
		return first;
	}
	/* The first row may be another program's line that begins with a number. */
	second = line_end(first, end) + 1;
	if (second >= *behind)
		return NULL;
	*coding = lw_block_at(second, line_end(second, end), end);
	return *coding == LW_CODED_NONE ? NULL : second;
}

bool lw_block_may_begin(const char *line, const char *end)
{
	return is_solid(line, end) || is_row(line, end);
}

/* A block with the line at AT in it, or NULL; then *BEHIND is where its lines end, of no block. */
static const char *look(const char *begin, const char *at, const char *end, enum lw_coding *coding, const char **behind)
{
	const char *line = line_begin(begin, at), *end_of_line = line_end(line, end);
	bool rows = !is_solid(line, end_of_line);

	*behind = end_of_line < end ? end_of_line + 1 : end;
	if (rows && !is_row(line, end_of_line))
		return NULL;
	return block_around(begin, line, end, rows, coding, behind);
}

const char *lw_block_find(const char *begin, const char *end, uint64_t offset, bool last, enum lw_coding *coding)
{
	const char *at = begin, *behind = begin, *found;
	uint64_t number;

	for (; at < end; at += CHUNK - number % CHUNK) {
		number = offset + (uint64_t)(at - begin);
		/* Of a line that was looked at, or one that has blanks and is not looked at for a dump. */
		if (at < behind || (number / CHUNK % CHUNKS && (end - at < CHUNK || has_blank(at))))
			continue;
		found = look(begin, at, end, coding, &behind);
		if (found)
			return found;
	}
	found = last && end > begin && end > behind ? look(begin, end - 1, end, coding, &behind) : NULL;
	if (found)
		return found;
	*coding = LW_CODED_NONE;
	return end;
}
