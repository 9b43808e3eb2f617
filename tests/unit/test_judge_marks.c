// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel's own bookkeeping adds: which context tables it had preserved as a whole (I3),
 * and in which live-update session a device was marked, whatever that session is called (I9).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luwatch/vtd.h"
#include "page/html.h"
#include "sample.h"
#include "synth.h"

/* As the series does: no root entry goes, because every table was there when it preserved. */
static void tables_kept_as_a_whole_stay(void **state)
{
	int scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		struct synth *s = synth_standard(scalable);

		s->bitmap = true;
		synth_judge(s);
		assert_string_equal(synth_answer(s, LW_I3), "pass");
		assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
		assert_string_equal(synth_state(s, SYNTH_OTHER), "cleared");
		synth_free(s);
	}
}

/* The same kernel, and nobody could read its bitmap. */
static void without_the_bitmap_they_would_be_accused(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	s->bitmap = true;
	synth_kexec(s);
	while (synth_find(s, LW_REC_KEPT_TABLES, 0))
		synth_find(s, LW_REC_KEPT_TABLES, 0)->type = LW_REC_DISABLE;
	for (i = 0; i < s->log_count; i++) {
		if (s->log[i].type == LW_REC_UNIT_STATE)
			s->log[i].state.flags &= ~LW_STATE_KEPT_TABLES;
		synth_seal(&s->log[i]);
	}
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I3), "fail");
	synth_free(s);
}

static void a_missing_bitmap_is_unknown(void **state)
{
	struct synth *s = synth_standard(false);
	size_t i;

	(void)state;
	s->bitmap = true;
	synth_kexec(s);
	for (i = 0; i < s->log_count; i++)
		while (i < s->log_count && s->log[i].type == LW_REC_KEPT_TABLES)
			synth_drop(s, i);
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I3), "unknown");
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	synth_free(s);
}

/* A bus that got its table after the last preservation. */
static void newer_table(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_KEPT);
	unsigned int slot = LW_RID_BUS(SYNTH_OTHER) << 1;

	unit->kept[slot >> 6] &= ~(1ULL << (slot & 63));
}

static void leave_newer_root(struct synth *s)
{
	struct synth_unit *unit = synth_unit_of(s, SYNTH_KEPT);
	unsigned int slot = LW_RID_BUS(SYNTH_OTHER) << 1;

	unit->root[slot] = unit->tables[slot]->address | VTD_PRESENT;
}

static void newer_tables_have_to_go(void **state)
{
	struct synth *s = synth_standard(false);
	uint64_t table;

	(void)state;
	s->bitmap = true;
	s->before_shutdown = newer_table;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I3), "pass");
	assert_int_equal(s->handover->verdict, LW_VERDICT_CLEAN);
	synth_free(s);

	s = synth_standard(false);
	s->bitmap = true;
	s->before_shutdown = newer_table;
	s->after_clear = leave_newer_root;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I3), "fail");
	assert_true(synth_found(s, "newer than the last preservation"));
	synth_free(s);

	/* The next kernel uses its page: nothing in it is an entry that it added for a device. */
	s = synth_standard(false);
	s->bitmap = true;
	s->before_shutdown = newer_table;
	s->after_clear = leave_newer_root;
	synth_kexec(s);
	synth_evidence(s);
	synth_adopt(s);
	table = synth_unit_of(s, SYNTH_KEPT)->tables[LW_RID_BUS(SYNTH_OTHER) << 1]->address;
	memset(synth_page_now(s, table), 0xff, LW_PAGE_SIZE);
	synth_judge(s);
	assert_true(synth_found(s, "not preserved, is in use for something else: it reads as 256 entries"));
	assert_false(synth_found(s, "for devices of its own"));
	synth_free(s);
}

static json_t *mark_at(const struct synth *s, size_t index)
{
	return json_array_get(json_object_get(json_object_get(s->report, "sets"), "marks"), index);
}

