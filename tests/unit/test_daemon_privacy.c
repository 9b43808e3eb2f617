// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What leaves the host has no addresses and no table words unless [privacy] addresses = yes: journal
 * entries, metrics and audit records are made of evidence that is full of one secret number, and
 * then searched for it in every form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit/report.h"
#include "base/io.h"
#include "daemon/journal.h"
#include "sample.h"
#include "synth.h"

#define SECRET	    0x5ec4e7ad2000ULL
#define SECRET_TEXT "0x5ec4e7ad2000"

static const char *const forms[] = { "5ec4e7ad2", "5EC4E7AD2", "104203461173248" };

static void assert_kept(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strstr(text, forms[i]))
			fail_msg("%s is in: %s", forms[i], text);
}

static void assert_entry_keeps(struct lw_journal_entry *e)
{
	int i;

	assert_true(e->count > 0);
	for (i = 0; i < e->count; i++)
		assert_kept(e->fields[i].iov_base);
	lw_journal_end(e);
}

/* Every "0x…" string of VALUE becomes the secret. */
static void spread(json_t *value)
{
	const char *name;
	json_t *child;
	void *next;
	size_t i;

	json_array_foreach(value, i, child) {
		if (json_is_string(child) && !strncmp(json_string_value(child), "0x", 2))
			json_string_set(child, SECRET_TEXT);
		spread(child);
	}
	json_object_foreach_safe(value, next, name, child) {
		if (json_is_string(child) && !strncmp(json_string_value(child), "0x", 2))
			json_string_set(child, SECRET_TEXT);
		spread(child);
	}
}

static json_t *secret_report(void)
{
	json_t *report = load_sample("violation");

	spread(report);
	json_object_set_new(report, "headline",
			    json_string("VIOLATION: reason 0x06 at " SECRET_TEXT ", 0X5EC4E7AD2000 "
					SECRET_TEXT));
	json_object_set_new(report, "attempts",
			    json_pack("[{si, ss, ss, si, sb}]", "number", 1, "started",
				      "2026-10-03T02:11:40Z", "comm", "kexec", "pid", 5, "aborted", 0));
	return report;
}

static struct lw_fault secret_fault(enum lw_fault_class class)
{
	return (struct lw_fault){
		.rid = LW_RID(0, 3, 0),
		.reason = 6,
		.class = class,
		.pasid = LW_NO_PASID,
		.address = SECRET,
		.address_known = true,
		.count = 3,
	};
}

static void the_sample_is_full_of_it(void **state)
{
	json_t *report = secret_report();
	char *text = json_dumps(report, JSON_COMPACT);
	size_t count = 0;
	const char *at;

	(void)state;
	for (at = text; (at = strstr(at, forms[0])); at++)
		count++;
	assert_true(count > 20);
	free(text);
	json_decref(report);
}

static void faults_in_the_journal(void **state)
{
	struct lw_journal_context context = { .handover = "c0ffee" };
	struct lw_journal_entry e;
	struct lw_fault fault;
	int class;

	(void)state;
	for (class = 0; class < LW_CLASSES; class++) {
		fault = secret_fault(class);
		lw_journal_fault(&e, &context, &fault);
		assert_entry_keeps(&e);
		lw_journal_faults(&e, &context, &fault, 7, 10);
		assert_entry_keeps(&e);
	}
	/* Whoever asks for it gets it. */
	context.addresses = true;
	lw_journal_fault(&e, &context, &fault);
	assert_string_equal(lw_journal_field(&e, "LUWATCH_ADDRESS"), SECRET_TEXT);
	lw_journal_end(&e);
}

static void everything_else_in_the_journal(void **state)
{
	struct lw_control control = { .area_base = SECRET, .exists = ~0ULL };
	uint64_t none[LW_LOSSES] = {}, some[LW_LOSSES];
	struct lw_journal_entry e;
	json_t *report = secret_report();

	(void)state;
	lw_journal_report(&e, report);
	assert_string_equal(lw_journal_field(&e, "LUWATCH_HEADLINE"),
			    "VIOLATION: reason 0x06 at 0x..., 0X... 0x...");
	lw_journal_end(&e);
	json_object_set_new(report, "headline", json_string("VIOLATION: at " SECRET_TEXT));
	lw_journal_report(&e, report);
	assert_entry_keeps(&e);
	json_decref(report);
	lw_journal_armed(&e, &control);
	assert_entry_keeps(&e);
	memset(some, 1, sizeof(some));
	assert_true(lw_journal_losses(&e, some, none));
	assert_entry_keeps(&e);
}

/* Headlines and reasons as the correlation really writes them. */
static void real_headlines(void **state)
{
	static const unsigned int types[] = { LW_REC_LAST,  LW_REC_SHUTDOWN,   LW_REC_UNIT_STATE,
					      LW_REC_TABLE, LW_REC_CLEAR_END, LW_REC_INVALIDATION };
	struct lw_journal_entry e;
	size_t i, j;

	(void)state;
	for (i = 0; i <= sizeof(types) / sizeof(types[0]); i++) {
		struct synth *s = synth_standard(i % 2);
		const struct lw_record *found;

		synth_kexec(s);
		found = i ? synth_find(s, types[i - 1], 0) : NULL;
		if (found)
			synth_drop(s, found - s->log);
		synth_judge(s);
		lw_journal_report(&e, s->report);
		for (j = 0; j < (size_t)e.count; j++) {
			const char *hex = strstr(e.fields[j].iov_base, "0x");

			assert_true(!hex || strspn(hex + 2, "0123456789abcdef") < 3);
		}
		lw_journal_end(&e);
		synth_free(s);
	}
}

static void metrics(void **state)
{
	struct lw_account account = {};
	struct lw_metrics_handover handover;
	struct lw_metrics m = { .version = "1", .kernel = "6.12", .account = &account,
				.handover = &handover };
	struct lw_fault fault = secret_fault(LW_CLASS_BROKEN);
	json_t *report = secret_report();
	size_t length;
	char *text;

	(void)state;
	lw_account_add(&account, &fault, 3);
	assert_true(lw_metrics_of_report(report, &handover));
	text = lw_metrics_text(&m, &length);
	assert_non_null(strstr(text, "luwatch_device_faults_total{rid=\"0000:03:00.0\""));
	assert_kept(text);
	free(text);
	json_decref(report);
}

static void audit_records(void **state)
{
	char folder[] = "/tmp/luwatch-test-privacy-XXXXXX";
	LW_FREE char *path = mkdtemp(folder) ? lw_format("%s/audit.jsonl", folder) : NULL;
	LW_FREE char *key = lw_format("%s/no-key", folder), *command = lw_format("rm -rf %s", folder);
	struct lw_audit_config config = { .path = path, .key = key };
	json_t *report = secret_report();
	LW_FREE uint8_t *text = NULL;
	size_t length;

	(void)state;
	assert_non_null(path);
	json_object_set_new(report, "revision", json_integer(1));
	json_object_set_new(report, "final", json_false());
	assert_int_equal(lw_audit_report(&config, report, NULL), 0);
	assert_int_equal(lw_read_file(path, 1 << 20, &text, &length), 0);
	assert_non_null(strstr((char *)text, "\"kind\":\"kexec-begun\""));
	assert_non_null(strstr((char *)text, "\"kind\":\"collected\""));
	assert_kept((char *)text);
	json_decref(report);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_is_full_of_it), cmocka_unit_test(faults_in_the_journal),
		cmocka_unit_test(everything_else_in_the_journal), cmocka_unit_test(real_headlines),
		cmocka_unit_test(metrics), cmocka_unit_test(audit_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
