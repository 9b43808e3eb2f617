// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I13: what the next kernel did with the tables it was given. One that adopts them goes on using
 * them: while it boots it adds root and context entries for devices of its own, and that is no
 * fault. What was carried as kept must be there word for word: the root entry's pointer, the context
 * entry, and in scalable mode what is behind it. A kernel without live update switches translation
 * off and takes tables of its own: "discarded", which is noted and no fault of the hand-over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "correlate/compare.h"
#include "judge/judges.h"
#include "luwatch/vtd.h"

#define PASID_WORDS 7

struct receiver {
	struct lw_handover *h;
	const struct lw_page_now **pages; /* sorted by address */
	const struct lw_unit *unit;
	size_t same, unread;
	size_t adopted, discarded; /* units */
};

static int compare_pages(const void *pa, const void *pb)
{
	const struct lw_page_now *const *a = pa, *const *b = pb;

	return (*a)->address < (*b)->address ? -1 : (*a)->address > (*b)->address;
}

static bool sort_pages(struct receiver *r)
{
	const struct lw_evidence *evidence = r->h->evidence;
	size_t i;

	r->pages = calloc(evidence->page_now_count + 1, sizeof(*r->pages));
	if (!r->pages) {
		r->h->error = -ENOMEM;
		return false;
	}
	for (i = 0; i < evidence->page_now_count; i++)
		r->pages[i] = &evidence->pages_now[i];
	qsort(r->pages, evidence->page_now_count, sizeof(*r->pages), compare_pages);
	return true;
}

/* The 512 words of the page at ADDRESS as the next kernel had them at collect, or NULL. */
static const uint64_t *page(const struct receiver *r, uint64_t address)
{
	struct lw_page_now key = { .address = address & VTD_ADDRESS }, *wanted = &key;
	const struct lw_page_now **found;

	found = bsearch(&wanted, r->pages, r->h->evidence->page_now_count, sizeof(*r->pages),
			compare_pages);
	return found ? (*found)->words : NULL;
}

static void fail(struct receiver *r, uint64_t rid, char *evidence, const char *what)
{
	char who[LW_RID_AND_NAME], text[LW_RID_TEXT];

	if (r->h->evidence->tables_late) {
		lw_unknown(r->h, LW_I13,
			   "Of the preserved %s, %s on %s is not what was carried; it was looked at long after "
			   "this kernel began, and whoever owns the device may have changed it rightly.",
			   lw_rid_and_name(r->h, rid, who, sizeof(who)), what, r->unit->name);
		free(evidence);
		return;
	}
	lw_fail(r->h, LW_I13, lw_rid_format(rid, text),
		(struct lw_finding_text){
			.evidence = evidence,
			.action = "Stop the guest that owns the device at once and reset the device: "
				  "it may write anywhere. Keep the evidence folder.",
		},
		"%s is preserved, and %s on %s was overwritten after the kexec, while the next kernel "
		"goes on using the tables: its DMA goes wherever the new contents say.",
		lw_rid_and_name(r->h, rid, who, sizeof(who)), what, r->unit->name);
	free(evidence);
}

static unsigned int index_of(const struct lw_unit *unit, uint64_t rid)
{
	unsigned int devfn = LW_RID_DEVFN(rid);

	return unit->scalable_tables ? (devfn & 0x7f) * 4 : devfn * 2;
}

/* The entry of RID_PASID (VT-d specification 9.5, 9.6): its directory's pointer, then its words. */
static bool compare_pasid(struct receiver *r, const struct lw_entry *entry)
{
	unsigned int unit = r->unit->index, i;
	const struct lw_rec_pasid_table *carried =
		lw_pasid_table_of(r->h, unit, entry->rid, LW_AFTER);
	const struct lw_rec_pasid_entry *then = lw_pasid_entry_of(r->h, unit, entry->rid, LW_AFTER);
	const uint64_t *directory, *table;
	uint64_t pointer;
	unsigned int pasid;

	if (!carried || (carried->table && !then))
		return false;
	if (!carried->table)
		return true; /* there was none to keep */
	pasid = then->rid_pasid & 0xfffff;
	directory = page(r, carried->directory);
	table = page(r, carried->table);
	if (!directory || !table)
		return false;
	pointer = directory[(pasid >> 6) & 511];
	if (!(pointer & VTD_PRESENT) || (pointer ^ carried->table) & VTD_ADDRESS) {
		fail(r, entry->rid,
		     lw_text(r->h, "PASID directory 0x%llx: table 0x%llx then, 0x%" PRIx64 " now",
			     carried->directory, carried->table, pointer),
		     "the PASID directory entry behind its context entry");
		return true;
	}
	for (i = 0; i < PASID_WORDS; i++) {
		uint64_t now = table[((pasid & 63) * 8 + i) & 511];

		if (now == then->words[i])
			continue;
		fail(r, entry->rid,
		     lw_text(r->h, "PASID 0x%x, word %u: 0x%llx then, 0x%" PRIx64 " now", pasid, i,
			     then->words[i], now),
		     "the PASID table entry of its RID_PASID");
		return true;
	}
	return true;
}

