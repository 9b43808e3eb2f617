// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The two walks over the synthetic machine's tables, recorded as bpf/walk.bpf.h and the files below
 * it do it: tests/walk compares them record by record.
 */
#include <stdlib.h>
#include <string.h>

#include "luwatch/vtd.h"
#include "synth.h"
#include "synth_parts.h"

struct walk {
	struct synth *s;
	struct synth_unit *unit;
	struct lw_rec_walk sum;
	unsigned int phase;
	uint32_t quota;
	struct lw_record cleared; /* entries that share a record */
};

static int compare_devices(const void *pa, const void *pb)
{
	const struct synth_device *const *a = pa, *const *b = pb;

	return (*a)->rid < (*b)->rid ? -1 : (*a)->rid > (*b)->rid;
}

/* What the programs' map of preserved devices has: a machine may have very many entries. */
static void list_known(struct synth *s)
{
	size_t i;

	free(s->known);
	s->known = calloc(s->device_count + 1, sizeof(*s->known));
	s->known_count = 0;
	if (!s->known)
		abort();
	for (i = 0; i < s->device_count; i++) {
		if (s->devices[i]->marked || s->devices[i]->declared)
			s->known[s->known_count++] = s->devices[i];
	}
	if (s->known_count)
		qsort(s->known, s->known_count, sizeof(*s->known), compare_devices);
}

static const struct synth_device *find_known(const struct synth *s, uint64_t rid)
{
	struct synth_device key = { .rid = rid }, *wanted = &key, **found = NULL;

	if (s->known_count)
		found = bsearch(&wanted, s->known, s->known_count, sizeof(*s->known),
				compare_devices);
	return found ? *found : NULL;
}

static unsigned int visited(const struct synth_unit *unit, uint64_t rid)
{
	unsigned int bus = LW_RID_BUS(rid), devfn = LW_RID_DEVFN(rid), bits = 0;

	if (unit->visited[0][bus][devfn >> 6] >> (devfn & 63) & 1)
		bits |= LW_VISITED_DEVICE;
	if (unit->visited[1][bus][devfn >> 6] >> (devfn & 63) & 1)
		bits |= LW_VISITED_ALIAS;
	return bits;
}

static void emit_entry(struct walk *w, uint64_t rid, const uint64_t *words, unsigned int phase,
		       unsigned int why)
{
	struct lw_record r = { .type = LW_REC_ENTRY, .unit = w->unit->index };

	if (!w->quota) {
		w->sum.entries_dropped++;
		return;
	}
	w->quota--;
	r.entry.rid = rid;
	r.entry.phase = phase;
	r.entry.why = why;
	r.entry.table = w->unit->tables[synth_slot(w->unit, rid)]->address;
	memcpy(r.entry.words, words, w->unit->scalable ? 32 : 16);
	if (phase == LW_AFTER)
		r.entry.visited = visited(w->unit, rid);
	synth_emit(w->s, &r);
}

bool synth_pasid_pages(const struct synth_device *device, const uint64_t *entry, uint64_t *directory,
		       uint64_t *table)
{
	unsigned int pasid = VTD_SM_CONTEXT_RID_PASID(entry[1]);

	if (VTD_SM_CONTEXT_PASID_DIR(entry[0]) != device->directory)
		return false;
	memset(directory, 0, LW_PAGE_SIZE);
	memset(table, 0, LW_PAGE_SIZE);
	directory[(pasid >> 6) & 511] = device->pasid_table | VTD_PRESENT;
	memcpy(&table[(pasid & 63) * 8], device->pasid_words, sizeof(device->pasid_words));
	table[((pasid & 63) ^ 1) * 8] = device->pasid_elsewhere;
	return true;
}