static const char *member(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void session_and_token_are_named(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_device(s, SYNTH_KEPT)->session = "vmm-7";
	synth_device(s, SYNTH_KEPT)->token = 0xfedcba9876543210;
	synth_device(s, SYNTH_KEPT)->declared = false;
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I9), "fail");
	assert_true(
		synth_found(s, "session \"vmm-7\" (token 0xfedcba9876543210), by vmm (pid 815)"));
	assert_string_equal(member(mark_at(s, 0), "rid"), "0000:01:00.0");
	assert_string_equal(member(mark_at(s, 0), "session"), "vmm-7");
	assert_string_equal(member(mark_at(s, 0), "token"), "0xfedcba9876543210");
	assert_string_equal(member(mark_at(s, 0), "task"), "vmm");
	/* The other one was marked by a kernel that does not say in which session. */
	assert_true(json_is_null(json_object_get(mark_at(s, 1), "session")));
	assert_true(json_is_null(json_object_get(mark_at(s, 1), "token")));
	synth_free(s);
}

/* What systemd-shutdown preserves at the end nobody could have declared; a process of that name could. */
static void what_the_manager_preserves_is_told(void **state)
{
	static const struct {
		unsigned int pid;
		const char *comm, *answer;
	} markers[] = { { 1, "systemd-shutdow", "pass" }, { 1, "init", "fail" }, { 815, "systemd-shutdow", "fail" } };
	struct synth *s;
	struct lw_record *mark;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		s = synth_standard(false);
		synth_device(s, SYNTH_KEPT)->session = "systemd";
		synth_device(s, SYNTH_KEPT)->declared = false;
		synth_kexec(s);
		for (n = 0; (mark = synth_find(s, LW_REC_MARKED, n)); n++) {
			if (mark->marked.rid != SYNTH_KEPT)
				continue;
			mark->marked.pid = markers[i].pid;
			memset(mark->marked.comm, 0, sizeof(mark->marked.comm));
			memcpy(mark->marked.comm, markers[i].comm, strlen(markers[i].comm));
			synth_seal(mark);
		}
		synth_judge(s);
		assert_string_equal(synth_answer(s, LW_I9), markers[i].answer);
		assert_int_equal(synth_found(s, "the service manager preserved it at shutdown"), !i);
		assert_int_equal(synth_found(s, "nobody had declared it"), !!i);
		assert_int_equal(s->handover->verdict, i ? LW_VERDICT_VIOLATION : LW_VERDICT_CLEAN);
		synth_free(s);
	}
}

static char *page_of(const struct synth *s)
{
	char *page;
	size_t size;
	FILE *out = open_memstream(&page, &size);

	assert_int_equal(lw_html_report(out, s->report, "nonce"), 0);
	fclose(out);
	return page;
}

/* Whoever opens a session chooses its name. */
static void hostile_session_names_do_no_harm(void **state)
{
	static const char *const names[] = { "<script>alert(1)</sc", "\x1b[2J\x1b]0;x\x07",
					     "a\nCLEAN: all is well", "caf\xe9 \"quoted\\\"",
					     "</script><img src=x>" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct synth *s = synth_standard(false);
		char *text, *page;

		synth_device(s, SYNTH_KEPT)->session = names[i];
		synth_device(s, SYNTH_KEPT)->declared = false;
		synth_judge(s);
		text = render(s->report, 100, true, NULL);
		page = page_of(s);
		assert_has(text, "live-update");
		assert_null(strchr(text, '\x1b'));
		assert_null(strchr(page, '\x1b'));
		assert_null(strchr(text, '\x07'));
		assert_lacks(text, "\nCLEAN: all is well");
		assert_lacks(page, "<script>alert");
		assert_lacks(page, "<img src");
		free(text);
		free(page);
		synth_free(s);
	}
}

