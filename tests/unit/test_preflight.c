// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each warning of preflight and its absence, over a machine written down as facts. The machine as it
 * stands gives nothing to warn of; a row changes one thing and says exactly which warnings follow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "preflight/judge.h"
#include "preflight/text.h"
#include "words/words.h"

enum { HOST, KEPT, TWIN, PORT, NIC, BRIDGE, BEHIND, BESIDE, FAR, DEVICES };

#define RID_HOST LW_RID(0, 0, 0x00)
#define RID_KEPT LW_RID(0, 1, 0x00)
#define RID_TWIN LW_RID(0, 1, 0x01)
#define RID_PORT LW_RID(0, 0, 0x20)
#define RID_NIC LW_RID(0, 2, 0x00)
#define RID_BRIDGE LW_RID(0, 3, 0x00)
#define RID_BEHIND LW_RID(0, 4, 0x08)
#define RID_BESIDE LW_RID(0, 4, 0x10)
#define RID_FAR LW_RID(0, 0x80, 0x00)
#define RID_GONE LW_RID(0, 9, 0x00)

static const uint64_t alias_of_bridge[] = { LW_RID(0, 4, 0) };
static const uint64_t rids[DEVICES] = { RID_HOST,   RID_KEPT,	RID_TWIN,   RID_PORT, RID_NIC,
					RID_BRIDGE, RID_BEHIND, RID_BESIDE, RID_FAR };

struct machine {
	struct lw_flight_facts facts;
	struct lw_device pci[DEVICES];
	struct lw_flight_device devices[DEVICES];
	struct lw_flight_unit units[2];
	uint64_t declared[8], marked[8];
};

static int by_rid(const void *pa, const void *pb)
{
	const struct lw_flight_device *a = pa, *b = pb;

	return a->pci->rid < b->pci->rid ? -1 : 1;
}

static struct lw_flight_device *at(struct machine *m, int device)
{
	size_t i;

	for (i = 0; i < DEVICES; i++)
		if (m->devices[i].pci == &m->pci[device])
			return &m->devices[i];
	return NULL;
}

static void declare(struct machine *m, uint64_t rid)
{
	m->facts.declared_known = true;
	m->declared[m->facts.declared_count++] = rid;
}

static void mark(struct machine *m, uint64_t rid)
{
	m->marked[m->facts.marked_count++] = rid;
}

static void plan(struct machine *m, int device)
{
	at(m, device)->declared = at(m, device)->marked = true;
	declare(m, rids[device]);
	mark(m, rids[device]);
}

static void table(uint64_t *words, unsigned int slot)
{
	words[slot >> 6] |= 1ULL << (slot & 63);
}

/* KEPT is preserved on dmar0, in a group of its own; dmar1 (FAR) has translation off. */
static void build(struct machine *m)
{
	size_t i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < DEVICES; i++) {
		m->pci[i] = (struct lw_device){ .rid = rids[i], .driver = "driver", .name = "name" };
		m->devices[i] = (struct lw_flight_device){ .pci = &m->pci[i], .unit = "dmar0",
							   .group = i, .config_known = true };
	}
	for (i = BEHIND; i <= BESIDE; i++) {
		m->pci[i].aliases = alias_of_bridge;
		m->pci[i].alias_count = 1;
		m->devices[i].group = BRIDGE;
	}
	m->devices[FAR].unit = "dmar1";
	m->devices[HOST].bridge = m->devices[PORT].bridge = m->devices[BRIDGE].bridge = true;
	qsort(m->devices, DEVICES, sizeof(m->devices[0]), by_rid);
	m->units[0] = (struct lw_flight_unit){ .name = "dmar0", .translating = true };
	m->units[1] = (struct lw_flight_unit){ .name = "dmar1" };
	for (i = 0; i < 5; i++)
		table(m->units[0].present, i << 1);
	m->facts = (struct lw_flight_facts){
		.devices = m->devices, .device_count = DEVICES, .units = m->units, .unit_count = 2,
		.declared = m->declared, .marked = m->marked, .marks_supported = true,
	};
	plan(m, KEPT);
}

