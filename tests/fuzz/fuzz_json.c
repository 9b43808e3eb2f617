// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as JSON and as journal entries, whole and in pieces: the same strings are handed over. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/entries.h"
#include "log/json.h"
#include "log/text.h"

static const struct lw_saved_about nothing = { .facility = -1, .time_ns = UINT64_MAX, .times = 1 };

static uint64_t as_json(const char *bytes, size_t size, size_t step)
{
	struct lw_passage *passage = malloc(sizeof(*passage));
	struct lw_json_reader *reader;
	struct lw_saved log;
	size_t at, n;
	uint64_t given;

	MUST(passage);
	lw_saved_init(&log);
	lw_passage_init(passage, &log);
	reader = lw_json_new(passage, &nothing, 0, lw_text_string);
	MUST(reader);
	for (at = 0; at < size; at += n) {
		n = step < size - at ? step : size - at;
		lw_json_push(reader, bytes + at, n);
	}
	given = lw_json_end(reader);
	lw_passage_end(passage);
	lw_passage_free(passage);
	free(passage);
	given += log.faults * 1000;
	lw_saved_free(&log);
	return given;
}

static void as_entries(const char *bytes, size_t size, bool verbose)
{
	struct lw_passage *passage = malloc(sizeof(*passage));
	struct lw_entries entries;
	struct lw_saved log;

	MUST(passage);
	lw_saved_init(&log);
	lw_passage_init(passage, &log);
	lw_entries_init(&entries, passage, verbose);
	lw_entries_push(&entries, bytes, size / 2);
	lw_entries_push(&entries, bytes + size / 2, size - size / 2);
	lw_entries_end(&entries);
	lw_passage_end(passage);
	lw_passage_free(passage);
	free(passage);
	lw_saved_free(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;

	if (!size)
		return 0;
	MUST(as_json(bytes, size, size) == as_json(bytes, size, 3));
	as_entries(bytes, size, false);
	as_entries(bytes, size, true);
	return 0;
}
