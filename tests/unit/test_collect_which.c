// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which hand-over began this boot, from facts that contradict each other. A, B and C are kernels in
 * the order in which they ran; C is this boot, unless a test says otherwise. The random machines of
 * tests/history do the same to the whole of collect.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/which.h"
#include "collect/witness.h"

#define S    1000000000ULL
#define HZ   2000000000ULL
#define WALL (1790000000ULL * S)

static const struct lw_id kernel_a = { 0xa, 1 }, kernel_b = { 0xb, 1 }, kernel_c = { 0xc, 1 };
static const struct lw_id ab = { 0xab, 2 }, bc = { 0xbc, 2 };
static struct lw_candidate c[4];
static struct lw_earlier told[4];
static struct lw_boot_facts facts;
static struct lw_which which;

/*
 * The machine was switched on at 0. A ran from 10 s, kexec at 100 s; B began at 105 s, armed at 120
 * s, kexec at AT; C began 5 s later.
 */
static void machine(uint64_t at)
{
	memset(c, 0, sizeof(c));
	memset(&which, 0, sizeof(which));
	c[0] = (struct lw_candidate){ .id = ab,
				      .from = LW_FROM_WORD | LW_FROM_CARRIER,
				      .kernel = kernel_a,
				      .attempt = 1,
				      .whole = true,
				      .armed_ns = WALL + 20 * S,
				      .armed_tsc = 20 * HZ,
				      .kexec_ns = WALL + 99 * S,
				      .begin_boot_ns = 89 * S,
				      .end_boot_ns = 90 * S,
				      .tsc = 20 * HZ,
				      .tsc_boot_ns = 10 * S,
				      .tsc_hz = HZ };
	c[1] = (struct lw_candidate){ .id = bc,
				      .from = LW_FROM_CARRIER,
				      .kernel = kernel_b,
				      .attempt = 1,
				      .whole = true,
				      .armed_ns = WALL + 120 * S,
				      .armed_tsc = 120 * HZ,
				      .kexec_ns = WALL + (at - 1) * S,
				      .begin_boot_ns = (at - 106) * S,
				      .end_boot_ns = (at - 105) * S,
				      .tsc = 120 * HZ,
				      .tsc_boot_ns = 15 * S,
				      .tsc_hz = HZ };
	facts = (struct lw_boot_facts){ .boot = kernel_c,
					.word = LW_WORD_FOUND,
					.start_ns = WALL + (at + 5) * S,
					.start_tsc = (at + 5) * HZ,
					.tsc_hz = HZ,
					.candidates = c,
					.count = 2 };
}

static void no_counter(void)
{
	facts.start_tsc = facts.tsc_hz = 0;
	c[0].tsc = c[1].tsc = c[0].armed_tsc = c[1].armed_tsc = 0;
}

static void chosen(struct lw_id id, bool stale, bool doubt)
{
	lw_which(&facts, &which);
	assert_true(lw_id_equal(which.id, id));
	assert_int_equal(which.stale_word, stale);
	assert_int_equal(which.finding[0] != 0, stale);
	assert_int_equal(which.doubt[0] != 0, doubt);
	assert_false(which.boot_loader);
}

/* Nothing of this boot's own hand-over is there; and no other is taken for it. */
static void nobody(void)
{
	chosen(kernel_c, true, false);
	assert_null(which.chosen);
}

static void the_last_kexec(void **state)
{
	machine(4000);
	chosen(bc, true, false);
	/* The right word. */
	c[0].from = LW_FROM_CARRIER;
	c[1].from |= LW_FROM_WORD;
	chosen(bc, false, false);
	/* No word at all: the trace carrier alone. */
	c[1].from = LW_FROM_CARRIER;
	facts.word = LW_WORD_NONE;
	facts.candidates = c + 1;
	facts.count = 1;
	chosen(bc, false, false);
}

/* Only the records of the kexec before are there. Each fact alone is enough. */
static void only_the_one_before(void **state)
{
	machine(4000);
	facts.count = 1;
	nobody(); /* the counter */
	no_counter();
	chosen(ab, false, true); /* the clocks say an hour: doubt */
	c[0].seen_in = kernel_b;
	nobody();
	c[0].seen_in = (struct lw_id){};
	c[0].collected_in = kernel_b;
	nobody();
	c[0].collected_in = (struct lw_id){};
	c[1] = (struct lw_candidate){
		.id = bc, .from = LW_FROM_DISK, .kernel = kernel_b, .began_by = ab
	};
	facts.count = 2;
	chosen(bc, true, false);
	/* B lived for seconds only, and both clocks are set right. */
	machine(150);
	c[1] = (struct lw_candidate){
		.id = bc, .from = LW_FROM_DISK, .kernel = kernel_b, .armed_tsc = 120 * HZ
	};
	chosen(bc, true, false);
	/* … and nothing but B's baseline on disk says that there was a B. */
	no_counter();
	chosen(ab, false, true);
}

