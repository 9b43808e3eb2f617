// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes in front of the kernel's words, read backwards. What is told stands in the bytes, and what
 * a container told before is not changed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/before.h"
#include "log/clock.h"

/* WORD ends in its room, and is of the bytes. */
static void check_word(const char *bytes, size_t size, const char *word, size_t room)
{
	MUST(memchr(word, 0, room));
	MUST(!*word || memmem(bytes, size, word, strlen(word)));
}

static void check_read(const char *bytes, size_t size)
{
	const struct lw_saved_about nothing = { .facility = -1, .time_ns = UINT64_MAX, .times = 1 };
	const struct lw_saved_about told = {
		.facility = 0, .time_ns = 7, .times = 1, .line = 3, .when = "noon", .host = "here",
	};
	struct lw_saved_about about = nothing;

	lw_before_read(bytes, size, &about);
	check_word(bytes, size, about.when, sizeof(about.when));
	check_word(bytes, size, about.host, sizeof(about.host));
	MUST(about.facility >= -1 && about.facility <= 127 && about.times && !about.line && !about.inside);
	about = told;
	lw_before_read(bytes, size, &about);
	MUST(about.facility == 0 && about.time_ns == 7 && about.line == 3 && !about.program);
	MUST(!strcmp(about.when, "noon") && !strcmp(about.host, "here"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data, *when;
	size_t length = 0, begin;
	uint64_t stamp;
	/* Exact size, so that a sanitizer sees every overrun. */
	char *copy = malloc(size ? size : 1);

	MUST(copy);
	memcpy(copy, bytes, size);
	check_read(copy, size);
	MUST(lw_before_quotes(copy, size) <= size);
	begin = lw_before_driver(copy, size);
	MUST(begin <= size && (begin == size || size - begin >= 5));
	MUST(lw_before_times(copy, size) >= 1);
	MUST(lw_before_count(copy, size) <= UINT32_MAX);
	when = lw_clock_when(copy, size, &length);
	MUST(!when || (when >= copy && length && length <= size - (size_t)(when - copy)));
	stamp = lw_clock_stamp(copy, size);
	MUST(stamp == UINT64_MAX || (memchr(copy, ']', size) && memchr(copy, '.', size)));
	free(copy);
	return 0;
}
