// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The metrics: the contract that alert rules stand on, the bound on series after a storm of
 * invented requester IDs, and labels that cannot break out of their quotes.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/account.h"
#include "daemon/metrics.h"
#include "sample.h"

static struct lw_account account;
static struct lw_metrics_handover handover;

/* Everything there can be, so that the number of series is the largest. */
static struct lw_program_runs programs[40];

static struct lw_metrics full(void)
{
	struct lw_metrics m = { .version = "1.2.3", .kernel = "6.12.0-test", .armed = true,
				.declared = 2, .marked = 1, .probes = ~0ULL, .account = &account,
				.carriers = 1 << LW_CARRIER_PAGES };
	size_t i;

	memset(&account, 0, sizeof(account));
	memset(&handover, 0, sizeof(handover));
	strcpy(handover.id, "c0ffee4f2a97e1b3846a0bb1c93d77e2");
	strcpy(handover.kernel_old, "6.12.0-old");
	strcpy(handover.kernel_new, "6.12.0-new");
	handover.timestamp_s = 1790000000.5;
	handover.blackout_s = 1.843;
	handover.verdict = LW_VERDICT_CLEAN;
	m.handover = &handover;
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		programs[i] = (struct lw_program_runs){ .runs = i + 3, .time_ns = 1500 * (i + 3) };
		snprintf(programs[i].name, LW_PROGRAM_NAME, "program_%zu", i);
	}
	m.programs = programs;
	m.program_count = i;
	return m;
}

static char *text_of(const struct lw_metrics *m)
{
	size_t length;
	char *text = lw_metrics_text(m, &length);

	assert_non_null(text);
	assert_int_equal(strlen(text), length);
	return text;
}

static size_t count_series(const char *text)
{
	size_t count = 0;

	for (; *text; text = strchr(text, '\n') + 1)
		count += *text != '#';
	return count;
}

static void has_line(const char *text, const char *line)
{
	size_t length = strlen(line);
	const char *at;

	for (at = strstr(text, line); at; at = strstr(at + 1, line))
		if ((at == text || at[-1] == '\n') && at[length] == '\n')
			return;
	fail_msg("missing: %s\nin:\n%s", line, text);
}

static void fault(uint64_t rid, enum lw_fault_class class, enum lw_window window, uint64_t count)
{
	struct lw_fault f = { .rid = rid, .class = class, .window = window };

	lw_account_add(&account, &f, count);
}