static void this_boot(void **state)
{
	machine(4000);
	c[1].from |= LW_FROM_WORD;
	c[0].from &= ~LW_FROM_WORD;
	c[1].collected_in = kernel_c;
	c[1].seen_in = kernel_c;
	chosen(bc, false, false);
	/* Of another boot again. */
	facts.boot = (struct lw_id){ 0xd, 1 };
	lw_which(&facts, &which);
	assert_null(which.chosen);
	/* This kernel's own arming is no hand-over that began it. */
	machine(4000);
	facts.boot = kernel_b;
	facts.start_tsc = 105 * HZ;
	facts.start_ns = WALL + 105 * S;
	chosen(ab, false, false);
}

/* Wall clocks mean nothing where the counter speaks. */
static void clocks(void **state)
{
	machine(4000);
	c[1].armed_ns = c[1].kexec_ns = 1136073600ULL * S;
	chosen(bc, true, false);
	facts.start_ns = 1136073600ULL * S;
	chosen(bc, true, false);
	no_counter();
	facts.start_ns = WALL;
	c[0].seen_in = kernel_b;
	chosen(bc, true, true);
	/* A month of drift is no other kernel. */
	machine(30 * 86400);
	c[1].end_boot_ns += 1000 * S;
	chosen(bc, true, false);
}

static void longer_blackout(void **state)
{
	machine(4000);
	facts.start_tsc += 120 * HZ;
	chosen(bc, true, true);
	facts.start_tsc += 3600 * HZ;
	nobody();
}

static void refused(void **state)
{
	machine(4000);
	c[1].refused = true;
	c[1].whole = false;
	/* B's own attempt came back: what led here was not recorded, and A's is not taken for it.
	 */
	chosen(bc, true, false);
}

static void boot_loader(void **state)
{
	machine(4000);
	/* Firmware that is a kernel: switched on 40 s ago, nothing of ours anywhere. */
	facts = (struct lw_boot_facts){
		.boot = kernel_c, .start_ns = WALL, .start_tsc = 40 * HZ, .tsc_hz = HZ
	};
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	assert_false(which.reset);
	/* B was armed, and the machine was reset. */
	c[1].from = LW_FROM_DISK;
	c[1].attempt = 0;
	facts.candidates = c + 1;
	facts.count = 1;
	lw_which(&facts, &which);
	assert_true(which.boot_loader && which.reset);
	assert_true(lw_id_equal(which.id, bc));
	/* A kernel that ran for hours before: somebody loaded an image without words. */
	facts.start_tsc = 5000 * HZ;
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
	facts.count = 0;
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
	/* A word: a loader that knows us. */
	facts.start_tsc = 40 * HZ;
	facts.word = LW_WORD_FOUND;
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
	/* Nothing of ours, but the kernel that ran until now had collected a hand-over. */
	facts.start_ns = WALL + 40 * S;
	facts.word = LW_WORD_NONE;
	told[0] = (struct lw_earlier){ .teller = LW_TOLD_BY_EVIDENCE,
				       .kernel = kernel_b,
				       .tsc = 20 * HZ,
				       .seen_ns = WALL + 21 * S };
	facts.earlier = told;
	facts.earlier_count = 1;
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
	/* … before the machine was reset, as the clock on the wall has it. */
	told[0].seen_ns = WALL - 11 * S;
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	told[0].tsc = 50 * HZ;
	told[0].seen_ns = WALL + 50 * S;
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	/* The journal says that the last one went into a kexec; or that it did so before the reset. */
	told[0] = (struct lw_earlier){ .teller = LW_TOLD_BY_JOURNAL, .kernel = kernel_b, .seen_ns = WALL + 30 * S };
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	told[0].kexec = true;
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
	told[0].seen_ns = WALL - 300 * S;
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	/* This kernel itself: collected a second time. */
	told[0] = (struct lw_earlier){ .kernel = kernel_c, .tsc = 20 * HZ, .seen_ns = WALL + 20 * S };
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	facts.earlier_count = 0;
	/* No counter, no knowledge. */
	facts.start_tsc = 0;
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
}