/* --- what a row changes ---------------------------------------------------------------------- */

static void nothing(struct machine *m) { (void)m; }

static void contested(struct machine *m) { plan(m, BEHIND); }
static void contested_scalable(struct machine *m)
{
	plan(m, BEHIND);
	m->units[0].scalable = true;
}
static void both_behind(struct machine *m)
{
	plan(m, BEHIND);
	plan(m, BESIDE);
}
static void group(struct machine *m) { at(m, TWIN)->group = at(m, KEPT)->group; }
static void group_of_others(struct machine *m) { at(m, TWIN)->group = at(m, NIC)->group; }
static void no_groups(struct machine *m) { at(m, TWIN)->group = at(m, KEPT)->group = -1; }
static void ats(struct machine *m) { at(m, KEPT)->ats = 1; }
static void ats_not_known(struct machine *m) { at(m, KEPT)->ats = -61; }
static void ats_elsewhere(struct machine *m) { at(m, NIC)->ats = 1; }
static void ats_elsewhere_not_known(struct machine *m) { at(m, NIC)->ats = -61; }
static void ats_where_nothing_is_kept(struct machine *m) { at(m, FAR)->ats = 1; }
static void pasids(struct machine *m) { at(m, KEPT)->pasids = 3; }
static void pasids_not_known(struct machine *m) { at(m, KEPT)->pasids = -5; }
static void pasids_elsewhere(struct machine *m) { at(m, NIC)->pasids = 3; }
static void is_virtual(struct machine *m) { at(m, KEPT)->is_virtual = true; }
static void virtual_elsewhere(struct machine *m) { at(m, NIC)->is_virtual = true; }
static void incoming(struct machine *m) { at(m, NIC)->incoming = true; }
static void rmrr(struct machine *m) { m->pci[KEPT].rmrr = true; }
static void rmrr_elsewhere(struct machine *m) { m->pci[NIC].rmrr = true; }
static void rmrr_where_nothing_is_kept(struct machine *m) { m->pci[FAR].rmrr = true; }
static void master(struct machine *m)
{
	m->pci[NIC].driver = NULL;
	at(m, NIC)->bus_master = true;
}
static void master_with_driver(struct machine *m) { at(m, NIC)->bus_master = true; }
static void no_master(struct machine *m) { m->pci[NIC].driver = NULL; }
static void master_unread(struct machine *m)
{
	master(m);
	at(m, NIC)->config_known = false;
}
static void master_bridge(struct machine *m)
{
	m->pci[PORT].driver = NULL;
	at(m, PORT)->bus_master = true;
}
static void master_preserved(struct machine *m)
{
	m->pci[KEPT].driver = NULL;
	at(m, KEPT)->bus_master = true;
}
static void master_where_nothing_is_kept(struct machine *m)
{
	m->pci[FAR].driver = NULL;
	at(m, FAR)->bus_master = true;
}
static void second_unit_on(struct machine *m) { m->units[1].translating = true; }
static void second_unit_on_and_marked(struct machine *m)
{
	m->units[1].translating = m->units[1].marked = true;
}
static void unit_of_a_declared(struct machine *m)
{
	m->units[1].translating = true;
	at(m, FAR)->declared = true;
	declare(m, RID_FAR);
}
static void no_live_update(struct machine *m)
{
	m->facts.marks_supported = false;
	m->facts.marked_count = 0;
	at(m, KEPT)->marked = false;
	at(m, KEPT)->ats = 1;
}
static void all_tables_kept(struct machine *m)
{
	m->units[0].kept_known = true;
	memcpy(m->units[0].kept, m->units[0].present, sizeof(m->units[0].kept));
}
static void newer_table(struct machine *m)
{
	all_tables_kept(m);
	table(m->units[0].present, 7 << 1);
}
static void kept_of_a_table_that_is_gone(struct machine *m)
{
	all_tables_kept(m);
	table(m->units[0].kept, 7 << 1);
}
static void newer_table_of_a_kept(struct machine *m)
{
	all_tables_kept(m);
	m->units[0].kept[0] &= ~(1ULL << (1 << 1));
}
static void newer_table_of_an_alias(struct machine *m)
{
	both_behind(m);
	all_tables_kept(m);
	m->units[0].kept[0] &= ~(1ULL << (4 << 1));
}
static void newer_upper_half(struct machine *m)
{
	all_tables_kept(m);
	m->units[0].scalable = true;
	table(m->units[0].present, 1 << 1 | 1);
}
static void not_marked(struct machine *m)
{
	at(m, NIC)->declared = true;
	declare(m, RID_NIC);
}
static void not_declared(struct machine *m)
{
	at(m, NIC)->marked = true;
	mark(m, RID_NIC);
}
static void nothing_declared(struct machine *m)
{
	m->facts.declared_known = false;
	m->facts.declared_count = 0;
	at(m, KEPT)->declared = false;
}
static void declared_is_gone(struct machine *m) { declare(m, RID_GONE); }
static void marked_is_gone(struct machine *m)
{
	nothing_declared(m);
	mark(m, RID_GONE);
}
static void not_ready(struct machine *m) { m->facts.not_ready = "no kexec image is loaded"; }
static void unread(struct machine *m) { m->facts.unread[m->facts.unread_count++] = "it is hidden"; }
static void no_image(struct machine *m) { m->facts.no_image = true; }
static void no_image_nothing_marked(struct machine *m)
{
	m->facts.no_image = true;
	m->facts.marked_count = m->facts.declared_count = 0;
	m->facts.declared_known = m->facts.marks_supported = false;
	at(m, KEPT)->marked = at(m, KEPT)->declared = false;
	m->units[0].translating = false;
}

