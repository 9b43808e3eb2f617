// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding records in bytes: every damage is noticed, nothing around a record can hide it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/decode.h"
#include "carry/text.h"
#include "synth.h"

static struct lw_record a_record(void)
{
	struct lw_record r = { .magic = LW_RECORD_MAGIC,
			       .version = LW_RECORD_VERSION,
			       .type = LW_REC_ENTRY,
			       .handover = { 1, 2 },
			       .seq = 7,
			       .epoch = 1 };

	r.entry.rid = LW_RID(0x10000, 0xe1, 8);
	r.entry.words[0] = 0x123456789abcd001ULL;
	synth_seal(&r);
	return r;
}

static size_t hex_of(const struct lw_record *record, char *text)
{
	const uint8_t *bytes = (const uint8_t *)record;
	size_t used = sprintf(text, LW_TEXT_PREFIX), i;

	for (i = 0; i < sizeof(*record); i++)
		used += sprintf(text + used, "%02x", bytes[i]);
	return used;
}

/* Both forms: the hexadecimal one of an older luwatch, and the one that is written now. */
#define FORMS 2

static size_t text_of(unsigned int form, const struct lw_record *record, char *text)
{
	return form ? lw_record_to_text(record, text) : hex_of(record, text);
}

/* Decodes; the caller looks at the result and frees it. */
static struct lw_decoded decode(const void *bytes, size_t length)
{
	struct lw_decoded decoded;
	/* A copy of exactly this size, so that reading beyond it is found. */
	uint8_t *exact = malloc(length ? length : 1);

	memcpy(exact, bytes, length);
	assert_int_equal(lw_decode(exact, length, &decoded), 0);
	free(exact);
	return decoded;
}

static void finds_binary_and_text(void **state)
{
	struct lw_record r = a_record();
	char text[LW_TEXT_LEN + 1];
	uint8_t bytes[1024] = {};
	struct lw_decoded decoded;

	(void)state;
	memcpy(bytes + 64, &r, sizeof(r));
	assert_int_equal(text_of(0, &r, text), LW_TEXT_LEN);
	memcpy(bytes + 301, text, LW_TEXT_LEN);
	memcpy(bytes + 601, text, text_of(1, &r, text));
	decoded = decode(bytes, sizeof(bytes));
	assert_int_equal(decoded.count, 3);
	assert_int_equal(decoded.counts.binary, 1);
	assert_int_equal(decoded.counts.text, 2);
	assert_int_equal(decoded.counts.damaged, 0);
	assert_memory_equal(&decoded.records[0], &r, sizeof(r));
	assert_memory_equal(&decoded.records[1], &r, sizeof(r));
	assert_memory_equal(&decoded.records[2], &r, sizeof(r));
	lw_decoded_free(&decoded);
}

/* As many characters as it has words that are not zero, and each word comes back, whatever is in it. */
static void dense_text_is_short(void **state)
{
	struct lw_record r = a_record();
	char text[LW_DENSE_LEN + 1];
	uint64_t words[LW_RECORD_WORDS - 1];
	struct lw_decoded decoded;
	unsigned int i;

	(void)state;
	assert_int_equal(lw_record_to_text(&r, text), 13 + 7 * LW_DENSE_WORD_LEN);
	assert_int_equal(strlen(text), 13 + 7 * LW_DENSE_WORD_LEN);
	for (i = 0; i < LW_RECORD_WORDS - 1; i++)
		words[i] = 0x0123456789abcdefULL * (2 * i + 1);
	memcpy((char *)&r + 8, words + 1, sizeof(words) - 8);
	synth_seal(&r);
	assert_int_equal(lw_record_to_text(&r, text), LW_DENSE_LEN);
	decoded = decode(text, LW_DENSE_LEN);
	assert_int_equal(decoded.count, 1);
	assert_memory_equal(&decoded.records[0], &r, sizeof(r));
	lw_decoded_free(&decoded);
}

/* Text can begin at any offset, also where a binary record would be looked for. */
static void finds_text_at_every_offset(void **state)
{
	struct lw_record r = a_record();
	char buffer[LW_TEXT_LEN + 32];
	unsigned int i;

	(void)state;
	for (i = 0; i < 16 * FORMS; i++) {
		struct lw_decoded decoded;
		size_t offset = i / FORMS;

		memset(buffer, 'L', sizeof(buffer));
		offset += text_of(i % FORMS, &r, buffer + offset);
		buffer[offset] = 'a'; /* a digit right behind it */
		decoded = decode(buffer, sizeof(buffer));
		assert_int_equal(decoded.count, 1);
		assert_int_equal(decoded.counts.damaged, 0);
		lw_decoded_free(&decoded);
	}
}

