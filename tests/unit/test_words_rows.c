// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One row for a word: every row of every table in user/words/ goes through every reader that shows
 * it. What a row lacks, or a reader does not take from it, fails with the row's name.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "daemon/journal.h"
#include "daemon/metrics.h"
#include "manual/manual.h"
#include "page/html.h"
#include "page/page.h"
#include "sample.h"
#include "text/explain.h"

#define FILE_LIMIT (1 << 20)

/* What a reader made; every test asks it for words. */
static char *text;
static size_t length;

static int release(void **state)
{
	free(text);
	text = NULL;
	return 0;
}

static void needs(const struct lw_word_table *table, const char *reader, const char *format,
		  const char *word)
{
	char *wanted = lw_format(format, word);

	if (!strstr(text, wanted))
		fail_msg("%s \"%s\": %s lacks \"%s\"", table->kind, word, reader, wanted);
	free(wanted);
}

/* Each word of TABLE from FIRST on, as FORMAT writes it, in what READER made. */
static void needs_all(const struct lw_word_table *table, size_t first, const char *reader,
		      const char *format)
{
	size_t i;

	for (i = first; i < table->count; i++)
		if (table->words[i].name)
			needs(table, reader, format, table->words[i].name);
}

static void read_into_text(const char *path)
{
	uint8_t *bytes;

	assert_int_equal(lw_read_file(path, FILE_LIMIT, &bytes, &length), 0);
	text = (char *)bytes;
}

static void row_is_whole(const struct lw_word_table *table, size_t i)
{
	const struct lw_word *word = &table->words[i];
	size_t j;

	if (!word->name) {
		if (table != &lw_reasons)
			fail_msg("%s: row %zu behind \"%s\" has no name", table->kind, i,
				 i ? table->words[i - 1].name : "");
		return;
	}
	if (!*word->name || strpbrk(word->name, " \t\n\"'<>&{}") || !word->title || !*word->title ||
	    word->title[strlen(word->title) - 1] == '.')
		fail_msg("%s \"%s\": a name is one word, a title one line without a full stop",
			 table->kind, word->name);
	for (j = 0; j < i; j++)
		if (table->words[j].name && !strcasecmp(table->words[j].name, word->name))
			fail_msg("%s \"%s\" is there twice", table->kind, word->name);
	if (lw_word_index(table, word->name) != i)
		fail_msg("%s \"%s\" is not found", table->kind, word->name);
	if (word->pages && i && !table->words[i - 1].pages)
		fail_msg("%s \"%s\" pages and stands behind what does not", table->kind,
			 word->name);
	if (word->pages && word->tone != LW_TONE_BAD)
		fail_msg("%s \"%s\" pages and is not shown as bad", table->kind, word->name);
}

static void rows(void **state)
{
	const struct lw_word_table *table;
	size_t i, j;

	for (i = 0; (table = lw_word_table(i)); i++)
		for (j = 0; j < table->count; j++)
			row_is_whole(table, j);
	assert_int_equal(lw_word_index(&lw_invariants, "I0"), LW_INVARIANTS);
	assert_null(lw_word_of(&lw_invariants, ""));
	assert_string_equal(lw_word_name(&lw_fault_classes, LW_CLASSES), "unknown");
}

/* `luwatch explain` has something to say about each, and lists it. */
static void explained(void **state)
{
	const struct lw_word_table *table;
	struct lw_style style = { .width = 100 };
	size_t i, j;

	for (i = 0; (table = lw_word_table(i)); i++) {
		for (j = 0; j < table->count; j++) {
			if (!table->words[j].name)
				continue;
			style.out = open_memstream(&text, &length);
			assert_true(lw_explain(&style, table->words[j].name));
			fclose(style.out);
			needs(table, "explain", "%s (", table->words[j].name);
			needs(table, "explain", "  %s\n", table->words[j].title);
			release(NULL);
		}
	}
	style.out = open_memstream(&text, &length);
	lw_explain_list(&style);
	assert_false(lw_explain(&style, "no such word"));
	fclose(style.out);
	for (i = 0; (table = lw_word_table(i)); i++)
		needs_all(table, 0, "the list of explain", "\n  %s ");
}

/* A state, a class, a result and a severity that a person has to find under "luwatch explain". */
static void have_stories(void **state)
{
	static const struct lw_word_table *const tables[] = {
		&lw_invariants, &lw_fault_classes,   &lw_windows,
		&lw_verdicts,	&lw_flight_warnings, &lw_causes
	};
	size_t i, j;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (j = 0; j < tables[i]->count; j++)
			if (!tables[i]->words[j].story)
				fail_msg("%s \"%s\" has no story", tables[i]->kind,
					 tables[i]->words[j].name);
}