#define GROUP_OF_TWO "shared-group 0000:04:01.0 warning;shared-group 0000:04:02.0 warning"

static const struct row {
	const char *name;
	void (*change)(struct machine *m);
	const char *expected; /* "TOPIC SUBJECT SEVERITY" in the order shown, by semicolons */
	const char *says;     /* in a message, or NULL */
} rows[] = {
	{ "nothing", nothing, "", NULL },
	{ "contested", contested, "contested 0000:04:01.0 violation", "requester ID 0000:04:00.0" },
	{ "contested, scalable", contested_scalable, "contested 0000:04:01.0 warning", NULL },
	{ "all behind the bridge", both_behind, GROUP_OF_TWO, "group 5 with 2 other functions" },
	{ "group", group, "shared-group 0000:01:00.0 warning", "with 1 other function:" },
	{ "group of others", group_of_others, "", NULL },
	{ "no groups", no_groups, "", NULL },
	{ "ATS", ats, "ats 0000:01:00.0 warning", "may refuse" },
	{ "ATS not known", ats_not_known, "ats 0000:01:00.0 incomplete", "is not known" },
	{ "ATS elsewhere", ats_elsewhere, "ats 0000:02:00.0 notice", "not invalidated" },
	{ "ATS elsewhere, not known", ats_elsewhere_not_known, "", NULL },
	{ "ATS where nothing is kept", ats_where_nothing_is_kept, "", NULL },
	{ "PASIDs", pasids, "pasid 0000:01:00.0 warning", "3 PASIDs are" },
	{ "PASIDs not known", pasids_not_known, "pasid 0000:01:00.0 incomplete", NULL },
	{ "PASIDs elsewhere", pasids_elsewhere, "", NULL },
	{ "virtual function", is_virtual, "virtual-function 0000:01:00.0 warning", "refuses to preserve" },
	{ "virtual function elsewhere", virtual_elsewhere, "", NULL },
	{ "not retrieved", incoming, "not-retrieved 0000:02:00.0 warning", "nobody has retrieved it" },
	{ "RMRR", rmrr, "rmrr 0000:01:00.0 warning", "cannot be given to a guest" },
	{ "RMRR elsewhere", rmrr_elsewhere, "rmrr 0000:02:00.0 warning", "by design" },
	{ "RMRR where nothing is kept", rmrr_where_nothing_is_kept, "", NULL },
	{ "bus master", master, "bus-master 0000:02:00.0 warning", "parked fault" },
	{ "bus master with driver", master_with_driver, "", NULL },
	{ "no bus master", no_master, "", NULL },
	{ "bus master not read", master_unread, "", NULL },
	{ "bridge", master_bridge, "", NULL },
	{ "bus master preserved", master_preserved, "", NULL },
	{ "bus master where nothing is kept", master_where_nothing_is_kept,
	  "bus-master 0000:80:00.0 warning", "whatever is there" },
	{ "unit with the kernel's own mark", second_unit_on_and_marked, "", NULL },
	{ "unit goes off", second_unit_on, "goes-off dmar1 notice", "nothing behind it" },
	{ "unit of a declared goes off", unit_of_a_declared,
	  "not-marked 0000:80:00.0 warning;goes-off dmar1 warning", "1 declared device is" },
	{ "no live update", no_live_update, "goes-off dmar0 violation", "1 declared device is" },
	{ "all tables kept", all_tables_kept, "", NULL },
	{ "newer table", newer_table, "newer-table dmar0 bus 07 warning", "newer than" },
	{ "kept table is gone", kept_of_a_table_that_is_gone, "", NULL },
	{ "newer table of a kept", newer_table_of_a_kept, "newer-table dmar0 bus 01 violation",
	  "loses its root entry" },
	{ "newer table of an alias", newer_table_of_an_alias,
	  "newer-table dmar0 bus 04 violation;" GROUP_OF_TWO, NULL },
	{ "newer upper half", newer_upper_half, "newer-table dmar0 bus 01 upper half warning", NULL },
	{ "not marked", not_marked, "not-marked 0000:02:00.0 warning", "I9 fails" },
	{ "not declared", not_declared, "not-declared 0000:02:00.0 violation", "nobody declared" },
	{ "nothing declared", nothing_declared, "", NULL },
	{ "declared is gone", declared_is_gone, "absent 0000:09:00.0 violation", "It is declared" },
	{ "marked is gone", marked_is_gone, "absent 0000:09:00.0 violation", "It is marked" },
	{ "not ready", not_ready, "not-ready hand-over incomplete", "no kexec image is loaded." },
	{ "no image", no_image, "reboot hand-over notice", "1 device is preserved, and no kexec image" },
	{ "no image, nothing marked", no_image_nothing_marked, "", NULL },
	{ "unread", unread, "unread hand-over incomplete", "it is hidden." },
};

