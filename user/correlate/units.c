// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The remapping units and their context tables as the two walks saw them. Records are grouped by
 * the unit's index, which only means something within one log; across the baseline and the next
 * kernel a unit is known by its register base. Nothing is judged here: a record that is not there
 * stays NULL, and two records about one thing are counted as a contradiction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "correlate/steps.h"
#include "luwatch/vtd.h"

/* More than any machine has (Linux supports 1,024): bounds what a forged stream can ask for. */
static const unsigned int max_units = 1024;

struct lw_unit *lw_unit_at(const struct lw_handover *h, unsigned int index)
{
	size_t at = lw_first_place(h->unit_count, i, h->units[i]->index < index);

	return at < h->unit_count && h->units[at]->index == index ? h->units[at] : NULL;
}

/* The unit of INDEX, made if it is not there; NULL for one that cannot be. */
static struct lw_unit *get_unit(struct lw_handover *h, unsigned int index)
{
	struct lw_unit *unit = lw_unit_at(h, index), **place;
	size_t at;

	if (unit)
		return unit;
	if (index >= max_units) {
		h->contradictions++;
		return NULL;
	}
	unit = calloc(1, sizeof(*unit));
	place = unit ? lw_add(h, h->units, h->unit_count, h->unit_size) : NULL;
	if (!place) {
		h->error = -ENOMEM;
		free(unit);
		return NULL;
	}
	unit->index = index;
	snprintf(unit->name, sizeof(unit->name), "unit%u", index);
	for (at = h->unit_count - 1; at && h->units[at - 1]->index > index; at--)
		h->units[at] = h->units[at - 1];
	h->units[at] = unit;
	return unit;
}

static void set_info(struct lw_handover *h, struct lw_unit *unit, const struct lw_rec_unit *info)
{
	if (unit->info && unit->info->reg_phys != info->reg_phys)
		h->contradictions++;
	if (unit->info)
		return;
	unit->info = info;
	unit->reg_phys = info->reg_phys;
	unit->segment = info->segment;
}

static void set_state(struct lw_handover *h, struct lw_unit *unit,
		      const struct lw_rec_unit_state *state)
{
	const struct lw_rec_unit_state **place = state->phase ? &unit->after : &unit->before;

	if (state->phase > LW_AFTER || *place) {
		h->contradictions++;
		return;
	}
	*place = state;
	unit->reg_phys = state->reg_phys;
	if (state->flags & LW_STATE_SCALABLE)
		unit->scalable = true;
}

static void set_table(struct lw_handover *h, struct lw_unit *unit, const struct lw_rec_table *table)
{
	struct lw_table *pair = &unit->tables[table->bus << 1 | (table->half & 1)];
	const struct lw_rec_table **place = table->phase ? &pair->after : &pair->before;

	if (table->phase > LW_AFTER || table->half > 1 || *place) {
		h->contradictions++;
		return;
	}
	*place = table;
	if (table->flags & LW_TABLE_SCALABLE) {
		unit->scalable = true;
		unit->scalable_tables = true;
	} else if (table->half) {
		h->contradictions++;
	}
}

/* Of a unit whose root table is empty this is the only sign that its mode can be read. */
static void set_root(struct lw_unit *unit)
{
	if (unit->scalable)
		unit->scalable_tables = true;
}

static void set_kept(struct lw_handover *h, struct lw_unit *unit,
		     const struct lw_rec_kept_tables *kept)
{
	if (unit->kept)
		h->contradictions++;
	else
		unit->kept = kept;
}

static void set_landmark(struct lw_handover *h, const struct lw_record **place,
			 const struct lw_record *record)
{
	if (*place)
		h->contradictions++;
	else
		*place = record;
}

static void read_unit_record(struct lw_handover *h, const struct lw_record *record)
{
	struct lw_unit *unit = get_unit(h, record->unit);

	if (!unit)
		return;
	switch (record->type) {
	case LW_REC_UNIT_SEEN:
		return set_info(h, unit, &record->unit_info);
	case LW_REC_UNIT_STATE:
		return set_state(h, unit, &record->state);
	case LW_REC_TABLE:
		return set_table(h, unit, &record->table);
	case LW_REC_ROOT:
		return set_root(unit);
	case LW_REC_KEPT_TABLES:
		return set_kept(h, unit, &record->kept_tables);
	case LW_REC_CLEAR_BEGIN:
		unit->clear_begin = record->seq;
		return;
	case LW_REC_CLEAR_END:
		unit->clear_end = record->seq;
		return;
	case LW_REC_DISABLE:
		unit->disabled = record->seq;
		return;
	}
}

static void read_record(struct lw_handover *h, const struct lw_record *record)
{
	switch (record->type) {
	case LW_REC_KEXEC:
		return set_landmark(h, &h->kexec, record);
	case LW_REC_LIVEUPDATE:
		return set_landmark(h, &h->liveupdate, record);
	case LW_REC_SHUTDOWN:
		return set_landmark(h, &h->shutdown, record);
	case LW_REC_SHUTDOWN_END:
		return set_landmark(h, &h->shutdown_end, record);
	case LW_REC_ABORTED:
		return set_landmark(h, &h->aborted, record);
	case LW_REC_LAST:
		return set_landmark(h, &h->last, record);
	case LW_REC_WALK:
		return set_landmark(h, record->walk.phase ? &h->walk_after : &h->walk_before,
				    record);
	case LW_REC_UNIT_SEEN:
	case LW_REC_UNIT_STATE:
	case LW_REC_TABLE:
	case LW_REC_ROOT:
	case LW_REC_KEPT_TABLES:
	case LW_REC_CLEAR_BEGIN:
	case LW_REC_CLEAR_END:
	case LW_REC_DISABLE:
		return read_unit_record(h, record);
	}
}

