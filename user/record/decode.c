// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The one decoder for all carriers. A carrier is only bytes that outlived a kernel; parts of it may
 * be overwritten, cut, or never have been ours. So nothing around a record is trusted: a record is
 * taken for what its own magic, version and checksum say, wherever it stands, and damage to one
 * (the head of a page included) costs that one only. What looks like a record and is none is
 * counted, because lost evidence must not look like evidence of nothing.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "record/decode.h"
#include "carry/text.h"

/* Version 1 has no predecessor; from version 2 on this is LW_RECORD_VERSION - 1. */
static const unsigned int oldest_version = 1;

static const unsigned char magic_bytes[] = { 'L', 'W', 'R', '1' };

enum verdict { NOT_A_RECORD, GOOD, DAMAGED, NO_MEMORY };

static int append(struct lw_decoded *decoded, const struct lw_record *record)
{
	if (decoded->count == decoded->size) {
		size_t size = decoded->size ? decoded->size * 2 : 64;
		struct lw_record *records = reallocarray(decoded->records, size, sizeof(*records));

		if (!records)
			return -ENOMEM;
		decoded->records = records;
		decoded->size = size;
	}
	decoded->records[decoded->count++] = *record;
	return 0;
}

static bool type_is_known(unsigned int type)
{
	switch (type) {
#define KNOWN(NAME, number, payload) case number:
		LW_RECORDS(KNOWN)
		return true;
	}
	return false;
}

/* Takes 128 bytes that start with the magic: counts them, and keeps them if this reader may. */
static enum verdict take(struct lw_decoded *decoded, const struct lw_record *record,
			 uint64_t *good_counter)
{
	struct lw_decode_counts *counts = &decoded->counts;

	if (record->magic != LW_RECORD_MAGIC || lw_checksum(record) != record->checksum) {
		counts->damaged++;
		return DAMAGED;
	}
	if (record->version > LW_RECORD_VERSION) {
		counts->newer++;
		if (record->version > counts->newest_version)
			counts->newest_version = record->version;
		return GOOD;
	}
	if (record->version < oldest_version) {
		counts->older++;
		return GOOD;
	}
	if (!type_is_known(record->type))
		counts->unknown_type++;
	if (append(decoded, record))
		return NO_MEMORY;
	++*good_counter;
	return GOOD;
}

/* *USED: how many bytes the text record, good or damaged, takes up. */
static enum verdict take_text(struct lw_decoded *decoded, const uint8_t *bytes, size_t length,
			      size_t *used)
{
	struct lw_record record;

	if (!lw_record_of_text(bytes, length, &record, used)) {
		decoded->counts.damaged++;
		return DAMAGED;
	}
	return take(decoded, &record, &decoded->counts.text);
}

static bool is_zero(const struct lw_record *record)
{
	static const struct lw_record zero;

	return !memcmp(record, &zero, sizeof(zero));
}

/*
 * The slots behind a good head of a page stand at known places, so there a record that lost even
 * its magic can be counted. Good ones are taken by the scan, which does not need the head.
 */
static void count_broken_slots(struct lw_decoded *decoded, const uint8_t *page)
{
	unsigned int slot;

	for (slot = 1; slot < LW_PAGE_RECORDS; slot++) {
		struct lw_record record;

		memcpy(&record, page + slot * LW_RECORD_SIZE, sizeof(record));
		if (record.magic != LW_RECORD_MAGIC && !is_zero(&record))
			decoded->counts.damaged++;
	}
}

static enum verdict take_binary(struct lw_decoded *decoded, const uint8_t *bytes, size_t length,
				size_t *used)
{
	struct lw_record record;
	enum verdict verdict;

	/* Damage may be anywhere in the 128 bytes: another record may start 8 bytes on. */
	*used = 8;
	if (length < LW_RECORD_SIZE) {
		decoded->counts.damaged++;
		return DAMAGED;
	}
	memcpy(&record, bytes, sizeof(record));
	verdict = take(decoded, &record, &decoded->counts.binary);
	if (verdict != GOOD)
		return verdict;
	*used = LW_RECORD_SIZE;
	if (record.type == LW_REC_PAGE && record.version <= LW_RECORD_VERSION) {
		decoded->counts.pages++;
		if (length >= LW_PAGE_SIZE)
			count_broken_slots(decoded, bytes);
	}
	return GOOD;
}

/* Takes what may stand at OFFSET, where the magic's first byte was seen. */
static enum verdict take_at(struct lw_decoded *decoded, const uint8_t *bytes, size_t length,
			    size_t offset, size_t *used)
{
	size_t rest = length - offset;

	*used = 1;
	if (rest < sizeof(magic_bytes) || memcmp(bytes + offset, magic_bytes, sizeof(magic_bytes)))
		return NOT_A_RECORD;
	/* The text prefixes start with the magic's bytes; as a version, "." or ":" and a digit is absurd. */
	if (lw_text_begins(bytes + offset, rest) &&
	    (offset % 8 || rest == LW_DENSE_PREFIX_LEN || bytes[offset + LW_DENSE_PREFIX_LEN] != 0))
		return take_text(decoded, bytes + offset, rest, used);
	if (offset % 8 == 0)
		return take_binary(decoded, bytes + offset, rest, used);
	return NOT_A_RECORD;
}

int lw_decode(const uint8_t *bytes, size_t length, struct lw_decoded *decoded)
{
	size_t offset = 0;

	*decoded = (struct lw_decoded){};
	while (offset < length) {
		const uint8_t *next = memchr(bytes + offset, magic_bytes[0], length - offset);
		size_t used;

		if (!next)
			break;
		offset = next - bytes;
		if (take_at(decoded, bytes, length, offset, &used) == NO_MEMORY)
			return -ENOMEM;
		offset += used;
	}
	return 0;
}

void lw_decoded_free(struct lw_decoded *decoded)
{
	free(decoded->records);
	*decoded = (struct lw_decoded){};
}
