/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in place of fault addresses. */
#include "bundle/redact.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luwatch/record.h"
#include "luwatch/vtd.h"
#include "carry/text.h"

#define PAGE_SHIFT 12

void lw_redaction_free(struct lw_redaction *r)
{
	free(r->pages);
	*r = (struct lw_redaction){};
}

uint64_t lw_redact_address(struct lw_redaction *r, uint64_t address)
{
	uint64_t page = address >> PAGE_SHIFT, *pages;
	size_t i;

	if (!address)
		return 0;
	for (i = 0; i < r->count; i++)
		if (r->pages[i] == page)
			return (uint64_t)(i + 1) << PAGE_SHIFT;
	if (r->count == r->room) {
		pages = reallocarray(r->pages, r->room * 2 + 64, sizeof(*pages));
		if (!pages) {
			r->error = -ENOMEM;
			return 0;
		}
		r->pages = pages;
		r->room = r->room * 2 + 64;
	}
	r->pages[r->count++] = page;
	return (uint64_t)r->count << PAGE_SHIFT;
}

/* The index of an interrupt is no address. True when the record is another one now. */
static bool redact_record(struct lw_redaction *r, struct lw_record *record)
{
	if (record->magic != LW_RECORD_MAGIC || lw_checksum(record) != record->checksum)
		return false;
	if (record->type == LW_REC_FAULT &&
	    !vtd_reason_is_interrupt(VTD_FRCD_REASON(record->fault.hi)))
		record->fault.lo = (record->fault.lo & ~VTD_ADDRESS) |
				   lw_redact_address(r, VTD_FRCD_ADDRESS(record->fault.lo));
	else if (record->type == LW_REC_FAULT_TOTAL &&
		 !(record->fault_total.flags & LW_FAULT_INTERRUPT))
		record->fault_total.last_address =
			lw_redact_address(r, record->fault_total.last_address);
	else
		return false;
	record->checksum = lw_checksum(record);
	return true;
}

static int digit_of(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place: the text of a dense record stays as long, because an address that is not zero never becomes zero. */
static size_t redact_text_record(struct lw_redaction *r, uint8_t *text, size_t length)
{
	static const char hex[] = "0123456789abcdef";
	char dense[LW_DENSE_LEN + 1];
	struct lw_record record;
	const uint8_t *bytes = (uint8_t *)&record;
	size_t used, i;

	if (!lw_record_of_text(text, length, &record, &used) || !redact_record(r, &record))
		return used;
	if (text[LW_TEXT_MAGIC_LEN] == LW_DENSE_PREFIX[LW_TEXT_MAGIC_LEN]) {
		if (lw_record_to_text(&record, dense) == used)
			memcpy(text, dense, used);
		else /* A checksum of zero, once in 2^64: then it goes altogether. */
			memset(text, '-', used);
		return used;
	}
	for (i = 0, text += LW_TEXT_PREFIX_LEN; i < LW_RECORD_SIZE; i++) {
		*text++ = (uint8_t)hex[bytes[i] >> 4];
		*text++ = (uint8_t)hex[bytes[i] & 15];
	}
	return used;
}

void lw_redact_records(struct lw_redaction *r, uint8_t *bytes, size_t length)
{
	struct lw_record record;
	const uint8_t *end = bytes + length, *text;
	uint8_t *at = bytes;
	size_t i;

	for (i = 0; i + LW_RECORD_SIZE <= length; i += 8) {
		memcpy(&record, bytes + i, sizeof(record));
		if (redact_record(r, &record))
			memcpy(bytes + i, &record, sizeof(record));
	}
	while ((text = lw_find_text(at, (size_t)(end - at)))) {
		at += text - at;
		at += redact_text_record(r, at, (size_t)(end - at));
	}
}

/* Where the digits begin when TEXT, which ends at END, begins with one of the words; else NULL. */
static const char *address_at(const char *text, const char *end)
{
	static const char *const words[] = {
		"fault addr ",	   "for IOVA ",	     " at 0x",
		"\"address\": \"", "\"address\":\"", "ADDRESS=",
	};
	size_t i, length;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		length = strlen(words[i]);
		if ((size_t)(end - text) < length || memcmp(text, words[i], length))
			continue;
		text += length;
		return end - text >= 2 && text[0] == '0' && text[1] == 'x' ? text + 2 : text;
	}
	return NULL;
}

/* The digits that begin at DIGITS and end before END as a number; where they end. */
static const char *take_address(const char *digits, const char *end, uint64_t *address)
{
	*address = 0;
	for (; digits < end && digit_of((uint8_t)*digits) >= 0; digits++)
		*address = *address << 4 | (uint64_t)digit_of((uint8_t)*digits);
	return digits;
}

void lw_redact_in_place(struct lw_redaction *r, char *bytes, size_t length)
{
	const char *at, *end = bytes + length, *digits, *behind;
	char number[32];
	uint64_t address;
	int width;

	for (at = bytes; at < end; at++) {
		digits = address_at(at, end);
		behind = digits ? take_address(digits, end, &address) : NULL;
		width = digits ? (int)(behind - digits) : 0;
		if (!width || width > 16)
			continue;
		snprintf(number, sizeof(number), "%016" PRIx64, lw_redact_address(r, address));
		memcpy(bytes + (digits - bytes), number + 16 - width, width);
	}
}

char *lw_redact_text(struct lw_redaction *r, const char *text, size_t length, size_t *redacted)
{
	const char *at = text, *end = text + length, *digits, *behind;
	char *out = NULL;
	uint64_t address;
	FILE *stream = open_memstream(&out, redacted);

	if (!stream)
		return NULL;
	while (at < end) {
		digits = address_at(at, end);
		behind = digits ? take_address(digits, end, &address) : NULL;
		if (!digits || behind == digits) {
			putc(*at++, stream);
			continue;
		}
		fwrite(at, 1, digits - at, stream);
		fprintf(stream, "%" PRIx64, lw_redact_address(r, address));
		at = behind;
	}
	if (fclose(stream) || r->error) {
		free(out);
		return NULL;
	}
	return out;
}
