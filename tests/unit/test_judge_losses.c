// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each loss of evidence alone, on a good hand-over with something preserved, in both modes: no invariant
 * that rests on it may pass. A row of the table without a way to bring it about here fails the test, and
 * docs/losses.md has to be the table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge/losses.h"
#include "luwatch/vtd.h"
#include "synth.h"

/* --- ways to lose --------------------------------------------------------------------------- */

static void renumber(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		s->log[i].seq = i + 1;
		if (s->log[i].type == LW_REC_LAST)
			s->log[i].last.records = i + 1;
		synth_seal(&s->log[i]);
	}
}

/* As if the programs had never written records of that kind. */
static void forget(struct synth *s, unsigned int type)
{
	size_t i;

	for (i = s->log_count; i--;)
		if (s->log[i].type == type)
			synth_drop(s, i);
	renumber(s);
}

static void no_baseline(struct synth *s)
{
	s->baseline_count = 0;
}

static void a_hole(struct synth *s)
{
	synth_drop(s, s->log_count / 2);
}

static void two_records(struct synth *s)
{
	struct lw_record again = *synth_find(s, LW_REC_UNIT_STATE, 0);

	synth_emit(s, &again);
	again = *synth_find(s, LW_REC_LAST, 0);
	synth_drop(s, synth_find(s, LW_REC_LAST, 0) - s->log);
	synth_emit(s, &again);
	renumber(s);
}

static void no_marks(struct synth *s)
{
	synth_find(s, LW_REC_KEXEC, 0)->kexec.marks_lost = 1;
	renumber(s);
}

/* The kernel counts one more than there are marks. */
static void miscounted(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->log_count; i++)
		if (s->log[i].type == LW_REC_UNIT_STATE) {
			s->log[i].state.preserved = 1;
			s->log[i].state.marks = 1;
		}
	renumber(s);
}

static void no_words_then(struct synth *s)
{
	size_t i;

	for (i = s->log_count; i--;)
		if (s->log[i].type == LW_REC_ENTRY && s->log[i].entry.phase == LW_PRESERVED &&
		    s->log[i].entry.rid == SYNTH_KEPT)
			synth_drop(s, i);
	renumber(s);
}

/* Both looks come to an end before the last unit, and what they count fits what they saw. */
static void stop_before_last_unit(struct synth *s)
{
	unsigned int last = s->units[s->unit_count - 1]->index, tables[2] = {}, present[2] = {};
	size_t i;

	for (i = s->log_count; i--;) {
		const struct lw_record *r = &s->log[i];

		if (r->unit != last)
			continue;
		if (r->type == LW_REC_TABLE) {
			tables[r->table.phase]++;
			present[r->table.phase] += r->table.present;
		}
		synth_drop(s, i);
	}
	for (i = 0; i < 2; i++) {
		struct lw_rec_walk *walk = &synth_find(s, LW_REC_WALK, i)->walk;

		walk->units--;
		walk->tables -= tables[walk->phase];
		walk->present -= present[walk->phase];
	}
	renumber(s);
}

static void gone(struct synth *s)
{
	s->units[0]->gone = true;
}

static void unreadable(struct synth *s)
{
	s->units[0]->tables[synth_slot(s->units[0], SYNTH_KEPT)]->unreadable = true;
}

static void no_copies(struct synth *s)
{
	s->copy_limit = 0;
}

static void no_words(struct synth *s)
{
	s->entry_quota = 0;
}

static void no_pasid_tables(struct synth *s)
{
	forget(s, LW_REC_PASID_TABLE);
}

static void move_rtaddr(struct synth *s)
{
	s->units[0]->rtaddr += 0x100000;
}

static void move_root(struct synth *s)
{
	s->units[0]->root[synth_slot(s->units[0], SYNTH_KEPT)] += 0x800000;
}

static void no_results(struct synth *s)
{
	s->probes &= ~(1ULL << LW_PROBE_QI_SUBMIT_END);
}