/* The order in which others know the kernels. */
static void others_tell(void **state)
{
	machine(4000);
	facts.count = 1;
	facts.earlier = told;
	facts.earlier_count = 2;
	told[0] = (struct lw_earlier){ .teller = LW_TOLD_BY_AUDIT, .kernel = kernel_a, .order = 7 };
	told[1] = (struct lw_earlier){ .teller = LW_TOLD_BY_AUDIT, .kernel = kernel_b, .order = 9 };
	no_counter();
	nobody();
	assert_non_null(strstr(which.finding, "audit log"));
	/* Without a word it is said of the records alone. */
	c[0].from = LW_FROM_CARRIER;
	lw_which(&facts, &which);
	assert_null(which.chosen);
	assert_false(which.stale_word);
	assert_non_null(strstr(which.finding, "audit log"));
	/* The other way round, by another teller, of this kernel: nothing against it. */
	told[1].order = 6;
	chosen(ab, false, true);
	assert_string_equal(which.finding, "");
	told[1] = (struct lw_earlier){ .kernel = kernel_b, .order = 9 };
	chosen(ab, false, true);
	told[1] = (struct lw_earlier){ .teller = LW_TOLD_BY_AUDIT, .kernel = kernel_c, .order = 9 };
	chosen(ab, false, true);
	/* The counter says that nothing came between: that cannot both be so. */
	machine(4000);
	facts.candidates = c + 1;
	facts.count = 1;
	facts.earlier = told;
	facts.earlier_count = 2;
	told[0] = (struct lw_earlier){ .teller = LW_TOLD_BY_AUDIT, .kernel = kernel_b, .order = 7 };
	told[1] = (struct lw_earlier){ .teller = LW_TOLD_BY_AUDIT, .kernel = kernel_a, .order = 9 };
	chosen(bc, false, true);
	assert_non_null(strstr(which.doubt, "audit log"));
	/* Seen at work after the end of the one whose records are there. */
	machine(4000);
	facts.count = 1;
	facts.start_tsc = 170 * HZ;
	facts.start_ns = WALL + 170 * S;
	facts.earlier = told;
	facts.earlier_count = 1;
	told[0] = (struct lw_earlier){ .kernel = kernel_b, .tsc = 130 * HZ, .seen_ns = WALL + 130 * S };
	nobody();
}

/* Who counts kexecs says one more of the next kernel, or nothing. */
static void counted(void **state)
{
	static const struct {
		const char *then, *now;
		bool doubt;
	} cases[] = {
		{ "kho=2 luo=1 systemd=2 ima=2", "kho=3 luo=2 systemd=3 ima=3", false },
		{ "kho=2", "kho=2", true },
		{ "luo=0", "luo=2", true },
		{ "ima=3", "ima=1", true },
		{ "systemd=1", "systemd=3", true },
		{ "kho=2 ima=2", "kho=0 ima=0", false }, /* not handed over by that kexec */
		{ "kho=2", "ima=7", false },
		{ "", "kho=7", false },
		{ "kho=1 luo=0", "kho=2", false },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		machine(4000);
		facts.candidates = c + 1;
		facts.count = 1;
		lw_counts_parse(cases[i].then, &c[1].kexecs);
		lw_counts_parse(cases[i].now, &facts.kexecs);
		chosen(bc, false, cases[i].doubt);
	}
	/* Against a clock alone it is enough. */
	machine(4000);
	no_counter();
	facts.count = 1;
	lw_counts_parse("luo=1", &c[0].kexecs);
	lw_counts_parse("luo=3", &facts.kexecs);
	nobody();
	/* A boot loader's kexec may be the first, but not the second. */
	facts = (struct lw_boot_facts){
		.boot = kernel_c, .start_ns = WALL, .start_tsc = 40 * HZ, .tsc_hz = HZ
	};
	lw_counts_parse("kho=1 ima=1", &facts.kexecs);
	lw_which(&facts, &which);
	assert_true(which.boot_loader);
	lw_counts_parse("kho=2", &facts.kexecs);
	lw_which(&facts, &which);
	assert_false(which.boot_loader);
}

/* Each teller's newest are kept, a kernel once. */
static void rows(void **state)
{
	struct lw_earlier_list list = {};
	uint64_t i;

	lw_earlier_add(&list, (struct lw_earlier){ .kernel = { 5, 5 }, .tsc = 3, .seen_ns = 4 });
	for (i = 1; i <= 20; i++)
		lw_earlier_add(&list, (struct lw_earlier){
					      .teller = LW_TOLD_BY_AUDIT, .kernel = { 1, i }, .order = i });
	assert_int_equal(list.count, 1 + LW_EARLIER_MAX);
	assert_int_equal(list.rows[0].tsc, 3);
	assert_int_equal(list.rows[1].order, 5);
	lw_earlier_add(&list, (struct lw_earlier){
				      .teller = LW_TOLD_BY_AUDIT, .kernel = { 1, 5 }, .order = 30, .tsc = 8 });
	lw_earlier_add(&list, (struct lw_earlier){
				      .teller = LW_TOLD_BY_AUDIT, .kernel = { 1, 5 }, .order = 31 });
	assert_int_equal(list.count, 1 + LW_EARLIER_MAX);
	assert_int_equal(list.rows[list.count - 1].order, 31);
	assert_int_equal(list.rows[list.count - 1].tsc, 8);
	assert_int_equal(list.rows[1].order, 6);
}

