// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Escaping of untrusted text. A report is read by root on a terminal, and much of what stands in it
 * was chosen by others: a device's name in a database, a process's name, a line somebody wrote into
 * a log. The rule is a deny list over valid UTF-8: everything that is not a visible character or a
 * plain space is shown by its number, and everything that is not valid UTF-8 byte by byte.
 */
#include "base/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CUT_MARK "..."

/* Longest form of one character: \UNNNNNNNN. */
#define FORM_MAX 10

struct range {
	uint32_t first, last;
};

/* Characters that are invisible, break lines, or change how their neighbours are shown. Sorted. */
static const struct range hidden[] = {
	{ 0x0000, 0x001f },    /* C0 controls, escape among them */
	{ 0x007f, 0x009f },    /* delete, C1 controls: some terminals obey them like escape */
	{ 0x00ad, 0x00ad },    /* soft hyphen */
	{ 0x034f, 0x034f },    /* combining grapheme joiner */
	{ 0x061c, 0x061c },    /* Arabic letter mark (bidi) */
	{ 0x115f, 0x1160 },    /* Hangul fillers: look like nothing */
	{ 0x17b4, 0x17b5 },    /* Khmer inherent vowels, invisible */
	{ 0x180b, 0x180f },    /* Mongolian selectors and vowel separator */
	{ 0x200b, 0x200f },    /* zero width, direction marks */
	{ 0x2028, 0x202e },    /* line and paragraph separators, bidi embeddings and overrides */
	{ 0x2060, 0x206f },    /* word joiner, bidi isolates, deprecated format characters */
	{ 0x3164, 0x3164 },    /* Hangul filler */
	{ 0xd800, 0xf8ff },    /* surrogates, private use: looks different everywhere */
	{ 0xfdd0, 0xfdef },    /* noncharacters */
	{ 0xfe00, 0xfe0f },    /* variation selectors */
	{ 0xfeff, 0xfeff },    /* byte order mark */
	{ 0xffa0, 0xffa0 },    /* half width Hangul filler */
	{ 0xfff0, 0xffff },    /* interlinear annotation, noncharacters */
	{ 0x1d173, 0x1d17a },  /* musical format characters */
	{ 0xe0000, 0x10ffff }, /* tags, selectors, private use */
};

static bool is_hidden(uint32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (code < hidden[i].first)
			return false;
		if (code <= hidden[i].last)
			return true;
	}
	return false;
}

/* Decodes one character; returns its length in bytes, 0 when this is not valid UTF-8. */
static size_t decode(const unsigned char *bytes, size_t left, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length, i;
	uint32_t value;

	if (bytes[0] < 0x80) {
		*code = bytes[0];
		return 1;
	}
	if (bytes[0] >= 0xc2 && bytes[0] <= 0xdf)
		length = 2;
	else if (bytes[0] >= 0xe0 && bytes[0] <= 0xef)
		length = 3;
	else if (bytes[0] >= 0xf0 && bytes[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (length > left)
		return 0;

	value = bytes[0] & (0x7f >> length);
	for (i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	/* Overlong forms and surrogates are no UTF-8: they exist to get past checks like this. */
	if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return length;
}

/* Writes '\', KIND and DIGITS hexadecimal digits of VALUE; returns the length. */
static size_t write_number(char *form, char kind, uint32_t value, unsigned int digits)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	form[n++] = '\\';
	form[n++] = kind;
	while (digits--)
		form[n++] = hex[value >> 4 * digits & 0xf];
	return n;
}

/* Puts the shown form of the next character into FORM; returns how many bytes it consumed. */
static size_t show(const unsigned char *bytes, size_t left, char form[FORM_MAX],
		   size_t *form_length)
{
	uint32_t code = 0;
	size_t used = decode(bytes, left, &code);

	if (!used) {
		*form_length = write_number(form, 'x', bytes[0], 2);
		return 1;
	}
	if (code == '\\') {
		memcpy(form, "\\\\", 2);
		*form_length = 2;
	} else if (!is_hidden(code)) {
		memcpy(form, bytes, used);
		*form_length = used;
	} else if (code < 0x80) {
		*form_length = write_number(form, 'x', code, 2);
	} else if (code < 0x10000) {
		*form_length = write_number(form, 'u', code, 4);
	} else {
		*form_length = write_number(form, 'U', code, 8);
	}
	return used;
}

char *lw_escape(const char *bytes, size_t length, size_t limit)
{
	const unsigned char *from = (const unsigned char *)bytes;
	const size_t mark = strlen(CUT_MARK);
	size_t size, filled = 0, safe = 0, done = 0;
	char form[FORM_MAX];
	char *text;

	/* The worst case is four bytes of output for one: \xNN. */
	if (__builtin_mul_overflow(length, (size_t)4, &size))
		return NULL;
	if (limit && size > limit)
		size = limit;
	text = malloc(size + FORM_MAX + 1);
	if (!text)
		return NULL;

	while (done < length) {
		size_t form_length = 0;

		done += show(from + done, length - done, form, &form_length);
		if (limit && filled + form_length > limit) {
			/* SAFE is the last place where the mark still fits. */
			filled = safe;
			memcpy(text + filled, CUT_MARK, mark);
			filled += mark;
			break;
		}
		memcpy(text + filled, form, form_length);
		filled += form_length;
		if (filled + mark <= limit)
			safe = filled;
	}
	text[filled] = '\0';
	return text;
}

size_t lw_escape_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}