static void compare_context(struct receiver *r, const struct lw_entry *entry, const uint64_t *now)
{
	bool scalable = r->unit->scalable_tables;
	uint64_t then[4];
	char changed[160], *what;
	unsigned int difference;
	size_t i;

	for (i = 0; i < 4; i++)
		then[i] = entry->after->words[i];
	difference = lw_context_compare(then, now, scalable) & LW_DIFFERS_MEANING;
	if (now[0] & VTD_PRESENT && !difference) {
		if (!scalable || compare_pasid(r, entry))
			r->same++;
		else
			r->unread++;
		return;
	}
	lw_difference_text(difference, scalable, changed, sizeof(changed));
	what = now[0] & VTD_PRESENT ? lw_text(r->h, "its context entry (%s)", changed)
				    : lw_text(r->h, "its context entry (it is not present any more)");
	fail(r, entry->rid,
	     lw_text(r->h, "lo 0x%" PRIx64 " hi 0x%" PRIx64 " then, lo 0x%" PRIx64 " hi 0x%" PRIx64 " now",
		     then[0], then[1], now[0], now[1]),
	     what ? what : "");
	free(what);
}

/* One preserved entry that was there at the end of the old kernel. */
static void compare_entry(struct receiver *r, const struct lw_entry *entry)
{
	unsigned int slot = LW_RID_BUS(entry->rid) << 1 |
			    (r->unit->scalable_tables ? LW_RID_DEVFN(entry->rid) >> 7 : 0);
	unsigned int index = index_of(r->unit, entry->rid);
	const uint64_t *root = page(r, r->unit->after->rtaddr), *table;
	uint64_t pointer = entry->table_after->root;
	uint64_t now[4] = {};
	size_t i;

	if (!root) {
		r->unread++;
		return;
	}
	if ((root[slot] ^ pointer) & (VTD_ADDRESS | VTD_PRESENT)) {
		fail(r, entry->rid,
		     lw_text(r->h, "root entry 0x%" PRIx64 " then, 0x%" PRIx64 " now", pointer, root[slot]),
		     "the root entry above its context entry");
		return;
	}
	table = page(r, pointer);
	if (!table) {
		r->unread++;
	} else if (entry->after) {
		for (i = 0; i < (r->unit->scalable_tables ? 4 : 2); i++)
			now[i] = table[index + i];
		compare_context(r, entry, now);
	} else if (lw_digest((const __u64 *)table) == entry->table_after->digest) {
		/* Its words were not carried, and the whole table is as it was: what is behind may not be. */
		if (!r->unit->scalable_tables || compare_pasid(r, entry))
			r->same++;
		else
			r->unread++;
	} else {
		r->unread++;
	}
}

static unsigned int count_new(const struct receiver *r, const struct lw_rec_table *after)
{
	const uint64_t *words = page(r, after->root);
	bool scalable = after->flags & LW_TABLE_SCALABLE;
	unsigned int i, count = 0;

	for (i = 0; words && i < (scalable ? 128 : 256); i++)
		count += words[i * (scalable ? 4 : 2)] & VTD_PRESENT && !lw_table_bit(after, i);
	return count;
}

/* The old kernel had not preserved its page: to the next kernel it is no table, whatever it reads as. */
static bool is_table_no_more(const struct lw_unit *unit, unsigned int slot)
{
	return unit->kept && !(unit->kept->bits[slot >> 6] >> (slot & 63) & 1);
}

static void note_reused(struct receiver *r, unsigned int slot, unsigned int entries)
{
	if (entries)
		lw_find(r->h, LW_I13, LW_SEVERITY_NOTICE, r->unit->name, (struct lw_finding_text){},
			"The page of the context table of bus %02x on %s, which was not preserved, is in use for "
			"something else: it reads as %u entr%s more.",
			slot >> 1, r->unit->name, entries, entries == 1 ? "y" : "ies");
}

