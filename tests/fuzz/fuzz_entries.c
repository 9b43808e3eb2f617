// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as entries of a journal, in both forms. However they come in the answer is the same, and a
 * fault's words are in the bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/entries.h"
#include "saved_fixture.h"

static void read_entries(struct lw_saved *log, bool verbose, const char *bytes, size_t size, size_t step)
{
	struct lw_passage *passage = malloc(sizeof(*passage));
	struct lw_entries entries;
	size_t at, n;

	MUST(passage);
	lw_saved_init(log);
	lw_passage_init(passage, log);
	lw_entries_init(&entries, passage, verbose);
	for (at = 0; at < size; at += n) {
		n = step < size - at ? step : size - at;
		lw_entries_push(&entries, bytes + at, n);
	}
	lw_entries_end(&entries);
	lw_passage_end(passage);
	lw_passage_free(passage);
	free(passage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct lw_saved whole, parts;
	bool verbose;
	int form;

	lw_entries_is(bytes, size, &verbose);
	for (form = 0; form < 2; form++) {
		read_entries(&whole, form, bytes, size, size ? size : 1);
		read_entries(&parts, form, bytes, size, 3);
		MUST(saved_agree(&whole, &parts));
		MUST(!whole.faults || memmem(bytes, size, "MESSAGE", 7));
		lw_saved_free(&whole);
		lw_saved_free(&parts);
	}
	return 0;
}