/* The field may be full: no byte behind it is read. */
static void a_session_name_without_end(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	synth_device(s, SYNTH_KEPT)->session = "x";
	synth_kexec(s);
	memset(synth_find(s, LW_REC_MARKED, 0)->marked.session, 'x', LW_SESSION_BYTES);
	memset(synth_find(s, LW_REC_MARKED, 0)->marked.comm, 'y', 16);
	synth_seal(synth_find(s, LW_REC_MARKED, 0));
	synth_judge(s);
	assert_string_equal(member(mark_at(s, 0), "session"), "xxxxxxxxxxxxxxxxxxxxxxxx");
	assert_string_equal(member(mark_at(s, 0), "task"), "yyyyyyyyyyyyyyyy");
	synth_free(s);
}

/* A phantom function: known as an alias while the kernel lived, or perhaps one. */
static struct synth *with_phantom(bool known)
{
	struct synth *s = synth_new();
	struct synth_unit *unit = synth_add_unit(s, 0, false);
	struct synth_device *device = synth_add_device(s, unit, LW_RID(0, 3, 0));
	size_t i;

	synth_preserve(device);
	synth_add_alias(device, LW_RID(0, 3, 1), true);
	synth_add_device(s, unit, LW_RID(0, 0, 0x18));
	s->alias_records = known;
	synth_kexec(s);
	synth_evidence(s);
	/* No bridge above it shows it to the next kernel. */
	for (i = 0; i < s->evidence.device_count; i++)
		s->seen[i].alias_count = 0;
	synth_judge(s);
	return s;
}

/* As if the device had been added after arming: the baseline knows all aliases, and none of it. */
static void forget_aliases(struct synth *s)
{
	size_t i, kept = 0;

	for (i = 0; i < s->baseline_count; i++)
		if (s->baseline[i].type != LW_REC_ALIAS)
			s->baseline[kept++] = s->baseline[i];
	s->baseline_count = s->baseline[0].baseline.records = kept;
	for (i = 0; i < kept; i++) {
		s->baseline[i].seq = i + 1;
		synth_seal(&s->baseline[i]);
	}
}

static void put_entries_back(struct synth *s)
{
	struct synth_unit *unit = s->units[0];
	unsigned int slot = synth_slot(unit, LW_RID(0, 4, 0));

	memcpy(unit->tables[slot]->words, unit->copies[slot]->words, LW_PAGE_SIZE);
	unit->root[slot] = unit->old_root[slot];
}

/* BRIDGE: the alias is that of a bridge, and the next kernel sees it. */
static void added_after_arming(void **state)
{
	int bridge;

	(void)state;
	for (bridge = 0; bridge < 3; bridge++) {
		struct synth *s = synth_new();
		struct synth_unit *unit = synth_add_unit(s, 0, false);
		struct synth_device *device = synth_add_device(s, unit, LW_RID(0, 3, 8));
		uint64_t alias = bridge ? LW_RID(0, 4, 0) : LW_RID(0, 3, 9);
		size_t i;

		synth_preserve(device);
		synth_add_alias(device, alias, true);
		if (bridge == 2) /* a device of its own is no alias */
			synth_add_device(s, unit, alias);
		s->after_clear = bridge == 2 ? put_entries_back : NULL;
		s->alias_records = true;
		synth_kexec(s);
		forget_aliases(s);
		synth_evidence(s);
		for (i = 0; i < s->evidence.device_count && !bridge; i++)
			s->seen[i].alias_count = 0;
		synth_judge(s);
		assert_string_equal(synth_state(s, alias), "leaked");
		assert_string_equal(synth_answer(s, LW_I1), bridge == 2 ? "fail" : "unknown");
		assert_int_equal(synth_found(s, "added after luwatch was armed"), bridge < 2);
		synth_free(s);
	}
}

