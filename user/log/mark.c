// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The search that everything else waits for. A log of gigabytes holds a few lines about VT-d, so
 * nothing is parsed before one of a handful of words was found; two neighbouring bytes tell how far
 * the next look may be away.
 */
#include "log/mark.h"

#include <stdint.h>
#include <string.h>

#include "log/respell.h"

struct word {
	const char *text;
	unsigned char length;
	unsigned char anchor; /* where the SPAN bytes begin that are searched: rare ones */
};

#define WORD(text)	 { text, sizeof(text) - 1, 0 }
#define RARE(at, text)	 { text, sizeof(text) - 1, at }

/* One of them is whole in every line that somebody wrapped. */
#define SPAN 4
static const struct word words[] = {
	WORD("ault"),	 WORD("AULT"),		   WORD("DMAR"),		   WORD("dmar"),	    WORD("REMAP"),
	WORD("AMD-Vi"),	 RARE(3, "Linux version"), RARE(3, "printk messages"), WORD("Missed "),
	WORD("] type 0"), RARE(4, "ransfer-"),
	RARE(3, "begin 6"), RARE(3, "begin 7"),   WORD("8?B?"),		    WORD("8?b?"),
	WORD("1?B?"),		 RARE(0, ": base64"),
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* How far the end of a window of SPAN bytes can move when these two bytes end it. */
static uint8_t shifts[65536];
static uint32_t anchors[WORDS];
static bool made;

static unsigned int pair(const char *at)
{
	return (unsigned char)at[0] | (unsigned int)(unsigned char)at[1] << 8;
}

static void make(void)
{
	size_t i;
	int j;

	memset(shifts, SPAN - 1, sizeof(shifts));
	for (i = 0; i < WORDS; i++) {
		const char *anchor = words[i].text + words[i].anchor;

		memcpy(&anchors[i], anchor, SPAN);
		for (j = 0; j + 1 < SPAN; j++)
			if (shifts[pair(anchor + j)] > SPAN - 2 - j)
				shifts[pair(anchor + j)] = (uint8_t)(SPAN - 2 - j);
	}
	made = true;
}

/* "default" is in every second log, and in nothing that the kernel says of faults. */
static bool is_default(const char *begin, const char *at)
{
	return at - begin >= 3 && (!memcmp(at - 3, "default", 7) || !memcmp(at - 3, "Default", 7));
}

/* The beginning of the word that has its anchor at AT; NULL when there is none. */
static const char *word_at(const char *begin, const char *at, const char *end)
{
	uint32_t bytes;
	size_t i;

	memcpy(&bytes, at, SPAN);
	for (i = 0; i < WORDS; i++)
		if (bytes == anchors[i] && at - begin >= words[i].anchor &&
		    end - at >= words[i].length - words[i].anchor &&
		    !memcmp(at - words[i].anchor, words[i].text, words[i].length))
			return is_default(begin, at - words[i].anchor) ? NULL : at - words[i].anchor;
	return NULL;
}

const char *lw_mark_find(const char *at, const char *end)
{
	const char *last; /* the last two bytes of the window */
	const char *word;

	if (!made)
		make();
	if (end - at < SPAN)
		return NULL;
	for (last = at + SPAN - 2; last + 2 <= end;) {
		unsigned int shift = shifts[pair(last)];

		if (shift) {
			last += shift;
			continue;
		}
		word = word_at(at, last - (SPAN - 2), end);
		if (word)
			return word;
		last++;
	}
	return NULL;
}

static const struct word subject[] = {
	WORD("Request device ["),  WORD("fault reason"),	  WORD("DRHD: handling fault"),
	WORD("callbacks suppressed"), WORD("printk messages dropped"), WORD("INTR-REMAP"),
	WORD("VT-d fault"),	   WORD(" fault acc "),		  WORD("kernel messages"),
	WORD("Request device"),	   WORD("] fault addr "),	  WORD("] fault index "),
};

/* Other parts of the kernel have callbacks too, and interrupt remapping speaks at boot. */
static bool counts(const char *at, const char *begin, const char *end, const struct word *word)
{
	switch (word->text[0]) {
	case 'c':
		return memmem(begin, (size_t)(at - begin), "dmar_fault", 10);
	case 'I':
		return memmem(at, (size_t)(end - at), "fault", 5) ||
		       memmem(at, (size_t)(end - at), "Request", 7);
	case 'k':
		return at - begin >= 8 && memmem(begin, (size_t)(at - begin), "Missed ", 7);
	case 'R':
		return word->length > 14 || memmem(begin, (size_t)(end - begin), "DMA", 3);
	}
	return true;
}

const char *lw_mark_of_subject(const char *at, const char *end, size_t *length)
{
	const char *first = NULL, *from, *found;
	size_t i;

	for (i = 0; i < sizeof(subject) / sizeof(subject[0]); i++) {
		for (from = at; from < end; from = found + 1) {
			found = memmem(from, (size_t)(end - from), subject[i].text,
				       subject[i].length);
			if (!found || (first && found >= first))
				break;
			if (counts(found, at, end, &subject[i])) {
				first = found;
				*length = subject[i].length;
				break;
			}
		}
	}
	return first ? first : lw_respell_find(at, end, length);
}
