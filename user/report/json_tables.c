// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of the JSON report: units, entries, faults.
 */
#include <stdio.h>
#include <string.h>

#include "luwatch/vtd.h"
#include "report/json_values.h"

static const char *mode_name(const struct lw_unit *unit)
{
	const struct lw_rec_unit_state *state = unit->after ? unit->after : unit->before;

	if (!state || state->flags & LW_STATE_GONE)
		return "unknown";
	switch (VTD_RTADDR_MODE(state->rtaddr)) {
	case VTD_MODE_LEGACY:
		return "legacy";
	case VTD_MODE_SCALABLE:
		return "scalable";
	case VTD_MODE_ABORT:
		return "abort";
	}
	return "unknown";
}

static json_t *translation(const struct lw_rec_unit_state *state)
{
	if (!state || state->flags & LW_STATE_GONE)
		return json_null();
	return json_boolean(state->gsts & VTD_GSTS_TES);
}

static json_t *registers(const struct lw_rec_unit_state *state)
{
	if (!state)
		return json_null();
	return json_pack("{so so so so so so so so so so}", "gsts", lw_json_hex(state->gsts),
			 "rtaddr", lw_json_hex(state->rtaddr), "root_entry",
			 lw_json_hex(state->root_entry), "fsts", lw_json_hex(state->fsts), "fectl",
			 lw_json_hex(state->fectl), "pmen", lw_json_hex(state->pmen), "iqa",
			 lw_json_hex(state->iqa), "iqh", lw_json_hex(state->iqh), "iqt",
			 lw_json_hex(state->iqt), "irta", lw_json_hex(state->irta));
}

static const char *invalidation_kind(uint64_t qw0)
{
	switch (VTD_INV_TYPE(qw0)) {
	case VTD_INV_CONTEXT:
		return "context-cache";
	case VTD_INV_IOTLB:
		return "iotlb";
	case VTD_INV_DEVICE_TLB:
		return "device-tlb";
	case VTD_INV_IEC:
		return "interrupt-entry-cache";
	case VTD_INV_WAIT:
		return "wait";
	case VTD_INV_PASID_IOTLB:
		return "pasid-iotlb";
	case VTD_INV_PASID_CACHE:
		return "pasid-cache";
	}
	return "other";
}

/* PASID-cache descriptors count the other way round: 3 is global there (6.5.2.2). */
static const char *invalidation_scope(uint64_t qw0)
{
	unsigned int granularity = VTD_INV_GRANULARITY(qw0);

	switch (VTD_INV_TYPE(qw0)) {
	case VTD_INV_CONTEXT:
	case VTD_INV_IOTLB:
		return granularity == 1	  ? "global"
		       : granularity == 2 ? "domain"
		       : granularity == 3 ? "device"
					  : "other";
	case VTD_INV_PASID_CACHE:
		return granularity == 3 ? "global" : granularity == 0 ? "domain" : "device";
	}
	return "other";
}

static json_t *invalidation_json(const struct lw_record *record)
{
	const struct lw_rec_invalidation *invalidation = &record->invalidation;
	bool known = invalidation->flags & LW_INV_RESULT_KNOWN;

	return json_pack("{so ss ss so so}", "seq", lw_json_count(record->seq), "kind",
			 invalidation_kind(invalidation->qw[0]), "scope",
			 invalidation_scope(invalidation->qw[0]), "result",
			 known ? json_integer(invalidation->result) : json_null(), "descriptor",
			 lw_json_hex(invalidation->qw[0]));
}

static json_t *invalidations(const struct lw_handover *h, const struct lw_unit *unit)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type == LW_REC_INVALIDATION && record->unit == unit->index)
			json_array_append_new(list, invalidation_json(record));
	}
	return list;
}

/* How many there were is not known where the tables are not: then null, never 0. */
static json_t *seen(const struct lw_unit *unit, unsigned int phase, size_t count)
{
	return lw_unit_tables_missing(unit, phase) ? json_null() : lw_json_count(count);
}

