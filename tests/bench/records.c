// SPDX-License-Identifier: GPL-2.0-or-later
/* An audit log of N records on standard output, as an operator's notes. usage: records N */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/entry.h"

int main(int argc, char **argv)
{
	uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0, i;
	struct lw_audit_actor actor = { .loginuid = 1000, .session = 3, .command = "luwatch audit note" };
	json_t *detail = json_pack("{ss}", "text", "what an operator did on this host, and why it was done");
	uint8_t hash[LW_AUDIT_HASH] = { 0 };

	for (i = 1; i <= count; i++) {
		struct lw_audit_event event = { .kind = i == 1 ? LW_AUDIT_LOG_STARTED : LW_AUDIT_NOTE,
						.actor = &actor,
						.detail = detail };
		struct lw_audit_stamp stamp = { .seq = i,
						.time.tv_sec = 1700000000 + (time_t)i,
						.boot_ns = i * 1000000,
						.boot_id = "cd2efdff-b602-49a3-9f6d-1b41c50eb095",
						.machine = "0123456789abcdef0123456789abcdef" };
		char *line;

		memcpy(stamp.prev, hash, sizeof(stamp.prev));
		line = lw_audit_record_format(&stamp, &event, NULL, hash);
		if (!line)
			return 1;
		fputs(line, stdout);
		free(line);
	}
	json_decref(detail);
	return !count;
}
