// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Units: their conditions, several of them in one segment or on one bus, what is special about
 * scalable mode, and what the next kernel did with the tables.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "synth.h"

#define BIT(invariant) (1U << (invariant))

static uint64_t *entry(struct synth *s, uint64_t rid)
{
	return synth_entry(synth_unit_of(s, rid), rid);
}

static void rewrite(struct synth *s, uint64_t rid)
{
	uint64_t *words = entry(s, rid);

	words[0] = 0x200055000ULL | VTD_PRESENT;
	words[1] = 0x5502;
}

static void leak_sibling(struct synth *s)
{
	rewrite(s, SYNTH_SIBLING);
}

static void switch_off(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->gsts &= ~VTD_GSTS_TES;
}

static void abort_mode(struct synth *s)
{
	synth_unit_of(s, SYNTH_KEPT)->rtaddr |= 3 << 10;
}

static void stay_on(struct synth *s)
{
	synth_unit_of(s, SYNTH_LONELY)->gsts |= VTD_GSTS_TES;
}

static void unit_gone(struct synth *s)
{
	synth_unit_of(s, SYNTH_VMD)->gone = true;
}

static void move_root(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_KEPT);

	unit->root[LW_RID_BUS(SYNTH_KEPT) << 1] += 0x800000;
}

static bool is_kept(const struct synth *s, size_t unit)
{
	return s->units[unit]->gsts & VTD_GSTS_TES;
}

static void flush(struct synth *s, unsigned int kind, unsigned int scope, int result)
{
	size_t i;

	for (i = 0; i < s->unit_count; i++) {
		if (is_kept(s, i) && (kind != 2 || s->units[i]->scalable))
			synth_flush(s, s->units[i], kind, scope, result);
	}
}

static void no_pasid_flush(struct synth *s)
{
	flush(s, 0, 1, 0);
	flush(s, 1, 1, 0);
}

static uint32_t answers(const struct synth *s, enum lw_answer answer)
{
	uint32_t mask = 0;
	size_t i;

	for (i = 0; i < LW_INVARIANTS; i++)
		mask |= s->handover->results[i].answer == answer ? BIT(i) : 0;
	return mask;
}

/* --- conditions of units -------------------------------------------------------------------- */

static const char *condition(struct synth *s, size_t unit)
{
	return lw_unit_condition_name(s->handover->units[unit]->condition);
}

static void conditions_of_units(void **state)
{
	static const struct {
		synth_change after_clear;
		size_t unit;
		const char *condition;
	} cases[] = {
		{ NULL, 0, "translating" },
		{ NULL, 1, "translating" },
		{ NULL, 2, "off" },
		{ switch_off, 0, "off-although-something-is" },
		{ abort_mode, 0, "blocking-all" },
		{ stay_on, 2, "on-although-nothing-is-preserved" },
		{ unit_gone, 1, "gone" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct synth *s = synth_standard(false);

		s->after_clear = cases[i].after_clear;
		synth_judge(s);
		assert_string_equal(condition(s, cases[i].unit), cases[i].condition);
		synth_free(s);
	}
}

static void drop_clearing(struct synth *s)
{
	size_t i;

	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].type != LW_REC_CLEAR_BEGIN && s->log[i].type != LW_REC_CLEAR_END)
			continue;
		s->log[i].type = LW_REC_SUSPEND;
		s->log[i].result.result = -EBUSY;
		synth_seal(&s->log[i]);
	}
}

static void on_and_never_cleaned(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->records = drop_clearing;
	synth_judge(s);
	assert_string_equal(condition(s, 0), "on-and-never-cleaned");
	assert_true(synth_found(s, "did not run for it"));
	synth_free(s);
}

/* Scalable mode of which no tables were recorded is never misread, and is named. */
static void scalable_without_tables(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	s->scalable_tables = false;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_string_equal(synth_answer(s, LW_I1), "unknown");
	assert_string_equal(synth_answer(s, LW_I2), "unknown");
	assert_string_equal(synth_answer(s, LW_I3), "unknown");
	assert_string_equal(synth_answer(s, LW_I12), "pass");
	assert_true(synth_found(s, "it is in scalable mode"));
	assert_string_equal(synth_state(s, SYNTH_KEPT), "unknown");
	synth_free(s);
}

