// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a mail, and as the base64 part of one. However the bytes come in the answer is the same,
 * and what a part holds is told as it is when the same bytes are a text of their own.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/text.h"
#include "saved_fixture.h"

static const struct lw_saved_about nothing = {
	.facility = -1, .time_ns = UINT64_MAX, .times = 1, .line = 1,
};

static void read_text(struct lw_saved *log, unsigned int depth, const char *bytes, size_t size, size_t step)
{
	struct lw_passage *passage = malloc(sizeof(*passage));
	struct lw_text text;
	size_t at, n;

	MUST(passage);
	lw_saved_init(log);
	lw_passage_init(passage, log);
	lw_text_init(&text, passage, &nothing, depth);
	for (at = 0; at < size; at += n) {
		n = step < size - at ? step : size - at;
		lw_text_push(&text, bytes + at, n);
	}
	lw_text_end(&text);
	MUST(!text.mail.state && !text.mail.part && !text.mail.packed);
	lw_passage_end(passage);
	lw_passage_free(passage);
	free(passage);
}

static char *as_part(const uint8_t *data, size_t size, size_t *length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char head[] = "Content-Transfer-Encoding: base64\n\n";
	char *mail = malloc(sizeof(head) + size / 3 * 4 + size / 57 + 16), *at = mail + sizeof(head) - 1;
	size_t i, j;

	MUST(mail);
	memcpy(mail, head, sizeof(head) - 1);
	for (i = 0; i < size; i += 3) {
		uint32_t bits = 0;

		for (j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < size ? data[i + j] : 0);
		for (j = 0; j < 4; j++)
			*at++ = i + j > size ? '=' : digits[bits >> (18 - 6 * j) & 63];
		if (i % 57 == 54)
			*at++ = '\n';
	}
	if (at[-1] != '\n')
		*at++ = '\n';
	*length = (size_t)(at - mail);
	return mail;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_saved whole, other;
	size_t length;
	char *mail;

	if (!size)
		return 0;
	read_text(&whole, 0, (const char *)data, size, size);
	read_text(&other, 0, (const char *)data, size, 5);
	MUST(saved_agree(&whole, &other));
	lw_saved_free(&whole);
	lw_saved_free(&other);
	/* What is compressed is unpacked by who opens files: here there is none. */
	if (lw_coded_is_packed((const char *)data, size))
		return 0;
	mail = as_part(data, size, &length);
	read_text(&whole, 1, (const char *)data, size, size);
	read_text(&other, 0, mail, length, length);
	MUST(saved_agree(&whole, &other));
	lw_saved_free(&whole);
	lw_saved_free(&other);
	free(mail);
	return 0;
}
