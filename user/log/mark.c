// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The search that everything else waits for. A log of gigabytes holds a few lines about VT-d, so
 * nothing is parsed before one of a handful of words was found. Processors with AVX2 look at many
 * places at once; elsewhere two neighbouring bytes tell how far the next look may be away.
 */
#include "log/mark.h"

#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "log/respell.h"

struct word {
	const char *text;
	unsigned char length;
	unsigned char anchor; /* where the SPAN bytes begin that are searched: rare ones */
	unsigned char kind;   /* of KINDS: words of a kind have bytes that are alike */
};

#define WORD(kind, text)     { text, sizeof(text) - 1, 0, kind }
#define RARE(kind, at, text) { text, sizeof(text) - 1, at, kind }

/* One of them is whole in every line that somebody wrapped. */
#define SPAN  4
#define KINDS 8
static const struct word words[] = {
	WORD(0, "ault"),     WORD(1, "AULT"),		    WORD(1, "DMAR"),		 WORD(2, "dmar"),
	WORD(1, "REMAP"),    WORD(1, "AMD-Vi"),	    RARE(3, 3, "Linux version"), RARE(4, 3, "printk messages"),
	WORD(5, "Missed "),  WORD(5, "] type 0"),	    RARE(6, 4, "ransfer-"),	 RARE(7, 3, "begin 6"),
	RARE(7, 3, "begin 7"), WORD(4, "8?B?"),	    WORD(4, "8?b?"),		 WORD(4, "1?B?"),
	RARE(6, 0, ": base64"), WORD(4, "H4sI"), WORD(1, "DRHD"),	    WORD(1, "[DMA "),		 RARE(6, 5, "Request device"),
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* How far the end of a window of SPAN bytes can move when these two bytes end it. */
static uint8_t shifts[65536];
static uint32_t anchors[WORDS];
static bool made;

/* The kinds of words that have such a half of a byte at each of SPAN places, a bit each. */
static uint8_t low[SPAN][16], high[SPAN][16];
static bool vectors;

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
		for (j = 0; j < SPAN; j++) {
			low[j][anchor[j] & 15] |= (uint8_t)(1 << words[i].kind);
			high[j][anchor[j] >> 4] |= (uint8_t)(1 << words[i].kind);
		}
	}
#ifdef __x86_64__
	vectors = __builtin_cpu_supports("avx2");
#endif
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

#ifdef __x86_64__
#define BLOCK 32

/*
 * Passes over what begins no word, BLOCK places at once: the first one at which each of SPAN bytes
 * fits a word of the same kind, or one that has less than a block and a word behind it.
 */
__attribute__((target("avx2"))) static const char *pass_over(const char *at, const char *end)
{
	const __m256i half = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
	__m256i lows[SPAN], highs[SPAN];
	unsigned int none;
	int j;

	for (j = 0; j < SPAN; j++) {
		lows[j] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)low[j]));
		highs[j] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)high[j]));
	}
	for (; end - at >= BLOCK + SPAN; at += BLOCK) {
		__m256i kinds = _mm256_set1_epi8(-1);

		for (j = 0; j < SPAN; j++) {
			__m256i bytes = _mm256_loadu_si256((const __m256i *)(at + j));
			__m256i top = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);

			kinds = _mm256_and_si256(kinds, _mm256_shuffle_epi8(lows[j], _mm256_and_si256(bytes, half)));
			kinds = _mm256_and_si256(kinds, _mm256_shuffle_epi8(highs[j], top));
		}
		none = (unsigned int)_mm256_movemask_epi8(_mm256_cmpeq_epi8(kinds, zero));
		if (~none)
			return at + __builtin_ctz(~none);
	}
	return at;
}
#endif

/* From FROM on, a few bytes at a time. */
static const char *find_by_hand(const char *begin, const char *from, const char *end)
{
	const char *last; /* the last two bytes of the window */
	const char *word;

	if (end - from < SPAN)
		return NULL;
	for (last = from + SPAN - 2; last + 2 <= end;) {
		unsigned int shift = shifts[pair(last)];

		if (shift) {
			last += shift;
			continue;
		}
		word = word_at(begin, last - (SPAN - 2), end);
		if (word)
			return word;
		last++;
	}
	return NULL;
}

const char *lw_mark_find_by_hand(const char *begin, const char *end)
{
	if (!made)
		make();
	return find_by_hand(begin, begin, end);
}

const char *lw_mark_find(const char *begin, const char *end)
{
	const char *at = begin;

	if (!made)
		make();
#ifdef __x86_64__
	while (vectors && end - (at = pass_over(at, end)) >= BLOCK + SPAN) {
		const char *word = word_at(begin, at, end);

		if (word)
			return word;
		at++;
	}
#endif
	return find_by_hand(begin, at, end);
}

static const struct word subject[] = {
	WORD(0, "Request device ["),  WORD(0, "fault reason"),	  WORD(0, "DRHD: handling fault"),
	WORD(0, "callbacks suppressed"), WORD(0, "printk messages dropped"), WORD(0, "INTR-REMAP"),
	WORD(0, "VT-d fault"),	   WORD(0, " fault acc "),		  WORD(0, "kernel messages"),
	WORD(0, "Request device"),	   WORD(0, "] fault addr "),	  WORD(0, "] fault index "),
	WORD(0, "[DMA Read"),	     WORD(0, "[DMA Write"),		  WORD(0, " fault addr "),
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
	case ' ':
		return word->length != sizeof(" fault addr ") - 1 ||
		       memmem(begin, (size_t)(at - begin), "PASID ", 6);
	case 'R':
		return word->length > 14 || memmem(begin, (size_t)(end - begin), "DMA", 3);
	}
	return true;
}

/* In a line, which is short: memmem() would build a table first. */
static const char *find_word(const char *at, const char *end, const struct word *word)
{
	for (; end - at >= word->length; at++) {
		at = memchr(at, *word->text, (size_t)(end - at) - word->length + 1);
		if (!at || !memcmp(at, word->text, word->length))
			return at;
	}
	return NULL;
}

const char *lw_mark_of_subject(const char *at, const char *end, size_t *length)
{
	const char *first = NULL, *from, *found;
	size_t i;

	for (i = 0; i < sizeof(subject) / sizeof(subject[0]); i++) {
		for (from = at; from < end; from = found + 1) {
			found = find_word(from, end, &subject[i]);
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
