// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What breaks no promise and is still worth telling: devices that went on doing DMA and were
 * blocked, contested requester IDs, carriers that brought nothing, tables that are not where the
 * driver thinks they are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/judges.h"
#include "luwatch/vtd.h"

/* Remarks of one kind. */
static const size_t named = 32;

/* One requester ID whose faults are of the class parked. */
struct parked {
	uint64_t rid, count;
	size_t first; /* of its faults */
};

static int compare_rids(const void *pa, const void *pb)
{
	const struct parked *a = pa, *b = pb;

	if (a->rid != b->rid)
		return a->rid < b->rid ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

static int compare_firsts(const void *pa, const void *pb)
{
	const struct parked *a = pa, *b = pb;

	return a->first < b->first ? -1 : a->first > b->first;
}

/* In the order of their first faults. *LIST is the caller's. */
static size_t list_parked(const struct lw_handover *h, struct parked **list)
{
	struct parked *all = calloc(h->fault_count + 1, sizeof(*all));
	size_t i, n = 0, count = 0;

	*list = all;
	for (i = 0; all && i < h->fault_count; i++) {
		if (h->faults[i].class == LW_CLASS_PARKED)
			all[n++] = (struct parked){ h->faults[i].rid, h->faults[i].count, i };
	}
	if (n)
		qsort(all, n, sizeof(*all), compare_rids);
	for (i = 0; i < n; i++) {
		if (count && all[count - 1].rid == all[i].rid)
			all[count - 1].count += all[i].count;
		else
			all[count++] = all[i];
	}
	if (count)
		qsort(all, count, sizeof(*all), compare_firsts);
	return count;
}

static void note_parked(struct lw_handover *h)
{
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT];
	struct parked *parked;
	size_t i, count = list_parked(h, &parked);

	for (i = 0; i < count && i < named; i++) {
		const struct lw_device *device = lw_device_of(h, parked[i].rid);

		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, lw_rid_format(parked[i].rid, rid),
			(struct lw_finding_text){
				.action = device && device->rmrr
						  ? "Nothing: firmware asks for DMA of this device "
						    "at "
						    "any time (RMRR), and it was blocked."
						  : "Find out why its driver does not stop DMA at "
						    "shutdown, or unbind it before the next "
						    "hand-over.",
			},
			"%s went on doing DMA after its entry was cleared; it was blocked as "
			"promised (%" PRIu64 " faults seen).",
			lw_rid_and_name(h, parked[i].rid, who, sizeof(who)), parked[i].count);
	}
	free(parked);
}

static void note_contested(struct lw_handover *h)
{
	size_t i, noted = 0;

	for (i = 0; i < h->preserved_count && noted < named; i++) {
		const struct lw_preserved_rid *preserved = &h->preserved[i];
		char rid[LW_RID_TEXT], a[LW_RID_AND_NAME], b[LW_RID_AND_NAME];

		if (!preserved->contested)
			continue;
		noted++;
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, lw_rid_format(preserved->rid, rid),
			(struct lw_finding_text){
				.action = "Preserve both devices or neither, or place them behind "
					  "different bridges.",
			},
			"Requester ID %s is used by %s, which is preserved, and by %s, which is "
			"not: what one may reach, the other may too.",
			rid, lw_rid_and_name(h, preserved->device, a, sizeof(a)),
			lw_rid_and_name(h, preserved->rival, b, sizeof(b)));
	}
}

static void note_entryless(struct lw_handover *h)
{
	char rid[LW_RID_TEXT], who[LW_RID_AND_NAME];
	size_t i, noted = 0;

	for (i = 0; i < h->preserved_count && noted < named; i++) {
		const struct lw_preserved_rid *preserved = &h->preserved[i];

		if (!preserved->entryless && !preserved->sends_as_vmd)
			continue;
		noted++;
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_NOTICE, lw_rid_format(preserved->rid, rid),
			(struct lw_finding_text){},
			preserved->sends_as_vmd
				? "%s is preserved and sends as the VMD controller that it is behind: the "
				  "controller's context entry was judged for it."
				: "%s is preserved and has no context entry; it had none when it was "
				  "preserved either, so none was lost.",
			lw_rid_and_name(h, preserved->device, who, sizeof(who)));
	}
}

/* What became of the entry of a device that was no longer preserved. */
static const char *fate_of(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_entry *entry = lw_entry_first(h, rid);

	if (!entry || entry->state == LW_CONTEXT_UNKNOWN)
		return "what became of its entry is not known";
	if (entry->state == LW_CONTEXT_CLEARED)
		return "this hand-over cleared its entry, as it has to";
	if (entry->state == LW_CONTEXT_UNREACHABLE)
		return "this hand-over took its translation away, as it has to";
	return "its entry was left behind all the same";
}

