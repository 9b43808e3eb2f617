// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I4 passes on knowledge alone: that an invalidation was submitted does not say that it was carried
 * out, and a clearing function without a symbol does not say that nothing was cleared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "synth.h"

#define PROBE(name) (1ULL << LW_PROBE_##name)

static void expect(struct synth *s, const char *answer, const char *words)
{
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I4), answer);
	if (words)
		assert_true(synth_found(s, words));
	synth_free(s);
}

static struct synth *without_results(void)
{
	struct synth *s = synth_standard(true);

	s->probes &= ~PROBE(QI_SUBMIT_END);
	return s;
}

/* Kprobes know no result; the queue at the last look does. */
static void queue_drained(void **state)
{
	(void)state;
	expect(without_results(), "pass", NULL);
}

static void stick(struct synth *s)
{
	s->units[0]->iqh = 0x20;
	s->units[0]->iqt = 0x80;
}

static void queue_stuck(void **state)
{
	struct synth *s = without_results();

	(void)state;
	s->after_flush = stick;
	expect(s, "unknown", "Whether the context-cache invalidation of dmar0 was carried out is not known");
}

static void set_error(struct synth *s)
{
	s->units[0]->fsts |= s->argument;
}

/* IQE, ICE, ITE. */
static void queue_in_error(void **state)
{
	int bit;

	(void)state;
	for (bit = 0x10; bit <= 0x40; bit <<= 1) {
		struct synth *s = without_results();

		s->after_flush = set_error;
		s->argument = bit;
		expect(s, "unknown", "Whether the context-cache invalidation of dmar0");
	}
}

static void fail_context(struct synth *s)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		synth_flush(s, s->units[i], 0, 1, -110);
		if (s->argument)
			synth_flush(s, s->units[i], 0, 1, 0);
		synth_flush(s, s->units[i], 2, 3, 0);
		synth_flush(s, s->units[i], 1, 1, 0);
	}
}

static void submission_failed(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	s->invalidate = fail_context;
	expect(s, "fail", "the context-cache invalidation was not carried out (error -110)");
	s = synth_standard(true);
	s->invalidate = fail_context;
	s->argument = 1; /* and was tried again */
	expect(s, "pass", NULL);
}

static void flush_nothing(struct synth *s)
{
	(void)s;
}

/* A unit without a queue is told to invalidate through its registers, and who does that may be unwatched. */
static void no_queue_unwatched(void **state)
{
	int watched;

	(void)state;
	for (watched = 0; watched < 2; watched++) {
		struct synth *s = synth_standard(false);

		s->units[0]->gsts &= ~VTD_GSTS_QIES;
		s->invalidate = flush_nothing;
		if (!watched)
			s->probes &= ~(PROBE(FLUSH_CONTEXT) | PROBE(FLUSH_IOTLB));
		synth_judge(s);
		assert_int_equal(synth_found(s, "through registers was not watched"), !watched);
		assert_int_equal(synth_found(s, "entries of dmar0 were cleared, the context-cache was never"),
				 watched);
		synth_free(s);
	}
}

static void put_back_behind_root(struct synth *s)
{
	struct synth_unit *unit = s->units[0];
	unsigned int slot = synth_slot(unit, LW_RID(0, 2, 0));

	memcpy(unit->tables[slot]->words, unit->copies[slot]->words, LW_PAGE_SIZE);
	assert_false(unit->root[slot] & VTD_PRESENT);
}

/* Only root entries go, and what is behind them is out of reach: of the caches it is not. */
static void only_root_cleared(void **state)
{
	struct synth *s = synth_new();
	struct synth_unit *unit = synth_add_unit(s, 0, false);

	(void)state;
	synth_preserve(synth_add_device(s, unit, LW_RID(0, 1, 0)));
	synth_add_device(s, unit, LW_RID(0, 2, 0));
	s->after_clear = put_back_behind_root;
	s->invalidate = flush_nothing;
	synth_judge(s);
	assert_string_equal(synth_state(s, LW_RID(0, 2, 0)), "unreachable");
	expect(s, "fail", "the context-cache was never invalidated");
}

/* The compiler put the clearing function into its caller, or the version calls it otherwise. */
static struct synth *without_symbol(unsigned int version)
{
	struct synth *s = synth_standard(false);

	synth_set_version(s, version);
	s->symbols &= ~(PROBE(CLEAR) | PROBE(CLEAR_END));
	s->probes &= s->symbols;
	return s;
}

static void no_symbol(void **state)
{
	unsigned int version;

	(void)state;
	for (version = 1; version <= 5; version++) {
		struct synth *s = without_symbol(version);

		s->invalidate = flush_nothing;
		expect(s, "fail", "the context-cache was never invalidated");
		expect(without_symbol(version), "pass", NULL);
	}
}

/* --- device by device ------------------------------------------------------------------------- */

static bool is_iotlb(const struct lw_record *record)
{
	return record->type == LW_REC_INVALIDATION && VTD_INV_TYPE(record->invalidation.qw[0]) == VTD_INV_IOTLB;
}

/* The context invalidation of SYNTH_SIBLING; its IOTLB invalidation is the next record. */
static struct lw_record *of_sibling(struct synth *s)
{
	size_t i;