static void contract(void **state)
{
	static const struct lw_label labels[] = { { "rack", "b12" }, { "row_2", "a\\\"b" } };
	struct lw_metrics m = full();
	char *text;

	(void)state;
	m.level = LW_LEVEL_PROBES;
	m.ring = "canary";
	handover.acknowledged = true;
	m.labels = labels;
	m.label_count = 2;
	m.losses[LW_LOSS_FAULTS_UNSEEN] = 21;
	m.fault_interrupts = 100;
	m.audit_sequence = 17;
	handover.answers[LW_I10] = LW_FAIL;
	handover.answers[LW_I12] = LW_NOT_APPLICABLE;
	handover.entries[LW_CONTEXT_LEAKED] = 3;
	handover.faults[LW_CLASS_BROKEN] = 4;
	handover.verdict = LW_VERDICT_VIOLATION;
	fault(LW_RID(0, 3, 0), LW_CLASS_PARKED, LW_WINDOW_AFTER, 5);
	fault(LW_RID(0, 3, 0), LW_CLASS_BROKEN, LW_WINDOW_BLACKOUT, 2);
	text = text_of(&m);
	has_line(text, "luwatch_build_info{version=\"1.2.3\",kernel=\"6.12.0-test\"} 1");
	has_line(text, "luwatch_host_info{level=\"probes\",ring=\"canary\",label_rack=\"b12\","
		       "label_row_2=\"a\\\\\\\"b\"} 1");
	has_line(text, "luwatch_kernel_armed 1");
	has_line(text, "luwatch_ready 0");
	has_line(text, "luwatch_preserved_devices{set=\"declared\"} 2");
	has_line(text, "luwatch_preserved_devices{set=\"marked\"} 1");
	has_line(text, "luwatch_probe_armed{probe=\"intel_iommu_shutdown\"} 1");
	has_line(text, "luwatch_carrier_armed{carrier=\"pages\"} 1");
	has_line(text, "luwatch_carrier_armed{carrier=\"trace\"} 0");
	has_line(text, "luwatch_faults_total{class=\"parked\",window=\"after\"} 5");
	has_line(text, "luwatch_faults_total{class=\"broken\",window=\"blackout\"} 2");
	has_line(text, "luwatch_faults_total{class=\"interrupt-remapping\",window=\"early-boot\"} 0");
	has_line(text, "luwatch_device_faults_total{rid=\"0000:03:00.0\",class=\"parked\"} 5");
	has_line(text, "luwatch_device_faults_total{rid=\"0000:03:00.0\",class=\"broken\"} 2");
	has_line(text, "luwatch_fault_interrupts_total 100");
	has_line(text, "luwatch_losses_total{kind=\"faults_unseen\"} 21");
	has_line(text, "luwatch_losses_total{kind=\"program_misses\"} 0");
	has_line(text, "luwatch_program_runs_total{program=\"program_0\"} 3");
	has_line(text, "luwatch_program_seconds_total{program=\"program_0\"} 0.000004500");
	has_line(text, "luwatch_last_handover_timestamp_seconds 1790000000.500");
	has_line(text, "luwatch_last_handover_info{id=\"c0ffee4f2a97e1b3846a0bb1c93d77e2\","
		       "kernel_old=\"6.12.0-old\",kernel_new=\"6.12.0-new\"} 1");
	has_line(text, "luwatch_last_handover_verdict{verdict=\"violation\"} 1");
	has_line(text, "luwatch_last_handover_verdict{verdict=\"clean\"} 0");
	has_line(text, "luwatch_last_handover_verdict{verdict=\"incomplete\"} 0");
	has_line(text, "luwatch_last_handover_final 0");
	has_line(text, "luwatch_last_handover_acknowledged 1");
	has_line(text, "luwatch_last_handover_faults{class=\"broken\"} 4");
	has_line(text, "luwatch_last_handover_entries{state=\"leaked\"} 3");
	has_line(text, "luwatch_last_handover_invariant{id=\"I10\",result=\"fail\"} 1");
	has_line(text, "luwatch_last_handover_invariant{id=\"I10\",result=\"pass\"} 0");
	has_line(text, "luwatch_last_handover_invariant{id=\"I12\",result=\"not-applicable\"} 1");
	has_line(text, "luwatch_last_handover_blackout_seconds 1.843");
	has_line(text, "luwatch_audit_sequence 17");
	has_line(text, "luwatch_audit_write_errors_total 0");
	free(text);
}

static void from_the_start(void **state)
{
	struct lw_metrics m = full();
	const char *at;
	size_t count = 0;
	char *text;

	(void)state;
	m.handover = NULL;
	text = text_of(&m);
	for (at = text; (at = strstr(at, "luwatch_faults_total{")); at++)
		count++;
	assert_int_equal(count, LW_CLASSES * LW_WINDOWS);
	assert_null(strstr(text, "luwatch_device_faults_total"));
	assert_null(strstr(text, "last_handover"));
	free(text);
	m = full();
	handover.blackout_s = -1;
	text = text_of(&m);
	assert_null(strstr(text, "blackout_seconds"));
	assert_non_null(strstr(text, "luwatch_last_handover_final 0"));
	free(text);
}

/* Every name has HELP and TYPE once, directly before its series. */
static void well_formed(void **state)
{
	struct lw_metrics m = full();
	char name[128], help[128] = "", type[128] = "", *text, *line, *rest;

	(void)state;
	fault(LW_RID(0, 3, 0), LW_CLASS_PARKED, LW_WINDOW_AFTER, 5);
	text = rest = text_of(&m);
	while ((line = strsep(&rest, "\n")) && *line) {
		if (sscanf(line, "# HELP %127s", name) == 1) {
			char *twice = rest ? strstr(rest, "# HELP ") : NULL;

			for (; twice; twice = strstr(twice + 1, "# HELP "))
				if (!strncmp(twice + 7, name, strlen(name)) &&
				    twice[7 + strlen(name)] == ' ')
					fail_msg("%s has HELP twice", name);
			strcpy(help, name);
		} else if (sscanf(line, "# TYPE %127s", name) == 1) {
			assert_string_equal(name, help);
			strcpy(type, name);
		} else {
			assert_int_equal(sscanf(line, "%127[a-z_]", name), 1);
			assert_string_equal(name, type);
		}
	}
	free(text);
}

