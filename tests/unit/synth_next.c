// SPDX-License-Identifier: GPL-2.0-or-later
/* The next kernel of the synthetic hand-over, where it adopts the tables it was given. */
#include <stdlib.h>
#include <string.h>

#include "luwatch/vtd.h"
#include "synth.h"
#include "synth_parts.h"

static void keep_page(struct synth *s, uint64_t address, const uint64_t *words)
{
	size_t i = s->evidence.page_now_count;

	if (i == s->page_now_size) {
		s->page_now_size = s->page_now_size ? s->page_now_size * 2 : 64;
		s->pages_now = reallocarray(s->pages_now, s->page_now_size, sizeof(*s->pages_now));
		s->page_words = reallocarray(s->page_words, s->page_now_size, sizeof(*s->page_words));
		if (!s->pages_now || !s->page_words)
			abort();
	}
	s->page_words[i] = words ? malloc(LW_PAGE_SIZE) : NULL;
	if (words)
		memcpy(s->page_words[i], words, LW_PAGE_SIZE);
	s->pages_now[i] = (struct lw_page_now){ .address = address & VTD_ADDRESS,
						.words = s->page_words[i] };
	s->evidence.page_now_count++;
}

static void keep_pasid_pages(struct synth *s, const struct lw_record *r)
{
	struct synth_device *device = synth_device(s, r->pasid_table.rid);
	uint64_t directory[512], table[512];

	if (!device || !synth_pasid_pages(device, synth_entry(device->unit, device->rid), directory,
					  table))
		return;
	keep_page(s, r->pasid_table.directory, directory);
	keep_page(s, r->pasid_table.table, table);
}

void synth_adopt(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->evidence.page_now_count; i++)
		free(s->page_words[i]);
	s->evidence.page_now_count = 0;
	for (i = 0; i < s->unit_count; i++) {
		s->units_now[i].rtaddr = s->units[i]->rtaddr;
		s->units_now[i].gsts = s->units[i]->gsts;
	}
	for (i = 0; i < s->log_count; i++) {
		const struct lw_record *r = &s->log[i];
		struct synth_unit *unit = r->unit < s->unit_count ? s->units[r->unit] : NULL;

		if (r->type == LW_REC_ROOT && r->root.phase == LW_AFTER)
			keep_page(s, r->root.rtaddr, unit->root);
		else if (r->type == LW_REC_TABLE && r->table.phase == LW_AFTER &&
			 !(r->table.flags & LW_TABLE_GONE))
			keep_page(s, r->table.root,
				  unit->tables[r->table.bus << 1 | r->table.half]->words);
		else if (r->type == LW_REC_PASID_TABLE && r->pasid_table.phase == LW_AFTER)
			keep_pasid_pages(s, r);
	}
	s->evidence.pages_now = s->pages_now;
}

uint64_t *synth_page_now(struct synth *s, uint64_t address)
{
	size_t i;

	for (i = 0; i < s->evidence.page_now_count; i++)
		if (s->pages_now[i].address == (address & VTD_ADDRESS))
			return s->page_words[i];
	return NULL;
}

uint64_t *synth_root_now(struct synth *s, uint64_t rid)
{
	struct synth_unit *unit = synth_unit_of(s, rid);
	uint64_t *root = synth_page_now(s, unit->rtaddr);

	return root ? &root[synth_slot(unit, rid)] : NULL;
}

uint64_t *synth_entry_now(struct synth *s, uint64_t rid)
{
	struct synth_unit *unit = synth_unit_of(s, rid);
	uint64_t *table = synth_page_now(s, unit->root[synth_slot(unit, rid)]);
	unsigned int devfn = LW_RID_DEVFN(rid);

	return table ? &table[unit->scalable ? (devfn & 0x7f) * 4 : devfn * 2] : NULL;
}

void synth_adopt_and_add(struct synth *s)
{
	unsigned int slot, word;
	uint64_t *root, *table;
	size_t i;

	synth_adopt(s);
	for (i = 0; i < s->unit_count; i++) {
		struct synth_unit *unit = s->units[i];

		root = synth_page_now(s, unit->rtaddr);
		for (slot = 0; root && slot < SYNTH_TABLES; slot += 2) {
			table = root[slot] & VTD_PRESENT ? synth_page_now(s, root[slot]) : NULL;
			if (!(root[slot] & VTD_PRESENT) && slot % 16 == 2)
				root[slot] = (0x500000000ULL + slot * LW_PAGE_SIZE) | VTD_PRESENT;
			for (word = 0; table && word < 512; word += unit->scalable ? 4 : 2)
				if (!(table[word] & VTD_PRESENT) && word % 3 == 0)
					table[word] = 0x600000000ULL | VTD_PRESENT;
		}
	}
}
