// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Journal entries: their fields, that nothing from outside can break out of one, that addresses stay
 * at home, the rate limit, and that the catalog explains every entry with fields it really has.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/mirror.h"
#include "daemon/journal.h"
#include "daemon/rate.h"
#include "sample.h"
#include "skip.h"

#define SECOND 1000000000ULL

static const struct lw_fault broken = {
	.rid = LW_RID(0, 0x65, 0),
	.segment_known = true,
	.address_known = true,
	.reason = 0x41,
	.flags = LW_FAULT_READ,
	.pasid = 0x1f,
	.address = 0xdeadbeef000,
	.count = 1,
	.window = LW_WINDOW_AFTER,
	.class = LW_CLASS_BROKEN,
};

static void field_is(const struct lw_journal_entry *e, const char *name, const char *value)
{
	const char *field = lw_journal_field(e, name);

	if (!field || strcmp(field, value))
		fail_msg("%s is \"%s\", not \"%s\"", name, field ? field : "(missing)", value);
}

/* No line end, no terminal sequence, and the names that journald takes. */
static void assert_safe(const struct lw_journal_entry *e)
{
	int i;

	assert_false(e->lost);
	for (i = 0; i < e->count; i++) {
		const char *text = e->fields[i].iov_base;
		size_t n;

		assert_int_equal(strlen(text), e->fields[i].iov_len);
		assert_true(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
			    (size_t)(strchr(text, '=') - text));
		for (n = 0; text[n]; n++)
			if ((unsigned char)text[n] < 0x20 || text[n] == 0x7f)
				fail_msg("a control character in %s", text);
	}
}

static void fault_entry(void **state)
{
	struct lw_journal_context c = { .handover = "c0ffee4f2a97e1b3846a0bb1c93d77e2" };
	struct lw_journal_entry e;
	int i;

	(void)state;
	lw_journal_fault(&e, &c, &broken);
	assert_safe(&e);
	field_is(&e, "MESSAGE",
		 "DMAR fault (broken): read of 0000:65:00.0 blocked, reason 0x41, "
		 "context entry not present");
	field_is(&e, "MESSAGE_ID", lw_message_kinds[LW_MESSAGE_FAULT_BROKEN].id);
	field_is(&e, "PRIORITY", "2");
	field_is(&e, "SYSLOG_IDENTIFIER", "luwatch");
	field_is(&e, "LUWATCH_RID", "0000:65:00.0");
	field_is(&e, "LUWATCH_REASON", "0x41");
	field_is(&e, "LUWATCH_CLASS", "broken");
	field_is(&e, "LUWATCH_WINDOW", "after");
	field_is(&e, "LUWATCH_TYPE", "read");
	field_is(&e, "LUWATCH_PASID", "0x1f");
	field_is(&e, "LUWATCH_COUNT", "1");
	field_is(&e, "LUWATCH_HANDOVER", "c0ffee4f2a97e1b3846a0bb1c93d77e2");
	for (i = 0; i < e.count; i++)
		assert_null(strstr(e.fields[i].iov_base, "deadbeef"));
	lw_journal_end(&e);

	c.addresses = true;
	lw_journal_fault(&e, &c, &broken);
	field_is(&e, "LUWATCH_ADDRESS", "0xdeadbeef000");
	lw_journal_end(&e);
}

static void priorities(void **state)
{
	const char *expected;
	struct lw_journal_context c = {};
	struct lw_journal_entry e;
	struct lw_fault f = broken;
	unsigned int i;

	(void)state;
	for (i = 0; i < LW_CLASSES; i++) {
		f.class = i;
		expected = i == LW_CLASS_BROKEN || i == LW_CLASS_LEAK_HIT ? "2"
			   : i == LW_CLASS_GUEST			  ? "6"
									  : "4";
		lw_journal_fault(&e, &c, &f);
		field_is(&e, "PRIORITY", expected);
		lw_journal_end(&e);
		lw_journal_faults(&e, &c, &f, 10, 5);
		field_is(&e, "PRIORITY", expected);
		lw_journal_end(&e);
	}
}

