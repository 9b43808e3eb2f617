/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing a record to every carrier that is armed. Interrupts may be off and no user space may be
 * left: nothing here sleeps, waits or allocates.
 */
#ifndef LUWATCH_EMIT_BPF_H
#define LUWATCH_EMIT_BPF_H

#include "luwatch/text.h"
#include "luo.bpf.h"

/*
 * A record as text (luwatch/text.h). Programs can nest (an interrupt in a program), so each level has its
 * own. A word is written as twelve characters and more, of which the next takes back all but eleven.
 */
#define LW_TEXT_LEVELS 4
#define LW_TEXT_ROOM   256

struct text_buffers {
	u32 level;
	u32 pad;
	char chars[LW_TEXT_LEVELS][LW_TEXT_ROOM];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct text_buffers);
} text SEC(".maps");

static __always_inline void lw_write_text(const u64 *words, char *chars)
{
	u64 head = words[0] >> 32, at = LW_DENSE_HEAD_LEN;
	int i;

	for (i = 1; i < LW_RECORD_WORDS; i++) {
		/*
		 * 0 or 1, without a branch and what the verifier takes for one (an arithmetic shift, ANDed):
		 * it would go through all 65,536 ways.
		 */
		u64 used = -words[i];

		barrier_var(used);
		used = (used | words[i]) >> 63;
		barrier_var(used);
		head |= used << (31 + i);
		*(u64 *)(chars + at) = lw_dense_chars(words[i]);
		*(u64 *)(chars + at + 8) = lw_dense_chars(words[i] >> 48);
		at += used * LW_DENSE_WORD_LEN;
	}
	chars[at] = 0;
	*(u64 *)chars = lw_dense_chars(head);
}

static __always_inline void lw_emit_text(const struct lw_record *record)
{
	struct text_buffers *buffers;
	u32 zero = 0, level;

	buffers = bpf_map_lookup_elem(&text, &zero);
	if (!buffers)
		return;
	level = __sync_fetch_and_add(&buffers->level, 1);
	if (level < LW_TEXT_LEVELS) {
		char *chars = buffers->chars[level & (LW_TEXT_LEVELS - 1)];

		lw_write_text((const u64 *)record, chars);
		bpf_printk(LW_DENSE_PREFIX "%s", chars);
	}
	__sync_fetch_and_add(&buffers->level, -1);
}

/* Writes RECORD to the slot of the log with this number, when the area has such a slot. */
static __always_inline void write_slot(struct lw_control *c, u64 number, const struct lw_record *record)
{
	u32 page, slot, *map_page;
	struct area_page *p;
	u64 *words;
	int i;

	if (number >= c->log_slots)
		return;
	page = 2 * c->baseline_pages + (u32)number / (LW_PAGE_RECORDS - 1);
	slot = 1 + (u32)number % (LW_PAGE_RECORDS - 1);
	if (lw_luo_armed(c))
		luo_mirror(page, slot, record);
	map_page = bpf_map_lookup_elem(&area_pages, &page);
	if (!map_page)
		return;
	p = bpf_map_lookup_elem(&area, map_page);
	if (!p)
		return;
	words = &p->words[(slot & (LW_PAGE_RECORDS - 1)) * LW_RECORD_WORDS];
	for (i = 0; i < LW_RECORD_WORDS; i++)
		words[i] = ((u64 *)record)[i];
}

/*
 * Completes RECORD (the caller fills .type, .unit and the payload), gives it the next sequence
 * number of the attempt and writes it to the carriers. The last slot of the log is kept for
 * LW_REC_LAST, which says how many records found no place. A global function, so that the verifier
 * looks at it once and not at every call.
 */
__noinline int lw_emit(struct lw_record *record)
{
	struct lw_control *c;
	u64 slot;

	if (!record)
		return 0;
	c = lw_get_control();
	if (!c)
		return 0;
	record->magic = LW_RECORD_MAGIC;
	record->version = LW_RECORD_VERSION;
	record->handover[0] = c->handover[0];
	record->handover[1] = c->handover[1];
	record->epoch = c->attempt;
	record->cpu = bpf_get_smp_processor_id();
	record->time_ns = bpf_ktime_get_boot_ns();
	record->seq = __sync_fetch_and_add(&c->seq, 1) + 1;
	if (record->type == LW_REC_LAST) {
		slot = c->log_slots - 1;
		record->last.records = record->seq;
		record->last.dropped = c->dropped;
	} else {
		slot = __sync_fetch_and_add(&c->next_slot, 1);
		if (c->log_slots && slot + 1 >= c->log_slots) {
			__sync_fetch_and_add(&c->dropped, 1);
			slot = ~0ULL;
		}
	}
	record->checksum = lw_checksum(record);

	/* First, because the verifier goes through all that is behind write_slot() once for each of its ways. */
	if (c->carriers & (1 << LW_CARRIER_TRACE | 1 << LW_CARRIER_PSTORE))
		lw_emit_text(record);
	write_slot(c, slot, record);
	return 0;
}

/*
 * A record without a payload: this happened now. With a stack frame of its own: who goes on to walk the
 * tables needs the rest of the 512 bytes that a chain of calls may have.
 */
static __noinline int lw_emit_marker(u16 type, u16 unit)
{
	struct lw_record r = {};

	r.type = type;
	r.unit = unit;
	lw_emit(&r);
	return 0;
}

#endif