/* ENTRY: the alias has one. HIDDEN: the next kernel does not see the device either. */
static void alias_on_another_bus(bool entry, bool hidden)
{
	struct synth *s = synth_new();
	struct synth_unit *unit = synth_add_unit(s, 0, false);
	struct synth_device *device = synth_add_device(s, unit, LW_RID(0, 3, 8));

	synth_set_version(s, 3);
	synth_preserve(device);
	device->hidden = hidden;
	synth_add_alias(device, LW_RID(0, 4, 0), entry);
	synth_add_device(s, unit, LW_RID(0, 4, 8));
	synth_add_device(s, unit, LW_RID(0, 5, 8)); /* its root entry shows that this kernel clears them */
	s->alias_records = true;
	s->probes &= ~(1ULL << LW_PROBE_CLEAR_ALIAS);
	synth_kexec(s);
	forget_aliases(s);
	synth_evidence(s);
	synth_judge(s);
	assert_string_equal(synth_answer(s, LW_I1), entry ? "unknown" : "pass");
	assert_string_equal(synth_answer(s, LW_I3), "unknown");
	assert_true(synth_found(s, "added after luwatch was armed"));
	synth_free(s);
}

static void added_after_arming_behind_a_bridge(void **state)
{
	(void)state;
	alias_on_another_bus(true, false);
	alias_on_another_bus(true, true);
	alias_on_another_bus(false, false);
}

static void lose_late_alias(struct synth *s)
{
	s->units[0]->root[synth_slot(s->units[0], LW_RID(0, 4, 0))] = 0;
}

/* Only the next kernel knows that the entry was a preserved device's: it must not pass for a stranger's. */
static void late_alias_lost(void **state)
{
	struct synth *s = synth_new();
	struct synth_unit *unit = synth_add_unit(s, 0, false);
	struct synth_device *device = synth_add_device(s, unit, LW_RID(0, 3, 8));

	(void)state;
	synth_preserve(device);
	synth_add_alias(device, LW_RID(0, 4, 0), true);
	s->after_clear = lose_late_alias;
	s->alias_records = true;
	synth_kexec(s);
	forget_aliases(s);
	synth_evidence(s);
	synth_judge(s);
	assert_string_equal(synth_state(s, LW_RID(0, 4, 0)), "unreachable");
	assert_string_equal(synth_answer(s, LW_I2), "unknown");
	assert_true(synth_found(s, "may be an alias of a preserved device that was added after"));
	synth_free(s);
}

static void phantom_function(void **state)
{
	struct synth *s = with_phantom(true);

	(void)state;
	assert_string_equal(synth_answer(s, LW_I1), "pass");
	assert_string_equal(synth_state(s, LW_RID(0, 3, 1)), "kept");
	synth_free(s);
	s = with_phantom(false);
	assert_string_equal(synth_answer(s, LW_I1), "unknown");
	assert_true(synth_found(s, "word for word that of a preserved device"));
	synth_free(s);
}

/* A bridge on the way: the kernel preserves it, too. KNOWN: the record says that it had no entry. */
static struct synth *with_bridge(bool scalable, bool known)
{
	struct synth *s = synth_standard(scalable);
	struct synth_unit *unit = synth_unit_of(s, SYNTH_KEPT);
	struct synth_device *bridge = synth_add_device(s, unit, LW_RID(0, 9, 0));
	size_t i;

	synth_preserve(bridge);
	synth_clear_entry(unit, bridge->rid);
	synth_kexec(s);
	for (i = 0; !known && i < s->log_count; i++)
		if (s->log[i].type == LW_REC_ENTRY && s->log[i].entry.rid == bridge->rid) {
			s->log[i].entry.rid++;
			synth_seal(&s->log[i]);
		}
	synth_judge(s);
	return s;
}

static void nothing_to_lose(void **state)
{
	struct synth *s;
	int scalable;

	(void)state;
	for (scalable = 0; scalable < 2; scalable++) {
		s = with_bridge(scalable, true);
		assert_string_equal(json_string_value(json_object_get(s->report, "verdict")), "clean");
		assert_true(synth_found(s, "it had none when it was preserved either"));
		synth_free(s);
		s = with_bridge(scalable, false);
		assert_string_equal(synth_answer(s, LW_I2), "unknown");
		assert_string_equal(json_string_value(json_object_get(s->report, "verdict")), "incomplete");
		synth_free(s);
	}
}

