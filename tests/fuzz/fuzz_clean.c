// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a line that somebody copied: never longer than before,
 * and a kernel's own line goes through both unchanged.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "log/clean.h"
#include "log/mark.h"
#include "log/respell.h"

static const char own[] = "DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x1000 [fault reason 0x06] "
			  "PTE Read access is not set";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_respell like = {}, again = {};
	char *line = malloc(size ? size : 1), copy[sizeof(own)];
	size_t length, mark, end;

	MUST(line);
	length = lw_clean((const char *)data, size, line);
	MUST(length <= size);
	lw_mark_of_subject(line, line + length, &mark);
	end = lw_respell(&like, line, length);
	MUST(end <= length && like.rounds <= LW_RESPELL_ROUNDS);
	lw_clean_list(line, end);
	MUST(lw_clean_end(line, line + end) <= end);
	MUST(lw_clean_bullet(line, end) <= end);
	free(line);
	/* Whatever came before, the kernel's own line is not changed. */
	memcpy(copy, own, sizeof(own));
	MUST(lw_respell(&like, copy, sizeof(own) - 1) == sizeof(own) - 1);
	MUST(!memcmp(copy, own, sizeof(own)) && !like.rounds);
	MUST(lw_respell(&again, copy, 0) == 0);
	return 0;
}