static char *text_of(const struct lw_warnings *warnings)
{
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	for (i = 0; i < warnings->count; i++)
		fprintf(out, "%s%s %s %s", i ? ";" : "", warnings->list[i].topic,
			warnings->list[i].subject, lw_severity_name(warnings->list[i].severity));
	fclose(out);
	return text;
}

static void each_warning_and_its_absence(void **state)
{
	struct lw_warnings warnings;
	struct machine m;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		bool said = !row->says;
		char *text;

		build(&m);
		row->change(&m);
		assert_int_equal(lw_preflight(&m.facts, &warnings), 0);
		text = text_of(&warnings);
		if (strcmp(text, row->expected))
			fail_msg("%s: \"%s\", not \"%s\"", row->name, text, row->expected);
		for (j = 0; j < warnings.count; j++)
			said |= row->says && strstr(warnings.list[j].message, row->says);
		if (!said)
			fail_msg("%s: no message says \"%s\"", row->name, row->says);
		free(text);
		lw_warnings_free(&warnings);
	}
}

/* Nobody is left alone with a word: each says why, what to do, and has a topic. */
static void each_explains_itself(void **state)
{
	struct lw_warnings warnings;
	struct machine m;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		build(&m);
		rows[i].change(&m);
		lw_preflight(&m.facts, &warnings);
		for (j = 0; j < warnings.count; j++) {
			assert_non_null(warnings.list[j].reason);
			assert_non_null(warnings.list[j].action);
			if (!lw_word_of(&lw_flight_warnings, warnings.list[j].topic) &&
			    !lw_word_of(&lw_invariants, warnings.list[j].topic) &&
			    !lw_word_of(&lw_terms, warnings.list[j].topic))
				fail_msg("there is no topic \"%s\"", warnings.list[j].topic);
		}
		lw_warnings_free(&warnings);
	}
}

