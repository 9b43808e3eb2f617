// SPDX-License-Identifier: GPL-2.0-or-later
/* See text.h. The programs write in the same way (bpf/emit.bpf.h). */
#include "carry/text.h"

#include <string.h>

size_t lw_record_to_text(const struct lw_record *record, char text[LW_DENSE_LEN + 1])
{
	char *at = text + LW_DENSE_PREFIX_LEN + LW_DENSE_HEAD_LEN;
	uint64_t word, head, low, high;
	int i;

	memcpy(text, LW_DENSE_PREFIX, LW_DENSE_PREFIX_LEN);
	memcpy(&head, record, sizeof(head));
	head >>= 32;
	for (i = 1; i < LW_RECORD_WORDS; i++) {
		memcpy(&word, (const char *)record + 8 * i, sizeof(word));
		if (!word)
			continue;
		head |= 1ULL << (31 + i);
		low = lw_dense_chars(word);
		high = lw_dense_chars(word >> 48);
		memcpy(at, &low, 8);
		memcpy(at + 8, &high, LW_DENSE_WORD_LEN - 8);
		at += LW_DENSE_WORD_LEN;
	}
	head = lw_dense_chars(head);
	memcpy(text + LW_DENSE_PREFIX_LEN, &head, LW_DENSE_HEAD_LEN);
	*at = '\0';
	return (size_t)(at - text);
}

bool lw_text_begins(const uint8_t *bytes, size_t length)
{
	return length >= LW_DENSE_PREFIX_LEN &&
	       (!memcmp(bytes, LW_DENSE_PREFIX, LW_DENSE_PREFIX_LEN) ||
		!memcmp(bytes, LW_TEXT_PREFIX, LW_TEXT_PREFIX_LEN));
}

static int six_bits(uint8_t c)
{
	if (c >= '.' && c <= '9')
		return c - '.';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 12;
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 38;
	return -1;
}

/* COUNT characters, of which the last has fewer than six BITS in use; *USED grows by the good ones. */
static bool take_chars(const uint8_t *bytes, size_t length, unsigned int count, unsigned int bits,
		       uint64_t *value, size_t *used)
{
	unsigned int i;

	*value = 0;
	for (i = 0; i < count; i++) {
		int six = *used < length ? six_bits(bytes[*used]) : -1;

		if (six < 0 || (i + 1 == count && six >> (bits - 6 * i)))
			return false;
		*value |= (uint64_t)six << 6 * i;
		++*used;
	}
	return true;
}

static bool of_dense(const uint8_t *bytes, size_t length, struct lw_record *record, size_t *used)
{
	uint64_t head, word;
	int i;

	*used = LW_DENSE_PREFIX_LEN;
	if (!take_chars(bytes, length, LW_DENSE_HEAD_LEN, 31 + LW_RECORD_WORDS, &head, used))
		return false;
	word = LW_RECORD_MAGIC | head << 32;
	memcpy(record, &word, sizeof(word));
	for (i = 1; i < LW_RECORD_WORDS; i++) {
		if (!(head >> (31 + i) & 1))
			continue;
		if (!take_chars(bytes, length, LW_DENSE_WORD_LEN, 64, &word, used))
			return false;
		memcpy((char *)record + 8 * i, &word, sizeof(word));
	}
	return true;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool of_hex(const uint8_t *bytes, size_t length, struct lw_record *record, size_t *used)
{
	uint8_t *out = (uint8_t *)record;
	size_t digits;

	*used = LW_TEXT_PREFIX_LEN;
	for (digits = 0; digits < 2 * LW_RECORD_SIZE; digits++) {
		int value = *used < length ? hex_digit(bytes[*used]) : -1;

		if (value < 0)
			return false;
		out[digits / 2] = out[digits / 2] << 4 | value;
		++*used;
	}
	return true;
}

bool lw_record_of_text(const uint8_t *bytes, size_t length, struct lw_record *record, size_t *used)
{
	*record = (struct lw_record){};
	return bytes[LW_TEXT_MAGIC_LEN] == LW_DENSE_PREFIX[LW_TEXT_MAGIC_LEN]
		       ? of_dense(bytes, length, record, used)
		       : of_hex(bytes, length, record, used);
}

const uint8_t *lw_find_text(const uint8_t *bytes, size_t length)
{
	const uint8_t *at, *end = bytes + length;

	for (at = bytes; (at = memmem(at, (size_t)(end - at), LW_TEXT_MAGIC, LW_TEXT_MAGIC_LEN)); at++)
		if (lw_text_begins(at, (size_t)(end - at)))
			return at;
	return NULL;
}