static void binary_only_at_eights(void **state)
{
	struct lw_record r = a_record();
	uint8_t bytes[512] = {};
	struct lw_decoded decoded;

	(void)state;
	memcpy(bytes + 12, &r, sizeof(r));
	decoded = decode(bytes, sizeof(bytes));
	assert_int_equal(decoded.count, 0);
	lw_decoded_free(&decoded);
}

static void every_flipped_bit_is_found(void **state)
{
	const struct lw_record good = a_record();
	size_t byte, bit;

	(void)state;
	for (byte = 0; byte < sizeof(good); byte++) {
		for (bit = 0; bit < 8; bit++) {
			struct lw_record r = good;
			struct lw_decoded decoded;

			((uint8_t *)&r)[byte] ^= 1 << bit;
			decoded = decode(&r, sizeof(r));
			assert_int_equal(decoded.count, 0);
			assert_int_equal(decoded.counts.newer + decoded.counts.older, 0);
			if (byte >= 4) /* before, it is not even recognised */
				assert_int_equal(decoded.counts.damaged, 1);
			lw_decoded_free(&decoded);
		}
	}
}

static void every_flipped_character_is_found(void **state)
{
	struct lw_record good = a_record();
	char text[LW_TEXT_LEN + 1], copy[LW_TEXT_LEN + 1];
	unsigned int form;
	size_t bit, length;

	(void)state;
	for (form = 0; form < FORMS; form++) {
		length = text_of(form, &good, text);
		for (bit = 0; bit < 8 * length; bit++) {
			struct lw_decoded decoded;

			memcpy(copy, text, sizeof(copy));
			copy[bit / 8] ^= 1 << bit % 8;
			decoded = decode(copy, length);
			assert_int_equal(decoded.count, 0);
			if (bit / 8 >= LW_TEXT_PREFIX_LEN)
				assert_int_equal(decoded.counts.damaged, 1);
			lw_decoded_free(&decoded);
		}
	}
}

static void cut_records_are_counted(void **state)
{
	struct lw_record good = a_record();
	char text[LW_TEXT_LEN + 1];
	struct lw_decoded decoded;
	unsigned int form;
	size_t length, whole;

	(void)state;
	for (length = 8; length < sizeof(good); length += 8) {
		decoded = decode(&good, length);
		assert_int_equal(decoded.count, 0);
		assert_int_equal(decoded.counts.damaged, 1);
		lw_decoded_free(&decoded);
	}
	for (form = 0; form < FORMS; form++) {
		whole = text_of(form, &good, text);
		for (length = LW_TEXT_PREFIX_LEN; length < whole; length++) {
			decoded = decode(text, length);
			assert_int_equal(decoded.count, 0);
			assert_int_equal(decoded.counts.damaged, 1);
			lw_decoded_free(&decoded);
		}
	}
}

static void upper_case_is_refused(void **state)
{
	struct lw_record good = a_record();
	char text[LW_TEXT_LEN + 1];
	struct lw_decoded decoded;
	char *digit;

	(void)state;
	text_of(0, &good, text);
	digit = strpbrk(text + LW_TEXT_PREFIX_LEN, "abcdef");
	*digit -= 'a' - 'A';
	decoded = decode(text, LW_TEXT_LEN);
	assert_int_equal(decoded.count, 0);
	assert_int_equal(decoded.counts.damaged, 1);
	lw_decoded_free(&decoded);
}

static void other_versions_are_counted(void **state)
{
	struct lw_record records[3] = { a_record(), a_record(), a_record() };
	struct lw_decoded decoded;

	(void)state;
	records[0].version = LW_RECORD_VERSION + 1;
	records[1].version = LW_RECORD_VERSION + 7;
	records[2].version = 0;
	synth_seal(&records[0]);
	synth_seal(&records[1]);
	synth_seal(&records[2]);
	decoded = decode(records, sizeof(records));
	assert_int_equal(decoded.count, 0);
	assert_int_equal(decoded.counts.newer, 2);
	assert_int_equal(decoded.counts.newest_version, LW_RECORD_VERSION + 7);
	assert_int_equal(decoded.counts.older, 1);
	assert_int_equal(decoded.counts.damaged, 0);
	lw_decoded_free(&decoded);
}

static void unknown_types_are_kept(void **state)
{
	const unsigned int types[] = { 0, 7, 15, 1000, 0xffff };
	struct lw_decoded decoded;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct lw_record r = a_record();

		r.type = types[i];
		synth_seal(&r);
		decoded = decode(&r, sizeof(r));
		assert_int_equal(decoded.count, 1);
		assert_int_equal(decoded.counts.unknown_type, 1);
		lw_decoded_free(&decoded);
	}
}