static uint64_t words_seen;

static void add_clocks(struct synth *s)
{
	struct lw_record r = { .type = LW_REC_CLOCKS, .unit = LW_NO_UNIT, .clocks.words = words_seen };

	synth_emit(s, &r);
}

static bool words_told(uint64_t words, bool stale, const char *text)
{
	struct synth *s = synth_standard(false);
	bool told;

	words_seen = words;
	s->before_shutdown = add_clocks;
	synth_kexec(s);
	synth_evidence(s);
	s->evidence.word_found = !stale;
	s->evidence.word_stale = stale;
	synth_judge(s);
	told = synth_found(s, text);
	synth_free(s);
	return told;
}

/* What the old kernel knew of the image that it started. */
static void words_of_the_image(void **state)
{
	static const char knew[] = "luwatch in the old kernel knew it", nobody[] = "nobody had checked";

	(void)state;
	assert_true(words_told(LW_WORDS_WRONG, true, knew));
	assert_true(words_told(LW_WORDS_WRONG, false, knew));
	assert_true(words_told(LW_WORDS_NOT_LOOKED, true, nobody));
	assert_false(words_told(LW_WORDS_NOT_LOOKED, false, nobody));
	assert_false(words_told(LW_WORDS_RIGHT, true, knew));
	assert_false(words_told(LW_WORDS_UNSAID, true, nobody));
}

static void marks_without_room_leave_the_set_unknown(void **state)
{
	struct synth *s = synth_standard(false);

	(void)state;
	s->marks_lost = 1;
	synth_judge(s);
	assert_int_equal(s->handover->verdict, LW_VERDICT_INCOMPLETE);
	assert_string_equal(synth_answer(s, LW_I12), "unknown");
	assert_string_equal(synth_answer(s, LW_I9), "unknown");
	assert_true(synth_found(s, "the programs had no room"));
	synth_free(s);
}

/* What kernel_kexec() announced and what came. */
static void announced_records_are_missed(void **state)
{
	static const char *const words[] = { "3 devices were marked", "2 kinds of earlier faults",
					     "newest baseline (generation 7) did not arrive" };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct synth *s = synth_standard(false);
		struct lw_rec_kexec *kexec;

		synth_kexec(s);
		kexec = &synth_find(s, LW_REC_KEXEC, 0)->kexec;
		if (i == 0)
			kexec->marked++;
		else if (i == 1)
			kexec->fault_totals = 2;
		else
			kexec->baseline_generation = 7;
		synth_seal(synth_find(s, LW_REC_KEXEC, 0));
		synth_judge(s);
		assert_string_equal(synth_answer(s, LW_I12), "unknown");
		assert_true(synth_found(s, words[i]));
		synth_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_kept_as_a_whole_stay),
		cmocka_unit_test(without_the_bitmap_they_would_be_accused),
		cmocka_unit_test(a_missing_bitmap_is_unknown),
		cmocka_unit_test(newer_tables_have_to_go),
		cmocka_unit_test(session_and_token_are_named),
		cmocka_unit_test(what_the_manager_preserves_is_told),
		cmocka_unit_test(hostile_session_names_do_no_harm),
		cmocka_unit_test(a_session_name_without_end),
		cmocka_unit_test(phantom_function),
		cmocka_unit_test(added_after_arming),
		cmocka_unit_test(added_after_arming_behind_a_bridge),
		cmocka_unit_test(late_alias_lost),
		cmocka_unit_test(nothing_to_lose),
		cmocka_unit_test(words_of_the_image),
		cmocka_unit_test(marks_without_room_leave_the_set_unknown),
		cmocka_unit_test(announced_records_are_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