/* What a preserved scalable-mode entry points to. */
static void emit_pasid(struct walk *w, const struct synth_device *device, const uint64_t *words)
{
	struct lw_record r = { .type = LW_REC_PASID_TABLE, .unit = w->unit->index };
	struct lw_record entry = { .type = LW_REC_PASID_ENTRY, .unit = w->unit->index };
	uint64_t directory[512], table[512];
	bool there;

	if (!w->unit->scalable || !(words[0] & VTD_PRESENT))
		return;
	there = synth_pasid_pages(device, words, directory, table);
	r.pasid_table.rid = device->rid;
	r.pasid_table.phase = w->phase;
	r.pasid_table.directory = VTD_SM_CONTEXT_PASID_DIR(words[0]);
	if (there) {
		r.pasid_table.directory_digest = synth_digest(directory);
		r.pasid_table.table = device->pasid_table;
		r.pasid_table.table_digest = synth_digest(table);
	}
	synth_emit(w->s, &r);
	if (!there)
		return;
	entry.pasid.rid_pasid = device->rid << 20 | VTD_SM_CONTEXT_RID_PASID(words[1]);
	memcpy(entry.pasid.words, device->pasid_words, sizeof(device->pasid_words));
	entry.pasid.words[7] = w->phase == LW_AFTER ? 1ULL << 63 : 0;
	synth_emit(w->s, &entry);
}

static void emit_cleared(struct walk *w)
{
	w->cleared.type = LW_REC_CLEARED;
	w->cleared.unit = w->unit->index;
	if (w->cleared.cleared.count)
		synth_emit(w->s, &w->cleared);
	w->cleared = (struct lw_record){};
}

/* Where no global IOTLB invalidation makes them needless. */
static void carry_domain(struct walk *w, uint64_t rid, const uint64_t *was, const uint64_t *now)
{
	struct lw_rec_cleared *cleared = &w->cleared.cleared;

	if (w->unit->scalable || w->unit->invalidated & LW_LATE_IOTLB || !(was[0] & ~now[0] & VTD_PRESENT))
		return;
	cleared->source_id[cleared->count] = LW_RID_SOURCE_ID(rid);
	cleared->domain[cleared->count] = VTD_CONTEXT_DOMAIN_ID(was[1]);
	if (++cleared->count == LW_CLEARED)
		emit_cleared(w);
}

static void compare_entry(struct walk *w, uint64_t rid, const uint64_t *was, const uint64_t *now)
{
	size_t words = w->unit->scalable ? 4 : 2, size = words * 8;
	const struct synth_device *known = find_known(w->s, rid);
	bool differs = memcmp(was, now, size);
	unsigned int why;

	if (known) {
		if (was[0] | was[1] | now[0] | now[1])
			emit_entry(w, rid, now, LW_AFTER, LW_ENTRY_PRESERVED);
		emit_pasid(w, known, now);
		return;
	}
	carry_domain(w, rid, was, now);
	if (now[0] & VTD_PRESENT)
		why = !(was[0] & VTD_PRESENT) ? LW_ENTRY_APPEARED
		      : differs		      ? LW_ENTRY_CHANGED
					      : LW_ENTRY_STAYED;
	else if (was[0] & VTD_PRESENT && now[0] | now[1])
		why = LW_ENTRY_RESIDUE;
	else
		return;
	if (was[0] | was[1])
		emit_entry(w, rid, was, LW_BEFORE, why);
	emit_entry(w, rid, now, LW_AFTER, why);
}

static void walk_entries(struct walk *w, unsigned int slot, const struct synth_table *table)
{
	unsigned int count = w->unit->scalable ? 128 : 256, step = 512 / count, i;
	const struct synth_table *copy = w->unit->copies[slot];

	for (i = 0; i < count; i++) {
		unsigned int devfn = w->unit->scalable ? (slot & 1) << 7 | i : i;
		uint64_t rid = LW_RID(w->unit->segment, slot >> 1, devfn);
		const uint64_t *now = &table->words[i * step];
		const struct synth_device *known;

		if (w->phase == LW_AFTER) {
			compare_entry(w, rid, &copy->words[i * step], now);
			continue;
		}
		known = now[0] | now[1] ? find_known(w->s, rid) : NULL;
		if (known) {
			emit_entry(w, rid, now, LW_BEFORE, LW_ENTRY_PRESERVED);
			emit_pasid(w, known, now);
		}
	}
}

