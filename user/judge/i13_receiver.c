// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I13: what the next kernel did with the tables it was given. Adopted means that translation is
 * still on and the root table is the carried one; then every table that was digested at the end
 * must still have that digest. A kernel without live update switches translation off and takes
 * tables of its own: "discarded", which is noted and no fault of the hand-over.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "judge/judges.h"
#include "luwatch/vtd.h"

static const struct lw_page_now *page_now(const struct lw_handover *h, uint64_t address)
{
	size_t i;

	for (i = 0; i < h->evidence->page_now_count; i++) {
		if (h->evidence->pages_now[i].address == address)
			return &h->evidence->pages_now[i];
	}
	return NULL;
}

struct comparison {
	size_t same, changed, unread;
};

/* One page that was digested in the end. */
static void compare_page(struct lw_handover *h, const struct lw_unit *unit, uint64_t address,
			 uint64_t digest, const char *what, struct comparison *c)
{
	const struct lw_page_now *now = page_now(h, address & VTD_ADDRESS);
	char *evidence;

	if (!(address & VTD_ADDRESS) || !digest)
		return;
	if (!now || !now->readable) {
		c->unread++;
		return;
	}
	if (now->digest == digest) {
		c->same++;
		return;
	}
	c->changed++;
	evidence = lw_text(h, "page 0x%" PRIx64 ": digest 0x%" PRIx64 " then, 0x%" PRIx64 " now",
			   (uint64_t)(address & VTD_ADDRESS), digest, now->digest);
	lw_fail(h, LW_I13, unit->name,
		(struct lw_finding_text){
			.evidence = evidence,
			.action = "Stop the devices behind this unit at once and reset the machine: "
				  "they may write anywhere. Keep the evidence folder.",
		},
		"%s of %s was overwritten after the kexec, while the unit uses it: DMA of preserved "
		"devices goes wherever the new contents say.",
		what, unit->name);
	free(evidence);
}

static void compare_record(struct lw_handover *h, const struct lw_unit *unit,
			   const struct lw_record *record, struct comparison *c)
{
	switch (record->type) {
	case LW_REC_ROOT:
		if (record->root.phase == LW_AFTER)
			compare_page(h, unit, record->root.rtaddr, record->root.digest,
				     "The root table", c);
		break;
	case LW_REC_TABLE:
		if (record->table.phase == LW_AFTER &&
		    !(record->table.flags & (LW_TABLE_GONE | LW_TABLE_UNREADABLE)))
			compare_page(h, unit, record->table.root, record->table.digest,
				     "A context table", c);
		break;
	case LW_REC_PASID_TABLE:
		if (record->pasid_table.phase != LW_AFTER)
			break;
		compare_page(h, unit, record->pasid_table.directory,
			     record->pasid_table.directory_digest, "A PASID directory", c);
		compare_page(h, unit, record->pasid_table.table, record->pasid_table.table_digest,
			     "A PASID table", c);
		break;
	}
}

static void judge_adopted(struct lw_handover *h, const struct lw_unit *unit)
{
	struct comparison c = {};
	size_t i;

	for (i = 0; i < h->stream.log_count; i++)
		if (h->stream.log[i].unit == unit->index)
			compare_record(h, unit, &h->stream.log[i], &c);
	if (c.unread || (!c.same && !c.changed))
		lw_unknown(h, LW_I13,
			   "The next kernel uses the tables of %s, but %zu of them could not be "
			   "compared with the carried ones.",
			   unit->name, c.unread);
	lw_reason(h, LW_I13, "adopted: %zu tables of %s unchanged", c.same, unit->name);
}

/*
 * The address alone does not tell: the same kernel often allocates its own new root table at the
 * same place (seen on 6.12). A driver that does not adopt says that it found translation on.
 */
void lw_judge_receiver(struct lw_handover *h)
{
	size_t kept = 0, i;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];
		const struct lw_unit_now *now = lw_unit_now_of(h, unit);

		if (!lw_unit_cleans(unit))
			continue;
		kept++;
		if (!now)
			lw_unknown(h, LW_I13, "What the next kernel did with %s was not looked at.",
				   unit->name);
		else if (lw_unit_adopted(h, unit, now))
			judge_adopted(h, unit);
		else
			lw_not_applicable(h, LW_I13, "discarded by the next kernel");
	}
	if (!kept)
		lw_not_applicable(h, LW_I13, "no unit was kept on for something preserved");
}