/* What only the baseline knows of a unit: its name, and the quirk of graphics units. */
static void name_unit(struct lw_handover *h, struct lw_unit *unit)
{
	const struct lw_stream *stream = &h->stream;
	const struct lw_record *known = NULL, *name;
	size_t i;

	for (i = 0; i < stream->baseline_count && !known; i++) {
		const struct lw_record *record = &stream->baseline[i];

		if (record->type == LW_REC_UNIT && record->unit_info.reg_phys == unit->reg_phys)
			known = record;
	}
	if (!known)
		return;
	unit->quirk_known = !(known->unit_info.flags & LW_UNIT_MAYBE_NEVER_OFF);
	if (!unit->info) {
		unit->info = &known->unit_info;
		unit->segment = unit->info->segment;
	}
	unit->never_off = known->unit_info.flags & LW_UNIT_NEVER_OFF;
	for (i = 0; i < stream->baseline_count; i++) {
		name = &stream->baseline[i];
		if (name->type != LW_REC_TEXT || name->text.key != LW_TEXT_UNIT_NAME ||
		    name->unit != known->unit || name->text.offset)
			continue;
		snprintf(unit->name, sizeof(unit->name), "%.*s",
			 name->text.length < LW_TEXT_BYTES ? name->text.length : LW_TEXT_BYTES,
			 (const char *)name->text.bytes);
	}
}

/* Whether every table that a walk saw has a record: the walk's own count says how many there were.
 */
static const char *find_walk_problem(const struct lw_handover *h, const struct lw_record *walk,
				     unsigned int phase)
{
	uint64_t tables = 0, present = 0;
	size_t i;

	if (!walk)
		return phase == LW_AFTER ? "the last look at the tables was not recorded"
					 : "the look at the tables before the shutdown was not "
					   "recorded";
	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type != LW_REC_TABLE || record->table.phase != phase)
			continue;
		tables++;
		if (!(record->table.flags & LW_TABLE_UNREADABLE))
			present += record->table.present;
	}
	if (tables != walk->walk.tables)
		return "records of context tables are missing";
	if (present != walk->walk.present)
		return "the present entries do not add up to what the walk counted";
	if (walk->walk.units_skipped)
		return "there are more remapping units than the programs can hold";
	return NULL;
}

void lw_rebuild_units(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->stream.log_count; i++)
		read_record(h, &h->stream.log[i]);
	h->walk_problem[LW_BEFORE] = find_walk_problem(h, h->walk_before, LW_BEFORE);
	h->walk_problem[LW_AFTER] = find_walk_problem(h, h->walk_after, LW_AFTER);
	for (i = 0; i < h->unit_count; i++)
		name_unit(h, h->units[i]);
}

bool lw_table_bit(const struct lw_rec_table *table, unsigned int devfn)
{
	unsigned int bit = table->flags & LW_TABLE_SCALABLE ? devfn & 0x7f : devfn & 0xff;

	return table->bits[bit >> 6] >> (bit & 63) & 1;
}

bool lw_unit_has_bus(const struct lw_unit *unit, uint64_t rid)
{
	unsigned int slot = LW_RID_BUS(rid) << 1;

	return LW_RID_SEGMENT(rid) == unit->segment &&
	       (unit->tables[slot].before || unit->tables[slot + 1].before);
}

bool lw_unit_after_known(const struct lw_unit *unit)
{
	return unit->after && !(unit->after->flags & LW_STATE_GONE);
}

bool lw_unit_blocks(const struct lw_unit *unit)
{
	return lw_unit_after_known(unit) && unit->after->gsts & VTD_GSTS_TES &&
	       VTD_RTADDR_MODE(unit->after->rtaddr) == VTD_MODE_ABORT;
}

bool lw_unit_is_on(const struct lw_unit *unit)
{
	return lw_unit_after_known(unit) && unit->after->gsts & VTD_GSTS_TES && !lw_unit_blocks(unit);
}

bool lw_unit_excepted(const struct lw_unit *unit)
{
	return unit->never_off && !unit->preserved;
}

bool lw_unit_cleans(const struct lw_unit *unit)
{
	return lw_unit_is_on(unit) && unit->preserved;
}

const char *lw_unit_tables_missing(const struct lw_unit *unit, unsigned int phase)
{
	const struct lw_rec_unit_state *state = phase == LW_AFTER ? unit->after : unit->before;

	if (!state)
		return phase == LW_AFTER ? "its registers at the end of the shutdown are missing"
					 : "its registers at the start of the shutdown are missing";
	if (state->flags & LW_STATE_GONE)
		return "its registers read as all ones: the unit is gone";
	if (state->flags & LW_STATE_ROOT_UNREADABLE)
		return "its root table could not be read";
	if (state->flags & LW_STATE_UNKNOWN_MODE)
		return "its root-table-address register names a mode without readable tables";
	if (state->flags & LW_STATE_SCALABLE && !unit->scalable_tables)
		return "it is in scalable mode, and no scalable-mode tables were recorded";
	return NULL;
}