/* What the next kernel put into the tables for devices of its own. */
static void note_added(struct receiver *r)
{
	const uint64_t *root = page(r, r->unit->after->rtaddr);
	unsigned int entries = 0, roots = 0, slot;

	for (slot = 0; slot < LW_UNIT_TABLES; slot++) {
		const struct lw_rec_table *after = r->unit->tables[slot].after;
		bool there = after && !(after->flags & LW_TABLE_GONE);

		if (there && is_table_no_more(r->unit, slot))
			note_reused(r, slot, count_new(r, after));
		else if (there && !(after->flags & LW_TABLE_UNREADABLE))
			entries += count_new(r, after);
		else if (!there && root && root[slot] & VTD_PRESENT &&
			 (r->unit->scalable_tables || !(slot & 1)))
			roots++;
	}
	if (entries || roots)
		lw_find(r->h, LW_I13, LW_SEVERITY_NOTICE, r->unit->name, (struct lw_finding_text){},
			"The next kernel goes on with the tables of %s and has added %u root entr%s and %u "
			"context entr%s for devices of its own.",
			r->unit->name, roots, roots == 1 ? "y" : "ies", entries,
			entries == 1 ? "y" : "ies");
}

static void judge_adopted(struct receiver *r)
{
	size_t i;

	r->same = r->unread = 0;
	for (i = 0; i < r->h->entry_count; i++) {
		const struct lw_entry *entry = &r->h->entries[i];

		if (entry->unit != r->unit || !entry->preserved || entry->notes & LW_NOTE_ROOT_GONE)
			continue;
		if (entry->present_after)
			compare_entry(r, entry);
		else if (entry->state == LW_CONTEXT_UNKNOWN)
			r->unread++;
	}
	note_added(r);
	if (r->unread)
		lw_unknown(r->h, LW_I13,
			   "The next kernel uses the tables of %s, but %zu preserved entries could not be "
			   "compared with the carried ones.",
			   r->unit->name, r->unread);
	lw_reason(r->h, LW_I13, "adopted: %zu preserved entries of %s unchanged", r->same,
		  r->unit->name);
}

static void judge_unit(struct receiver *r)
{
	const struct lw_unit_now *now = lw_unit_now_of(r->h, r->unit);

	if (!now) {
		lw_unknown(r->h, LW_I13, "What the next kernel did with %s was not looked at.",
			   r->unit->name);
		return;
	}
	switch (lw_unit_receiver(r->h, r->unit, now)) {
	case LW_RECEIVER_ADOPTED:
		r->adopted++;
		judge_adopted(r);
		break;
	case LW_RECEIVER_DISCARDED:
		r->discarded++;
		break;
	case LW_RECEIVER_UNKNOWN:
		if (now->rtaddr == r->unit->after->rtaddr)
			lw_unknown(r->h, LW_I13,
				   "Whether the next kernel goes on with the tables of %s is not known: its root "
				   "table has the address of the old one, and the beginning of the log, which "
				   "would tell, is gone.",
				   r->unit->name);
		else
			lw_unknown(r->h, LW_I13,
				   "Whether the next kernel goes on with the tables of %s is not known: it uses "
				   "another root table, and did not say that it found translation on, as one does "
				   "that discards them.",
				   r->unit->name);
		break;
	}
}

void lw_judge_receiver(struct lw_handover *h)
{
	struct receiver r = { .h = h };
	size_t kept = 0, i;

	if (!sort_pages(&r))
		return;
	for (i = 0; i < h->unit_count; i++) {
		if (!lw_unit_cleans(h->units[i]))
			continue;
		kept++;
		r.unit = h->units[i];
		judge_unit(&r);
	}
	if (r.adopted && r.discarded)
		lw_unknown(h, LW_I13,
			   "The next kernel goes on with the tables of %zu units and has discarded those of "
			   "%zu: what became of the DMA of preserved devices behind these is not known.",
			   r.adopted, r.discarded);
	else if (r.discarded)
		lw_not_applicable(h, LW_I13, "discarded by the next kernel");
	if (!kept)
		lw_not_applicable(h, LW_I13, "no unit was kept on for something preserved");
	free(r.pages);
}