static void known_types_are_known(void **state)
{
#define NUMBER(NAME, number, payload) number,
	static const uint16_t types[] = { LW_RECORDS(NUMBER) };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct lw_record r = a_record();
		struct lw_decoded decoded;

		r.type = types[i];
		synth_seal(&r);
		decoded = decode(&r, sizeof(r));
		assert_int_equal(decoded.counts.unknown_type, 0);
		lw_decoded_free(&decoded);
	}
}

static void a_damaged_head_costs_itself_only(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_decoded whole, hurt;
	uint8_t *bytes;
	size_t length, page;

	(void)state;
	synth_kexec(s);
	bytes = synth_pages(s, &length);
	whole = decode(bytes, length);
	assert_int_equal(whole.counts.pages, length / LW_PAGE_SIZE);
	assert_int_equal(whole.counts.damaged, 0);
	for (page = 0; page < length / LW_PAGE_SIZE; page++) {
		bytes[page * LW_PAGE_SIZE + 50] ^= 0x10;
		hurt = decode(bytes, length);
		assert_int_equal(hurt.count, whole.count - 1);
		assert_int_equal(hurt.counts.damaged, 1);
		lw_decoded_free(&hurt);
		bytes[page * LW_PAGE_SIZE + 50] ^= 0x10;
	}
	lw_decoded_free(&whole);
	free(bytes);
	synth_free(s);
}

/* A record whose magic is gone is only found because the head says where slots are. */
static void a_lost_magic_is_counted(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_decoded decoded;
	uint8_t *bytes;
	size_t length;

	(void)state;
	synth_kexec(s);
	bytes = synth_pages(s, &length);
	bytes[3 * LW_RECORD_SIZE] ^= 1;
	decoded = decode(bytes, length);
	assert_int_equal(decoded.counts.damaged, 1);
	lw_decoded_free(&decoded);
	memset(bytes + 3 * LW_RECORD_SIZE, 0xff, LW_RECORD_SIZE);
	decoded = decode(bytes, length);
	assert_int_equal(decoded.counts.damaged, 1);
	lw_decoded_free(&decoded);
	free(bytes);
	synth_free(s);
}

/* Damage must not swallow a good record that begins inside the damaged one's 128 bytes. */
static void damage_does_not_swallow(void **state)
{
	struct lw_record r = a_record();
	uint8_t bytes[256] = {};
	struct lw_decoded decoded;

	(void)state;
	memcpy(bytes, &r, 64);
	memcpy(bytes + 64, &r, sizeof(r));
	decoded = decode(bytes, sizeof(bytes));
	assert_int_equal(decoded.count, 1);
	assert_int_equal(decoded.counts.damaged, 1);
	lw_decoded_free(&decoded);
}

static void both_carriers_bring_the_same(void **state)
{
	struct synth *s = synth_standard(true);
	struct lw_decoded decoded;
	uint8_t *bytes;
	size_t length;

	(void)state;
	synth_kexec(s);
	bytes = synth_text(s, &length);
	decoded = decode(bytes, length);
	assert_int_equal(decoded.count, s->baseline_count + s->log_count);
	assert_int_equal(decoded.counts.text, decoded.count);
	assert_memory_equal(decoded.records + s->baseline_count, s->log,
			    s->log_count * sizeof(*s->log));
	lw_decoded_free(&decoded);
	free(bytes);
	synth_free(s);
}

static void nothing_is_nothing(void **state)
{
	struct lw_decoded decoded;
	uint8_t *bytes = calloc(1, 4 * LW_PAGE_SIZE);

	(void)state;
	decoded = decode(bytes, 4 * LW_PAGE_SIZE);
	assert_int_equal(decoded.count + decoded.counts.damaged, 0);
	lw_decoded_free(&decoded);
	memset(bytes, 'L', 4 * LW_PAGE_SIZE);
	decoded = decode(bytes, 4 * LW_PAGE_SIZE);
	assert_int_equal(decoded.count + decoded.counts.damaged, 0);
	lw_decoded_free(&decoded);
	decoded = decode("", 0);
	assert_int_equal(decoded.count, 0);
	lw_decoded_free(&decoded);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_binary_and_text),
		cmocka_unit_test(dense_text_is_short),
		cmocka_unit_test(finds_text_at_every_offset),
		cmocka_unit_test(binary_only_at_eights),
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(every_flipped_character_is_found),
		cmocka_unit_test(cut_records_are_counted),
		cmocka_unit_test(upper_case_is_refused),
		cmocka_unit_test(other_versions_are_counted),
		cmocka_unit_test(unknown_types_are_kept),
		cmocka_unit_test(known_types_are_known),
		cmocka_unit_test(a_damaged_head_costs_itself_only),
		cmocka_unit_test(a_lost_magic_is_counted),
		cmocka_unit_test(damage_does_not_swallow),
		cmocka_unit_test(both_carriers_bring_the_same),
		cmocka_unit_test(nothing_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