/* No promise is broken by that, and still a device that was preserved is so no longer. */
static void note_not_retrieved(struct lw_handover *h)
{
	char rid[LW_RID_TEXT], who[LW_RID_AND_NAME];
	size_t i;

	for (i = 0; i < h->not_retrieved.count && i < named; i++) {
		uint64_t device = h->not_retrieved.rid[i];

		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, lw_rid_format(device, rid),
			(struct lw_finding_text){
				.evidence = "At kernel_kexec() its mark in the kernel was still the one of the "
					    "kernel before (IOMMU_SER_FLAG_INCOMING).",
				.action = "Start anew what used it. In each hand-over its owner has to retrieve "
					  "it from its session, finish that and preserve it again; 'luwatch "
					  "preflight' names such devices before the next one.",
			},
			"%s had been preserved by the kernel before, and nobody retrieved it: %s. Its "
			"preservation ended here.",
			lw_rid_and_name(h, device, who, sizeof(who)), fate_of(h, device));
	}
}

/* What the old kernel's agent knew of the image that was started. */
static void note_words(struct lw_handover *h)
{
	const char *action = "Ask `luwatch status --ready` after the image is loaded and before it is "
			     "started; the daemon asks again and again.";
	uint64_t words = LW_WORDS_UNSAID;
	size_t i;

	for (i = 0; i < h->stream.log_count; i++)
		if (h->stream.log[i].type == LW_REC_CLOCKS)
			words = h->stream.log[i].clocks.words;
	/* With the right words in the end nobody misses a look. */
	if (words == LW_WORDS_NOT_LOOKED && (h->evidence->word_stale || !h->evidence->word_found))
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_NOTICE, "hand-over",
			(struct lw_finding_text){ .action = action },
			"The image that was started was loaded after luwatch had looked for the last "
			"time: nobody had checked its words.");
	else if (words == LW_WORDS_WRONG)
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, "hand-over",
			(struct lw_finding_text){ .action = action },
			"The image that was started was not ready, and luwatch in the old kernel knew "
			"it: its words were not those by which all records are found.");
}

static void note_which(struct lw_handover *h)
{
	if (h->evidence->which_finding)
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, "hand-over",
			(struct lw_finding_text){
				.action = h->evidence->word_stale
						  ? "Load the next image with the words of `luwatch "
						    "kexec-args`, and ask `luwatch status --ready` "
						    "before it is started."
						  : NULL,
			},
			"%s", h->evidence->which_finding);
}

static void note_carriers(struct lw_handover *h)
{
	const struct lw_evidence *evidence = h->evidence;
	size_t i;

	for (i = 0; i < evidence->carried_count; i++) {
		const struct lw_carried *carried = &evidence->carried[i];

		if (!carried->expected || h->stream.shares[i].records)
			continue;
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_NOTICE, carried->name,
			(struct lw_finding_text){ .evidence = carried->problem },
			"The carrier %s was armed and brought no record of this hand-over.",
			carried->name);
	}
}

static void note_unit(struct lw_handover *h, const struct lw_unit *unit)
{
	const struct lw_rec_unit_state *before = unit->before, *after = unit->after;

	if (before && before->root_entry && !(before->flags & LW_STATE_GONE) &&
	    before->root_entry != (before->rtaddr & VTD_ADDRESS))
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, unit->name,
			(struct lw_finding_text){},
			"%s uses a root table at 0x%llx, but the driver believes it is at 0x%llx.",
			unit->name, before->rtaddr & VTD_ADDRESS, before->root_entry);
	if (before && after && !((before->flags | after->flags) & LW_STATE_GONE) &&
	    before->rtaddr != after->rtaddr)
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, unit->name,
			(struct lw_finding_text){},
			"The root-table address of %s changed during the shutdown from 0x%llx to "
			"0x%llx.",
			unit->name, before->rtaddr, after->rtaddr);
}

static void note_moved_tables(struct lw_handover *h, const struct lw_unit *unit)
{
	size_t slot;

	for (slot = 0; slot < LW_UNIT_TABLES; slot++) {
		const struct lw_rec_table *after = unit->tables[slot].after;

		if (after && after->flags & LW_TABLE_MOVED)
			lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, unit->name,
				(struct lw_finding_text){},
				"The root entry of bus %02zx on %s was pointed to another context "
				"table during the shutdown.",
				slot >> 1, unit->name);
	}
}

static void note_overlap(struct lw_handover *h)
{
	uint64_t overlap = h->kexec ? h->kexec->kexec.overlap : 0;

	if (overlap)
		lw_find(h, LW_NO_INVARIANT, LW_SEVERITY_WARNING, "pages",
			(struct lw_finding_text){
				.action = "Load the kexec image again with the words that `luwatch "
					  "kexec-args` prints.",
			},
			"%" PRIu64
			" segments of the kexec image covered the memory of the carrier.",
			overlap);
}

void lw_note_oddities(struct lw_handover *h)
{
	size_t i;

	note_parked(h);
	note_contested(h);
	note_entryless(h);
	note_not_retrieved(h);
	for (i = 0; i < h->unit_count; i++) {
		note_unit(h, h->units[i]);
		note_moved_tables(h, h->units[i]);
	}
	note_overlap(h);
	note_words(h);
	note_which(h);
	note_carriers(h);
}