static void storm(void **state)
{
	struct lw_metrics m = full();
	size_t most = 0, series;
	uint64_t total = 0;
	unsigned int seed = 7, i, class, window;
	char *text;

	(void)state;
	for (i = 0; i < 300000; i++) {
		fault(rand_r(&seed) % 70000, rand_r(&seed) % LW_CLASSES,
		      rand_r(&seed) % LW_WINDOWS, 1);
		if (i > 2000 && i % 1000)
			continue;
		text = text_of(&m);
		series = count_series(text);
		most = series > most ? series : most;
		free(text);
	}
	if (most > LW_METRICS_SERIES)
		fail_msg("%zu series", most);
	for (class = 0; class < LW_CLASSES; class++)
		for (window = 0; window < LW_WINDOWS; window++)
			total += account.faults[class][window];
	assert_int_equal(total, 300000);
	total = 0;
	for (class = 0; class < LW_CLASSES; class++) {
		total += account.other[class];
		for (i = 0; i < account.device_count; i++)
			total += account.devices[i].count[class];
	}
	assert_int_equal(total, 300000);
}

/* A device that invents requester IDs takes at most a quarter of the places. */
static void invented_rids(void **state)
{
	size_t i;

	(void)state;
	full();
	for (i = 0; i < 1000; i++)
		fault(0x10000 + i, LW_CLASS_UNKNOWN_DEVICE, LW_WINDOW_BEFORE, 1);
	assert_int_equal(account.device_count, LW_ACCOUNT_UNKNOWN);
	assert_int_equal(account.other[LW_CLASS_UNKNOWN_DEVICE], 1000 - LW_ACCOUNT_UNKNOWN);
	fault(3, LW_CLASS_BROKEN, LW_WINDOW_AFTER, 1);
	assert_int_equal(account.devices[LW_ACCOUNT_UNKNOWN].rid, 3);
	fault(LW_RID_OTHER, LW_CLASS_ORDINARY, LW_WINDOW_AFTER, 3);
	assert_int_equal(account.other[LW_CLASS_ORDINARY], 3);
}

static void deltas(void **state)
{
	struct lw_counted counted = {};
	struct lw_fault_key key = { .rid = 5, .pasid = LW_NO_PASID };
	uint32_t i;

	(void)state;
	assert_int_equal(lw_counted_delta(&counted, &key, 3), 3);
	assert_int_equal(lw_counted_delta(&counted, &key, 3), 0);
	assert_int_equal(lw_counted_delta(&counted, &key, 10), 7);
	assert_int_equal(lw_counted_delta(&counted, &key, 1), 0);	/* armed anew */
	assert_int_equal(lw_counted_delta(&counted, &key, 2), 1);
	for (i = 0; i < 20000; i++) {
		key.pasid = i;
		assert_int_equal(lw_counted_delta(&counted, &key, i + 1), i + 1);
	}
	for (i = 0; i < 20000; i++) {
		key.pasid = i;
		assert_int_equal(lw_counted_delta(&counted, &key, i + 2), 1);
	}
	lw_counted_free(&counted);
}