static void sum_table(struct lw_rec_table *record, struct synth_table *table, bool scalable)
{
	unsigned int count = scalable ? 128 : 256, step = 512 / count, i;

	record->digest = synth_digest_once(&table->seen, table->words);
	for (i = 0; i < count; i++) {
		if (!(table->words[i * step] & VTD_PRESENT))
			continue;
		record->bits[i >> 6] |= 1ULL << (i & 63);
		record->present++;
	}
}

static void keep_copy(struct synth_unit *unit, unsigned int slot)
{
	free(unit->copies[slot]);
	unit->copies[slot] = malloc(sizeof(*unit->copies[slot]));
	if (!unit->copies[slot])
		abort();
	*unit->copies[slot] = *unit->tables[slot];
	free(unit->flushed[slot]);
	unit->flushed[slot] = malloc(LW_PAGE_SIZE);
	if (!unit->flushed[slot])
		abort();
	memcpy(unit->flushed[slot], unit->tables[slot]->words, LW_PAGE_SIZE);
}

static void walk_table(struct walk *w, unsigned int slot)
{
	struct lw_record r = { .type = LW_REC_TABLE, .unit = w->unit->index };
	uint64_t root = w->unit->root[slot], was = w->unit->old_root[slot];
	struct synth_table *table = w->unit->tables[slot];
	bool after = w->phase == LW_AFTER, gone = after && was & ~root & VTD_PRESENT;

	if (!(root & VTD_PRESENT) && !gone)
		return;
	r.table.phase = w->phase;
	r.table.bus = slot >> 1;
	r.table.half = slot & 1;
	r.table.root = root;
	if (w->unit->scalable)
		r.table.flags |= LW_TABLE_SCALABLE;
	if (gone)
		r.table.flags |= LW_TABLE_GONE;
	else if (after && was & VTD_PRESENT && (root ^ was) & VTD_ADDRESS)
		r.table.flags |= LW_TABLE_MOVED;
	w->sum.tables++;
	if (!after) {
		w->unit->copied[slot] = w->s->copies < w->s->copy_limit;
		w->s->copies += w->unit->copied[slot];
		w->sum.no_copy += !w->unit->copied[slot];
	}
	if (!w->unit->copied[slot] && (!after || was & VTD_PRESENT))
		r.table.flags |= LW_TABLE_NO_COPY;
	if (table->unreadable) {
		r.table.flags |= LW_TABLE_UNREADABLE;
		w->sum.unreadable++;
		synth_emit(w->s, &r);
		return;
	}
	sum_table(&r.table, table, w->unit->scalable);
	w->sum.present += r.table.present;
	if (after)
		r.table.late = was & VTD_PRESENT ? w->unit->late[slot] : w->unit->invalidated;
	synth_emit(w->s, &r);
	if (!after)
		keep_copy(w->unit, slot);
	if (w->unit->copied[slot] && (!after || (w->unit->gsts & VTD_GSTS_TES && !gone)))
		walk_entries(w, slot, table);
}

static void emit_state(struct walk *w, uint32_t flags)
{
	struct lw_record r = { .type = LW_REC_UNIT_STATE, .unit = w->unit->index };
	const struct synth_unit *unit = w->unit;

	r.state.phase = w->phase;
	r.state.reg_phys = unit->reg_phys;
	r.state.rtaddr = unit->gone ? ~0ULL : unit->rtaddr;
	r.state.root_entry = unit->root_entry;
	r.state.gsts = unit->gone ? ~0U : unit->gsts;
	r.state.fsts = unit->fsts;
	r.state.pmen = unit->pmen;
	r.state.iqh = unit->iqh;
	r.state.iqt = unit->iqt;
	r.state.preserved = unit->mark;
	r.state.marks = unit->marks;
	r.state.flags = flags;
	synth_emit(w->s, &r);
}