/* The opposite of a unit that is off: nothing gets through. */
static void abort_mode_is_told_as_it_is(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->after_flush = abort_mode;
	synth_judge(s);
	assert_string_equal(condition(s, 0), "blocking-all");
	assert_string_equal(synth_answer(s, LW_I5), "fail");
	assert_true(synth_found(s, "left in abort-DMA mode"));
	assert_false(synth_found(s, "without translation"));
	synth_free(s);
}

/* Not in the shutdown: what was compared was another table. */
static void tables_do_not_move(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->after_clear = move_root;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_true(synth_found(s, "was pointed to another context table"));
	assert_string_equal(synth_answer(s, LW_I2), "unknown");
	synth_free(s);
}

/* --- scalable mode only --------------------------------------------------------------------- */

static void change_pasid_entry(struct synth *s)
{
	synth_device(s, SYNTH_KEPT)->pasid_words[0] ^= 1ULL << 13;
}

static void pasid_cache_and_entries(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	s->invalidate = no_pasid_flush;
	synth_judge(s);
	assert_int_equal(answers(s, LW_FAIL), BIT(LW_I4));
	assert_true(synth_found(s, "the PASID-cache was never invalidated"));
	synth_free(s);
	s = synth_standard(true);
	s->after_clear = change_pasid_entry;
	synth_judge(s);
	assert_int_equal(answers(s, LW_FAIL), BIT(LW_I2));
	assert_true(synth_found(s, "PASID table entry of its RID_PASID was changed"));
	synth_free(s);
}

/* --- the receiver --------------------------------------------------------------------------- */

/* A next kernel without live update, one that adopts, and one of which nothing is known. */
static void what_the_next_kernel_did(void **state)
{
	size_t scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		struct synth *s = synth_standard(scalable);

		synth_judge(s);
		assert_string_equal(synth_answer(s, LW_I13), "not-applicable");
		synth_adopt(s);
		synth_judge(s);
		assert_string_equal(synth_answer(s, LW_I13), "pass");
		assert_false(synth_found(s, "has added"));
		s->evidence.unit_now_count = 0;
		synth_judge(s);
		assert_int_equal(answers(s, LW_UNKNOWN), BIT(LW_I13));
		synth_free(s);
	}
}

/* What every adopting kernel does while it boots. */
static void entries_of_its_own(void **state)
{
	size_t scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		struct synth *s = synth_standard(scalable);

		synth_kexec(s);
		synth_evidence(s);
		synth_adopt_and_add(s);
		synth_judge(s);
		assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
		assert_string_equal(synth_answer(s, LW_I13), "pass");
		assert_true(synth_found(s, "The next kernel goes on with the tables of dmar0 and has added"));
		synth_free(s);
	}
}

/* A carried word that is another one now: the finding names the device. */
static void expect_overwritten(struct synth *s, uint64_t *word, uint64_t bits, const char *what)
{
	size_t i, fails = 0;

	*word ^= bits;
	synth_judge(s);
	assert_int_equal(answers(s, LW_FAIL), BIT(LW_I13));
	assert_true(synth_found(s, what));
	for (i = 0; i < s->handover->finding_count; i++) {
		if (s->handover->findings[i].severity != LW_SEVERITY_VIOLATION)
			continue;
		assert_string_equal(s->handover->findings[i].subject, "0000:01:00.0");
		fails++;
	}
	assert_int_equal(fails, 1);
	*word ^= bits;
}

static void overwritten(void **state)
{
	size_t scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		struct synth *s = synth_standard(scalable);
		struct synth_device *kept = synth_device(s, SYNTH_KEPT);

		synth_kexec(s);
		synth_evidence(s);
		synth_adopt_and_add(s);
		expect_overwritten(s, synth_root_now(s, SYNTH_KEPT), 1ULL << 20, "the root entry above");
		expect_overwritten(s, synth_root_now(s, SYNTH_KEPT), VTD_PRESENT, "the root entry above");
		expect_overwritten(s, synth_entry_now(s, SYNTH_KEPT), 1ULL << 20, "its context entry");
		expect_overwritten(s, synth_entry_now(s, SYNTH_KEPT), VTD_PRESENT, "not present any more");
		if (!scalable) {
			synth_free(s);
			continue;
		}
		expect_overwritten(s, synth_page_now(s, kept->directory), 1ULL << 20,
				   "PASID directory entry");
		expect_overwritten(s, &synth_page_now(s, kept->pasid_table)[1], 1ULL << 3,
				   "PASID table entry of its RID_PASID");
		synth_free(s);
	}
}