/* B was armed, suspended for an hour at 200 s and resumed, when its counter began anew; kexec at 4000 s. */
static void suspended(void **state)
{
	int later;

	(void)state;
	for (later = 0; later < 2; later++) {
		machine(4000);
		c[0].collected_in = kernel_b;
		c[1].from |= LW_FROM_WORD;
		c[1].armed_tsc = 4500 * HZ; /* it had been on for long */
		c[1].armed_boot_ns = 15 * S;
		c[1].tsc = 100 * HZ;
		c[1].tsc_boot_ns = 3795 * S;
		facts.start_tsc = 205 * HZ;
		facts.word = later ? LW_WORD_FOUND : LW_WORD_NONE;
		chosen(bc, false, false);
	}
	/* The same counter, and no sample after arming: a reset. */
	c[1].tsc_boot_ns = 15 * S;
	c[1].tsc = 4500 * HZ;
	lw_which(&facts, &which);
	assert_null(which.chosen);
}

/*
 * A was armed early, its next kernel died, the machine was reset, booted as fast as before and was kexec'ed
 * by a kernel that nobody armed: the counter is where it was when A ended.
 */
static void reset_to_the_same_count(void **state)
{
	(void)state;
	machine(4000);
	c[0].from = LW_FROM_CARRIER;
	facts.count = 1;
	facts.word = LW_WORD_NONE;
	facts.start_tsc = 105 * HZ; /* 5 s after A's end by the counter, an hour by the clocks */
	chosen(ab, false, true);
	facts.start_ns = WALL + 104 * S; /* it was that kexec */
	chosen(ab, false, false);
	facts.start_ns = WALL + 4000 * S; /* a clock was wrong, but the word says it */
	c[0].from |= LW_FROM_WORD;
	facts.word = LW_WORD_FOUND;
	chosen(ab, false, false);
	/* No counter: neither word nor clocks alone. */
	machine(100);
	no_counter();
	c[0].from = LW_FROM_CARRIER;
	facts.count = 1;
	facts.word = LW_WORD_NONE;
	chosen(ab, false, true);
	c[0].from |= LW_FROM_WORD;
	facts.word = LW_WORD_FOUND;
	chosen(ab, false, false);
}

/* Records of as many hand-overs as memory has room for: not each with each, and no guess. */
static void crowded(void **state)
{
	struct lw_record *records = calloc(20000, sizeof(*records));
	struct lw_decoded decoded = { .records = records, .count = 20000 };
	struct lw_candidate *found = NULL;
	size_t i;

	assert_non_null(records);
	for (i = 0; i < decoded.count; i++) {
		/* A kexec 20 s before this boot. */
		records[i].type = i & 1 ? LW_REC_CLOCKS : LW_REC_KEXEC;
		records[i].handover[0] = 7;
		records[i].handover[1] = i / 2 + 1;
		records[i].epoch = 1;
		if (i & 1) {
			records[i].clocks.tsc = 80 * HZ + i;
			records[i].clocks.tsc_hz = HZ;
		}
	}
	facts = (struct lw_boot_facts){
		.boot = kernel_c, .start_ns = WALL, .start_tsc = 100 * HZ, .tsc_hz = HZ
	};
	assert_int_equal(lw_candidates_add(&found, &facts.count, &decoded, LW_FROM_CARRIER), 1);
	facts.crowded = true;
	facts.candidates = found;
	assert_int_equal(facts.count, LW_CANDIDATES);
	/* One that is there already has its place. */
	decoded.count = 2;
	assert_int_equal(lw_candidates_add(&found, &facts.count, &decoded, LW_FROM_CARRIER), 0);
	lw_which(&facts, &which);
	assert_non_null(strstr(which.doubt, "more than 256 hand-overs"));
	free(found);
	free(records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_kexec),  cmocka_unit_test(only_the_one_before),
		cmocka_unit_test(this_boot),	   cmocka_unit_test(clocks),
		cmocka_unit_test(longer_blackout), cmocka_unit_test(refused),
		cmocka_unit_test(boot_loader),	   cmocka_unit_test(others_tell),
		cmocka_unit_test(rows),		   cmocka_unit_test(counted),
		cmocka_unit_test(crowded),	   cmocka_unit_test(suspended),
		cmocka_unit_test(reset_to_the_same_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