static void many_faults(void **state)
{
	struct lw_journal_context c = {};
	struct lw_journal_entry e;
	struct lw_fault f = broken;

	(void)state;
	f.class = LW_CLASS_GUEST;
	lw_journal_faults(&e, &c, &f, 4711, 10);
	assert_safe(&e);
	field_is(&e, "MESSAGE", "4711 DMAR faults (guest) of 0000:65:00.0 in the last 10 s");
	field_is(&e, "LUWATCH_COUNT", "4711");
	field_is(&e, "LUWATCH_SECONDS", "10");
	assert_null(lw_journal_field(&e, "LUWATCH_HANDOVER"));
	lw_journal_end(&e);
	f.rid = LW_RID_OTHER;
	f.flags = LW_FAULT_OTHER;
	lw_journal_faults(&e, &c, &f, 1, 0);
	field_is(&e, "MESSAGE", "1 DMAR faults (guest) of other since arming");
	assert_null(lw_journal_field(&e, "LUWATCH_REASON"));
	lw_journal_end(&e);
}

static void report_entry(void **state)
{
	struct lw_journal_entry e;
	json_t *report = load_sample("violation");

	(void)state;
	json_object_set_new(report, "labels",
			    json_pack("{ss, ss, ss}", "rack", "b12", "bad=name", "x", "row",
				      "a\nMESSAGE=b"));
	lw_journal_report(&e, report);
	assert_safe(&e);
	field_is(&e, "LUWATCH_LABEL_RACK", "b12");
	field_is(&e, "LUWATCH_LABEL_ROW", "a\\x0aMESSAGE=b");
	assert_null(lw_journal_field(&e, "LUWATCH_LABEL_BAD"));
	field_is(&e, "MESSAGE_ID", lw_message_kinds[LW_MESSAGE_HANDOVER_VIOLATION].id);
	field_is(&e, "PRIORITY", "2");
	field_is(&e, "LUWATCH_HANDOVER", "c0ffee4f2a97e1b3846a0bb1c93d77e2");
	field_is(&e, "LUWATCH_VERDICT", "violation");
	field_is(&e, "LUWATCH_REVISION", "2");
	field_is(&e, "LUWATCH_FINAL", "yes");
	field_is(&e, "LUWATCH_FAILED", "I1 I2 I10");
	field_is(&e, "LUWATCH_UNKNOWN", "I4");
	lw_journal_end(&e);
	json_decref(report);

	report = load_sample("clean");
	lw_journal_report(&e, report);
	field_is(&e, "MESSAGE_ID", lw_message_kinds[LW_MESSAGE_HANDOVER_CLEAN].id);
	lw_journal_end(&e);
	/* A report that contradicts itself is never told as clean. */
	json_object_set_new(json_object_get(json_object_get(report, "invariants"), "I1"), "result",
			    json_string("fail"));
	lw_journal_report(&e, report);
	field_is(&e, "MESSAGE_ID", lw_message_kinds[LW_MESSAGE_HANDOVER_INCOMPLETE].id);
	lw_journal_end(&e);
	json_decref(report);
}

static void hostile(void **state)
{
	static const char *const texts[] = { "\033[31mred\033[0m", "two\nMESSAGE=lines",
					     "<script>alert(1)</script>", "\xff\xfe", "a\rb\tc\x7f",
					     "\xe2\x80\xae" "right to left" };
	struct lw_journal_entry e;
	json_t *report, *kernel;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		report = load_sample("incomplete");
		kernel = json_object_get(report, "kernel");
		json_object_set_new_nocheck(report, "headline", json_string_nocheck(texts[i]));
		json_object_set_new_nocheck(kernel, "old", json_string_nocheck(texts[i]));
		lw_journal_report(&e, report);
		assert_safe(&e);
		lw_journal_end(&e);
		lw_journal_config(&e, texts[i], 3, texts[i]);
		assert_safe(&e);
		lw_journal_end(&e);
		lw_journal_cannot_write(&e, texts[i], -EROFS);
		assert_safe(&e);
		field_is(&e, "LUWATCH_ERRNO", "EROFS");
		lw_journal_end(&e);
		json_decref(report);
	}
	lw_journal_config(&e, "f", 1, "\033[2J");
	field_is(&e, "LUWATCH_PROBLEM", "\\x1b[2J");
	field_is(&e, "MESSAGE", "the configuration is refused: f:1: \\x1b[2J");
	lw_journal_end(&e);
}

