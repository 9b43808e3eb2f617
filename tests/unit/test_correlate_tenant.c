// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a tenant's device can do at will must not look like a broken hand-over: requests that its
 * unchanged entries do not allow, whatever the level of the tables at which they are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "correlate/live.h"
#include "luwatch/vtd.h"
#include "synth.h"

static const uint32_t requests[] = { 0x0d, 0x31, 0x44, 0x45, 0x46, 0x47, 0x51, 0x59, 0x5c, 0x5d };

#define REQUESTS (sizeof(requests) / sizeof(requests[0]))

static struct synth *faulting(uint32_t reason, uint32_t pasid, bool early)
{
	struct synth *s = synth_standard(true);
	struct lw_fault *fault;

	synth_kexec(s);
	synth_evidence(s);
	fault = early ? synth_log_fault(s, SYNTH_KEPT, reason, 0x5000)
		      : synth_live_fault(s, SYNTH_KEPT, reason, 3);
	fault->pasid = pasid;
	return s;
}

static void refused_requests(void **state)
{
	struct synth *s;
	size_t i;

	(void)state;
	for (i = 0; i < 2 * REQUESTS; i++) {
		s = faulting(requests[i / 2], 0x123, i % 2);
		synth_judge(s);
		assert_string_equal(synth_class(s, SYNTH_KEPT), "guest");
		assert_string_equal(synth_answer(s, LW_I10), "pass");
		synth_free(s);
	}
}

/* RID_PASID's entry is the host's: a request without PASID that does not find it is no mistake. */
static void without_pasid(void **state)
{
	struct synth *s = faulting(0x59, LW_NO_PASID, false);

	(void)state;
	synth_judge(s);
	assert_string_equal(synth_class(s, SYNTH_KEPT), "broken");
	assert_string_equal(synth_answer(s, LW_I10), "fail");
	synth_free(s);
}

/* So many PASIDs that only their number was kept. */
static void many_pasids(void **state)
{
	struct synth *s = faulting(0x59, LW_NO_PASID, false);

	(void)state;
	s->live_faults[0].flags |= LW_FAULT_OTHER;
	synth_judge(s);
	assert_string_equal(synth_class(s, SYNTH_KEPT), "guest");
	synth_free(s);
}

static void alter(struct synth *s)
{
	synth_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT)[0] ^= 1ULL << 9;
}

static void altered_entry(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	s->after_clear = alter;
	synth_kexec(s);
	synth_evidence(s);
	synth_live_fault(s, SYNTH_KEPT, 0x46, 3)->pasid = 0x123;
	synth_judge(s);
	assert_string_equal(synth_class(s, SYNTH_KEPT), "broken");
	synth_free(s);
}

static void want_page_requests(struct synth *s)
{
	synth_entry(synth_unit_of(s, SYNTH_KEPT), SYNTH_KEPT)[0] |= VTD_SM_CONTEXT_PRE_BIT;
}

/* Version 4 of the series drops PRE: then the refused page request is its doing. */
static void dropped_page_requests(void **state)
{
	struct synth *s = synth_standard(true);

	(void)state;
	want_page_requests(s);
	synth_kexec(s);
	synth_evidence(s);
	synth_live_fault(s, SYNTH_KEPT, 0x47, 3)->pasid = 0x123;
	synth_judge(s);
	assert_string_equal(synth_class(s, SYNTH_KEPT), "broken");
	synth_free(s);
}

/* The daemon, without any hand-over: a marked device, and one that is only assigned. */
static void live(void **state)
{
	struct lw_live_preserved preserved = { LW_RID(0, 1, 0), 0 };
	struct lw_device devices[] = { { .rid = LW_RID(0, 1, 0), .assigned = true },
				       { .rid = LW_RID(0, 2, 0), .assigned = true } };
	struct lw_live_context c = { .preserved = &preserved,
				     .preserved_count = 1,
				     .devices = devices,
				     .device_count = 2 };
	size_t i;

	(void)state;
	for (i = 0; i < 2 * REQUESTS; i++) {
		struct lw_fault fault = { .rid = devices[i % 2].rid,
					  .reason = requests[i / 2],
					  .count = 1,
					  .segment_known = true,
					  .pasid = 0x123 };

		lw_live_classify(&c, &fault);
		assert_string_equal(lw_fault_class_name(fault.class), "guest");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_requests),	 cmocka_unit_test(without_pasid),
		cmocka_unit_test(many_pasids),		 cmocka_unit_test(altered_entry),
		cmocka_unit_test(dropped_page_requests), cmocka_unit_test(live),
	};

	return cmocka_run_group_tests_name("correlate_tenant", tests, NULL, NULL);
}