/* The words of the entries were never carried and their table is as it was: what is behind is still compared. */
static void overwritten_behind(void **state)
{
	struct synth *s = synth_standard(true);
	struct synth_device *kept = synth_device(s, SYNTH_KEPT);
	size_t i, left = 0;

	(void)state;
	synth_kexec(s);
	for (i = 0; i < s->log_count; i++)
		if (s->log[i].type != LW_REC_ENTRY)
			s->log[left++] = s->log[i];
	s->log_count = left;
	for (i = 0; i < left; i++) {
		s->log[i].seq = i + 1;
		if (s->log[i].type == LW_REC_LAST)
			s->log[i].last.records = left;
		synth_seal(&s->log[i]);
	}
	synth_evidence(s);
	synth_adopt(s);
	synth_page_now(s, kept->pasid_table)[1] ^= 1ULL << 3;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I13), "fail");
	assert_true(synth_found(s, "PASID table entry of its RID_PASID"));
	synth_free(s);
}

/* Long after the boot its owner has the device back, and has given it other tables. */
static void changed_later(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	synth_adopt_and_add(s);
	s->evidence.tables_late = true;
	*synth_entry_now(s, SYNTH_KEPT) ^= 1ULL << 20;
	synth_judge(s);
	assert_int_equal(answers(s, LW_FAIL), 0);
	assert_int_equal(answers(s, LW_UNKNOWN), BIT(LW_I13));
	assert_true(synth_found(s, "may have changed it rightly"));
	*synth_entry_now(s, SYNTH_KEPT) ^= 1ULL << 20;
	synth_judge(s);
	assert_int_equal(answers(s, LW_UNKNOWN), 0); /* what is the same was never touched */
	synth_free(s);
}

/* Another root table, and no word that the old one was thrown away: it may have been copied. */
static void another_root_table(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	synth_judge(s);
	assert_int_equal(answers(s, LW_UNKNOWN), 0);
	assert_string_equal(synth_answer(s, LW_I13), "not-applicable");
	s->units_now[0].discarded = false;
	s->units_now[0].gsts |= VTD_GSTS_TES;
	s->units_now[0].rtaddr = s->units[0]->rtaddr + 0x100000;
	synth_judge(s);
	assert_int_equal(answers(s, LW_UNKNOWN), BIT(LW_I13));
	assert_true(synth_found(s, "did not say that it found translation on"));
	synth_free(s);
}

static void not_to_be_read(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	synth_adopt(s);
	for (i = 0; i < s->evidence.page_now_count; i++)
		if (s->pages_now[i].address == s->units[0]->root_entry)
			s->pages_now[i].words = NULL;
	synth_judge(s);
	assert_int_equal(answers(s, LW_UNKNOWN), BIT(LW_I13));
	synth_free(s);
}

/*
 * A root table at the old address proves nothing: the log's word does, for each unit its own, and a
 * log that lost its beginning has no word.
 */
static void discarded_at_the_same_address(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	synth_kexec(s);
	synth_evidence(s);
	synth_adopt(s);
	for (i = 0; i < s->evidence.page_now_count; i++)
		memset(s->page_words[i], 0, LW_PAGE_SIZE);
	s->evidence.log_complete = false;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I13), "unknown");
	assert_true(synth_found(s, "Whether the next kernel goes on with the tables of dmar0 is not known"));
	s->evidence.log_complete = true;
	for (i = 0; i < s->unit_count; i++)
		s->units_now[i].discarded = true;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I13), "not-applicable");
	/* That of dmar1 alone was switched off: what was kept there is lost to its devices. */
	s->units_now[0].discarded = false;
	synth_adopt(s);
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I13), "unknown");
	for (i = 0; i < s->evidence.page_now_count; i++)
		memset(s->page_words[i], 0, LW_PAGE_SIZE);
	/* And the tables of dmar0 are in use, and overwritten. */
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I13), "fail");
	synth_free(s);
}

