// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The search. It finds the first of its words and no other place, wherever the block begins; and it
 * stops at every line that has a mark of the subject, for what it passes over nobody accounts for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/mark.h"
#include "log/respell.h"

static const char *const words[] = {
	"DMAR",	   "dmar",	    "REMAP",	   "AMD-Vi", "Linux version",	 "printk messages",
	"Missed ", "fault reason", "fault status", "DRHD:",  "Request device [", "[DMA Read",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1);
	const char *end, *found, *line, *line_end;
	size_t i, length;

	MUST(bytes);
	memcpy(bytes, data, size);
	end = bytes + size;
	found = lw_mark_find(bytes, end);
	MUST(!found || (found >= bytes && end - found >= 4));
	MUST(found == lw_mark_find_by_hand(bytes, end));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		line = memmem(bytes, size, words[i], strlen(words[i]));
		if (line && strstr(words[i], "fault") && memmem(bytes, size, "efault", 6))
			continue;
		MUST(!line || (found && found < line + strlen(words[i])));
	}
	/* From what it passed over on nothing is found earlier. */
	for (i = 1; found && i < 5 && bytes + i < found && !memmem(bytes, size, "efault", 6); i++)
		MUST(lw_mark_find(bytes + i, end) == found);
	for (line = bytes; line < end; line = line_end + 1) {
		line_end = memchr(line, '\n', (size_t)(end - line));
		line_end = line_end ? line_end : end;
		/* "default reason" is no word of the kernel's; what has no blanks of it has other marks. */
		if (memmem(line, (size_t)(line_end - line), "efault", 6))
			continue;
		if (lw_mark_of_subject(line, line_end, &length) && !lw_respell_find(line, line_end, &length))
			MUST(lw_mark_find(line, line_end));
	}
	free(bytes);
	return 0;
}