static void explains(const char *name, const struct lw_word *word)
{
	struct lw_style style = { .width = 100, .out = open_memstream(&text, &length) };

	if (!lw_explain(&style, name))
		fail_msg("explain does not know \"%s\"", name);
	fclose(style.out);
	needs(&lw_reasons, "explain", "%s (fault reason)", word->name);
	release(NULL);
}

/* Each reason of a fault says what it means, what it rests on and what to do, however it is written. */
static void reasons(void **state)
{
	char number[8];
	size_t i, found = 0;

	for (i = 0; i < lw_reasons.count; i++) {
		const struct lw_word *word = &lw_reasons.words[i];

		if (!word->name)
			continue;
		found++;
		if (!word->story || !word->basis || !word->action)
			fail_msg("reason %s lacks story, basis or action", word->name);
		snprintf(number, sizeof(number), "0x%02zX", i);
		explains(number, word);
		snprintf(number, sizeof(number), "0X%zx", i);
		explains(number, word);
		snprintf(number, sizeof(number), "%03zu", i);
		explains(number, word);
	}
	assert_true(found > 60);
	assert_ptr_equal(lw_reason_of("6"), &lw_reasons.words[6]);
	assert_null(lw_reason_of("0x"));
	assert_null(lw_reason_of("0x00"));
	assert_null(lw_reason_of("0x8f"));
	assert_null(lw_reason_of("0x6 "));
	assert_null(lw_reason_of("-6"));
	assert_null(lw_reason_of("99999999999999999999999"));
	assert_null(lw_reason_of(""));
}

/* What is no topic: words that speak of it, never all of them. */
static void related(void **state)
{
	struct lw_style style = { .width = 100, .out = open_memstream(&text, &length) };
	size_t lines = 0, i;

	lw_explain_related(&style, "zzz");
	lw_explain_related(&style, "%");
	lw_explain_related(&style, "e");
	fflush(style.out);
	assert_int_equal(length, 0);
	lw_explain_related(&style, "PASID table");
	fflush(style.out);
	needs(&lw_reasons, "what is related", "\n  %s ", "0x5a");
	assert_null(strstr(text, "0x01"));
	rewind(style.out);
	lw_explain_related(&style, "the");
	fclose(style.out);
	for (i = 0; i < length; i++)
		lines += text[i] == '\n' && text[i + 1] == ' ' && text[i + 2] == ' ' && text[i + 3] != ' ';
	assert_int_equal(lines, 12);
}

static void completed(void **state)
{
	const struct lw_word_table *table;
	FILE *out = open_memstream(&text, &length);
	size_t i;

	lw_manual_completion(out);
	fclose(out);
	for (i = 0; (table = lw_word_table(i)); i++)
		needs_all(table, 0, "the completion of bash", "%s ");
}

static void in_manual(void **state)
{
	FILE *out = open_memstream(&text, &length);

	assert_int_equal(lw_manual_list(out, "kinds", NULL), 0);
	assert_int_equal(lw_manual_list(out, "exit", NULL), 0);
	fclose(out);
	needs_all(&lw_audit_kinds, 0, "the list of audit kinds", "*%s*");
	needs_all(&lw_exit_codes, 0, "the list of exit codes", "*%s*");
}

/* What the schema allows at a field of $defs, or below "properties" where DEFINITION is NULL. */
static void schema_allows(const json_t *schema, const char *definition, const char *field,
			  const struct lw_word_table *table)
{
	const json_t *from =
		definition ? json_object_get(json_object_get(schema, "$defs"), definition) : schema;
	const json_t *names = json_object_get(
		json_object_get(json_object_get(from, "properties"), field), "enum");
	size_t i;

	if (json_array_size(names) != table->count)
		fail_msg("the schema of %s does not have the words of %s", field, table->kind);
	for (i = 0; i < table->count; i++)
		assert_string_equal(json_string_value(json_array_get(names, i)),
				    table->words[i].name);
}

static void in_schema(void **state)
{
	json_t *schema = json_load_file("user/report/report.schema.json", 0, NULL), *verdicts;
	size_t i;

	assert_int_equal(lw_manual_schema(schema), 0);
	schema_allows(schema, "invariant", "result", &lw_answers);
	schema_allows(schema, "finding", "severity", &lw_severities);
	schema_allows(schema, "iommu", "state", &lw_unit_states);
	schema_allows(schema, "entry", "state", &lw_entry_states);
	schema_allows(schema, "fault", "class", &lw_fault_classes);
	schema_allows(schema, "fault", "window", &lw_windows);
	schema_allows(schema, "fault", "source", &lw_fault_sources);
	schema_allows(json_object_get(json_object_get(schema, "properties"), "boot"), NULL, "kind",
		      &lw_boots);
	verdicts = json_object_get(
		json_object_get(json_object_get(schema, "properties"), "verdict"), "enum");
	text = json_dumps(verdicts, 0);
	for (i = LW_VERDICT_CLEAN; i < LW_VERDICTS; i++)
		needs(&lw_verdicts, "the schema", "\"%s\"", lw_verdict_name(i));
	json_decref(schema);
	schema = json_pack("{s{ss}}", "x", "words", "no such kind");
	assert_int_not_equal(lw_manual_schema(schema), 0);
	json_decref(schema);
}

