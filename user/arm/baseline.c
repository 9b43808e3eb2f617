/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building the baseline. Pure: everything, the clocks too, is handed in.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arm/baseline.h"
#include "probe/inspect.h"

struct builder {
	const struct lw_baseline_input *input;
	struct lw_record *records;
	size_t count, size;
	int failed;
};

/* The next record, empty but for its head; a scratch one when memory is exhausted. */
static struct lw_record *next(struct builder *b, uint16_t type)
{
	static struct lw_record nowhere;
	struct lw_record *r;

	if (b->count == b->size) {
		size_t size = b->size ? b->size * 2 : 32;
		struct lw_record *grown = realloc(b->records, size * sizeof(*grown));

		if (!grown) {
			b->failed = -ENOMEM;
			return &nowhere;
		}
		b->records = grown;
		b->size = size;
	}
	r = &b->records[b->count++];
	memset(r, 0, sizeof(*r));
	r->magic = LW_RECORD_MAGIC;
	r->version = LW_RECORD_VERSION;
	r->type = type;
	r->handover[0] = b->input->control->handover[0];
	r->handover[1] = b->input->control->handover[1];
	r->seq = b->count;
	r->time_ns = b->input->boot_ns;
	r->epoch = b->input->generation;
	r->unit = LW_NO_UNIT;
	return r;
}

static void add_item(struct builder *b, enum lw_text_key key, uint16_t item, uint16_t unit,
		     const char *text)
{
	size_t length = strlen(text), offset = 0, piece;
	struct lw_record *r;

	if (length > LW_TEXT_LONGEST)
		length = LW_TEXT_LONGEST;
	while (offset < length) {
		piece = length - offset < LW_TEXT_BYTES ? length - offset : LW_TEXT_BYTES;
		r = next(b, LW_REC_TEXT);
		r->unit = unit;
		r->text.key = key;
		r->text.item = item;
		r->text.offset = offset;
		r->text.length = length;
		memcpy(r->text.bytes, text + offset, piece);
		offset += piece;
	}
}

static void add_if(struct builder *b, enum lw_text_key key, const char *text)
{
	if (text && text[0])
		add_item(b, key, 0, LW_NO_UNIT, text);
}

static void add_text(struct builder *b, enum lw_text_key key, uint16_t unit, const char *text)
{
	add_item(b, key, 0, unit, text);
}

static void add_labels(struct builder *b)
{
	const struct lw_baseline_input *input = b->input;
	size_t i;

	for (i = 0; i < input->label_count; i++)
		add_item(b, LW_TEXT_LABEL, i, LW_NO_UNIT, input->labels[i]);
	for (i = 0; !input->labels && i < input->former_count; i++)
		if (input->former[i].type == LW_REC_TEXT &&
		    (input->former[i].text.key == LW_TEXT_LABEL ||
		     input->former[i].text.key == LW_TEXT_RING))
			next(b, LW_REC_TEXT)->text = input->former[i].text;
}

static void add_unit(struct builder *b, uint16_t index, const struct lw_unit_view *v)
{
	struct lw_record *r = next(b, LW_REC_UNIT);
	int never_off = lw_unit_never_off(v);

	r->unit = index;
	r->unit_info.reg_phys = v->reg_phys;
	r->unit_info.cap = v->cap;
	r->unit_info.ecap = v->ecap;
	r->unit_info.rtaddr = v->rtaddr;
	r->unit_info.gsts = v->gsts;
	r->unit_info.segment = v->segment;
	r->unit_info.seq_id = v->seq_id;
	r->unit_info.tables = lw_populated_tables(v);
	r->unit_info.version = v->version;
	r->unit_info.flags = never_off > 0 ? LW_UNIT_NEVER_OFF :
			     never_off < 0 ? LW_UNIT_MAYBE_NEVER_OFF :
					     0;
	add_text(b, LW_TEXT_UNIT_NAME, index, (const char *)v->name);
}

static void add_declared(struct builder *b)
{
	const struct lw_declared *set = b->input->declared;
	struct lw_record *r = NULL;
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (i % LW_DECLARED_RIDS == 0)
			r = next(b, LW_REC_DECLARED);
		r->declared.rids[i % LW_DECLARED_RIDS] = set->rids[i];
		r->declared.count++;
	}
}