	for (i = 0; i + 1 < s->log_count; i++) {
		uint64_t qw = s->log[i].invalidation.qw[0];

		if (s->log[i].type == LW_REC_INVALIDATION && VTD_INV_TYPE(qw) == VTD_INV_CONTEXT &&
		    VTD_INV_SOURCE_ID(qw) == LW_RID_SOURCE_ID(SYNTH_SIBLING) && !s->log[i].unit)
			return &s->log[i];
	}
	fail();
	return NULL;
}

/* Only the domain of another device, which has one of its own already, is invalidated. */
static void wrong_domain(struct synth *s)
{
	struct lw_record *context = of_sibling(s);

	assert_true(is_iotlb(&context[1]));
	context[1].invalidation.qw[0] ^= 0x40ULL << 16;
	synth_seal(&context[1]);
}

static void iotlb_before_context(struct synth *s)
{
	struct lw_record *context = of_sibling(s);
	struct lw_rec_invalidation first = context->invalidation;

	context[0].invalidation = context[1].invalidation;
	context[1].invalidation = first;
	synth_seal(&context[0]);
	synth_seal(&context[1]);
}

static void context_before_clearing(struct synth *s)
{
	struct lw_record *context = of_sibling(s);

	context->invalidation.flags &= ~LW_INV_ENTRY_GONE;
	context->invalidation.flags |= LW_INV_ENTRY_THERE;
	synth_seal(context);
}

static void entry_not_looked_at(struct synth *s)
{
	struct lw_record *context = of_sibling(s);

	context->invalidation.flags &= ~LW_INV_ENTRY_GONE;
	synth_seal(context);
}

static void submission_of_domain_failed(struct synth *s)
{
	struct lw_record *context = of_sibling(s);

	context[1].invalidation.result = -110;
	synth_seal(&context[1]);
}

static void domains_forgotten(struct synth *s)
{
	size_t i;

	for (i = s->log_count; i--;)
		if (s->log[i].type == LW_REC_CLEARED)
			synth_drop(s, i);
	for (i = 0; i < s->log_count; i++) {
		s->log[i].seq = i + 1;
		if (s->log[i].type == LW_REC_LAST)
			s->log[i].last.records = i + 1;
		synth_seal(&s->log[i]);
	}
}

static void two_domains(struct synth *s)
{
	struct lw_record *cleared = synth_find(s, LW_REC_CLEARED, 0);

	cleared->cleared.source_id[1] = cleared->cleared.source_id[0];
	cleared->cleared.domain[1] = cleared->cleared.domain[0] + 1;
	synth_seal(cleared);
}

/* Each cleared entry counts, and its domain: that some other domain was invalidated says nothing. */
static void device_by_device(void **state)
{
	static const struct {
		synth_change records;
		const char *answer, *words;
	} cases[] = {
		{ NULL, "pass", NULL },
		{ wrong_domain, "fail", "the IOTLB of dmar0 was not invalidated for its domain 0x12" },
		{ submission_of_domain_failed, "fail", "was not invalidated for its domain 0x12" },
		{ iotlb_before_context, "fail", "was not invalidated for its domain 0x12" },
		{ context_before_clearing, "fail", "and not for 0000:01:00.1" },
		{ entry_not_looked_at, "unknown", "whether the entry had been cleared by then" },
		{ domains_forgotten, "unknown", "the domains of the entries were not recorded" },
		{ two_domains, "unknown", "the domains of the entries were not recorded" },
	};
	size_t i, version;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (version = 1; version <= 2; version++) {
			struct synth *s = synth_standard(false);

			synth_set_version(s, version);
			s->records = cases[i].records;
			expect(s, cases[i].answer, cases[i].words);
		}
	}
}

static void names_the_device(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	synth_set_version(s, 2);
	s->records = wrong_domain;
	synth_judge(s);
	for (i = 0; i < s->handover->finding_count; i++)
		if (s->handover->findings[i].invariant == LW_I4)
			assert_string_equal(s->handover->findings[i].subject, "0000:01:00.1");
	synth_free(s);
}

/* There the domain stands in a PASID entry, which nobody carries of a device that is not preserved. */
static void device_by_device_scalable(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	synth_set_version(s, 2);
	expect(s, "unknown", "Whether the PASID-cache of dmar0 was invalidated for every entry");
}

static void no_live_update(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_set_version(s, 0);
	expect(s, "not-applicable", NULL);
}

/* iommu_preserve_device() has no symbol, but the kernel has the marks: that is no "no live update". */
static void missing_symbol_is_no_missing_feature(void **state)
{
	static const enum lw_invariant invariants[] = { LW_I7, LW_I8, LW_I9, LW_I11 };
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	s->symbols &= ~(PROBE(PRESERVE_DEVICE) | PROBE(LIVEUPDATE_REBOOT));
	s->probes &= s->symbols;
	s->liveupdate = false;
	synth_judge(s);
	for (i = 0; i < 4; i++)
		assert_string_equal(synth_answer(s, invariants[i]), "unknown");
	synth_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queue_drained),     cmocka_unit_test(queue_stuck),
		cmocka_unit_test(queue_in_error),    cmocka_unit_test(only_root_cleared),
		cmocka_unit_test(no_queue_unwatched),
		cmocka_unit_test(submission_failed),
		cmocka_unit_test(device_by_device),  cmocka_unit_test(names_the_device),
		cmocka_unit_test(device_by_device_scalable),
		cmocka_unit_test(no_symbol),	     cmocka_unit_test(no_live_update),
		cmocka_unit_test(missing_symbol_is_no_missing_feature),
	};

	return cmocka_run_group_tests_name("judge_flush", tests, NULL, NULL);
}