static void emit_root(struct walk *w)
{
	struct lw_record r = { .type = LW_REC_ROOT, .unit = w->unit->index };

	r.root.phase = w->phase;
	r.root.rtaddr = w->unit->rtaddr;
	r.root.digest = synth_digest_once(&w->unit->root_seen, w->unit->root);
	if (w->phase == LW_AFTER)
		r.root.late = w->unit->late_root;
	synth_emit(w->s, &r);
}

static void emit_unit(struct walk *w)
{
	struct lw_record r = { .type = LW_REC_UNIT_SEEN, .unit = w->unit->index };

	r.unit_info.reg_phys = w->unit->reg_phys;
	r.unit_info.cap = w->unit->cap;
	r.unit_info.ecap = w->unit->ecap;
	r.unit_info.rtaddr = w->unit->rtaddr;
	r.unit_info.gsts = w->unit->gsts;
	r.unit_info.segment = w->unit->segment;
	synth_emit(w->s, &r);
}

/* True when the unit has one. */
static bool emit_kept(struct walk *w)
{
	struct lw_record r = { .type = LW_REC_KEPT_TABLES, .unit = w->unit->index };
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		any |= r.kept_tables.bits[i] = w->unit->kept[i];
	if (any)
		synth_emit(w->s, &r);
	return any;
}

static void walk_unit(struct walk *w)
{
	unsigned int mode = VTD_RTADDR_MODE(w->unit->rtaddr), slot;
	uint32_t flags = 0;

	w->sum.units++;
	if (w->phase == LW_BEFORE) {
		emit_unit(w);
		if (emit_kept(w))
			flags = LW_STATE_KEPT_TABLES;
	}
	if (mode == VTD_MODE_SCALABLE)
		flags |= LW_STATE_SCALABLE;
	else if (mode != VTD_MODE_LEGACY)
		flags |= LW_STATE_UNKNOWN_MODE;
	if (w->unit->gone)
		flags = LW_STATE_GONE;
	else if (!(w->unit->rtaddr & VTD_ADDRESS))
		flags |= LW_STATE_NO_ROOT;
	else if (w->unit->root_unreadable)
		flags |= LW_STATE_ROOT_UNREADABLE;
	w->sum.unreadable += !!(flags & LW_STATE_ROOT_UNREADABLE);
	emit_state(w, flags);
	if (flags & ~(LW_STATE_SCALABLE | LW_STATE_KEPT_TABLES) || (w->unit->scalable && !w->s->scalable_tables))
		return;
	if (w->phase == LW_BEFORE) {
		memcpy(w->unit->old_root, w->unit->root, sizeof(w->unit->root));
		memcpy(w->unit->flushed_root, w->unit->root, sizeof(w->unit->root));
	} else {
		synth_note_writes(w->unit);
	}
	emit_root(w);
	for (slot = 0; slot < SYNTH_TABLES; slot++)
		walk_table(w, slot);
	emit_cleared(w);
}

void synth_walk(struct synth *s, unsigned int phase, unsigned int where)
{
	struct walk w = { .s = s, .phase = phase, .quota = s->entry_quota };
	struct lw_record r = { .type = LW_REC_WALK, .unit = LW_NO_UNIT };
	size_t i;

	list_known(s);
	if (phase == LW_BEFORE)
		s->copies = 0;
	for (i = 0; i < s->unit_count; i++) {
		w.unit = s->units[i];
		walk_unit(&w);
	}
	r.walk = w.sum;
	r.walk.phase = phase;
	r.walk.where = where;
	synth_emit(s, &r);
}