static void stick(struct synth *s)
{
	s->units[0]->iqh = 0x20;
	s->units[0]->iqt = 0x40;
}

static void by_device(struct synth *s)
{
	synth_set_version(s, 2);
}

static void no_domains(struct synth *s)
{
	forget(s, LW_REC_CLEARED);
}

static void drop_drift(struct synth *s)
{
	synth_find(s, LW_REC_LAST, 0)->last.drift_dropped = 1;
	renumber(s);
}

static void miss_runs(struct synth *s)
{
	synth_find(s, LW_REC_KEXEC, 0)->kexec.program_misses = 1;
	renumber(s);
}

static void overflow(struct synth *s)
{
	synth_find(s, LW_REC_LAST, 0)->last.overflows_in_attempt = 1;
	renumber(s);
}

static void see_not_all(struct synth *s)
{
	synth_find(s, LW_REC_LAST, 0)->last.unseen_in_attempt = 1;
	renumber(s);
}

static void lose_faults(struct synth *s)
{
	synth_find(s, LW_REC_LAST, 0)->last.lost_in_attempt = 1;
	renumber(s);
}

static void lose_log(struct synth *s)
{
	s->evidence.log_complete = false;
}

static void suppress(struct synth *s)
{
	s->evidence.log_suppressed = 3;
}

static void lose_next(struct synth *s)
{
	s->evidence.next_lost = true;
}

static void miss_lines(struct synth *s)
{
	s->evidence.watch_losses.log_missed = 1;
}

static void read_no_lines(struct synth *s)
{
	s->evidence.watch_losses.log_unread = true;
}

static void miss_watched(struct synth *s)
{
	s->evidence.watch_losses.faults = 1;
}

static void stick_while_watched(struct synth *s)
{
	s->evidence.watch_losses.stuck = 1;
}

static void stick_at_collect(struct synth *s)
{
	s->units_now[0].stuck = true;
}

static void look_at_nothing(struct synth *s)
{
	s->evidence.unit_now_count = 0;
}

static void read_nothing(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->evidence.page_now_count; i++)
		s->pages_now[i].words = NULL;
}

struct way {
	const char *loss; /* lw_loss_row.name */
	synth_change machine, after_clear, after_flush, records, evidence;
	bool scalable_only;
};

static const struct way ways[] = {
	{ "no baseline", .records = no_baseline },
	{ "records missing", .records = a_hole },
	{ "records contradict", .records = two_records },
	{ "marks", .records = no_marks },
	{ "marks", .records = miscounted },
	{ "words at preservation", .records = no_words_then },
	{ "units unseen", .records = stop_before_last_unit },
	{ "unit registers", .after_flush = gone },
	{ "tables unreadable", .after_flush = unreadable },
	{ "no table copy", .machine = no_copies },
	{ "entry words", .machine = no_words },
	{ "PASID tables", .records = no_pasid_tables, .scalable_only = true },
	{ "root moved", .after_flush = move_rtaddr },
	{ "root moved", .after_clear = move_root },
	{ "invalidation results", .machine = no_results, .after_flush = stick },
	{ "domains of cleared entries", .machine = by_device, .records = no_domains },
	{ "drift", .records = drop_drift },
	{ "program misses", .records = miss_runs },
	{ "fault overflows", .records = overflow },
	{ "faults unseen", .records = see_not_all },
	{ "faults lost", .records = lose_faults },
	{ "kernel log", .evidence = lose_log },
	{ "log suppressed", .evidence = suppress },
	{ "next kernel", .evidence = lose_next },
	{ "log while watching", .evidence = miss_lines },
	{ "log while watching", .evidence = read_no_lines },
	{ "faults while watching", .evidence = miss_watched },
	{ "faults stuck", .evidence = stick_while_watched },
	{ "faults stuck", .evidence = stick_at_collect },
	{ "receiver", .evidence = look_at_nothing },
	{ "receiver", .evidence = read_nothing },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* --- the tests ------------------------------------------------------------------------------ */

static struct synth *judged(const struct way *way, bool scalable)
{
	struct synth *s = synth_standard(scalable);

	if (way && way->machine)
		way->machine(s);
	s->after_clear = way ? way->after_clear : NULL;
	s->after_flush = way ? way->after_flush : NULL;
	s->records = way ? way->records : NULL;
	synth_kexec(s);
	synth_evidence(s);
	synth_adopt_and_add(s);
	if (way && way->evidence)
		way->evidence(s);
	synth_judge(s);
	return s;
}

static void try_way(const struct way *way, const struct lw_loss_row *row, bool scalable)
{
	struct synth *s = judged(way, scalable);
	enum lw_invariant i;

	if (s->handover->verdict == LW_VERDICT_CLEAN)
		fail_msg("%s (%s): clean", row->name, scalable ? "scalable" : "legacy");
	for (i = 0; i < LW_INVARIANTS; i++)
		if (row->invariants >> i & 1 && s->handover->results[i].answer == LW_PASS)
			fail_msg("%s (%s): %s passes: %s", row->name, scalable ? "scalable" : "legacy",
				 lw_invariant_name(i), s->handover->results[i].reason);
	synth_free(s);
}

static void nothing_lost(void **state)
{
	int scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		struct synth *s = judged(NULL, scalable);

		assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
		synth_free(s);
	}
}