static int compare_aliases(const void *pa, const void *pb)
{
	const struct lw_alias *a = pa, *b = pb;

	if (a->rid != b->rid)
		return a->rid < b->rid ? -1 : 1;
	return a->alias < b->alias ? -1 : a->alias > b->alias;
}

size_t lw_sort_aliases(struct lw_alias *aliases, size_t count)
{
	size_t i, kept = 0;

	if (!count)
		return 0;
	qsort(aliases, count, sizeof(*aliases), compare_aliases);
	for (i = 1; i < count; i++)
		if (compare_aliases(&aliases[i], &aliases[kept]))
			aliases[++kept] = aliases[i];
	return kept + 1;
}

/* All aliases of one device stand together in the input. */
static void add_aliases(struct builder *b)
{
	const struct lw_alias *aliases = b->input->aliases;
	struct lw_record *r = NULL;
	size_t i;

	for (i = 0; i < b->input->alias_count; i++) {
		if (!r || r->alias.rid != aliases[i].rid || r->alias.count == LW_ALIAS_RIDS) {
			r = next(b, LW_REC_ALIAS);
			r->alias.rid = aliases[i].rid;
		}
		r->alias.aliases[r->alias.count++] = aliases[i].alias;
	}
}

int lw_baseline_build(const struct lw_baseline_input *input, struct lw_record **records)
{
	char id[LW_ID_TEXT];
	/* A kernel may have the feature and miss the symbol of one of its functions. */
	const uint64_t marking = 1ULL << LW_PROBE_PRESERVE_DEVICE |
				 1ULL << LW_PROBE_UNPRESERVE_DEVICE | 1ULL << LW_PROBE_PRESERVE_UNIT |
				 1ULL << LW_PROBE_CLEAR | 1ULL << LW_PROBE_CLEAR_DEVICE |
				 1ULL << LW_PROBE_CLEAR_ALIAS;
	struct builder b = { .input = input };
	struct lw_record *first;
	uint16_t units = 0;
	uint32_t i;
	size_t n;

	next(&b, LW_REC_BASELINE);
	add_text(&b, LW_TEXT_KERNEL, LW_NO_UNIT, input->kernel);
	add_text(&b, LW_TEXT_AGENT, LW_NO_UNIT, input->agent);
	add_text(&b, LW_TEXT_BOOT_ID, LW_NO_UNIT, input->boot_id);
	add_text(&b, LW_TEXT_MACHINE_ID, LW_NO_UNIT, input->machine_id);
	add_text(&b, LW_TEXT_HOSTNAME, LW_NO_UNIT, input->hostname);
	if (!lw_id_is_zero(input->began_by))
		add_text(&b, LW_TEXT_BEGAN_BY, LW_NO_UNIT, lw_id_format(input->began_by, id));
	add_if(&b, LW_TEXT_KEXECS, input->kexecs);
	add_if(&b, LW_TEXT_BUILD_ID, input->build_id);
	add_if(&b, LW_TEXT_CORRELATION, input->correlation);
	add_if(&b, LW_TEXT_RING, input->ring);
	add_labels(&b);
	for (i = 0; i < input->unit_count; i++)
		if (!input->units[i].ignored)
			add_unit(&b, units++, &input->units[i]);
	add_declared(&b);
	add_aliases(&b);
	if (b.failed) {
		free(b.records);
		return b.failed;
	}
	first = &b.records[0];
	first->baseline.records = b.count;
	first->baseline.record_level = input->control->probes_only ? 1 : 2;
	first->baseline.realtime_ns = input->realtime_ns;
	first->baseline.tsc = input->tsc;
	first->baseline.probes = input->control->probes;
	first->baseline.symbols = input->exists;
	first->baseline.log_slots = input->control->log_slots;
	first->baseline.units = units;
	first->baseline.declared = input->declared->count;
	first->baseline.declared_known = input->declared->known;
	first->baseline.marks_supported = input->marks_readable || input->exists & marking;
	first->baseline.aliases_known = input->aliases_known;
	for (n = 0; n < b.count; n++)
		b.records[n].checksum = lw_checksum(&b.records[n]);
	*records = b.records;
	return b.count;
}