/* Shape and colour of each state, a sign for each verdict, severity and result, a style of tones.
 */
static void on_page(void **state)
{
	json_t *report = load_sample("clean");
	FILE *out = open_memstream(&text, &length);
	size_t i;

	lw_html_report(out, report, "nonce");
	fclose(out);
	json_decref(report);
	for (i = 0; i < LW_CONTEXT_STATES; i++) {
		const struct lw_glyph *glyph = &lw_entry_states.words[i].glyph;

		if (!glyph->body || !glyph->cut || !glyph->body_style || !glyph->cut_style ||
		    !glyph->light || !glyph->dark)
			fail_msg("state \"%s\" has no shape or no colour",
				 lw_context_state_name(i));
		needs(&lw_entry_states, "the page", "\"body\":\"%s\"", glyph->body);
	}
	needs_all(&lw_entry_states, 0, "the page's script", "{\"name\":\"%s\",");
	needs_all(&lw_entry_states, 0, "the page's style", "\n.%s { --state: #");
	needs_all(&lw_entry_states, 0, "the page's style by night", "{ .%s { --state: #");
	needs_all(&lw_unit_states, 0, "the page's script", "{\"name\":\"%s\",");
	needs_all(&lw_fault_classes, 0, "the page's script", "{\"name\":\"%s\",");
	needs_all(&lw_verdicts, 0, "the page", "id=\"sign-%s\"");
	needs_all(&lw_severities, 0, "the page", "id=\"sign-%s\"");
	needs_all(&lw_answers, 0, "the page", "id=\"sign-%s\"");
}

static void measured(void **state)
{
	static struct lw_account account;
	static struct lw_metrics_handover handover = { .kernel_old = "1", .kernel_new = "2" };
	struct lw_metrics m = {
		.version = "1", .kernel = "2", .account = &account, .handover = &handover
	};

	text = lw_metrics_text(&m, &length);
	needs_all(&lw_fault_classes, 0, "the metrics", "luwatch_faults_total{class=\"%s\",");
	needs_all(&lw_windows, 0, "the metrics", ",window=\"%s\"}");
	needs_all(&lw_losses, 0, "the metrics", "luwatch_losses_total{kind=\"%s\"}");
	needs_all(&lw_fault_classes, 0, "the metrics",
		  "luwatch_last_handover_faults{class=\"%s\"}");
	needs_all(&lw_entry_states, 0, "the metrics",
		  "luwatch_last_handover_entries{state=\"%s\"}");
	needs_all(&lw_invariants, 0, "the metrics", "luwatch_last_handover_invariant{id=\"%s\",");
	needs_all(&lw_answers, 0, "the metrics", ",result=\"%s\"}");
	needs(&lw_verdicts, "the metrics", "{verdict=\"%s\"}", lw_verdict_name(LW_VERDICT_CLEAN));
	needs(&lw_verdicts, "the metrics", "{verdict=\"%s\"}",
	      lw_verdict_name(LW_VERDICT_INCOMPLETE));
	needs(&lw_verdicts, "the metrics", "{verdict=\"%s\"}",
	      lw_verdict_name(LW_VERDICT_VIOLATION));
}

/* Whoever is on call for a class is called by the rules and finds it in the journal's catalog. */
static void those_on_call_are_called(void **state)
{
	char *pattern = strdup(""), *before;
	unsigned int i;

	read_into_text("systemd/luwatch.catalog");
	for (i = 0; i < LW_CLASSES; i++) {
		if (!lw_shows_damage(i))
			continue;
		needs(&lw_fault_classes, "the catalog", "\n  %s ", lw_fault_class_name(i));
		before = pattern;
		pattern = lw_format("%s%s%s", before, *before ? "|" : "", lw_fault_class_name(i));
		free(before);
	}
	release(NULL);
	read_into_text("contrib/prometheus/luwatch.rules.yml");
	needs(&lw_fault_classes, "the alert rules", "luwatch_last_handover_faults{class=~\"%s\"}",
	      pattern);
	needs(&lw_fault_classes, "the alert rules", "luwatch_faults_total{class=~\"%s\",", pattern);
	free(pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test_teardown(explained, release),
		cmocka_unit_test_teardown(reasons, release),
		cmocka_unit_test_teardown(related, release),
		cmocka_unit_test(have_stories),
		cmocka_unit_test_teardown(completed, release),
		cmocka_unit_test_teardown(in_manual, release),
		cmocka_unit_test_teardown(in_schema, release),
		cmocka_unit_test_teardown(on_page, release),
		cmocka_unit_test_teardown(measured, release),
		cmocka_unit_test_teardown(those_on_call_are_called, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