static void losses(void **state)
{
	uint64_t before[LW_LOSSES] = {}, now[LW_LOSSES] = {};
	struct lw_journal_entry e;

	(void)state;
	assert_false(lw_journal_losses(&e, now, before));
	before[LW_LOSS_LOG_GAPS] = 5;
	now[LW_LOSS_LOG_GAPS] = 7;
	now[LW_LOSS_FAULTS_UNSEEN] = 21;
	assert_true(lw_journal_losses(&e, now, before));
	assert_safe(&e);
	field_is(&e, "MESSAGE", "not seen, not kept or not told: faults_unseen 21, log_gaps 2");
	field_is(&e, "LUWATCH_LOST_FAULTS_UNSEEN", "21");
	field_is(&e, "LUWATCH_LOST_LOG_GAPS", "2");
	assert_null(lw_journal_field(&e, "LUWATCH_LOST_MARKS_LOST"));
	lw_journal_end(&e);
}

static void too_many_fields(void **state)
{
	struct lw_journal_entry e;
	int i;

	(void)state;
	lw_journal_begin(&e, LW_MESSAGE_ARMED, "x");
	for (i = 0; i < 100; i++)
		lw_journal_number(&e, "N", i);
	assert_true(e.lost);
	assert_int_equal(e.count, LW_JOURNAL_FIELDS);
	lw_journal_end(&e);
	assert_int_equal(e.count, 0);
}

/* An entry of every kind, as the daemon makes it. */
static void make(enum lw_message kind, struct lw_journal_entry *e)
{
	uint64_t before[LW_LOSSES] = {}, now[LW_LOSSES] = { 1 };
	struct lw_control control = { .probes = 7, .exists = 7, .carriers = 2 };
	struct lw_journal_context c = { .handover = "id" };
	struct lw_fault fault = broken;
	struct lw_journal_entry verdict;
	json_t *report;

	switch (kind) {
	case LW_MESSAGE_ARMED:
		lw_journal_armed(e, &control);
		return;
	case LW_MESSAGE_NOT_ARMED:
		lw_journal_not_armed(e, -ENODEV);
		return;
	case LW_MESSAGE_HANDOVER_CLEAN:
	case LW_MESSAGE_HANDOVER_INCOMPLETE:
	case LW_MESSAGE_HANDOVER_VIOLATION:
		report = load_sample(kind == LW_MESSAGE_HANDOVER_CLEAN	    ? "clean" :
				     kind == LW_MESSAGE_HANDOVER_INCOMPLETE ? "incomplete" :
									      "violation");
		lw_journal_report(e, report);
		json_decref(report);
		return;
	case LW_MESSAGE_FAULT:
		fault.class = LW_CLASS_ORDINARY;
		fault.reason = 0xee;
		lw_journal_fault(e, &c, &fault);
		return;
	case LW_MESSAGE_FAULT_BROKEN:
		lw_journal_fault(e, &c, &fault);
		return;
	case LW_MESSAGE_FAULTS:
		lw_journal_faults(e, &c, &fault, 2, 0);
		return;
	case LW_MESSAGE_LOSSES:
		lw_journal_losses(e, now, before);
		return;
	case LW_MESSAGE_ABORTED:
		lw_journal_aborted(e, "id", LW_RESULT_UNKNOWN);
		return;
	case LW_MESSAGE_CANNOT_WRITE:
		lw_journal_cannot_write(e, "the report", -ENOSPC);
		return;
	case LW_MESSAGE_CONFIG_REFUSED:
		lw_journal_config(e, "f", 1, "p");
		return;
	case LW_MESSAGE_RESET:
		lw_journal_reset(e, "id", "boot", 2);
		return;
	case LW_MESSAGE_HOOK_FAILED:
		report = load_sample("violation");
		lw_journal_report(&verdict, report);
		lw_journal_hook_failed(e, &verdict, "/p", -ENOEXEC);
		lw_journal_end(&verdict);
		json_decref(report);
		return;
	case LW_MESSAGE_KINDS:
		break;
	}
	fail();
}

static char *read_text(const char *path)
{
	FILE *in = open_of_tree(path);
	char *text = calloc(1, 1 << 20);

	assert_true(fread(text, 1, (1 << 20) - 1, in) > 0);
	fclose(in);
	return text;
}