/* --- units that share a segment and a bus --------------------------------------------------- */

static void two_units_one_bus(void **state)
{
	struct synth *s = synth_new();
	struct synth_unit *graphics = synth_add_unit(s, 0, false);
	struct synth_unit *rest = synth_add_unit(s, 0, false);

	(void)state;
	synth_add_device(s, graphics, LW_RID(0, 0, 0x10));
	synth_preserve(synth_add_device(s, rest, LW_RID(0, 0, 0x18)));
	synth_add_device(s, rest, LW_RID(0, 0, 0x20));
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	assert_string_equal(synth_state(s, LW_RID(0, 0, 0x18)), "kept");
	assert_string_equal(condition(s, 0), "off");
	assert_string_equal(condition(s, 1), "translating");
	assert_int_equal(s->handover->entry_count, 3);
	synth_free(s);
}

static void many_units(void **state)
{
	struct synth *s = synth_new();
	size_t i;

	(void)state;
	for (i = 0; i < 40; i++) {
		struct synth_unit *unit = synth_add_unit(s, 0x10000 + i, i % 2);
		struct synth_device *device =
			synth_add_device(s, unit, LW_RID(0x10000 + i, i, 0x88));

		if (i % 3 == 0)
			synth_preserve(device);
	}
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	for (i = 0; i < 40; i++)
		assert_string_equal(condition(s, i), i % 3 ? "off" : "translating");
	synth_free(s);
}

/* A whole unit leaks: every one is in the list, the findings stay readable. */
static void skip_everything(struct synth *s)
{
	struct synth_unit *unit = s->units[0];
	size_t i;

	for (i = 0; i < s->device_count; i++) {
		if (!s->devices[i]->marked)
			rewrite(s, s->devices[i]->rid);
	}
	for (i = 0; i < 200; i++)
		rewrite(s, LW_RID(0, 1, 0x20 + i));
	memcpy(unit->root, unit->old_root, sizeof(unit->root));
}

static void many_leaks(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->after_clear = skip_everything;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_VIOLATION);
	assert_string_equal(synth_state(s, LW_RID(0, 1, 0x99)), "appeared");
	assert_string_equal(synth_state(s, SYNTH_BUS0), "leaked");
	assert_true(synth_found(s, "more like these"));
	assert_in_range(s->handover->finding_count, 60, 100);
	synth_free(s);
}

/*
 * A topology that looks different in the next kernel must not make something preserved that was
 * not: the old kernel's own aliases count.
 */
static void aliases_of_the_old_kernel_count(void **state)
{
	static const uint64_t wrong[] = { SYNTH_SIBLING };
	struct synth *s = synth_standard(false);

	(void)state;
	s->after_clear = leak_sibling;
	synth_kexec(s);
	synth_evidence(s);
	assert_int_equal(s->seen[0].rid, SYNTH_KEPT);
	s->seen[0].aliases = wrong;
	s->seen[0].alias_count = 1;
	synth_judge(s);
	assert_string_equal(synth_state(s, SYNTH_SIBLING), "leaked");
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_of_units),
		cmocka_unit_test(on_and_never_cleaned),
		cmocka_unit_test(scalable_without_tables),
		cmocka_unit_test(abort_mode_is_told_as_it_is),
		cmocka_unit_test(tables_do_not_move),
		cmocka_unit_test(pasid_cache_and_entries),
		cmocka_unit_test(what_the_next_kernel_did),
		cmocka_unit_test(entries_of_its_own),
		cmocka_unit_test(overwritten),
		cmocka_unit_test(overwritten_behind),
		cmocka_unit_test(changed_later),
		cmocka_unit_test(another_root_table),
		cmocka_unit_test(not_to_be_read),
		cmocka_unit_test(discarded_at_the_same_address),
		cmocka_unit_test(two_units_one_bus),
		cmocka_unit_test(many_units),
		cmocka_unit_test(many_leaks),
		cmocka_unit_test(aliases_of_the_old_kernel_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
