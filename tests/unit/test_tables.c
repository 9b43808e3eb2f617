// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of several context tables: what goes in comes out, and nonsense becomes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/tables.h"
#include "record/expand.h"
#include "synth.h"

/* A table with COUNT present entries, the first at BIT and each next one 61 further. */
static struct lw_rec_table a_table(unsigned int count, unsigned int bit, uint32_t *present)
{
	struct lw_rec_table table = { .bus = 0xfe, .present = count, .root = 0x000ffffffffff001ULL };
	unsigned int i;

	*present = 0;
	for (i = 0; i < count; i++, bit = (bit + 61) & 0xff) {
		table.bits[bit >> 6] |= 1ULL << (bit & 63);
		if (i < LW_PRESENT_PACKED)
			*present |= bit << i * 8;
	}
	return table;
}

static void assert_returns(const struct lw_rec_table *table, uint32_t present)
{
	struct lw_rec_tables packed;
	struct lw_rec_table again;
	unsigned int at;

	for (at = 0; at < LW_TABLES_PACKED; at++) {
		memset(&packed, 0, sizeof(packed));
		assert_true(lw_table_packs(table));
		lw_pack_table(&packed, at, table, present);
		assert_true(lw_unpack_table(&packed, at, &again));
		assert_memory_equal(&again, table, sizeof(again));
		assert_false(lw_unpack_table(&packed, (at + 1) % LW_TABLES_PACKED, &again));
	}
}

/* Every field alone at both ends of its range, so that none lies on another's bits. */
static void each_field_returns(void **state)
{
	static const uint8_t flags[] = { 0, LW_TABLE_SCALABLE, LW_TABLE_GONE, LW_TABLE_MOVED };
	struct lw_rec_table table;
	uint32_t present;
	size_t i;

	(void)state;
	for (i = 0; i <= LW_PRESENT_PACKED; i++) {
		table = a_table(i, i * 77 & 0xff, &present);
		assert_returns(&table, present);
	}
	for (i = 0; i < sizeof(flags); i++) {
		table.flags = flags[i];
		assert_returns(&table, present);
	}
	for (i = 0; i < 8; i++) {
		table = a_table(0, 0, &present);
		table.late = i;
		table.phase = i & 1;
		table.half = i >> 1 & 1;
		table.bus = 1 << i;
		table.digest = 0x0000800000000001ULL << i & 0xffffffffffffULL;
		assert_returns(&table, present);
	}
	/* The root entry is gone: all zero. */
	table = a_table(1, 255, &present);
	table.root = 0;
	table.bus = 0;
	table.phase = LW_AFTER;
	table.flags = LW_TABLE_GONE;
	assert_returns(&table, present);
}

static void others_have_their_own_record(void **state)
{
	struct lw_rec_table table;
	uint32_t present;

	(void)state;
	table = a_table(LW_PRESENT_PACKED + 1, 0, &present);
	assert_false(lw_table_packs(&table));
	table = a_table(1, 0, &present);
	table.flags = LW_TABLE_UNREADABLE;
	assert_false(lw_table_packs(&table));
	table.flags = LW_TABLE_NO_COPY;
	assert_false(lw_table_packs(&table));
	table.flags = 0;
	table.root |= 2; /* a reserved bit: it is carried, not lost */
	assert_false(lw_table_packs(&table));
}

static void a_log_is_expanded(void **state)
{
	struct lw_record log[3] = { { .type = LW_REC_SHUTDOWN, .seq = 1 },
				    { .type = LW_REC_TABLES, .seq = 2, .unit = 3, .time_ns = 9 },
				    { .type = LW_REC_WALK, .seq = 3 } };
	struct lw_rec_table table;
	struct lw_record *all;
	uint32_t present;
	size_t made;

	(void)state;
	table = a_table(2, 5, &present);
	lw_pack_table(&log[1].tables, 0, &table, present);
	lw_pack_table(&log[1].tables, 1, &table, present);
	log[1].tables.root[2] = 7ULL << LW_PACKED_COUNT; /* more entries than there is room for */
	all = lw_expand_tables(log, 3, &made);
	assert_int_equal(made, 4);
	assert_int_equal(all[0].type, LW_REC_SHUTDOWN);
	assert_int_equal(all[2].type, LW_REC_TABLE);
	assert_int_equal(all[2].seq, 2);
	assert_int_equal(all[2].unit, 3);
	assert_int_equal(all[2].time_ns, 9);
	assert_memory_equal(&all[2].table, &table, sizeof(table));
	assert_int_equal(all[2].checksum, lw_checksum(&all[2]));
	assert_int_equal(all[3].type, LW_REC_WALK);
	free(all);
}

/* A stream counts the records that were written, and shows the tables that stand in them. */
static void a_stream_shows_tables(void **state)
{
	struct synth *s = synth_standard(false);
	struct lw_record *first, packed = {};
	uint32_t present = 0;
	size_t i, at, n;

	(void)state;
	synth_judge(s);
	n = s->handover->stream.log_count;
	first = synth_find(s, LW_REC_TABLE, 0);
	assert_non_null(first);
	for (i = 0; i < 64; i++) {
		if (first->table.bits[0] >> i & 1)
			present = present << 8 | i;
	}
	at = first - s->log;
	packed = *first;
	packed.type = LW_REC_TABLES;
	memset(&packed.tables, 0, sizeof(packed.tables));
	if (lw_table_packs(&first->table) && !first->table.bits[1] && !first->table.bits[2] &&
	    !first->table.bits[3]) {
		lw_pack_table(&packed.tables, 0, &first->table, present);
		synth_seal(&packed);
		s->log[at] = packed;
	}
	assert_int_equal(s->log[at].type, LW_REC_TABLES);
	synth_evidence(s);
	synth_judge(s);
	assert_int_equal(s->handover->stream.log_count, n);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_returns),
		cmocka_unit_test(others_have_their_own_record),
		cmocka_unit_test(a_log_is_expanded),
		cmocka_unit_test(a_stream_shows_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