static void outcome_follows_the_gravest(void **state)
{
	static const struct {
		void (*change)(struct machine *m);
		enum lw_verdict outcome;
	} outcomes[] = {
		{ nothing, LW_VERDICT_CLEAN },	    { second_unit_on, LW_VERDICT_CLEAN },
		{ ats, LW_VERDICT_INCOMPLETE },	    { not_ready, LW_VERDICT_INCOMPLETE },
		{ contested, LW_VERDICT_VIOLATION },
	};
	struct lw_warnings warnings;
	struct machine m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		build(&m);
		outcomes[i].change(&m);
		lw_preflight(&m.facts, &warnings);
		assert_int_equal(lw_preflight_outcome(&warnings), outcomes[i].outcome);
		lw_warnings_free(&warnings);
	}
}

static void the_gravest_stands_first(void **state)
{
	struct lw_warnings warnings;
	struct machine m;
	char *text;

	(void)state;
	build(&m);
	second_unit_on(&m);
	ats(&m);
	not_ready(&m);
	not_declared(&m);
	lw_preflight(&m.facts, &warnings);
	text = text_of(&warnings);
	assert_string_equal(text, "not-declared 0000:02:00.0 violation;not-ready hand-over incomplete;"
				  "ats 0000:01:00.0 warning;goes-off dmar1 notice");
	free(text);
	lw_warnings_free(&warnings);
}

static void related_devices_are_named(void **state)
{
	struct lw_warnings warnings;
	struct machine m;

	(void)state;
	build(&m);
	contested(&m);
	lw_preflight(&m.facts, &warnings);
	assert_int_equal(warnings.list[0].related_count, 1);
	assert_true(warnings.list[0].related[0] == RID_BESIDE);
	lw_warnings_free(&warnings);
}

static void an_empty_machine_is_no_crash(void **state)
{
	struct lw_flight_facts facts = { .marks_supported = true };
	struct lw_warnings warnings;

	(void)state;
	assert_int_equal(lw_preflight(&facts, &warnings), 0);
	assert_int_equal(warnings.count, 0);
	lw_warnings_free(&warnings);
}

/* A device's name comes from a file that anybody may have written. */
static void names_are_escaped(void **state)
{
	struct lw_warnings warnings;
	struct lw_style style = { .width = 80 };
	struct machine m;
	char *text = NULL;
	size_t size;
	json_t *json;

	(void)state;
	build(&m);
	ats(&m);
	m.pci[KEPT].name = "<script>\x1b[2J\nready";
	lw_preflight(&m.facts, &warnings);
	style.out = open_memstream(&text, &size);
	lw_preflight_text(&style, &m.facts, &warnings);
	fclose(style.out);
	assert_non_null(strstr(text, "<script>\\x1b[2J\\x0aready"));
	assert_null(strchr(text, '\x1b'));
	assert_non_null(strstr(text, "LOOK AT THIS BEFORE THE KEXEC: 0 will be wrong, 1 warning,"));
	free(text);
	warnings.list[0].name = "caf\xe9";
	json = lw_preflight_json(&m.facts, &warnings);
	text = json_dumps(json, 0);
	assert_non_null(strstr(text, "\"name\": \"caf\\\\xe9\""));
	assert_string_equal(json_string_value(json_object_get(json, "outcome")), "incomplete");
	assert_int_equal(json_array_size(json_object_get(json, "warnings")), 1);
	free(text);
	json_decref(json);
	lw_warnings_free(&warnings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_warning_and_its_absence),
		cmocka_unit_test(each_explains_itself),
		cmocka_unit_test(outcome_follows_the_gravest),
		cmocka_unit_test(the_gravest_stands_first),
		cmocka_unit_test(related_devices_are_named),
		cmocka_unit_test(an_empty_machine_is_no_crash),
		cmocka_unit_test(names_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
