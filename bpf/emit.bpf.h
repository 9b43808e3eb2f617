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
 * Records as text (luwatch/text.h), one after another in a line. Programs can nest (an interrupt in a program),
 * so each level has its own line. A word is written as twelve characters and more, of which the next takes
 * back all but eleven.
 *
 * Each line that is printed costs some 900 instructions beside its characters, so whoever writes several records
 * at once lets them gather.
 */
#define LW_TEXT_LEVELS 4
#define LW_TEXT_ROOM   1024
#define LW_TEXT_FULL   512 /* from here on no other record is waited for */

_Static_assert(LW_TEXT_FULL + LW_DENSE_LEN + 16 <= LW_TEXT_ROOM, "a line holds what it may have");

struct text_line {
	u32 used;   /* characters that wait */
	u32 gather; /* whether they may */
	char chars[LW_TEXT_ROOM];
};

struct text_lines {
	u32 level;
	u32 pad;
	struct text_line lines[LW_TEXT_LEVELS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct text_lines);
} text SEC(".maps");

/* Returns how many characters. */
static __always_inline u32 lw_write_text(const u64 *words, char *chars)
{
	u64 head = words[0] >> 32, at = LW_DENSE_PREFIX_LEN + LW_DENSE_HEAD_LEN;
	int i;

	__builtin_memcpy(chars, LW_DENSE_PREFIX, LW_DENSE_PREFIX_LEN);
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
	*(u64 *)(chars + LW_DENSE_PREFIX_LEN) = lw_dense_chars(head);
	return at;
}

/* The line of this level, which is left with lw_leave_text(); NULL beyond the last. */
static __always_inline struct text_line *lw_enter_text(struct text_lines *t)
{
	u32 level = __sync_fetch_and_add(&t->level, 1);

	return level < LW_TEXT_LEVELS ? &t->lines[level & (LW_TEXT_LEVELS - 1)] : NULL;
}

static __always_inline void lw_leave_text(struct text_lines *t)
{
	__sync_fetch_and_add(&t->level, -1);
}

/* The line is the format, which has no "%": an argument can have no more than 511 characters. */
static __always_inline void lw_print_line(struct text_line *line)
{
	bpf_trace_printk(line->chars, LW_TEXT_ROOM);
	line->used = 0;
}

static __always_inline void lw_emit_text(const struct lw_record *record)
{
	struct text_lines *t;
	struct text_line *line;
	u32 zero = 0, used;

	t = bpf_map_lookup_elem(&text, &zero);
	if (!t)
		return;
	line = lw_enter_text(t);
	if (line) {
		used = line->used & (LW_TEXT_FULL - 1);
		used += lw_write_text((const u64 *)record, line->chars + used);
		line->used = used;
		if (!line->gather || used >= LW_TEXT_FULL)
			lw_print_line(line);
	}
	lw_leave_text(t);
}

/*
 * Between these two records gather in lines. Not for pstore, which saves pieces of the log that end with a
 * line, and shorter ones fill them better.
 */
static __noinline int lw_gather_text(void)
{
	struct lw_control *c = lw_get_control();
	struct text_lines *t;
	u32 zero = 0;

	t = bpf_map_lookup_elem(&text, &zero);
	if (t && c && !(c->carriers & 1 << LW_CARRIER_PSTORE))
		t->lines[0].gather = 1;
	return 0;
}

static __noinline int lw_print_gathered(void)
{
	struct text_lines *t;
	struct text_line *line;
	u32 zero = 0;

	t = bpf_map_lookup_elem(&text, &zero);
	if (!t)
		return 0;
	line = lw_enter_text(t);
	if (line) {
		line->gather = 0;
		if (line->used)
			lw_print_line(line);
	}
	lw_leave_text(t);
	return 0;
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
