// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a line of each coding, and as a string of JSON that may be base64. Buffers have exactly
 * the room that is promised.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "log/coded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data, *newline = size ? memchr(bytes, '\n', size) : NULL;
	size_t first = newline ? (size_t)(newline - bytes) : size, room = size > 16 ? size : 16;
	char *out = malloc(room);
	enum lw_coding coding;
	ssize_t n;

	MUST(out);
	for (coding = LW_CODED_BASE64; coding <= LW_CODED_CHARS; coding++) {
		struct lw_coded coded = { .coding = coding };

		n = lw_coded_line(&coded, bytes, size, out);
		MUST(n >= -1 && n <= (ssize_t)room);
		n = lw_coded_line(&coded, bytes, size, out);
		MUST(n >= -1 && n <= (ssize_t)room);
	}
	coding = lw_coded_begins(bytes, first, newline ? newline + 1 : bytes + size,
				 newline ? size - first - 1 : 0);
	MUST(coding <= LW_CODED_CHARS);
	free(out);
	out = malloc(size ? size : 1);
	MUST(out && lw_coded_string(bytes, size, out) <= (ssize_t)size);
	free(out);
	return 0;
}
