// SPDX-License-Identifier: GPL-2.0-or-later
/* See expand.h. A record of several tables exists because records are what the blackout pays for. */
#include <stdlib.h>

#include "luwatch/tables.h"
#include "record/expand.h"

struct lw_record *lw_expand_tables(const struct lw_record *records, size_t count, size_t *made)
{
	size_t room = 1, i;
	struct lw_record *all;
	unsigned int at;

	for (i = 0; i < count; i++)
		room += records[i].type == LW_REC_TABLES ? LW_TABLES_PACKED : 1;
	*made = 0;
	all = calloc(room, sizeof(*all));
	for (i = 0; all && i < count; i++) {
		if (records[i].type != LW_REC_TABLES) {
			all[(*made)++] = records[i];
			continue;
		}
		for (at = 0; at < LW_TABLES_PACKED; at++) {
			struct lw_record *one = &all[*made];

			if (!lw_unpack_table(&records[i].tables, at, &one->table))
				continue;
			__builtin_memcpy(one, &records[i], offsetof(struct lw_record, table));
			one->type = LW_REC_TABLE;
			one->checksum = lw_checksum(one);
			(*made)++;
		}
	}
	return all;
}