static json_t *unit_json(const struct lw_handover *h, const struct lw_unit *unit)
{
	return json_pack("{so so so ss ss so so s{so so} s{so so} s{so so} so}", "name",
			 lw_json_text(unit->name), "reg_phys", lw_json_hex(unit->reg_phys),
			 "segment", lw_json_count(unit->segment), "mode", mode_name(unit), "state",
			 lw_unit_condition_name(unit->condition), "tables",
			 seen(unit, LW_BEFORE, unit->tables_before), "tables_after",
			 seen(unit, LW_AFTER, unit->tables_after), "entries", "before",
			 seen(unit, LW_BEFORE, unit->entries_before), "after",
			 seen(unit, LW_AFTER, unit->entries_after), "translation", "before",
			 translation(unit->before), "after", translation(unit->after), "registers",
			 "before", registers(unit->before), "after", registers(unit->after),
			 "invalidations", invalidations(h, unit));
}

json_t *lw_json_units(const struct lw_handover *h)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->unit_count; i++)
		json_array_append_new(list, unit_json(h, h->units[i]));
	return list;
}

/*
 * What the row before had, in its fields. The next one mostly has it again: then it stands in the tree once,
 * with one reference more, for nobody changes a report.
 */
#define KEPT_TEXTS 6

struct kept {
	const char *text[KEPT_TEXTS];
	json_t *texts[KEPT_TEXTS];
	struct kept_words {
		uint64_t words[4];
		bool scalable;
		json_t *object;
	} words[2];
	unsigned int bits;
	json_t *note;
	json_t *present[2][2];
};

static void drop_kept(struct kept *kept)
{
	size_t i;

	for (i = 0; i < KEPT_TEXTS; i++)
		json_decref(kept->texts[i]);
	for (i = 0; i < 2; i++)
		json_decref(kept->words[i].object);
	for (i = 0; i < 4; i++)
		json_decref(kept->present[i >> 1][i & 1]);
	json_decref(kept->note);
}

/* TEXT, which stays as it is while rows are made, as field number FIELD. */
static json_t *text_again(struct kept *kept, unsigned int field, const char *text)
{
	if (!kept->texts[field] || kept->text[field] != text) {
		json_decref(kept->texts[field]);
		kept->texts[field] = lw_json_text(text);
		kept->text[field] = text;
	}
	return json_incref(kept->texts[field]);
}

static json_t *words_object(const uint64_t words[4], bool scalable)
{
	json_t *value = json_pack("{so so}", "lo", lw_json_hex(words[0]), "hi", lw_json_hex(words[1]));

	if (scalable) {
		json_object_set_new(value, "word2", lw_json_hex(words[2]));
		json_object_set_new(value, "word3", lw_json_hex(words[3]));
	}
	return value;
}

/* The words before (AFTER 0) or after (1), which may be those of either in the row before. */
static json_t *words(struct kept *kept, unsigned int after, const struct lw_rec_entry *entry, bool scalable)
{
	struct kept_words *k;
	uint64_t now[4] = {};

	if (!entry)
		return json_null();
	memcpy(now, entry->words, scalable ? 32 : 16);
	for (k = kept->words; k < kept->words + 2; k++)
		if (k->object && k->scalable == scalable && !memcmp(now, k->words, sizeof(now)))
			return json_incref(k->object);
	k = &kept->words[after];
	json_decref(k->object);
	memcpy(k->words, now, sizeof(now));
	k->scalable = scalable;
	k->object = words_object(now, scalable);
	return json_incref(k->object);
}

static json_t *present(struct kept *kept, const struct lw_entry *entry)
{
	json_t **value = &kept->present[!!entry->present_before][!!entry->present_after];

	if (!*value)
		*value = json_pack("{sb sb}", "before", entry->present_before, "after",
				   entry->present_after);
	return json_incref(*value);
}