/* The section of an id, cut off at the next one; the caller frees it. */
static char *section_of(const char *catalog, const char *id)
{
	char head[64], *section, *end;
	const char *at;

	snprintf(head, sizeof(head), "\n-- %s\n", id);
	at = strstr(catalog, head);
	if (!at)
		fail_msg("the catalog lacks %s", id);
	section = strdup(at + strlen(head));
	end = strstr(section, "\n-- ");
	if (end)
		*end = '\0';
	return section;
}

static void catalog(void **state)
{
	char *text = read_text("systemd/luwatch.catalog"), *section, *at, *end, name[64];
	struct lw_journal_entry e;
	size_t sections = 0;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < LW_MESSAGE_KINDS; i++) {
		for (j = 0; j < i; j++)
			assert_string_not_equal(lw_message_kinds[i].id, lw_message_kinds[j].id);
		assert_int_equal(strspn(lw_message_kinds[i].id, "0123456789abcdef"), 32);
		assert_int_equal(strlen(lw_message_kinds[i].id), 32);
		section = section_of(text, lw_message_kinds[i].id);
		assert_non_null(strstr(section, "\n\n"));
		assert_non_null(strstr(section, "What to do"));
		make(i, &e);
		field_is(&e, "MESSAGE_ID", lw_message_kinds[i].id);
		for (at = section; (at = strchr(at, '@')); at = end + 1) {
			end = strchr(at + 1, '@');
			assert_non_null(end);
			snprintf(name, sizeof(name), "%.*s", (int)(end - at - 1), at + 1);
			if (!lw_journal_field(&e, name))
				fail_msg("%s is in the catalog, not in the entry %u", name, i);
		}
		lw_journal_end(&e);
		free(section);
	}
	/* The other way round: what can be lost is in it, by name. */
	section = section_of(text, lw_message_kinds[LW_MESSAGE_LOSSES].id);
	for (i = 0; i < LW_LOSSES; i++) {
		snprintf(name, sizeof(name), "\n  %s", lw_losses.words[i].name);
		at = strstr(section, name);
		if (!at || !strchr(" \n", at[strlen(name)]))
			fail_msg("%s is not in the catalog", lw_losses.words[i].name);
	}
	free(section);
	free(section_of(text, LW_AUDIT_MESSAGE_ANCHOR));
	free(section_of(text, LW_AUDIT_MESSAGE_FAILED));
	for (at = text; (at = strstr(at, "\n-- ")); at++)
		sections++;
	assert_int_equal(sections, LW_MESSAGE_KINDS + 3); /* and the summary */
	free(text);
}

static void limit(void **state)
{
	struct lw_limit l = {};
	uint64_t now = 5 * SECOND;
	int i, passed;

	(void)state;
	lw_limit_init(&l, (struct lw_rate){ 30, 60 });
	for (i = passed = 0; i < 100; i++)
		passed += lw_limit_take(&l, now);
	assert_int_equal(passed, 30);
	assert_int_equal(lw_limit_held(&l), 70);
	assert_int_equal(lw_limit_held(&l), 0);
	/* One more every two seconds. */
	for (i = passed = 0; i < 1000; i++)
		passed += lw_limit_take(&l, now += SECOND / 10);
	assert_int_equal(passed, 50);
	/* A long silence fills it to the brim and not further. */
	now += 3600 * SECOND;
	for (i = passed = 0; i < 100; i++)
		passed += lw_limit_take(&l, now);
	assert_int_equal(passed, 30);
	assert_int_equal(l.held_total, 70 + 950 + 70);
	/* A clock that jumps back brings nothing and breaks nothing. */
	assert_false(lw_limit_take(&l, 1));
	lw_limit_init(&l, (struct lw_rate){ 0, 1 });
	assert_false(lw_limit_take(&l, now));
	assert_int_equal(l.held_total, 70 + 950 + 70 + 2);
	lw_limit_init(&l, (struct lw_rate){ 10000, 1 });
	for (i = passed = 0; i < 20000; i++)
		passed += lw_limit_take(&l, now);
	assert_int_equal(passed, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault_entry),	   cmocka_unit_test(priorities),
		cmocka_unit_test(many_faults),	   cmocka_unit_test(report_entry),
		cmocka_unit_test(hostile),	   cmocka_unit_test(losses),
		cmocka_unit_test(too_many_fields), cmocka_unit_test(catalog),
		cmocka_unit_test(limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
