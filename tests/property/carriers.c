// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The records on random carriers: one, or two of which each lost a part, as long as nothing is
 * missing in both. Leftovers of other boots and of attempts that were aborted lie among them.
 */
#include <stdlib.h>
#include <string.h>

#include "trial.h"

/* Takes the records of the log with numbers FIRST … LAST out of the bytes of the pages carrier. */
static void cut_pages(uint8_t *bytes, size_t length, uint64_t first, uint64_t last)
{
	size_t at;

	for (at = 0; at < length; at += LW_RECORD_SIZE) {
		struct lw_record record;

		memcpy(&record, bytes + at, sizeof(record));
		if (record.magic == LW_RECORD_MAGIC && !lw_record_is_baseline(record.type) &&
		    record.seq >= first && record.seq <= last)
			memset(bytes + at, 0, sizeof(record));
	}
}

/* As text, without the baseline when WITHOUT, and only the numbers FIRST … LAST of the log. */
static void carry_text(struct trial *t, uint64_t first, uint64_t last, bool without)
{
	struct lw_record *log = t->s->log;
	size_t count = t->s->log_count, baseline = t->s->baseline_count, length;

	if (without)
		t->s->baseline_count = 0;
	t->s->log += first - 1;
	t->s->log_count = last - first + 1;
	synth_carry(t->s, "trace", synth_text(t->s, &length), 0);
	t->s->carried[t->s->evidence.carried_count - 1].length = length;
	t->s->log = log;
	t->s->log_count = count;
	t->s->baseline_count = baseline;
}

/* Another boot's hand-over, and an earlier attempt of this one. */
static void carry_leftovers(struct trial *t)
{
	struct lw_record *records = calloc(6, sizeof(*records));
	size_t i;

	if (!records)
		abort();
	for (i = 0; i < 6; i++) {
		synth_head(&records[i], t->s, i % 3 == 0 ? LW_REC_KEXEC : LW_REC_SHUTDOWN);
		records[i].seq = 1 + i % 3;
		records[i].unit = LW_NO_UNIT;
		records[i].epoch = 1;
		if (i < 3)
			records[i].handover[1] ^= 1;
		else if (t->s->attempt == 1)
			records[i] = records[0];
		else if (i == 5)
			records[i].type = LW_REC_ABORTED;
		synth_seal(&records[i]);
	}
	synth_carry(t->s, "old", (uint8_t *)records, 6 * sizeof(*records));
}

void carry_records(struct trial *t)
{
	uint64_t count = t->s->log_count, cut = 1 + roll_below(&t->dice, count - 1);
	struct lw_carried *pages = &t->s->carried[0];

	switch (roll_below(&t->dice, t->giant ? 2 : 5)) {
	case 0: /* one has the beginning, the other the end */
		cut_pages(t->s->bytes[0], pages->length, cut + 1, count);
		carry_text(t, roll_below(&t->dice, cut) + 1, count, true);
		break;
	case 1: /* the text has a hole, or was cut off; or it brings nothing at all */
		carry_text(t, 1, cut, roll_chance(&t->dice, 50));
		break;
	case 2:
		pages->length = 0;
		carry_text(t, 1, count, false);
		break;
	}
	if (roll_chance(&t->dice, 20))
		carry_leftovers(t);
}
