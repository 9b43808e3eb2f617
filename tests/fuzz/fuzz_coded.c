// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a line of each coding, as a string of JSON that may be base64, and as a text in which a
 * block may begin. Buffers have exactly the room that is promised.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/block.h"
#include "log/coded.h"

/* A block begins with a line, and what is told of it holds for that line alone, or for the run of it. */
static void check_block(const char *bytes, size_t size)
{
	char *copy = malloc(size ? size : 1);
	enum lw_coding coding = LW_CODED_UU;
	const char *block;

	MUST(copy);
	memcpy(copy, bytes, size);
	block = lw_block_find(copy, copy + size, size % 32, size % 2, &coding);
	MUST(block >= copy && block <= copy + size);
	MUST((block == copy + size) == (coding == LW_CODED_NONE) && coding != LW_CODED_UU);
	MUST(block == copy || block == copy + size || block[-1] == '\n');
	free(copy);
}

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
	check_block(bytes, size);
	return 0;
}