static void each_alone(void **state)
{
	const struct lw_loss_row *row;
	size_t i, found;

	(void)state;
	for (row = lw_loss_rows; row->name; row++) {
		for (i = found = 0; i < WAYS; i++) {
			if (strcmp(ways[i].loss, row->name))
				continue;
			found++;
			try_way(&ways[i], row, true);
			if (!ways[i].scalable_only)
				try_way(&ways[i], row, false);
		}
		if (!found)
			fail_msg("nobody tries \"%s\"", row->name);
	}
}

/* --- the document --------------------------------------------------------------------------- */

static void write_row(FILE *out, const struct lw_loss_row *row)
{
	enum lw_invariant i;

	fprintf(out, "| %s | %s |", row->name, row->text);
	for (i = 0; i < LW_INVARIANTS; i++)
		fprintf(out, " %s |", row->invariants >> i & 1 ? "×" : "");
	fputc('\n', out);
}

static char *document(void)
{
	const struct lw_loss_row *row;
	enum lw_invariant i;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fputs("<!-- SPDX-License-Identifier: GPL-2.0-or-later -->\n"
	      "# Losses of evidence, and the answers that rest on them\n\n"
	      "× : with this loss the invariant does not pass. A fail stays a fail, and an invariant that does "
	      "not\napply stays so. The table is `user/judge/losses.c`; `build/tests/test_judge_losses --document` "
	      "writes this file,\nand the test of that name brings each loss about alone.\n\n| loss | what is "
	      "missing |",
	      out);
	for (i = 0; i < LW_INVARIANTS; i++)
		fprintf(out, " %s |", lw_invariant_name(i));
	fputs("\n|---|---|", out);
	for (i = 0; i < LW_INVARIANTS; i++)
		fputs("---|", out);
	fputc('\n', out);
	for (row = lw_loss_rows; row->name; row++)
		write_row(out, row);
	fclose(out);
	return text;
}

static void documented(void **state)
{
	char *text = document(), *file = calloc(1, 65536);
	FILE *in = fopen("docs/losses.md", "r");

	(void)state;
	assert_non_null(in);
	assert_true(fread(file, 1, 65535, in) > 0);
	fclose(in);
	assert_string_equal(file, text);
	free(file);
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost),
		cmocka_unit_test(each_alone),
		cmocka_unit_test(documented),
	};

	if (argc > 1 && !strcmp(argv[1], "--document")) {
		char *text = document();

		fputs(text, stdout);
		free(text);
		return 0;
	}
	return cmocka_run_group_tests_name("judge_losses", tests, NULL, NULL);
}