/* What a hostile report or kernel calls itself. */
static void hostile(void **state)
{
	static const char *const names[] = { "\033[31mred", "two\nlines", "quote\"} 1\nfake 2",
					     "back\\slash", "<script>alert(1)</script>",
					     "\xff\xfe", "\xe2\x80\xae" "right to left" };
	struct lw_metrics m = full();
	struct lw_metrics_handover h;
	json_t *report, *kernel;
	size_t i, expected;
	char *text, *at;

	(void)state;
	report = load_sample("violation");
	assert_true(lw_metrics_of_report(report, &h));
	json_decref(report);
	m.handover = &h;
	report = load_sample("violation");
	assert_true(lw_metrics_of_report(report, &h));
	json_decref(report);
	m.handover = &h;
	text = text_of(&m);
	expected = count_series(text);
	free(text);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		report = load_sample("violation");
		kernel = json_object_get(report, "kernel");
		json_object_set_new_nocheck(kernel, "old", json_string_nocheck(names[i]));
		json_object_set_new_nocheck(report, "id", json_string_nocheck(names[i]));
		assert_true(lw_metrics_of_report(report, &h));
		assert_string_equal(h.id, "");
		json_decref(report);
		text = text_of(&m);
		assert_int_equal(count_series(text), expected);
		assert_null(strstr(text, "\nfake"));
		for (at = text; *at; at++)
			if ((unsigned char)*at < 0x20 && *at != '\n')
				fail_msg("a control character in the metrics");
		free(text);
	}
	m = full();
	strcpy(handover.kernel_old, "a\\x1b\"b\nc");
	text = text_of(&m);
	assert_non_null(strstr(text, "kernel_old=\"a\\\\x1b\\\"b\\nc\","));
	free(text);
}

static void of_report(void **state)
{
	struct lw_metrics_handover h;
	json_t *report = load_sample("violation");

	(void)state;
	assert_true(lw_metrics_of_report(report, &h));
	assert_int_equal(h.verdict, LW_VERDICT_VIOLATION);
	assert_true(h.final);
	assert_string_equal(h.id, "c0ffee4f2a97e1b3846a0bb1c93d77e2");
	assert_string_equal(h.kernel_old, "6.12.117+deb12-amd64");
	assert_true(h.timestamp_s > 1790993500.51 && h.timestamp_s < 1790993500.53);
	assert_true(h.blackout_s == 1.843);
	assert_int_equal(h.answers[LW_I1], LW_FAIL);
	assert_int_equal(h.answers[LW_I3], LW_PASS);
	assert_int_equal(h.answers[LW_I13], LW_NOT_APPLICABLE);
	/* A damaged report is not clean. */
	json_object_set_new(report, "verdict", json_string("clean"));
	assert_true(lw_metrics_of_report(report, &h));
	assert_int_equal(h.verdict, LW_VERDICT_INCOMPLETE);
	json_object_clear(report);
	assert_true(lw_metrics_of_report(report, &h));
	assert_int_equal(h.verdict, LW_VERDICT_INCOMPLETE);
	json_decref(report);
}

/* An older agent's report has fewer invariants: what it does not speak of has no series. */
static void of_older_report(void **state)
{
	struct lw_metrics m = full();
	json_t *report = load_sample("violation"), *invariants, *i3;
	char *text;

	(void)state;
	invariants = json_object_get(report, "invariants");
	json_object_del(invariants, "I13");
	i3 = json_object_get(invariants, "I3");
	json_object_set_new(i3, "result", json_string("of a later version"));
	assert_true(lw_metrics_of_report(report, &handover));
	text = text_of(&m);
	assert_null(strstr(text, "id=\"I13\""));
	has_line(text, "luwatch_last_handover_invariant{id=\"I3\",result=\"unknown\"} 1");
	has_line(text, "luwatch_last_handover_invariant{id=\"I1\",result=\"fail\"} 1");
	free(text);
	json_decref(report);
}

/* tests/e2e feeds this to promtool. */
static void print_full(void)
{
	struct lw_metrics m = full();
	uint64_t i;

	for (i = 0; i < 100; i++)
		fault(i, i % LW_CLASSES, i % LW_WINDOWS, i);
	fputs(text_of(&m), stdout);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contract),	   cmocka_unit_test(from_the_start),
		cmocka_unit_test(well_formed),	   cmocka_unit_test(storm),
		cmocka_unit_test(invented_rids),   cmocka_unit_test(deltas),
		cmocka_unit_test(hostile),	   cmocka_unit_test(of_report),
		cmocka_unit_test(of_older_report),
	};

	if (argc > 1 && !strcmp(argv[1], "--print")) {
		print_full();
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
