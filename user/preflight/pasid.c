// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PASID directory and tables (VT-d specification 9.4 to 9.6): the context entry points to a
 * directory of 2^(PDTS + 7) words, each word to a table of 64 entries of 64 bytes. The tables
 * change while they are read; a count is what was seen.
 */
#include <errno.h>

#include "luwatch/vtd.h"
#include "preflight/pasid.h"

#define WORDS	      512 /* of a page */
#define TABLE_ENTRIES 64
#define ENTRY_WORDS   8
#define TABLES_READ   4096 /* 262,144 PASIDs */

struct count {
	lw_read_page read;
	void *context;
	uint32_t rid_pasid;
	unsigned int tables;
	int found;
};

/* Table NUMBER holds the PASIDs from NUMBER * 64. */
static int count_table(struct count *c, uint64_t address, uint32_t number)
{
	uint64_t words[WORDS];
	uint32_t i;
	int r;

	if (c->tables++ == TABLES_READ)
		return -E2BIG;
	r = c->read(c->context, address & VTD_ADDRESS, words);
	if (r)
		return r;
	for (i = 0; i < TABLE_ENTRIES; i++)
		c->found += (words[i * ENTRY_WORDS] & VTD_PRESENT) &&
			    number * TABLE_ENTRIES + i != c->rid_pasid;
	return 0;
}

static int count_directory(struct count *c, uint64_t address, uint32_t entries)
{
	uint64_t words[WORDS];
	uint32_t i;
	int r = 0;

	for (i = 0; !r && i < entries; i++) {
		if (i % WORDS == 0) {
			r = c->read(c->context, address + i * sizeof(words[0]), words);
			if (r)
				return r;
		}
		if (words[i % WORDS] & VTD_PRESENT)
			r = count_table(c, words[i % WORDS], i);
	}
	return r;
}

int lw_pasids_in_use(const struct lw_unit_view *unit, uint64_t rid, lw_read_page read,
		     void *context)
{
	struct count c = { .read = read, .context = context };
	uint32_t devfn = LW_RID_DEVFN(rid), half = LW_RID_BUS(rid) << 1 | devfn >> 7;
	uint64_t words[WORDS], *entry = &words[(devfn & 0x7f) * 4];
	int r;

	if (VTD_RTADDR_MODE(unit->rtaddr) != VTD_MODE_SCALABLE)
		return 0;
	if (!unit->readable)
		return -EIO;
	if (!(unit->root[half] & VTD_PRESENT))
		return 0;
	r = read(context, unit->root[half] & VTD_ADDRESS, words);
	if (r)
		return r;
	if (!(entry[0] & VTD_PRESENT))
		return 0;
	c.rid_pasid = VTD_SM_CONTEXT_RID_PASID(entry[1]);
	r = count_directory(&c, VTD_SM_CONTEXT_PASID_DIR(entry[0]),
			    1U << (VTD_SM_CONTEXT_PDTS(entry[0]) + 7));
	return r ? r : c.found;
}
