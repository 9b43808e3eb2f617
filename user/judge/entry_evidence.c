// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The facts behind a finding about one entry or one unit, in words: what stood in the tables and
 * registers before and after.
 */
#include <stdio.h>

#include "judge/judges.h"

static void format_words(const struct lw_rec_entry *words, bool scalable, char *text, size_t size)
{
	if (!words)
		snprintf(text, size, "words not recorded");
	else if (scalable)
		snprintf(text, size, "0x%llx 0x%llx 0x%llx 0x%llx", words->words[0],
			 words->words[1], words->words[2], words->words[3]);
	else
		snprintf(text, size, "lo 0x%llx hi 0x%llx", words->words[0], words->words[1]);
}

/* Whether the clearing function's callbacks were given this requester ID. */
static const char *visited_text(const struct lw_handover *h, const struct lw_entry *entry)
{
	bool alias = lw_probe_attached(h, LW_PROBE_CLEAR_ALIAS);

	if (!entry->after || (!alias && !lw_probe_attached(h, LW_PROBE_CLEAR_DEVICE)))
		return "";
	if (entry->after->visited & (alias ? LW_VISITED_ALIAS : LW_VISITED_DEVICE))
		return "; the clearing function was given it";
	return "; the clearing function was never given it";
}

char *lw_entry_evidence(struct lw_handover *h, const struct lw_entry *entry)
{
	bool scalable = entry->unit && entry->unit->scalable_tables;
	char before[96], after[96];

	if (!entry->unit)
		return lw_text(h, "no context table of any unit has an entry for it");
	format_words(entry->before, scalable, before, sizeof(before));
	format_words(entry->after, scalable, after, sizeof(after));
	return lw_text(h, "%s: before %s (%s), after %s (%s); root entry 0x%llx, GSTS 0x%x%s",
		       entry->unit->name, entry->present_before ? "present" : "not present", before,
		       entry->present_after ? "present" : "not present", after,
		       entry->table_after ? entry->table_after->root : 0,
		       entry->unit->after ? entry->unit->after->gsts : 0, visited_text(h, entry));
}

char *lw_unit_evidence(struct lw_handover *h, const struct lw_unit *unit)
{
	const struct lw_rec_unit_state *before = unit->before, *after = unit->after;

	return lw_text(h, "%s at 0x%llx: GSTS 0x%x -> 0x%x, RTADDR 0x%llx -> 0x%llx", unit->name,
		       (unsigned long long)unit->reg_phys, before ? before->gsts : 0,
		       after ? after->gsts : 0, before ? before->rtaddr : 0,
		       after ? after->rtaddr : 0);
}
