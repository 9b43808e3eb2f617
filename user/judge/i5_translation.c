// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I5: translation stays on exactly where something is preserved.
 */
#include <stdlib.h>

#include "judge/judges.h"

static void judge_unit_translation(struct lw_handover *h, const struct lw_unit *unit)
{
	char *evidence = lw_unit_evidence(h, unit);
	struct lw_finding_text text = { .evidence = evidence };

	switch (unit->condition) {
	case LW_UNIT_ON_NOTHING_PRESERVED:
		text.action = "Look at I1 for the entries that stayed reachable. Give this report "
			      "to whoever maintains the kernel.";
		lw_fail(h, LW_I5, unit->name, text,
			"%s was left on, although nothing behind it is preserved: the next kernel "
			"starts under page tables of the old one.",
			unit->name);
		break;
	case LW_UNIT_OFF_PRESERVED:
		text.action = "Treat memory of this host as suspect: stop the guests that own the "
			      "preserved devices and reset these devices.";
		lw_fail(h, LW_I5, unit->name, text,
			"%s was switched off, although %zu requester IDs behind it are preserved: "
			"their DMA reaches memory without translation.",
			unit->name, unit->preserved);
		break;
	case LW_UNIT_BLOCKING:
		text.action = "Check the guests that own the preserved devices: they have lost I/O.";
		if (unit->preserved)
			lw_fail(h, LW_I5, unit->name, text,
				"%s was left in abort-DMA mode, although %zu requester IDs behind it are "
				"preserved: all their DMA is blocked.",
				unit->name, unit->preserved);
		break;
	case LW_UNIT_NEVER_CLEANED:
		text.action = "Give this report to whoever maintains the kernel.";
		lw_find(h, LW_I1, LW_SEVERITY_WARNING, unit->name, text,
			"%s was left on for what is preserved, but "
			"clear_unpreserved_context_entries() did not run for it.",
			unit->name);
		break;
	case LW_UNIT_GONE:
		lw_unknown(h, LW_I5,
			   "The state of %s is not known: its registers read as all ones.",
			   unit->name);
		break;
	case LW_UNIT_UNKNOWN:
		lw_unknown(h, LW_I5, "Whether %s is as it should be is not known: %s.", unit->name,
			   !unit->after		  ? "its registers at the end were not recorded"
			   : h->preserved_missing ? h->preserved_missing
						  : "which preserved devices are behind it was not "
						    "recorded");
		break;
	default:
		break;
	}
	free(evidence);
}

void lw_judge_translation(struct lw_handover *h)
{
	size_t on = 0, i;

	if (!h->unit_count)
		lw_unknown(h, LW_I5, "No remapping unit was recorded.");
	if (h->preserved_by == LW_PRESERVED_UNKNOWN && h->unit_count) {
		lw_unknown(h, LW_I5, "What was preserved is not known: %s.", h->preserved_missing);
		return;
	}
	if (h->walk_problem[LW_AFTER] && h->unit_count)
		lw_unknown(h, LW_I5, "Not every unit may be known: %s.", h->walk_problem[LW_AFTER]);
	for (i = 0; i < h->unit_count; i++) {
		judge_unit_translation(h, h->units[i]);
		on += lw_unit_is_on(h->units[i]);
	}
	lw_reason_either(h, LW_I5, "%zu of %zu units on", on, h->unit_count);
}