static json_t *notes(struct kept *kept, const struct lw_entry *entry)
{
	char text[512] = "";
	unsigned int bit;
	size_t used = 0;

	if (kept->note && kept->bits == entry->notes)
		return json_incref(kept->note);
	for (bit = 1; bit <= entry->notes && used < sizeof(text); bit <<= 1) {
		if (entry->notes & bit)
			used += snprintf(text + used, sizeof(text) - used, "%s%s", used ? "; " : "",
					 lw_entry_note(bit));
	}
	json_decref(kept->note);
	kept->note = used ? json_string(text) : json_null();
	kept->bits = entry->notes;
	return json_incref(kept->note);
}

static const char *device_name(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_device *device = lw_device_of(h, rid);

	return device ? device->name : NULL;
}

static json_t *entry_json(const struct lw_handover *h, const struct lw_entry *entry, struct kept *kept)
{
	bool scalable = entry->unit && entry->unit->scalable_tables;
	const struct lw_preserved_rid *preserved = entry->preserved;

	return json_pack(
		"{so so so sb so so so so so so}", "rid", lw_json_rid(entry->rid), "iommu",
		text_again(kept, 0, entry->unit ? entry->unit->name : NULL), "state",
		text_again(kept, 1, lw_context_state_name(entry->state)), "preserved",
		preserved != NULL, "contested",
		preserved && preserved->contested ? lw_json_rid(preserved->rival) : json_null(),
		"before", words(kept, 0, entry->before, scalable), "after",
		words(kept, 1, entry->after, scalable), "device",
		text_again(kept, 2, device_name(h, entry->rid)), "note", notes(kept, entry),
		"present", present(kept, entry));
}

json_t *lw_json_entries(const struct lw_handover *h)
{
	struct kept kept = {};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->entry_count; i++)
		json_array_append_new(list, entry_json(h, &h->entries[i], &kept));
	drop_kept(&kept);
	return list;
}

static uint64_t fault_time(const struct lw_handover *h, const struct lw_fault *fault, uint64_t ns)
{
	if (ns == UINT64_MAX)
		return 0;
	if (fault->window == LW_WINDOW_BEFORE || fault->window == LW_WINDOW_BLACKOUT)
		return lw_old_realtime(h, ns);
	return h->evidence->boot_realtime_ns ? h->evidence->boot_realtime_ns + ns : 0;
}

static const char *fault_type(const struct lw_fault *fault)
{
	if (fault->flags & LW_FAULT_INTERRUPT)
		return "interrupt";
	if (fault->flags & LW_FAULT_EXECUTE)
		return "execute";
	return fault->flags & LW_FAULT_READ ? "read" : "write";
}

static json_t *fault_json(const struct lw_handover *h, const struct lw_fault *fault, struct kept *kept)
{
	return json_pack("{so sb sb so so so so so so so so so so so so}", "rid",
			 lw_json_rid(fault->rid), "segment_known", fault->segment_known,
			 "several_kinds", !!(fault->flags & LW_FAULT_OTHER), "reason",
			 lw_json_count(fault->reason), "reason_text",
			 text_again(kept, 0, lw_reason_text(fault->reason)), "type",
			 text_again(kept, 1, fault_type(fault)), "address",
			 fault->address_known ? lw_json_hex(fault->address) : json_null(), "pasid",
			 fault->pasid == LW_NO_PASID ? json_null() : lw_json_hex(fault->pasid),
			 "window", text_again(kept, 2, lw_window_name(fault->window)), "class",
			 text_again(kept, 3, lw_fault_class_name(fault->class)), "count",
			 lw_json_count(fault->count),
			 "first", lw_json_time(fault_time(h, fault, fault->first_ns)), "last",
			 lw_json_time(fault_time(h, fault, fault->last_ns)), "source",
			 text_again(kept, 4, lw_fault_source_name(fault->source)), "device",
			 text_again(kept, 5, device_name(h, fault->rid)));
}

json_t *lw_json_faults(const struct lw_handover *h)
{
	struct kept kept = {};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->fault_count; i++)
		json_array_append_new(list, fault_json(h, &h->faults[i], &kept));
	drop_kept(&kept);
	return list;
}
