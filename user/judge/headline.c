// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The one line that a tired operator reads first, and perhaps alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judges.h"

static size_t parked_devices(const struct lw_handover *h)
{
	struct lw_handover scratch = {};
	struct lw_rids rids = {};
	size_t i, count;

	for (i = 0; i < h->fault_count; i++) {
		const struct lw_owner *owner = lw_owner_first(h, h->faults[i].rid);

		if (h->faults[i].class == LW_CLASS_PARKED)
			lw_rids_add(&scratch, &rids, owner ? owner->device : h->faults[i].rid);
	}
	lw_rids_sort(&rids);
	count = rids.count;
	free(rids.rid);
	return count;
}

static void append(char *text, size_t size, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s", more);
}

static char *clean_headline(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	size_t parked = parked_devices(h);
	char text[256] = "CLEAN", more[96];

	if (!evidence->final)
		append(text, sizeof(text), " SO FAR");
	if (parked) {
		snprintf(more, sizeof(more), ", %zu device%s still did DMA", parked,
			 parked == 1 ? "" : "s");
		append(text, sizeof(text), more);
	}
	if (h->not_retrieved.count) {
		snprintf(more, sizeof(more), ", %zu device%s not retrieved", h->not_retrieved.count,
			 h->not_retrieved.count == 1 ? "" : "s");
		append(text, sizeof(text), more);
	}
	if (!h->preserved_count)
		append(text, sizeof(text), ", not a live update: nothing was preserved");
	if (evidence->final && evidence->watched_s < evidence->watch_period_s) {
		snprintf(more, sizeof(more), ", watched %u of %u min", evidence->watched_s / 60,
			 evidence->watch_period_s / 60);
		append(text, sizeof(text), more);
	}
	return lw_text(h, "%s", text);
}

static void count_word(char *text, size_t size, size_t count, const char *one, const char *many)
{
	char more[64];

	if (!count)
		return;
	snprintf(more, sizeof(more), "%s%zu %s", *text ? ", " : "", count, count == 1 ? one : many);
	append(text, size, more);
}

static char *violation_headline(struct lw_handover *h)
{
	size_t leaked = 0, lost = 0, broken = 0, units = 0, i;
	char text[256] = "";

	for (i = 0; i < h->finding_count; i++) {
		const struct lw_finding *finding = &h->findings[i];

		if (finding->severity == LW_SEVERITY_VIOLATION)
			units += finding->invariant == LW_I5;
	}
	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];
		bool wrong = 1 << entry->state &
			     (1 << LW_CONTEXT_LEAKED | 1 << LW_CONTEXT_LOST |
			      1 << LW_CONTEXT_ALTERED | 1 << LW_CONTEXT_APPEARED);

		if (wrong && entry->preserved)
			lost++;
		else if (wrong && !(entry->notes & LW_NOTE_EXCEPTED))
			leaked++;
	}
	for (i = 0; i < h->fault_count; i++)
		broken += h->faults[i].window != LW_WINDOW_BEFORE &&
			  lw_shows_damage(h->faults[i].class);
	if (h->results[LW_I1].answer == LW_FAIL)
		count_word(text, sizeof(text), leaked, "entry leaked", "entries leaked");
	if (h->results[LW_I2].answer == LW_FAIL)
		count_word(text, sizeof(text), lost, "preserved entry lost or altered",
			   "preserved entries lost or altered");
	if (h->results[LW_I5].answer == LW_FAIL)
		count_word(text, sizeof(text), units, "IOMMU wrongly on or off",
			   "IOMMUs wrongly on or off");
	if (h->results[LW_I10].answer == LW_FAIL)
		count_word(text, sizeof(text), broken, "kind of fault shows damage",
			   "kinds of faults show damage");
	if (!*text)
		for (i = 0; i < LW_INVARIANTS; i++)
			if (h->results[i].answer == LW_FAIL) {
				append(text, sizeof(text), *text ? ", " : "broken promise ");
				append(text, sizeof(text), lw_invariant_name(i));
			}
	return lw_text(h, "VIOLATION: %s", text);
}

static char *incomplete_headline(struct lw_handover *h)
{
	const char *why = h->results[LW_I12].answer == LW_UNKNOWN ? h->results[LW_I12].reason
								  : NULL;
	size_t i;

	for (i = 0; i < LW_INVARIANTS && !why; i++) {
		if (h->results[i].answer == LW_UNKNOWN)
			why = h->results[i].reason;
	}
	return lw_text(h, "INCOMPLETE: %s", why ? why : "no promise could be checked");
}

void lw_write_headline(struct lw_handover *h)
{
	switch (h->verdict) {
	case LW_VERDICT_CLEAN:
		h->headline = clean_headline(h);
		break;
	case LW_VERDICT_VIOLATION:
		h->headline = violation_headline(h);
		break;
	case LW_VERDICT_INCOMPLETE:
		h->headline = incomplete_headline(h);
		break;
	default:
		h->headline =
			lw_text(h, "NO HAND-OVER: %s", lw_boots.words[h->evidence->boot].title);
	}
}
